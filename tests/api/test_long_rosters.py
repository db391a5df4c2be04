"""A roster too long for a request: answered with 202, done by the worker, its state told to the unit that sent it."""

from datetime import date

from django.test import override_settings

from guitu.access import errands
from guitu.web import worker
from tests.api.systems import problem
from tests.api.test_doing import KEY, XLSX
from tests.factories import rosters

RELEASE = date(2026, 12, 20)
ROWS = [rosters.row(name, release=RELEASE, order=order) for name, order in (("苏望舒", "901"), ("江南乔", "903"))]
WRONG = rosters.row("", release=RELEASE, order="905")


def work() -> str | None:
    with errands.worker() as hand:
        return worker.run_once(hand)


def test_a_long_roster_sent_by_a_system_is_handed_to_the_worker_and_its_state_told(acting_systems) -> None:
    prison, data = acting_systems("prison"), rosters.workbook(*ROWS, WRONG)
    with override_settings(GUITU_ROSTER_AT_ONCE=1):
        told = prison.send("/roster/import", data, XLSX, key=KEY)
        again = prison.send("/roster/import", data, XLSX, key=KEY)
    assert (told.status_code, told.json()) == (202, again.json())
    address = told.json()["state_url"].removeprefix("/api/v1")
    before = prison.get(address).json()
    assert (before["act"], before["state"], before["counts"]) == ("import", "waiting", None)
    with problem(acting_systems("other-prison").get(address), 404, "not-found"):
        pass
    assert work() == errands.DONE
    after = prison.get(address).json()
    assert (after["state"], after["why"]) == ("done", None)
    assert (after["counts"]["accepted"], after["counts"]["to_correct"]) == (2, 1)
    assert [(one["row"], one["field"]) for one in after["problems"]] == [(4, "name")]
    assert work() is None  # the second sending of the same key was the same errand

"""What proves a line of the file to anybody, without this system: downloaded where the line is read, nowhere else."""

import json
import uuid

from django.db import transaction
from django.urls import reverse

from guitu.ledger.log import bundles
from guitu.ledger.queries import of_person
from guitu.papers import operations as papers
from guitu.rulebook.rights import rights_rules
from tests.ledger.test_the_log import POLICY, go_by, grow
from tests.security.test_ids_of_others import PAPER
from tests.web.conftest import fresh, peopled_template  # noqa: F401 - the peopled house
from tests.web.peopled import MOMENT, REGISTERED, SENT


def taken_into_the_log() -> None:
    go_by(POLICY)
    while grow().more:
        pass


def lines(house, login, name):
    with house.acting(login), transaction.atomic():
        return of_person(house.persons[name])


def address(house, name, entry):
    return reverse("proof", args=[house.persons[name], entry])


def test_a_line_of_the_file_is_downloaded_and_verified_without_database_and_network(fresh):  # noqa: F811
    line = lines(fresh, "prison", SENT)[0]
    browser = fresh.client("prison")
    page = browser.get(reverse("person", args=[fresh.persons[SENT]])).content.decode()
    assert address(fresh, SENT, line.entry_id) in page
    waiting = browser.get(address(fresh, SENT, line.entry_id))
    assert waiting.status_code == 422
    assert "还没有编入日志" in waiting.content.decode()
    taken_into_the_log()
    answer = browser.get(address(fresh, SENT, line.entry_id))
    assert answer["Content-Disposition"] == f'attachment; filename="guitu-proof-{line.entry_id}.json"'
    shown = bundles.verify(answer.content.decode())
    assert (shown.act, shown.content) == (line.act, None)  # that it was done, by whom and when; not what was recorded
    assert shown.judged.witnessed


def test_nobody_downloads_what_they_do_not_read(fresh):  # noqa: F811
    taken_into_the_log()
    line = lines(fresh, "prison", SENT)[0]
    for login, status in (("other-prison", 404), ("foreign", 404), ("system", 403), ("person", 403)):
        assert fresh.client(login).get(address(fresh, SENT, line.entry_id)).status_code == status, login
    under_another = address(fresh, REGISTERED, line.entry_id)
    assert fresh.client("prison").get(under_another).status_code == 404
    assert fresh.client("prison").get(address(fresh, SENT, uuid.uuid4())).status_code == 404
    with fresh.role("guitu_owner") as door:
        traced = door.execute(
            "SELECT count(*) FROM access_trace WHERE action = 'person:open' AND outcome = 'UNKNOWN'"
        ).fetchone()[0]
    assert traced >= 2
    assert fresh.client("prison").get(address(fresh, SENT, line.entry_id)).status_code == 200  # the control


def test_the_person_downloads_what_was_recorded_and_who_speaks_for_them_that_it_was(fresh):  # noqa: F811
    taken_into_the_log()
    line = next(one for one in lines(fresh, "person", SENT) if one.facts)
    own = reverse("my-proof", args=[line.entry_id])
    mine, theirs = fresh.client("person"), fresh.client("representative")
    assert own in mine.get("/my/").content.decode() + theirs.get("/my/").content.decode()
    shown = bundles.verify(mine.get(own).content.decode())
    assert json.loads(shown.content.split("\n", 3)[3]) == line.facts
    assert bundles.verify(theirs.get(own).content.decode()).content is None
    assert mine.get(reverse("my-proof", args=[lines(fresh, "prison", REGISTERED)[0].entry_id])).status_code == 404


def taken_in(house, kind: str) -> uuid.UUID:
    """The prison takes in a file of this kind; the entry of it, in the log."""
    event = uuid.uuid4()
    with house.acting("prison"):
        papers.attach(
            house.persons[SENT], kind=kind, source="法院", data=PAPER, file_name="a.pdf", event_id=event, at=MOMENT
        )
    taken_into_the_log()
    with house.role("guitu_owner") as door:
        return door.execute(
            "SELECT id FROM ledger_entry WHERE event_id = %s AND act = 'papers:file:attached'", (event,)
        ).fetchone()[0]


def test_a_paper_of_which_the_person_is_not_to_know_stands_on_no_page_of_theirs(fresh):  # noqa: F811
    mine, prison = fresh.client("person"), fresh.client("prison")
    for kind, told in (("judgment", True), *((secret, False) for secret in sorted(rights_rules().secret_papers))):
        entry = taken_in(fresh, kind)
        proof_of = reverse("my-proof", args=[entry])
        assert mine.get(proof_of).status_code == (200 if told else 404), kind
        assert (proof_of in mine.get("/my/").content.decode()) is told, kind
        assert (str(entry) in mine.get("/my/say/?kind=OBJECTION").content.decode()) is told, kind
        assert prison.get(address(fresh, SENT, entry)).status_code == 200, kind  # the control: there it stands

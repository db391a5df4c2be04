"""Fields with ids that stand only where something waits: filled with the ids of other offices, they do nothing.

The pages of one post of each role are walked over all their links, in a house in which something waits at every desk.
Which fields there are is read from the code; each must have been reached.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django.urls import resolve

from tests.security import fields_of_ids
from tests.security.crawling import crawled, kind_of
from tests.security.test_ids_in_forms import MARKS, REFUSED, UUID, digests, filled, forms, rows_about
from tests.security.waiting import everything_waiting, seeds
from tests.web import canary
from tests.web.conftest import _clone
from tests.web.peopled import HOME_FOREIGN
from tests.web.who_may import ROLE_OF, SEES

WEB = "guitu.web."
BY_HAND = {
    ("administration.posts", "end"): {"unit"},
    ("complaints.views", "complain"): {"about"},
    ("county_desk.allotting", "allot"): {"place"},
    ("identity_desk.files", "*join"): {"kept", "joined"},
    ("looking.holding_back", "_chosen"): {"whose"},
    ("notices.views", "_ids"): {"notice", "up_to"},
    ("papers.unit", "_chosen"): {"document"},
    ("person_file.referring", "_chosen"): {"offer"},
    ("person_file.referring", "_with_the_chosen"): {"offer"},
    ("rights_desk.views", "take"): {"contested"},
    ("rules.views", "propose_pack"): {"replaces"},
    ("sealed.views", "ask"): {"post"},
    ("supervisor_desk.disputes", "_rule"): {"outcome"},
    ("window.passed_acts", "act"): {"person"},
    ("window.passed_acts", "recognise"): {"person"},
}
"""Where a word becomes an id in another way than by the readers of forms: the fields that it stands in."""
OF_NO_FORM = {
    ("identity_desk.files", "_proposals"): "keys of what is held",
    ("looking.watching", "reads_page"): "of an address: test_ids_in_addresses",
    ("my_road.rights", "ask"): "the field contested of my_road.views, which calls it",
    ("notices.words", "sentences"): "facts of a notice",
    ("prison_desk.sent", "_after"): "of an address: test_ids_in_addresses",
    ("prison_desk.views", "_report_page"): "lines of a roster's report",
    ("rights_desk.views", "entry_of"): "the maker itself",
    ("written", "_is_choice"): "asks only whether a word is an id, to keep no choice as a draft",
}
NOT_OFFERED = {
    ("account.passkeys", "terminal"): "asks for a device with a key: tests/sign_in/test_terminals.py",
    ("administration.terminals", "post"): "offered only in the answer to whoever holds several posts; sent below",
    ("administration.terminals", "seen"): "offered only once a key was made on the terminal; sent below",
    ("administration.views", "account"): "shows again what was sent to post-propose",
}
"""Fields that no page of the walk offers, and why."""
COMPARED = {("entrance.views", "post"), ("my_road.views", "contested"), ("rights_desk.views", "left_out")}
"""Fields with ids that are not made ids of, but compared with those that may be named."""
COMING_BACK = {("post-end", "unit")}
"""Where one comes back to, and of which nothing is done."""
LOGINS = sorted({"province", *{role: login for login, role in reversed(ROLE_OF.items())}.values()})
"""One post of each role, and the superior of all."""
LISTED = {"papers-print", "notices-read"}
"""What others of an office are offered too, on further pages than the walk turns."""
Fields = list[tuple[str, list[str]]]


@dataclass
class Walked:
    """The house after the walk: each form with an id in a field, by login, kind of address and field."""

    house: object
    forms: dict[str, dict[tuple[str, str], tuple[str, str, Fields]]] = field(default_factory=dict)
    ids: dict[str, dict[tuple[str, str], set[str]]] = field(default_factory=dict)


def _ids_in(values: list[str]) -> set[str]:
    """The ids that a browser could send; an address to come back to holds none."""
    return {one for value in values if not value.startswith("/") for one in UUID.findall(value)}


def _walk(house) -> Walked:
    walked = Walked(house)
    for login in LOGINS:
        found, ids = walked.forms.setdefault(login, {}), walked.ids.setdefault(login, {})
        for page, shown in crawled(house.client(login), seeds(house), most=2):
            for method, action, fields in forms(shown):
                address = action or page
                kind = kind_of(address)
                for name, values in fields if kind else ():
                    if name not in MARKS and (here := _ids_in(values)):
                        found.setdefault((kind[0], name), (method, address, fields))
                        ids.setdefault((kind[0], name), set()).update(here)
    return walked


@pytest.fixture(scope="module")
def walked(peopled_template) -> Iterator[Walked]:
    """What every post is offered in a house in which everything waits."""
    with _clone(peopled_template) as house:
        everything_waiting(house)
        yield _walk(house)


def reached(walked: Walked) -> set[tuple[str, str]]:
    """Module of the view and field of everything that was offered."""
    return {
        (resolve(address.partition("?")[0]).func.__module__.removeprefix(WEB), name)
        for found in walked.forms.values()
        for (_, name), (_, address, _) in found.items()
    }


def test_every_field_that_is_read_as_an_id_was_reached(walked) -> None:
    named = {(module.removeprefix(WEB), name) for module, name in fields_of_ids.read_by_name()}
    made = {(module.removeprefix(WEB), name) for module, name in fields_of_ids.made_by_hand()}
    assert made - set(BY_HAND) == set(OF_NO_FORM)
    assert set(BY_HAND) - made == {one for one in named if one[1].startswith("*")}
    wanted = {one for one in named if not one[1].startswith("*")}
    wanted |= {(module, name) for (module, _), names in BY_HAND.items() for name in names} | COMPARED
    assert wanted - reached(walked) == set(NOT_OFFERED)
    assert reached(walked) - wanted == set()
    assert len(wanted) >= 35


def foreign(house, login: str) -> list[str]:
    """Ids of what other offices hold and this post does not see: persons, what hangs on them, a unit and a post."""
    people = [canary.PERSON]
    if HOME_FOREIGN not in SEES[login] and login != "identity":
        people.append(house.persons[HOME_FOREIGN])
    return list(dict.fromkeys(map(str, [*people, canary.JOURNEY, canary.UNIT, *rows_about(house, people)])))


@pytest.mark.parametrize("login", LOGINS)
def test_the_ids_of_others_in_these_fields_change_nothing_and_show_nothing(walked, login) -> None:
    """Besides what others hold: what another desk is offered in the very same field."""
    house, faults = walked.house, []
    browser, before = house.client(login), digests(house)
    for (name, where), (method, address, fields) in walked.forms[login].items():
        if (name, where) in COMING_BACK:
            continue
        own = walked.ids[login][name, where]
        desks = {one for ids in walked.ids.values() for one in ids.get((name, where), set())} - own
        desks = set() if name in LISTED else desks
        for other in (*foreign(house, login), *sorted(desks)):
            sent = filled(fields, where, other)
            answer = browser.post(address, sent) if method == "post" else browser.get(address, sent)
            passed = name == "notices-read" and answer.get("Location") == "/notices/"
            if answer.status_code not in REFUSED and not passed:
                faults.append((name, where, other, answer.status_code, other in desks))
            if HOME_FOREIGN not in SEES.get(login, ()) and HOME_FOREIGN in answer.content.decode():
                faults.append((name, where, other, "shown"))
    after = digests(house)
    assert (faults, {table for table in before if after[table] != before[table]}) == ([], set())

"""What waits at one desk, asked for by its id from every other: nothing is done and nothing is shown.

Exports, an opened glass, a decision not to show looks, a breach and what went worse after a complaint are made first;
then the forms that the entitled posts are offered are sent, as they are filled in, by all who are not offered them.
"""

from collections.abc import Iterator

from django.urls import resolve

from tests.security.test_ids_in_forms import MARKS, REFUSED, UUID, digests, filled, forms
from tests.security.waiting import desks_waiting
from tests.web.peopled import AT_FOREIGN, KEPT, MORE_POSTS, SENT
from tests.web.reading import body
from tests.web.who_may import ROLE_OF

PATHS = ["/exports/", "/exports/decisions/", "/emergency/reviews/", "/looks-held/", "/breaches/", "/worsened/"]
PATHS += ["/prison/identity/files/", "/rights/due/"]
MADE = {
    "export-fetch",
    "export-decide",
    "emergency-review",
    "hold-lengthen",
    "hold-review",
    "breach-concern",
    "breach-authority",
    "breach-decide",
    "worsened-decide",
}
"""What must have been offered to somebody, or nothing was tried."""

DONE = {"export-decide": {"decision": "approve"}, "emergency-review": {"outcome": "justified"}}
"""What the control does, by those who may, and how they decide."""


def offered(house, login: str) -> Iterator[tuple[tuple[str, str, str], tuple[str, str, list]]]:
    """Every form with an id in a field that these pages offer the post: address kind, field and id; and the form."""
    browser = house.client(login)
    for path in PATHS:
        answer = browser.get(path)
        if answer.status_code != 200:
            continue
        for method, action, fields in forms(body(answer)):
            address = (action or path).split("?")[0]
            for field, values in fields:
                for value in values if field not in MARKS else ():
                    if UUID.fullmatch(value):
                        yield (resolve(address).url_name, field, value), (method, address, fields)


def _offers(house) -> tuple[dict, dict]:
    """The forms that anybody is offered, by address kind, field and id, and who is offered each."""
    found: dict[tuple[str, str, str], tuple[str, str, list]] = {}
    whose: dict[tuple[str, str, str], set[str]] = {}
    for login in (*ROLE_OF, *MORE_POSTS):
        for key, form in offered(house, login):
            found.setdefault(key, form)
            whose.setdefault(key, set()).add(login)
    return found, whose


def _asked_by_all_others(house, found: dict, whose: dict) -> None:
    """Send each form as every post that was not offered it: refused, with every row as it was."""
    before = digests(house)
    for login in (*ROLE_OF, *MORE_POSTS):
        browser = house.client(login)
        for (name, field, one), (method, address, fields) in found.items():
            if login in whose[name, field, one]:
                continue
            sent = filled(fields, field, one)
            answer = browser.post(address, sent) if method == "post" else browser.get(address, sent)
            assert answer.status_code in REFUSED, (login, name, field)
            assert not [who for who in (SENT, KEPT, AT_FOREIGN) if who in answer.content.decode()], (login, name)
    after = digests(house)
    assert {table for table in before if after[table] != before[table]} == set()


def test_what_waits_at_one_desk_is_done_from_no_other(fresh) -> None:
    desks_waiting(fresh)
    found, whose = _offers(fresh)
    assert {name for name, _, _ in found} >= MADE
    _asked_by_all_others(fresh, found, whose)
    # The control: whoever is offered them does what they are for, with the same form.
    for name, decided in DONE.items():
        (_, field, one), (_, address, fields) = next((key, found[key]) for key in sorted(found) if key[0] == name)
        before = digests(fresh)
        browser = fresh.client(min(whose[name, field, one]))
        assert browser.post(address, filled(fields, field, one) | decided).status_code == 302, name
        assert digests(fresh) != before, name
    found, whose = _offers(fresh)
    made = {key: form for key, form in found.items() if key[0] == "export-make"}
    assert made
    _asked_by_all_others(fresh, made, whose)

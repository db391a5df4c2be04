"""What the demonstration's people ask for and complain of, and what waits for an answer beside their road.

Requests about their own data, a complaint to the procuratorate, drafts of agreements, a matter handed on, an export
that waits for a leader: through the operations that desks use, before the first day, each with a mark of its own, so
that walking the same plan again changes nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from django.db import transaction

from guitu.access import person_codes, signing_in
from guitu.access import queries as access
from guitu.access.acting import ActingSession, acting
from guitu.access.establishing import unit_id
from guitu.access.operations import require
from guitu.handover import exports, handing_on, passed_matters
from guitu.handover.passed_matters import Caller
from guitu.journeys import queries as roads
from guitu.people import queries as persons
from guitu.rights import asking, complaints
from guitu.support import proposals
from guitu.web.demonstration_order import as_written, at_its_list
from guitu.web.templatetags.guitu_words import LEGAL_ZONE

_MARKS = uuid.UUID("0c9b4a52-9d3e-4f0b-8b57-6f2f6f7a51d3")
_HOME, _ELSEWHERE, _THIRD, _PRISON = "910121000000", "910103000000", "910122000000", "919901000000"
_REQUESTS: tuple[tuple[str, str, int], ...] = (
    ("COPY", "想要一份登记了我哪些信息的复印件。", 2),
    ("CORRECTION", "紧急联系人的电话换了，登记的还是老号码。", 40),
    ("EXPLANATION", "想知道为什么把我的材料转给民政局。", 5),
)
"""Kind of the request, words, how many days ago; the long one is late."""
_DRAFTS = (
    ("想先把驾照补考过，再找送货的活。", "姐姐陶知行，0000-5550791"),
    ("母亲身体不好，想就近找工作，周末在家。", "舅舅祁连城，0000-5550792"),
)
"""What the person wishes, and whom to call: drafts of agreements that wait for the person's answer."""
_COMPLAINT = "上个月约好的回访两次没有来人，打电话说在开会，也没有再约。"


def load(session_of: Callable[[str], ActingSession], today: date) -> int:
    """Ask, complain, draft, hand on and ask for an export; returns how many there are. `session_of` gives who acts."""
    home = session_of(_HOME)
    people = _at_home(home, ("in_help", "registered"), today)
    for place, (person_id, asked) in enumerate(zip(people[1:], _REQUESTS, strict=False)):
        _ask(home, person_id, place, asked, today)
    drafted = _drafts(home, today)
    _hand_on(session_of(_ELSEWHERE), home, today)
    _export(session_of(_PRISON), today)
    envelope = people[:1]
    for person_id in envelope:
        with acting(home, home.purposes[0]):
            complaints.take_envelope(person_id, event_id=_mark("envelope"), at=_at(today, 3, 10))
    return min(len(people[1:]), len(_REQUESTS)) + drafted + len(envelope) + 2


def complain_in_own_words(today: date) -> bool:
    """The complaint of whoever has a road of their own: written to the procuratorate on it. False where nobody has."""
    at = _at(today, 1, 17)
    own = next((one for one in signing_in.own_posts(at=at) if one.role == "PERSON"), None)
    held = access.session_of(signing_in.mint(own.account_id, own.post_id, lasts=timedelta(hours=1))) if own else None
    if held is None:
        return False
    with acting(held, held.purposes[0]):
        with transaction.atomic():
            person = person_codes.own_person()
        if person is None:
            return False
        require("my_road:read", [person.person_id])
        with transaction.atomic():
            about = persons.file_of(person.person_id).responsible_unit_id
        complaints.complain(person.person_id, about=about, words=_COMPLAINT, event_id=_mark("complaint"), at=at)
    return True


def _at(today: date, days_ago: int, hour: int) -> datetime:
    return datetime.combine(today - timedelta(days=days_ago), time(hour, 35), LEGAL_ZONE)


def _mark(*what: object) -> uuid.UUID:
    return uuid.uuid5(_MARKS, ":".join(str(one) for one in what))


def _at_home(home: ActingSession, states: tuple[str, ...], today: date) -> list[uuid.UUID]:
    with at_its_list(home):
        found, _ = roads.queue("receiving", roads.Filters(states=states), now=_at(today, 0, 8), first=0, most=100)
    found.sort(key=as_written)
    return [task.person_id for task in found]


def _ask(home: ActingSession, person_id: uuid.UUID, place: int, asked: tuple[str, str, int], today: date) -> None:
    kind, words, days = asked
    with acting(home, home.purposes[0]):
        asking.ask_for(
            person_id,
            kind=kind,
            words=words,
            contested=None,
            sheet=_sheet(),
            file_name="本人签字.pdf",
            event_id=_mark("request", place),
            at=_at(today, days, 9),
        )


def _sheet() -> bytes:
    """The signed sheet: one empty page, since nobody who signs here is real."""
    objects = (
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>>>",
    )
    made, places = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, start=1):
        places.append(len(made))
        made += f"{number} 0 obj{text}endobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{len(made)}\n"
    return made + end.encode() + b"%%EOF\n"


def _drafts(home: ActingSession, today: date) -> int:
    people = _at_home(home, ("registered",), today)[-len(_DRAFTS) :]
    for place, (person_id, (wishes, contacts)) in enumerate(zip(people, _DRAFTS, strict=False)):
        with acting(home, home.purposes[0]):
            proposals.propose_help(
                person_id,
                wishes=wishes,
                contacts=contacts,
                event_id=_mark("draft", place),
                at=_at(today, 1 + place, 14),
            )
    return len(people)


def _hand_on(elsewhere: ActingSession, home: ActingSession, today: date) -> None:
    """A matter that was taken elsewhere, went to the county named, and from there to the one it belongs to."""
    with acting(elsewhere, elsewhere.purposes[0]):
        (made,) = passed_matters.take_in_words(
            Caller("仲明远", "0000-5550795"),
            county_id=home.unit_id,
            matters=["8"],
            channel="COUNTER",
            words="老屋漏雨，想问临时救助；户口去年迁到枕溪了。",
            event_id=_mark("onward"),
            at=_at(today, 4, 9),
        )
    with acting(home, home.purposes[0]):
        handing_on.hand_on(
            made,
            unit_id=unit_id(_THIRD),
            words="本人户口已迁到枕溪，临时救助由居住地的县办。",
            event_id=_mark("onward", "handed"),
            at=_at(today, 3, 15),
        )


def _export(prison: ActingSession, today: date) -> None:
    """The whole list of the prison: more than one person may take, so that it waits for the leader."""
    with acting(prison, prison.purposes[0]):
        exports.ask(
            _mark("export"),
            late_only=False,
            file_format="xlsx",
            code="meeting",
            words="季度衔接会商，逐人过一遍。",
            at=_at(today, 1, 16),
        )

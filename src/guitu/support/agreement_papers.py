"""帮教协议 on paper: numbered by the unit that hands it out, out of the agreement that is in force.

The person may have agreed on My road, where no unit stands that could number a document; so the paper is an act of its
own of the side that helps. Made anew, the newer one supersedes the older.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from guitu.access import operations as access
from guitu.access import queries as units
from guitu.access.acting import actor
from guitu.access.rule_packs import active_book
from guitu.handover.documents import readable
from guitu.handover.matters import begin, record_matter
from guitu.journeys import operations as journeys
from guitu.journeys.policy import MoveNotAllowed
from guitu.papers import operations as papers
from guitu.papers.policy import chinese_day
from guitu.people import queries as persons
from guitu.rulebook import juveniles
from guitu.rulebook.my_road import my_road_words
from guitu.support.queries import AgreementView, agreements_of

AGREEMENT = "aftercare_agreement"
ISSUED = "support:agreement:issued"
IN_FORCE = "in_help"
"""The state of the road in which an agreement is in force: it begins by agreeing, ends by the person or the term."""
FOLLOW_UP = "RH-FOLLOW"
_OF_THE_PERSON = {
    "name": "name",
    "sex": "sex",
    "birth_date": "birth_date",
    "residence": "residence",
    "needs": "living_needs",
}
_OPENED = ("residence", "living_needs")
"""Sensitive items that the paper shows: opening them is a look that leaves its line. The own telephone is left for the
hand: what is held of it stands among relatives' numbers, which are nobody's business on this paper."""


def issue_agreement(person_id: uuid.UUID, *, event_id: uuid.UUID, at: datetime) -> str:
    """Issue the agreement in force as a numbered document of the acting unit; returns its number.

    For the county that received and the township office that helps. The same `event_id` again makes no second one and
    returns its number. Raises NotAllowed, PersonUnknown, JourneyUnknown, and MoveNotAllowed for another unit, where no
    agreement is in force and where an item is lacking without which no agreement is made.
    """
    access.require("paper:issue", [person_id])
    with transaction.atomic():  # what is refused or made before opens nothing
        journey = begin(ISSUED, person_id, event_id)
        if journey is None:
            return papers.number_issued(AGREEMENT, event_id)
        _to_be_made(journey)
    access.ask("person:reveal", [person_id], seen=_OPENED)
    with transaction.atomic():
        journey = begin(ISSUED, person_id, event_id)
        if journey is None:
            return papers.number_issued(AGREEMENT, event_id)
        agreed = _to_be_made(journey)
        try:
            issued = papers.issue(
                AGREEMENT,
                person_id=person_id,
                facts=_facts(journey, agreed),
                event_id=event_id,
                at=at,
                journey_id=journey.id,
            )
        except papers.FactsMissing as lacking:
            raise MoveNotAllowed(
                "还没有本人的姓名、性别或者出生日期，先补记再制作协议",
                "Name, sex or date of birth is not recorded yet; record it before the agreement is made",
            ) from lacking
        record_matter(ISSUED, journey, event_id=event_id, at=at, other=journey.local_unit_id, documents=[issued.number])
    return issued.number


def _to_be_made(journey: journeys.Journey) -> AgreementView:
    """The agreement in force that the acting unit may make as a document. Raises MoveNotAllowed."""
    if actor().session.unit_id not in {journey.receiving_unit_id, journey.local_unit_id}:
        raise MoveNotAllowed("帮教协议由接收的一方制作", "The side that helps issues the agreement")
    agreed = next((one for one in agreements_of(journey.id) if one.ended_at is None), None)
    if agreed is None:
        raise MoveNotAllowed("没有正在执行的帮教协议", "No help agreement is in force")
    return agreed


def _facts(journey: journeys.Journey, agreed: AgreementView) -> dict[str, str]:
    """The facts of the agreement, in Chinese as documents are; what is not known is left out."""
    items = persons.values_of(journey.person_id, _OF_THE_PERSON.values())
    said = {field: readable(item, items[item]) for field, item in _OF_THE_PERSON.items() if item in items}
    called = "、".join(line.strip() for line in agreed.contacts.splitlines() if line.strip())
    rhythm = active_book().rules[FOLLOW_UP].said_on_paper
    said.setdefault("needs", "按第三条约定的帮助")
    if juveniles.MARK not in journey.marks:
        said["guardian"] = "不适用"
    return said | {
        "helpers": _helpers(journey),
        "help": "；".join(line.strip(" 。；") for line in agreed.wishes.splitlines() if line.strip()),
        "rhythm": "；可以联系：".join(filter(None, (rhythm, called))),
        "from_on": chinese_day(agreed.agreed_on),
        "to_on": chinese_day(agreed.help_until),
        "complaint": my_road_words().complaint_telephone,
    }


def _helpers(journey: journeys.Journey) -> str:
    """Who helps: the officer who hands the agreement out, and whom the matter was allotted to."""
    session = actor().session
    of = {session.post_id, *([journey.worker_post_id] if journey.worker_post_id else [])}
    posts, offices = units.posts_named(of), units.units_of_posts(of)
    first = sorted(of, key=lambda post: (post != session.post_id, str(post)))
    return "、".join(f"{posts[post][0]}（{offices[post].name}{posts[post][1]}）" for post in first)

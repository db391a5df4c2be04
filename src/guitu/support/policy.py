"""Pure decisions of help: agreements, needs, offers, consents, referrals. No Django, no clock."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

SPOKEN_BY = ("SELF", "REPRESENTATIVE")
PROPOSED_IN = frozenset({"registered", "help_declined"})
"""The states in which an agreement can be proposed and signed."""
ACCEPTED, DECLINED, CHANGE_ASKED = "ACCEPTED", "DECLINED", "CHANGE_ASKED"
PROPOSAL_ANSWERS: dict[str, str] = {
    ACCEPTED: "handover:agreement:signed",
    DECLINED: "handover:help:declined",
    CHANGE_ASKED: "handover:agreement:change_asked",
}
"""How the person can answer a proposal, and the act that each answer is."""
HELP_OFFERED = frozenset({"registered", "in_help"})
"""The states in which there is help to decline or to end."""

MATTER_OF_NEED: dict[str, str] = {
    "housing": "lodging",
    "income": "social_aid",
    "documents": "household",
    "health": "insurance",
    "family": "counselling",
    "work": "work",
}
"""Each need that a follow-up can find opens the step that settles it (law.md: the twelve matters)."""


class RecordIncomplete(ValueError):
    """What was to be recorded lacks something; `fields` are the names of what is missing or wrong."""

    def __init__(self, *fields: str) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


def faults_of_agreement(*, wishes: str, spoken_by: str) -> tuple[str, ...]:
    """The fields of an agreement that are missing or wrong."""
    wrong = []
    if not wishes.strip():
        wrong.append("wishes")
    if spoken_by not in SPOKEN_BY:
        wrong.append("spoken_by")
    return tuple(wrong)


def faults_of_proposal_answer(*, answer: str, words: str) -> tuple[str, ...]:
    """What the answer to a proposal lacks: only a change needs words."""
    if answer not in PROPOSAL_ANSWERS:
        return ("answer",)
    return ("words",) if answer == CHANGE_ASKED and not words.strip() else ()


def steps_for(needs: tuple[str, ...]) -> tuple[str, ...]:
    """The steps that these needs ask for. Raises RecordIncomplete for a need that does not exist."""
    unknown = [need for need in needs if need not in MATTER_OF_NEED]
    if unknown:
        raise RecordIncomplete("needs")
    return tuple(MATTER_OF_NEED[need] for need in sorted(set(needs)))


NEEDS_OFFERS: dict[str, tuple[str, ...]] = {
    "housing": ("LODGING",),
    "income": ("MATERIAL", "JOB"),
    "documents": ("LEGAL_AID",),
    "health": ("COUNSELLING", "MATERIAL"),
    "family": ("COUNSELLING",),
    "work": ("JOB", "TRAINING"),
}
"""Which kinds of offers answer a need that a follow-up found."""
BEFORE_RELEASE = ("TRAINING",)
"""What a prison or detention house may refer somebody to who is still inside."""
CUSTODY = frozenset({"prison", "detention_house"})
TOLD = ("call_name", "telephone", "skills")
"""All that a partner can be told of a person; the first two always, the skills where the person agrees."""

WAITING, TAKEN_ON, NOT_TAKEN, STARTED, ENDED, WITHDRAWN = (
    "WAITING",
    "TAKEN_ON",
    "NOT_TAKEN",
    "STARTED",
    "ENDED",
    "WITHDRAWN",
)
LIVE = (WAITING, TAKEN_ON, STARTED)
"""The states in which a referral holds a place and the partner reads whom to call."""
_FROM = {TAKEN_ON: {WAITING}, NOT_TAKEN: {WAITING, TAKEN_ON}, STARTED: {TAKEN_ON}, ENDED: {STARTED}}
_TELEPHONE = re.compile(r"\+?[0-9][0-9\- ]{4,24}[0-9]")
MOST_PLACES = 500
LONGEST = {
    "title": 60,
    "conditions": 600,
    "contact_name": 40,
    "call_name": 30,
    "speaker": 40,
    "skills": 200,
    "words": 600,
}
"""How long the texts of offers and referrals may be, in characters."""


@dataclass(frozen=True)
class OfferWords:
    """An offer as it is written down; days are legal days in Asia/Shanghai, `to_on` None while it is open-ended."""

    kind: str
    title: str
    places: int
    place_division: str
    from_on: date
    to_on: date | None
    conditions: str
    contact_name: str
    contact_phone: str


@dataclass(frozen=True)
class Particulars:
    """What a partner is told of a person, and nothing else; `skills` is empty where the person does not agree."""

    call_name: str
    telephone: str
    skills: str = ""


@dataclass(frozen=True)
class Word:
    """The person's consent as it was given: who said it (`SPOKEN_BY`), their name, how (consent_way), when."""

    spoken_by: str
    speaker: str
    way: str
    said_at: datetime


def is_telephone(text: str) -> bool:
    """Whether this can be called: digits, with spaces or hyphens between them."""
    return _TELEPHONE.fullmatch(text.strip()) is not None


def names_the_past(text: str, words: Collection[str]) -> bool:
    """Whether a text holds one of the words about a criminal record (table record_word), in either language."""
    lowered = text.casefold()
    return any(word.casefold() in lowered for word in words)


def faults_of_offer(
    offer: OfferWords, *, kinds: Collection[str], places: Collection[str], banned: Collection[str]
) -> tuple[str, ...]:
    """The fields of an offer that are missing or wrong; `places` are the divisions the partner may name."""
    checks = {
        "kind": offer.kind in kinds,
        "title": _fits(offer.title, "title") and not names_the_past(offer.title, banned),
        "places": 1 <= offer.places <= MOST_PLACES,
        "place_division": offer.place_division in places,
        "to_on": offer.to_on is None or offer.to_on >= offer.from_on,
        "conditions": len(offer.conditions) <= LONGEST["conditions"] and not names_the_past(offer.conditions, banned),
        "contact_name": _fits(offer.contact_name, "contact_name"),
        "contact_phone": is_telephone(offer.contact_phone),
    }
    return tuple(name for name, good in checks.items() if not good)


def faults_of_referral(
    told: Particulars, word: Word, *, ways: Collection[str], banned: Collection[str], at: datetime
) -> tuple[str, ...]:
    """The fields of a referral that are missing or wrong; a consent lies in the past and has a speaker."""
    checks = {
        "call_name": _fits(told.call_name, "call_name") and not names_the_past(told.call_name, banned),
        "telephone": is_telephone(told.telephone),
        "skills": len(told.skills) <= LONGEST["skills"] and not names_the_past(told.skills, banned),
        "spoken_by": word.spoken_by in SPOKEN_BY,
        "speaker": _fits(word.speaker, "speaker"),
        "way": word.way in ways,
        "said_at": word.said_at <= at,
    }
    return tuple(name for name, good in checks.items() if not good)


def faults_of_answer(
    state: str,
    *,
    reason: str,
    words: str,
    on: date | None,
    since: date,
    today: date,
    reasons: Collection[str],
    banned: Collection[str],
) -> tuple[str, ...]:
    """The fields of a partner's answer that are missing or wrong; `since` is the first day that `on` may be."""
    wrong = []
    if state == NOT_TAKEN and reason not in reasons:
        wrong.append("reason")
    if len(words) > LONGEST["words"] or names_the_past(words, banned):
        wrong.append("words")
    if state in {STARTED, ENDED} and (on is None or not since <= on <= today):
        wrong.append("on")
    return tuple(wrong)


def may_follow(state: str, now: str) -> bool:
    """Whether a referral in the state `now` can go on to `state` by the partner's word."""
    return now in _FROM.get(state, set())


def why_not_referred(
    *, is_open: bool, places_left: int, reaches: bool, in_custody: bool, kind: str, first_day: date | None, today: date
) -> str:
    """Why somebody cannot be referred to an offer now, as a reason code, or nothing.

    `reaches` is whether the offer lies where the referring unit works; from custody only training is referred to, from
    `first_day` on (twelve months before the release; None where no release lies ahead).
    """
    if not is_open:
        return "OVER"
    if not reaches:
        return "ELSEWHERE"
    if in_custody and kind not in BEFORE_RELEASE:
        return "TRAINING_ONLY"
    if in_custody and (first_day is None or today < first_day):
        return "TOO_EARLY"
    return "" if places_left > 0 else "FULL"


def _fits(text: str, name: str) -> bool:
    return 0 < len(text.strip()) <= LONGEST[name]

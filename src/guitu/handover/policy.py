"""Pure decisions of the hand-over: what a dossier must hold, on which grounds it may be refused."""

from __future__ import annotations

from datetime import datetime

from guitu.access.roles import Word
from guitu.rulebook.book import load_national

REFUSAL_GROUNDS: dict[str, Word] = {
    "WRONG_RESIDENCE": Word(
        "户籍地、拟返回地不在本县", "Neither household register nor intended residence is in this county"
    ),
    "DOCUMENTS_MISSING": Word("文书不全", "Documents are missing"),
    "IDENTITY_UNCLEAR": Word("身份信息有误或不清", "Identity is wrong or unclear"),
}

# Without these items of the core set nobody can be received (law.md 3.4; RS-14).
DOSSIER_NEEDS = ("name", "id_doc", "sex", "birth_date", "household_region", "key_dates")


# Kinds of release after which the person is free: responsibility leaves the prison at that moment (decision 8).
# For parole and temporary execution outside prison it stays until the new unit has registered.
FREE_AT_RELEASE = ("sentence_end", "commutation", "retrial", "amnesty", "detention_house")


CAME = frozenset({"met", "own_way"})
"""Outcomes of the arrival after which nobody can be noted as not having come."""

# Outcomes of steps that carry more than a word: they are given by an operation of their own.
NEEDS_ITS_OWN_FORM = frozenset(
    {
        ("verification_ask", "asked"),
        ("assessment", "reported"),
        ("meeting", "*"),
        ("meeting_minutes", "*"),
        ("pick_up", "planned"),
        ("pick_up", "declined"),
        ("gate_handover", "handed_over"),
        ("gate_handover", "declined"),
        ("arrival", "met"),
        ("release", "certificate"),
        ("release", "by_time"),
        ("placement", "*"),
        ("follow_up", "*"),
    }
)


def has_its_own_form(step: str, outcome: str) -> bool:
    """Whether this answer to a step is given by an operation of its own, with what belongs to it."""
    return not NEEDS_ITS_OWN_FORM.isdisjoint({(step, outcome), (step, "*")})


GATE = "gate_handover"
"""The step of RS-16: a key person is handed over at the gate on the day of release, by the sender's word."""


TRANSPORT: dict[str, Word] = {
    "OFFICE_CAR": Word("公务车辆", "Office car"),
    "FAMILY_CAR": Word("亲属自驾", "Family's car"),
    "TRAIN": Word("火车", "Train"),
    "COACH": Word("长途汽车", "Coach"),
    "OTHER": Word("其他", "Other"),
}


SPOKEN_BY: dict[str, Word] = {
    "SELF": Word("本人", "The person"),
    "REPRESENTATIVE": Word("代理人", "A representative"),
    "GUARDIAN": Word("监护人", "The guardian"),
}
"""Whose word it is that an officer records."""
OWN_WORD: dict[str, Word] = {
    "SELF": SPOKEN_BY["SELF"],
    "REPRESENTATIVE": SPOKEN_BY["REPRESENTATIVE"],
    "OFFICER": Word("经办人代记，有本人签字", "Recorded by an officer, signed by the person"),
}
"""Who speaks where the person says on their own road what is theirs to say."""
OWN_WORD_FOR = frozenset({"receiving_unit", "local_unit"})
"""For which side the person's own word answers: it is said to those who offered."""


MEETING_SIDES: dict[str, Word] = {
    "COUNTY": Word("接收单位", "The receiving side"),
    "FAMILY": Word("家属", "The family"),
    "HELPER": Word("帮扶人", "A helper"),
}
MEETING_WAYS: dict[str, Word] = {"VISIT": Word("到监会见", "A visit"), "VIDEO": Word("视频会见", "By video")}


def faults_of_decline(*, words: str, spoken_by: str, key_person: bool, guardian: str | None) -> tuple[str, ...]:
    """What a declined pick-up lacks: whose word it is, and for a key person (RS-16) that word itself.

    `guardian` is the answer of the step guardian_notice for a juvenile, None for everybody else. Where a guardian was
    told, the word is the guardian's (RS-06); nobody else's guardian is asked.
    """
    speakers = {"GUARDIAN"} if guardian == "told" else {"SELF", "REPRESENTATIVE"}
    wrong = () if spoken_by in speakers else ("spoken_by",)
    return wrong if words.strip() or not key_person else (*wrong, "words")


def missing_for_dossier(held: frozenset[str], *, has_receiver: bool) -> tuple[str, ...]:
    """Codes of the needed items that are not held, in the order of the core set; ``receiver`` if no county is known."""
    lacking = tuple(item for item in DOSSIER_NEEDS if item not in held)
    return lacking if has_receiver else (*lacking, "receiver")


CHANNELS: dict[str, Word] = {
    "COUNTER": Word("本人到场", "In person"),
    "FAMILY": Word("家属或受托人", "Family or representative"),
    "PHONE": Word("来电", "By telephone"),
    "LETTER": Word("来信", "By letter"),
}

MATTER_STEPS: dict[str, str] = {
    "4": "meeting",
    "5": "household",
    "7": "lodging",
    "8": "social_aid",
    "9": "insurance",
    "10": "work",
    "11": "counselling",
}
"""Matters (matter_12) that a step of the road answers; the others are answered by who has the matter in hand."""

OUTCOMES = "request_outcome"
"""The code table of how a matter without a step of its own can come out: kinds and words."""
UNKNOWN_PERSON = "unknown_person"
"""The one of them that is said only of a matter passed on in words: nobody was recognised."""


def outcome_kinds(*, with_file: bool) -> dict[str, str]:
    """How a matter can come out, code → kind (done, declined, not_possible); `with_file`: the person is known here.

    Source: rulebook/data/codes/request_outcome.yaml.
    """
    held = load_national().codes[OUTCOMES].codes
    return {one.code: one.kind for one in held if one.kind and not (with_file and one.code == UNKNOWN_PERSON)}


OPEN_TO_ALL, SUPERIOR, RULED = "OPEN", "SUPERIOR", "RULED"
"""Whose a matter passed on is: the desks hand it on themselves, the common superior is to decide, it has decided."""


def whose_after(whose: str, *, handed_on: int, most: int) -> str:
    """What a hand-on makes of it: the superior's own decides; beyond `most` it goes to the superior."""
    if whose == SUPERIOR:
        return RULED
    return SUPERIOR if handed_on >= most else OPEN_TO_ALL


ANSWER_RULE, FIRST_ANSWER_RULE = "RH-MATTER", "RH-FIRST-ANSWER"
_COUNTY_DIGITS = 6


def step_of_matter(matter: str, *, released: bool, ended: bool) -> str:
    """The step that answers a matter, or nothing: the road has ended, or there is nothing to arrange any more."""
    if ended or (matter == "4" and released):
        return ""
    return MATTER_STEPS.get(matter, "")


def position_for(matter: str, *, released: bool) -> str:
    """Who answers a matter without a step of its own: what the sender wrote and sent, the sender; otherwise the side
    that has the person: before the release the sender, after it the office at home.
    """
    if matter in {"2", "3"}:
        return "sending_unit"
    return "local_unit" if released else "sending_unit"


def other_region(one: str, other: str) -> bool:
    """Whether two divisions (12 digits) lie in different counties."""
    return one[:_COUNTY_DIGITS] != other[:_COUNTY_DIGITS]


TAKEN, DUTY = "TAKEN", "DUTY"
"""The two halves of a matter passed on in words: the first desk's, and that of the unit it went to."""


def told_of_answer(kind: str) -> str:
    """The notice by which the first desk learns of an answer of this kind: done, or declined and not possible."""
    return "REQUEST_ANSWERED" if kind == "done" else "REQUEST_NOT_DONE"


def first_of(due_at: datetime, first_due_at: datetime | None) -> datetime:
    """The earlier of two due moments: when a matter is first called late."""
    return min(due_at, first_due_at) if first_due_at is not None else due_at

"""Pure decisions of the hand-over: what a dossier must hold, on which grounds it may be refused."""

from __future__ import annotations

from guitu.access.roles import Word

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


# Outcomes of steps that carry more than a word: they are given by an operation of their own.
NEEDS_ITS_OWN_FORM = frozenset(
    {
        ("verification_ask", "asked"),
        ("pick_up", "planned"),
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


TRANSPORT: dict[str, Word] = {
    "OFFICE_CAR": Word("公务车辆", "Office car"),
    "FAMILY_CAR": Word("亲属自驾", "Family's car"),
    "TRAIN": Word("火车", "Train"),
    "COACH": Word("长途汽车", "Coach"),
    "OTHER": Word("其他", "Other"),
}


def missing_for_dossier(held: frozenset[str], *, has_receiver: bool) -> tuple[str, ...]:
    """Codes of the needed items that are not held, in the order of the core set; ``receiver`` if no county is known."""
    lacking = tuple(item for item in DOSSIER_NEEDS if item not in held)
    return lacking if has_receiver else (*lacking, "receiver")

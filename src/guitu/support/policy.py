"""Pure decisions of help: what an agreement states, which matter answers a need. No Django, no clock."""

from __future__ import annotations

SPOKEN_BY = ("SELF", "REPRESENTATIVE")

MATTER_OF_NEED: dict[str, str] = {
    "housing": "lodging",
    "income": "social_aid",
    "documents": "household",
    "health": "insurance",
    "family": "counselling",
    "work": "work",
}
"""Each need that a follow-up can find opens the step that settles it (law.md: the twelve matters)."""

DECLINED = "declined"


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


def steps_for(needs: tuple[str, ...]) -> tuple[str, ...]:
    """The steps that these needs ask for. Raises RecordIncomplete for a need that does not exist."""
    unknown = [need for need in needs if need not in MATTER_OF_NEED]
    if unknown:
        raise RecordIncomplete("needs")
    return tuple(MATTER_OF_NEED[need] for need in sorted(set(needs)))

"""What the rulebook says when it cannot go on: a broken record, or a question it must refuse."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

RefusalReason = Literal["norm", "unknown", "not_in_force", "wrong_fact", "out_of_range", "not_a_move"]


class RulebookError(Exception):
    """A rulebook text that must not be used: names file and line, in both languages.

    ``others`` holds the further problems found in the same reading, in the order of files and lines.
    """

    names_no_person = True
    """The journal may have its words: they tell of a file of the installation."""

    def __init__(self, file: str, line: int, zh: str, en: str, others: Iterable[RulebookError] = ()) -> None:
        super().__init__(f"{file}:{line}: {zh} · {en}")
        self.file = file
        self.line = line
        self.zh = zh
        self.en = en
        self.others = tuple(others)

    @property
    def problems(self) -> tuple[RulebookError, ...]:
        """This problem and the others of the same reading."""
        return (self, *self.others)


class RefusalError(Exception):
    """A question that is understood and refused: a norm has no clock, an id is unknown, a rule is not in force."""

    def __init__(self, reason: RefusalReason, zh: str, en: str) -> None:
        super().__init__(f"{zh} · {en}")
        self.reason = reason
        self.zh = zh
        self.en = en

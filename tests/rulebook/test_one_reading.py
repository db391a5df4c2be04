"""Within a request the rulebook is compared with its files once; outside every asker sees a change at once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from guitu.rulebook import book
from guitu.rulebook.holding import one_reading


@pytest.fixture
def comparisons(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    counted = []
    real = book.text_paths

    def counting(folder: Path) -> list[Path]:
        counted.append(folder)
        return real(folder)

    monkeypatch.setattr(book, "text_paths", counting)
    return lambda: len(counted)


def test_inside_one_reading_the_files_are_compared_once(comparisons: Callable[[], int]) -> None:
    with one_reading():
        first = book.load_national()
        assert book.load_national() is first
    assert comparisons() == 1
    with one_reading():
        book.load_national()
    assert comparisons() == 2


def test_outside_every_call_compares(comparisons: Callable[[], int]) -> None:
    book.load_national()
    book.load_national()
    assert comparisons() == 2

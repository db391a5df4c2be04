"""One rulebook for the length of a request, a job or a round of the tick (decision 15): its files are compared once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

K = TypeVar("K")
_held: ContextVar[dict[str, object] | None] = ContextVar("guitu_rulebook_held", default=None)


@contextmanager
def one_reading() -> Iterator[None]:
    """Inside, whatever is read for the first time is what every later reader sees; a changed file counts afterwards."""
    mark = _held.set({})
    try:
        yield
    finally:
        _held.reset(mark)


def read_once(name: str, read: Callable[[], K]) -> K:
    """What `read` returns, asked once inside `one_reading`; outside it is asked every time."""
    held = _held.get()
    if held is None:
        return read()
    if name not in held:
        held[name] = read()
    return held[name]  # type: ignore[return-value]  # what stands under a name is what its reader returned

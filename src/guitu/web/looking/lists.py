"""Which list an export takes: the tab of the own desk that it came from, in the words of that desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.handover import exports
from guitu.web import desk_page
from guitu.web.county_desk import views as county
from guitu.web.prison_desk import views as prison
from guitu.web.queue_rows import state_word

CONTESTED = ("contested",)


@dataclass(frozen=True)
class Chosen:
    """The list chosen: its queue's key (empty: all open work), its states, whether only what is late."""

    key: str
    states: tuple[str, ...]
    late: bool
    words: str
    url: str

    def asked(self) -> dict[str, str]:
        """What the address of the export page says of it."""
        return {name: value for name, value in (("queue", self.key), ("late", "yes" if self.late else "")) if value}


def _desk(side: str) -> tuple[str, str, tuple[desk_page.Queue, ...]]:
    """Title, address and queues of the desk whose matters are on this side."""
    if side == "sending":
        return _("释放工作台"), reverse("prison-desk"), prison.queues()
    if side == "superior":
        return _("衔接看板"), reverse("disputes"), (desk_page.Queue("contested", _("待裁定的事项"), CONTESTED),)
    return _("衔接工作台"), reverse("county-desk"), county.queues(local=side == "local")


def chosen(given: Mapping[str, str]) -> Chosen:
    """The list of the acting post's own desk that an address or a form names."""
    side, late = exports.side(), given.get("late") == "yes"
    title, address, queues = _desk(side)
    key = given.get("queue", "")
    queue = next((one for one in queues if one.key == key and one.states), None)
    states = queue.states if queue else desk_page.working(queues)
    kept = {"queue": queue.key if queue else "", "late": "yes" if late else ""}
    words = urlencode({name: value for name, value in kept.items() if value and side != "superior"})
    return Chosen(
        queue.key if queue else "",
        states,
        late,
        _words(title, queue.label if queue else _whole(side, queues), late=late),
        f"{address}?{words}" if words else address,
    )


def _whole(side: str, queues: tuple[desk_page.Queue, ...]) -> str:
    return queues[0].label if side == "superior" else _("全部在办")


def _words(title: str, label: str, *, late: bool) -> str:
    return " · ".join(one for one in (title, label, _("只要逾期的") if late else "") if one)


def words_of(listed: str, *, late: bool) -> str:
    """What the register says an export holds: desk, queue, whether only what is late."""
    side, states = exports.parts_of(listed)
    title, _address, queues = _desk(side)
    if not states:
        return _words(title, _("全部，含已办结的"), late=late)
    if states == desk_page.working(queues):
        return _words(title, _whole(side, queues), late=late)
    queue = next((one for one in queues if one.states == states), None)
    return _words(title, queue.label if queue else _("、").join(map(state_word, states)), late=late)

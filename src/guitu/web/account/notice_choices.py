"""Which notices the own account wants over which channel, and where it is reached."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from guitu.access import impact
from guitu.notices import operations, queries
from guitu.notices.channels import offered
from guitu.notices.policy import may_be_switched_off
from guitu.rulebook.book import load_national
from guitu.rulebook.notice import CHANNELS
from guitu.web.clock import now
from guitu.web.impact.views import unassessed
from guitu.web.notices.words import kind_words
from guitu.web.permits import Request

MESSAGES = 5


@dataclass(frozen=True)
class Cell:
    """One notice over one channel: whether it is wanted, and whether that can be chosen."""

    value: str
    wanted: bool
    fixed: bool
    label: str


def channel_words() -> dict[str, str]:
    """The channels of this installation, the in-app one first."""
    words = {"IN_APP": _("站内"), "SMS": _("短信"), "EMAIL": _("邮件")}
    return {channel: words[channel] for channel in (CHANNELS[0], *offered())}


def shown(request: Request) -> dict[str, object]:
    """What the section of the account page shows. Inside the caller's transaction."""
    channels, words = channel_words(), kind_words()
    off = queries.own_choices(request.acting_session.account_id)
    addresses = queries.own_addresses()
    states = {"WAITING": _("待发"), "SENT": _("已发"), "GIVEN_UP": _("没有发成")}
    rows = [
        (
            words[notice.id],
            [
                Cell(
                    f"{notice.id}:{channel}",
                    (notice.id, channel) not in off,
                    not may_be_switched_off(notice, channel),
                    f"{words[notice.id]} · {word}",
                )
                for channel, word in channels.items()
            ],
        )
        for notice in load_national().notices.values()
        if notice.id in words
    ]
    return {
        "channels": list(channels.values()),
        "rows": [row for row in rows if not all(cell.fixed for cell in row[1])],
        "fixed": [row for row in rows if all(cell.fixed for cell in row[1])],
        "addresses": [
            {
                "name": f"address-{channel}",
                "label": label,
                "value": addresses.get(channel, ""),
                "kind": kind,
                "note": unassessed(impact.TEXT_MESSAGES, at=now()) if channel == "SMS" else "",
            }
            for channel, label, kind in (("SMS", _("短信号码"), "tel"), ("EMAIL", _("邮箱"), "email"))
            if channel in channels
        ],
        "messages": [
            {
                "at": one.made_at,
                "channel": channels.get(one.channel, one.channel),
                "matters": one.matters,
                "state": states[one.state],
            }
            for one in queries.own_messages(most=MESSAGES)
        ],
    }


def take(request: Request) -> list[str]:
    """Keep what the form says; returns the problems in words, and then nothing of it is kept."""
    wanted = set(request.POST.getlist("want"))
    try:
        for channel in channel_words():
            if channel != CHANNELS[0]:
                given = request.POST.get(f"address-{channel}", "")
                operations.set_address(request.acting_session.account_id, channel, given)
    except operations.AddressRefused as refusal:
        if str(refusal) == "SMS":
            return [_("这不是电话号码。号码只填数字，可以带区号。")]
        return [_("这不是邮箱地址。")]
    operations.choose(
        (notice.id, channel)
        for notice in load_national().notices.values()
        for channel in channel_words()
        if notice.id in kind_words() and may_be_switched_off(notice, channel) and f"{notice.id}:{channel}" not in wanted
    )
    return []

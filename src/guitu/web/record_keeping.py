"""Until when processing records are kept and what has been deleted of them, in words, for the pages that list them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guitu.access import retention
from guitu.web.templatetags.guitu_words import legal_day

MONTHS_OF_A_YEAR = 12


@dataclass(frozen=True)
class Keeping:
    """`until`: for how long and by which rule; `gone`: what was deleted on which day and why, '' before the first."""

    until: str
    gone: str


def keeping(record_class: str) -> Keeping:
    """The sentences for a class of records (rulebook/data/retention). Inside the caller's transaction."""
    kept = retention.kept(record_class)
    said = {"term": _term(kept.months), "rule": kept.rule}
    until = _("从留下之日起至少保存%(term)s（规则 %(rule)s），期内不能改、不能删。") % said
    if kept.before is None or kept.ended_at is None:
        return Keeping(until, "")
    said |= {"before": legal_day(kept.before).isoformat(), "on": legal_day(kept.ended_at).isoformat()}
    return Keeping(until, _("%(before)s 以前的保存期满，已于 %(on)s 按规则 %(rule)s 删除。") % said)


def _term(months: int) -> str:
    years, rest = divmod(months, MONTHS_OF_A_YEAR)
    if rest:
        return ngettext("%(number)s个月", "%(number)s个月", months) % {"number": months}
    return ngettext("%(number)s年", "%(number)s年", years) % {"number": years}

"""The small parts of which every row of a queue consists, and the row itself, written without a template of their own.

A queue shows them by the hundred; as templates they cost more than all of a desk's questions to the database. The
components of the same names (templates/cotton) draw by these functions, so that there is one form of each.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from guitu.web.templatetags.guitu_shapes import breakable_name, icon, mini_road
from guitu.web.templatetags.guitu_words import (
    clock_icon,
    clock_words_tag,
    iso_day,
    road_step_name,
    short_day,
)

register = template.Library()

_NOTHING = SafeString("")
_GRADES = {
    "red": ("红", "高"),
    "orange": ("橙", "较高"),
    "yellow": ("黄", "中"),
    "blue": ("蓝", "较低"),
    "green": ("绿", "低"),
}
_OF_CLOCK = ("due", "done", "provisional", "state", "text", "note", "rule", "rule_url")
Day = dt.date | dt.datetime


@lru_cache(maxsize=16)
def _bars(at: int) -> SafeString:
    return format_html_join(
        "",
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="1"/>',
        ((bar.kind, bar.x, bar.y, bar.width, bar.height) for bar in mini_road(at)),
    )


@register.simple_tag
def mini_ribbon(at: int | str, words: str = "") -> SafeString:
    """Draw the eight small bars of the road at step `at`, under `words` or the name of the step.

    Raises ValueError for a step that is none.
    """
    return format_html(
        '<span class="gt-mini">{}<svg viewBox="0 0 88 6" role="img" aria-label="{}">{}</svg></span>',
        words or road_step_name(at, "circle"),
        gettext("第%(at)s步，共8步") % {"at": at},
        _bars(int(at)),
    )


@register.simple_tag
def tag(text: str, kind: str = "") -> SafeString:
    """Draw a tag with its text; `kind` is an extra class."""
    return format_html('<span class="gt-tag{}">{}</span>', f" gt-tag--{kind}" if kind else "", text)


@register.simple_tag(takes_context=True)
def grade_tag(context: Context, grade: str = "none", until: Day | str = "") -> SafeString:
    """Draw a grade as a character and a word, 未评估 for one that is none, and until when it is provisional."""
    letter, word = _GRADES.get(grade, ("", ""))
    drawn = format_html(
        '<span class="gt-grade gt-grade--{}"><i>{}</i>{}</span>',
        grade if letter else "none",
        gettext(letter) if letter else "?",
        gettext(word) if word else gettext("未评估"),
    )
    if not until or isinstance(until, str):
        return drawn
    return format_html("{} {}", drawn, tag(gettext("暂定至%(day)s") % {"day": short_day(until, context["now"])}))


def _rule(rule: str, url: str) -> SafeString | str:
    return format_html('<a href="{}">{}</a>', url, rule) if url else rule


@register.simple_tag(takes_context=True)
def clock_chip(
    context: Context,
    *,
    due: Day | str | None = None,
    done: Day | str | None = None,
    provisional: bool | str = False,
    state: str = "",
    text: str = "",
    note: str = "",
    rule: str = "",
    rule_url: str = "",
    line: str = "yes",
) -> SafeString:
    """Draw the chip of a clock and, unless `line` is no, the line under it: note, due moment, rule.

    A `state` with its `text` is drawn as it is handed in, otherwise both are worked out from `due`.
    """
    link = _rule(rule, rule_url) if rule else ""
    if state:
        chip = format_html(
            '<span class="gt-clock gt-clock--{}">{}{}</span>', state, icon(context, clock_icon(state)), text
        )
        return chip + _due_line([note, link]) if note or rule else chip
    words = clock_words_tag(due, context["now"], done, provisional)
    chip = format_html(
        '<span class="gt-clock gt-clock--{}">{}{}</span>', words.state, icon(context, words.icon), words.text
    )
    if line != "yes":
        return chip
    moment = words.due if not note or words.state == "late" else ""
    return chip + _due_line([note, moment, link])


@register.simple_tag(takes_context=True)
def clock_line(context: Context, clock: Mapping[str, Any], line: str = "yes") -> SafeString:
    """Draw a clock from a mapping with the names that `clock_chip` takes."""
    return clock_chip(context, **{name: clock[name] for name in _OF_CLOCK if name in clock}, line=line)


def _due_line(parts: list[Any]) -> SafeString:
    joined = mark_safe(" · ").join(conditional_escape(part) for part in parts if part)  # nosec B308 # a constant
    return format_html('<span class="gt-due">{}</span>', mark_safe(joined))  # nosec B308, B703 # noqa: S308 - escaped one by one


@register.simple_tag(takes_context=True)
def owner_line(
    context: Context,
    *,
    unit: str = "",
    who: str = "",
    since: Day | str = "",
    state: str = "normal",
    named_by: str = "",
) -> SafeString:
    """Draw who is responsible: unit (never empty), who there, since when, and whether only for the time being."""
    name: SafeString | str = unit or format_html("<b>{}</b>", gettext("接收单位未明"))
    if unit and state == "interim":
        name = f"{unit}{gettext('（暂由）')}"
    elif unit and state == "handing":
        name = f"{unit}{gettext('（交接中）')}"
    parts: list[SafeString | str] = []
    if state == "interim" and named_by:
        parts.append(gettext("%(named_by)s指定") % {"named_by": named_by})
    if state == "handing":
        parts.append(gettext("仍由发送方办理"))
    if who:
        parts.append(who)
    if since and not isinstance(since, str):
        parts.append(format_html("<span>{}</span>", gettext("自%(day)s") % {"day": short_day(since, context["now"])}))
    below = mark_safe(" · ".join(conditional_escape(part) for part in parts))  # nosec B308, B703 # noqa: S308 - escaped one by one
    return format_html('<span class="gt-owner">{}<span>{}</span></span>', name, below)


@register.simple_tag
def missing_list(items: Iterable[Any]) -> SafeString:
    """Draw what is still missing: words, or mappings of `text` and perhaps `url`; 齐全 where nothing is."""
    lines = [
        format_html('<li><a href="{}">{}</a></li>', item["url"], item["text"])
        if isinstance(item, Mapping) and item.get("url")
        else format_html("<li>{}</li>", item["text"] if isinstance(item, Mapping) else item)
        for item in items
    ]
    if not lines:
        return format_html('<span class="gt-quiet">{}</span>', gettext("齐全"))
    return format_html('<ul class="gt-missing">{}</ul>', mark_safe("".join(lines)))  # nosec B308, B703 # noqa: S308 - escaped one by one


@register.simple_tag(takes_context=True)
def action(
    context: Context,
    *,
    label: str = "",
    url: str = "",
    method: str = "get",
    solid: object = "",
    size: str = "",
    icon_name: str = "",
    fields: Mapping[str, str] | None = None,
    block: object = "",
    row: object = "",
    about: str = "",
) -> SafeString:
    """Draw the one action of a place: a link, or a form with its token where `method` is post."""
    classes = "btn" + (" btn-sm" if size == "sm" else "") + (" btn-primary" if solid else "")
    classes += " btn-block" if block else ""
    mark = mark_safe(" data-row-action") if row else _NOTHING  # nosec B308 # a constant
    drawn = icon(context, icon_name) if icon_name else _NOTHING
    hidden = format_html('<span class="gt-vh">{}</span>', about) if about else _NOTHING
    if method != "post":
        return format_html('<a class="{}" href="{}"{}>{}{}{}</a>', classes, url, mark, drawn, label, hidden)
    kept = [("csrfmiddlewaretoken", context.get("csrf_token", "")), *(fields or {}).items()]
    return format_html(
        '<form class="gt-inline" method="post" action="{}">{}<button type="submit" class="{}"{}>{}{}{}</button></form>',
        url,
        format_html_join("", '<input type="hidden" name="{}" value="{}">', kept),
        classes,
        mark,
        drawn,
        label,
        hidden,
    )


@lru_cache(maxsize=4)
def _headings(_language: str | None) -> tuple[str, ...]:
    return tuple(gettext(word) for word in ("环节", "释放/交付", "时限", "责任", "还缺"))


@register.simple_tag(takes_context=True)
def panic_row(context: Context, row: Mapping[str, Any], late: object = "") -> SafeString:
    """Draw one row of a queue as `queue_rows` hands it over; the action of a late one is solid."""
    step, release, clock, owner = row["step"], row["release"], row["clock"], row["owner"]
    tags = (
        grade_tag(context, mark["grade"], mark.get("until", ""))
        if mark.get("grade")
        else tag(mark["text"], mark.get("kind", ""))
        for mark in row["tags"]
    )
    on = release.get("on")
    day = (
        format_html('<span class="gt-nowrap">{}</span>', iso_day(on))
        if on
        else format_html("<b>{}</b>", gettext("日期未定"))
    )
    told = row.get("action")
    act = (
        action(
            context,
            label=told["label"],
            url=told["url"],
            method=told.get("method", "get"),
            solid=late,
            size="sm",
            fields=told.get("fields"),
            row=True,
            about=f"{gettext('：')}{row['name']}",
        )
        if told
        else _NOTHING
    )
    road, released, due, duty, lacking = _headings(get_language())
    return format_html(
        '<tr data-row{}><td><a class="gt-name" href="{}">{}</a><div class="gt-tags">{}</div></td>\n'
        '<td data-k="{}">{}</td>\n<td data-k="{}"><span>{}<span class="gt-due">{}</span></span></td>\n'
        '<td data-k="{}"><span>{}</span></td>\n<td data-k="{}">{}</td>\n<td data-k="{}">{}</td>\n<td>{}</td></tr>',
        mark_safe(' class="late"') if late else _NOTHING,  # nosec B308 # a constant
        row["url"],
        breakable_name(row["name"]),
        mark_safe("".join(tags)),  # nosec B308, B703 # noqa: S308 - drawn above
        road,
        mini_ribbon(step["at"], step.get("words", "")),
        released,
        day,
        release.get("note", ""),
        due,
        clock_line(context, clock) if clock else _NOTHING,
        duty,
        owner_line(context, **owner),
        lacking,
        missing_list(row["missing"]),
        act,
    )

"""Drawn shapes: icons from one sprite per page, the eight small bars of the road, and ordered bars.

All are SVG with attributes only, since the content policy admits neither style attributes nor inline styles.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django import template
from django.template.context import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_COLLECTOR = "_gt_icons_used"
ROAD_STEPS = 8

ICONS: dict[str, str] = {
    "back": '<path d="M10 3L5 8l5 5"/>',
    "bars": '<path d="M2.5 3.5h11M2.5 8h7M2.5 12.5h9"/>',
    "bell": '<path d="M3.5 11.5c1-1 1-2.4 1-4.5a3.5 3.5 0 0 1 7 0c0 2.1 0 3.5 1 4.5zM6.6 13.6h2.8"/>',
    "car": '<path d="M2 11.5V8.2l1.6-4h8.8l1.6 4v3.3zM2 8.2h12M4.5 11.5v1.7M11.5 11.5v1.7"/>',
    "check": '<path d="M3 8.4l3.2 3.2L13 4.8"/>',
    "clock": '<circle cx="8" cy="8" r="6"/><path d="M8 4.6V8l2.3 1.6"/>',
    "cloud": '<path d="M4.5 12.5a3 3 0 0 1-.2-6 4 4 0 0 1 7.6 1 2.6 2.6 0 0 1-.4 5z"/>',
    "cloudoff": '<path d="M4.5 12.5a3 3 0 0 1-.2-6M6.8 4a4 4 0 0 1 5.1 3.5 2.6 2.6 0 0 1 1 4.3M2.5 2.5l11 11"/>',
    "desk": '<path d="M2 3h12v8H2zM5.5 14h5M8 11v3"/>',
    "dots": '<path d="M3.5 8h.1M8 8h.1M12.5 8h.1"/>',
    "exit": '<path d="M9.5 2.5h-6v11h6M6.5 8h7.5M11 5l3 3-3 3"/>',
    "eye": '<path d="M1.5 8S4 3.6 8 3.6 14.5 8 14.5 8 12 12.4 8 12.4 1.5 8 1.5 8z"/><circle cx="8" cy="8" r="1.9"/>',
    "file": '<path d="M4 1.8h5.2L12.5 5v9.2H4zM9 2v3.2h3.4M6 8.4h4.4M6 11h4.4"/>',
    "half": '<circle cx="8" cy="8" r="6"/><path d="M8 2a6 6 0 0 1 0 12z" fill="currentcolor"/>',
    "home": '<path d="M2.2 7.6L8 2.4l5.8 5.2M4 6.6v7h8v-7M6.8 13.6V10h2.4v3.6"/>',
    "in": '<path d="M2 9.5v4h12v-4M8 2v7.6M5 6.8l3 3 3-3"/>',
    "key": '<path d="M2 4.5h12v7H2zM4.5 7h.1M7 7h.1M9.5 7h.1M12 7h.1M5 9.5h6"/>',
    "lang": (
        '<circle cx="8" cy="8" r="6"/><path d="M2 8h12M8 2c2 2 2.5 4 2.5 6s-.5 4-2.5 6'
        'M8 2C6 4 5.5 6 5.5 8s.5 4 2.5 6"/>'
    ),
    "late": '<circle cx="8" cy="8" r="6"/><path d="M8 4.4v4.2M8 11.2v.1"/>',
    "link": (
        '<path d="M6.6 9.4a3 3 0 0 0 4.3 0l2-2a3 3 0 0 0-4.3-4.3l-.8.8M9.4 6.6a3 3 0 0 0-4.3 0l-2 2'
        'a3 3 0 0 0 4.3 4.3l.8-.8"/>'
    ),
    "list": '<path d="M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.1M2.5 8h.1M2.5 12h.1"/>',
    "lock": '<path d="M3.5 7.2h9v6.3h-9zM5.5 7.2V5a2.5 2.5 0 0 1 5 0v2.2"/>',
    "menu": '<path d="M2.5 4h11M2.5 8h11M2.5 12h11"/>',
    "next": '<path d="M6 3l5 5-5 5"/>',
    "note": '<path d="M3 2.5h10v8L9.5 14H3zM9.5 14v-3.5H13M5.5 5.5h5M5.5 8h3.5"/>',
    "out": '<path d="M2 9.5v4h12v-4M8 9.6V2M5 4.8l3-3 3 3"/>',
    "people": (
        '<circle cx="6" cy="5.4" r="2.4"/><path d="M1.6 13.4c.4-2.6 2.1-3.9 4.4-3.9s4 1.3 4.4 3.9'
        'M10.6 3.2a2.4 2.4 0 0 1 0 4.4M12 9.8c1.4.5 2.2 1.7 2.5 3.6"/>'
    ),
    "person": '<circle cx="8" cy="5.2" r="2.7"/><path d="M2.8 14c.5-3 2.6-4.4 5.2-4.4s4.7 1.4 5.2 4.4"/>',
    "phone": '<path d="M5.4 2.4L3 3c-.6 5.5 4.5 10.6 10 10l.6-2.4-3-1.3-1.3 1.5C7.7 10 6 8.3 5.2 6.7l1.5-1.3z"/>',
    "pin": (
        '<path d="M8 14.2S3.4 9.8 3.4 6.6a4.6 4.6 0 0 1 9.2 0C12.6 9.8 8 14.2 8 14.2z"/><cir'
        'cle cx="8" cy="6.5" r="1.6"/>'
    ),
    "plus": '<path d="M8 3v10M3 8h10"/>',
    "print": '<path d="M4.5 6V2h7v4M4.5 11.5H2.2V6h11.6v5.5h-2.3M4.5 9.5h7V14h-7z"/>',
    "scale": '<path d="M8 2v12M5 14h6M3 4.4h10M3 4.4L1.4 9h3.2zM13 4.4L11.4 9h3.2z"/>',
    "seal": (
        '<path d="M8 1.8l1.7 1.3 2.1-.1.6 2 1.7 1.2-.7 2 .7 2-1.7 1.2-.6 2-2.1-.1'
        'L8 14.6l-1.7-1.3-2.1.1-.6-2-1.7-1.2.7-2-.7-2 1.7-1.2.6-2 2.1.1zM5.8 8.2l1.6 1.6 2.9-3.1"/>'
    ),
    "search": '<circle cx="7" cy="7" r="4.4"/><path d="M10.4 10.4L14 14"/>',
    "shield": '<path d="M8 1.8l5.2 2v4c0 3.2-2.2 5.3-5.2 6.4-3-1.1-5.2-3.2-5.2-6.4v-4z"/>',
    "sound": '<path d="M2.5 6v4h2.7L9 13V3L5.2 6zM11.2 5.8a3 3 0 0 1 0 4.4M13 4a5.6 5.6 0 0 1 0 8"/>',
    "warn": '<path d="M8 2.2l6.2 11.3H1.8zM8 6.6v3.2M8 11.6v.1"/>',
    "window": '<path d="M2 3h12v10H2zM2 6h12M5 9h6"/>',
    "x": '<path d="M4 4l8 8M12 4l-8 8"/>',
}
"""Each icon on a 16 px grid, stroke 1.6 in the colour of its word. It always stands beside that word."""

_HATCH = mark_safe(  # nosec B308 # a constant
    '<pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="5" height="5" fill="#fff"/><rect width="2" height="5" fill="#3a4656"/></pattern>'
)


@register.simple_tag(takes_context=True)
def icon_sprite_begin(context: Context) -> str:
    """Start to note which icons a page uses; the page ends with `icon_sprite`."""
    context[_COLLECTOR] = set()
    return ""


@register.simple_tag(takes_context=True)
def icon(context: Context, name: str, size: str = "", tone: str = "") -> SafeString:
    """Draw one icon, hidden from screen readers.

    `size` is empty or `lg`; `tone` is an extra class such as `ok` or `no`. On a page with a sprite the icon
    refers to it; in a fragment sent on its own it carries its own lines. Raises KeyError for an unknown name.
    """
    lines = ICONS[name]
    classes = "gt-i" + (" gt-i--lg" if size == "lg" else "") + (f" {tone}" if tone else "")
    used = context.get(_COLLECTOR)
    if isinstance(used, set):
        used.add(name)
        return format_html('<svg class="{}" aria-hidden="true"><use href="#i-{}"/></svg>', classes, name)
    return format_html(
        '<svg class="{}" viewBox="0 0 16 16" aria-hidden="true">{}</svg>',
        classes,
        mark_safe(lines),  # nosec B308, B703 # noqa: S308 - a constant of this file
    )


@register.simple_tag(takes_context=True)
def icon_sprite(context: Context) -> SafeString:
    """Write the sprite with the icons used since `icon_sprite_begin`, and the hatching of bars."""
    names = sorted(context.get(_COLLECTOR) or ())
    symbols = format_html_join(
        "",
        '<symbol id="i-{}" viewBox="0 0 16 16">{}</symbol>',
        ((name, mark_safe(ICONS[name])) for name in names),  # nosec B308, B703 # noqa: S308 - constants of this file
    )
    return format_html('<svg class="gt-sprite" aria-hidden="true"><defs>{}{}</defs></svg>', _HATCH, symbols)


@register.filter
def breakable_name(name: str) -> SafeString:
    """Return a personal name that a narrow column may break after a middle dot, and nowhere else."""
    return format_html_join(mark_safe("·<wbr>"), "{}", ((part,) for part in str(name).split("·")))  # nosec B308 # a constant


@dataclass(frozen=True)
class RoadBar:
    """One of the eight small bars: class d (done), n (now) or f (to come), and its place in px."""

    kind: str
    x: str
    y: str
    width: str
    height: str


@register.simple_tag
def mini_road(at: int | str) -> list[RoadBar]:
    """Return the eight bars for the step `at` (1 to 8); 9 means the whole road is done.

    Raises ValueError for any other number.
    """
    step = int(at)
    if not 1 <= step <= ROAD_STEPS + 1:
        raise ValueError(at)
    bars = []
    for index in range(ROAD_STEPS):
        left = Decimal(11 * index)
        if index + 1 == step:
            bars.append(RoadBar("n", str(left + Decimal("0.75")), "0.75", "7.5", "4.5"))
        else:
            bars.append(RoadBar("d" if index + 1 < step else "f", str(left), "0", "9", "6"))
    return bars


@dataclass(frozen=True)
class BarPart:
    """One part of an ordered bar, in units of its 600 wide box."""

    kind: str
    x: str
    width: str


BAR_WIDTH = 600


@register.simple_tag
def bar_parts(late: int, soon: int, ok: int, largest: int) -> list[BarPart]:
    """Return the parts of one bar, starting at zero, scaled so that `largest` fills the box.

    Raises ValueError when a count is negative or `largest` is smaller than the sum.
    """
    counts = {"late": late, "soon": soon, "ok": ok}
    if min(counts.values()) < 0 or sum(counts.values()) > largest:
        raise ValueError((late, soon, ok, largest))
    parts, left = [], Decimal(0)
    for kind, count in counts.items():
        width = Decimal(BAR_WIDTH * count) / Decimal(largest) if largest else Decimal(0)
        if count:
            parts.append(BarPart(kind, f"{left:.1f}", f"{width:.1f}"))
        left += width
    return parts

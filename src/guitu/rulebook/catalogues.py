"""Sources, acts, code tables and core items: the lists that records and rooms refer to."""

from __future__ import annotations

from guitu.rulebook.reading import Section
from guitu.rulebook.records import Sentence, Source


def read_source(section: Section) -> Source:
    """One source of ``sources.yaml``."""
    note_zh, note_en = section.optional_text("note_zh"), section.optional_text("note_en")
    source = Source(
        id=section.text("id"),
        zh=section.text("zh"),
        en=section.text("en"),
        document=section.optional_text("document"),
        in_force_from=section.date("in_force_from"),
        in_force_to=section.optional_date("in_force_to"),
        verified=section.flag("verified"),
        checked_on=section.date("checked_on"),
        note=Sentence(note_zh or "", note_en or "") if note_zh or note_en else None,
    )
    if source.in_force_to is not None and source.in_force_to <= source.in_force_from:
        raise section.error("失效日必须晚于生效日", "in_force_to must be after in_force_from", "in_force_to")
    section.done()
    return source

"""Compiled message catalogues: a .po newer than its .mo is compiled; no gettext programs are needed."""

from pathlib import Path


def compile_changed(package: Path) -> list[Path]:
    """Compile catalogues that are missing or older than their source; returns the compiled files written."""
    stale = [po for po in sorted(package.rglob("*.po")) if _is_stale(po)]
    if not stale:
        return []
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    written = []
    for po in stale:
        target = po.with_suffix(".mo")
        building = target.with_suffix(".mo.new")
        with po.open("rb") as source:
            catalogue = read_po(source, locale=po.parent.parent.name)
        with building.open("wb") as compiled:
            write_mo(compiled, catalogue)
        building.replace(target)
        written.append(target)
    return written


def _is_stale(po: Path) -> bool:
    compiled = po.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime_ns < po.stat().st_mtime_ns

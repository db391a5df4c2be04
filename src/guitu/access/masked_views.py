"""Masked views for reads of many persons at once: the decision table and the masks as plain SQL, row policies beneath.

Each rule stands here as an SQL expression beside its twin in `guitu.rulebook.masking`; written inline, because a
function per value makes a large read several times slower.
"""

from __future__ import annotations

from guitu.rulebook.masking import COVER, MASKS, SHORTEST_NUMBER

_ADDRESS = (
    "CASE WHEN {0} ~ '(街道|镇|乡|苏木)'"
    " THEN regexp_replace({0}, '^(.*?(?:街道|镇|乡|苏木)).*$', '\\1****') ELSE '****' END"
)
_PARTS = "({value}::jsonb)"
AS_SQL = {
    "id_number": f"CASE WHEN length({{value}}) < {SHORTEST_NUMBER} THEN '{COVER}'"
    " ELSE left({value}, 3) || '***********' || right({value}, 4) END",
    "telephone": "regexp_replace({value}, '([0-9]{{3}})[0-9]{{4}}([0-9]*)', '\\1****\\2', 'g')",
    "township": "CASE WHEN left({value}, 1) <> '{{' THEN "
    + _ADDRESS.format("{value}")
    + f" WHEN coalesce({_PARTS} ->> 'address', '') = '' THEN {_PARTS}::text"
    + f" ELSE jsonb_set({_PARTS}, '{{{{address}}}}', to_jsonb("
    + _ADDRESS.format(f"({_PARTS} ->> 'address')")
    + "))::text END",
    "surname": "CASE WHEN {value} = '' THEN '' ELSE left({value}, 1) || '**' END",
    "year": "left({value}, 4)",
    "covered": f"CASE WHEN {{value}} = '' THEN '' ELSE '{COVER}' END",
}
"""The rules of masking over ``{value}``, by name."""
FACTS, PERSONS = "people_masked_fact", "people_masked_person"
COMMENTS = {
    "id": "编号",
    "number": "人员编号",
    "person_id": "人员",
    "division": "责任单位区划（12位）",
    "responsible_unit_id": "当前唯一责任单位",
    "relation": "本岗位与此人的关系（决定表）",
    "state": "档案状态（决定表）",
    "item": "核心数据项代码",
    "effect": "决定表的结论",
    "mask": "遮盖规则；不遮盖为空",
    "value": "按决定表可见的值；不可见为空",
    "sealed_value": "L4值的密文，只在照看时给出",
    "name": "姓名，按决定表",
    "sex": "性别，按决定表",
    "birth_date": "出生日期，按决定表",
    "legal_status": "法律身份，按决定表",
    "source": "来源单位或文书",
    "collected_at": "采集时刻",
    "collected_by": "采集岗位",
    "purpose": "采集目的",
    "review_on": "下次核对日",
    "from_at": "起",
    "to_at": "止（不含）",
    "created_at": "建档时刻",
    "ended_at": "结束时刻",
    "sealed_at": "封存时刻；空为未封存",
}
"""What each column of the views holds."""
_OF_PERSON = ("name", "sex", "birth_date", "legal_status")


def masked(value: str, effect: str, mask: str) -> str:
    """The expression that gives `value` as far as the columns `effect` and `mask` let it be seen, else null."""
    rules = " ".join(f"WHEN '{name}' THEN {AS_SQL[name].format(value=value)}" for name in MASKS)
    return f"CASE {effect} WHEN 'allow' THEN {value} WHEN 'mask' THEN CASE {mask} {rules} END END"


def definitions() -> dict[str, str]:
    """The views by name: the SELECT of each. A value that is not seen is null; L4 stays encrypted."""
    shown = masked("f.value", "d.effect", "d.mask")
    facts = (
        "SELECT f.id, f.person_id, f.division, f.item, s.relation, s.state, coalesce(d.effect, 'deny') AS effect,"  # nosec B608 # noqa: S608 - constants
        f" coalesce(d.mask, '') AS mask, CASE WHEN f.sealed_value IS NULL THEN {shown} END AS value,"
        "  CASE WHEN d.effect = 'allow' THEN f.sealed_value END AS sealed_value, f.source,"
        " f.collected_at, f.collected_by, f.purpose, f.review_on, f.from_at, f.to_at FROM people_fact f"
        " JOIN access_standing(NULL) s ON s.person_id = f.person_id"
        " LEFT JOIN access_effects() d ON d.relation = s.relation AND d.state = s.state AND d.item = f.item"
    )
    effects = ", ".join(
        f"max(e.{what}) FILTER (WHERE e.item = '{item}') AS {item}_{what}"
        for item in _OF_PERSON
        for what in ("effect", "mask")
    )
    columns = ", ".join(
        f"{masked(f'p.{item}::text', f'd.{item}_effect', f'd.{item}_mask')} AS {item}" for item in _OF_PERSON
    )
    persons = (
        f"SELECT p.id, p.number, p.division, p.responsible_unit_id, s.relation, s.state, {columns}, p.created_at,"  # nosec B608 # noqa: S608 - constants
        " p.ended_at, p.sealed_at FROM people_person p JOIN access_standing(NULL) s ON s.person_id = p.id"
        f" LEFT JOIN (SELECT e.relation, e.state, {effects} FROM access_effects() e GROUP BY e.relation, e.state) d"
        " ON d.relation = s.relation AND d.state = s.state"
    )
    return {FACTS: facts, PERSONS: persons}

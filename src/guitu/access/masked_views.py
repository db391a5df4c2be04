"""What may be seen of values, as the database says it: two functions over persons, a view of each over all in sight.

The application reads core items and what stands at the head of a file here and nowhere else: it may not select those
columns of the tables (cage.yaml). The functions keep to the row policies' sight and mask by the decision table. Each
rule of masking stands here as an SQL expression beside its twin in `guitu.rulebook.masking`; written inline, because
a function per value makes a large read several times slower.
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
FACTS_SHOWN, HEADS_SHOWN, NAMES_SHOWN = "people_facts_shown", "people_heads_shown", "people_names_shown"
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


_FACT_COLUMNS = {
    "id": "uuid",
    "person_id": "uuid",
    "division": "varchar",
    "item": "text",
    "relation": "text",
    "state": "text",
    "on_day": "date",
    "effect": "text",
    "mask": "text",
    "value": "text",
    "sealed_value": "bytea",
    "source": "text",
    "collected_at": "timestamptz",
    "collected_by": "uuid",
    "purpose": "text",
    "review_on": "date",
    "from_at": "timestamptz",
    "to_at": "timestamptz",
}
_HEAD_COLUMNS = {
    "id": "uuid",
    "number": "text",
    "division": "varchar",
    "responsible_unit_id": "uuid",
    "relation": "text",
    "state": "text",
    "on_day": "date",
    "name": "text",
    "sex": "text",
    "birth_date": "text",
    "legal_status": "text",
    "created_at": "timestamptz",
    "ended_at": "timestamptz",
    "sealed_at": "timestamptz",
}
_DECIDED = (
    "d.role = own AND d.purpose = reason AND d.relation = t.relation AND d.state = t.state"
    " AND d.from_on <= t.on_day AND (d.to_on IS NULL OR d.to_on > t.on_day)"
)
_IN_SIGHT = (
    "t.relation NOT IN ('lawful_query', 'addressed')"
    " AND (t.state <> 'sealed' OR t.relation IN ('self', 'representative'))"
)
"""Of those to whom the post stands in some way: whose rows the row policies show it. The small world compares both."""
_SHAPE = """
CREATE OR REPLACE FUNCTION {name}(persons uuid[]) RETURNS TABLE ({columns})
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  own text := (SELECT p.role FROM access_post p WHERE p.id = (access_acting()).post_id);
  reason text := current_setting('guitu.purpose', true);
BEGIN
  {asked}
  RETURN QUERY {rows};
END $$
"""
_EACH = (
    "IF persons IS NULL AND own <> 'TICK' THEN"
    " persons := (SELECT array_agg(DISTINCT g.one) FROM access_lines(access_acting()) t,"
    " unnest(t.subjects) AS g (one)); END IF;"
    " PERFORM access_asked(persons, true);"
)
"""Values of a person are given only after a line that names the person; all in sight are those whom lines name."""
_OVER_ALL = " WHERE access_planned(1) <= access_planned(2)"
"""Always so with a session; without one the planner meets the error even where the view would give no row."""


def functions() -> dict[str, str]:
    """The functions by name: for these persons, or (null) for all in sight, each value as far as it may be seen.

    A value that is not seen is null. L4 values stay encrypted and are given where they are shown whole or masked,
    which only who holds the keys can do.
    """
    facts = (
        "SELECT q.id, q.person_id, q.division, q.item, t.relation, t.state, t.on_day, coalesce(d.effect, 'deny'),"  # nosec B608 # noqa: S608 - constants
        f" coalesce(d.mask, ''), CASE WHEN q.sealed_value IS NULL THEN {masked('q.value', 'd.effect', 'd.mask')} END,"
        " CASE WHEN d.effect IN ('allow', 'mask') THEN q.sealed_value END, q.source, q.collected_at, q.collected_by,"
        " q.purpose, q.review_on, q.from_at, q.to_at FROM access_standing(persons) t"
        # Person by person through the index, whatever the planner believes of how many there are.
        " CROSS JOIN LATERAL (SELECT f.* FROM people_fact f WHERE f.person_id = t.person_id OFFSET 0) AS q"
        f" LEFT JOIN access_decision d ON {_DECIDED} AND d.item = q.item"
        f" WHERE {_IN_SIGHT}"
    )
    effects = ", ".join(
        f"max(d.{what}) FILTER (WHERE d.item = '{item}') AS {item}_{what}"
        for item in _OF_PERSON
        for what in ("effect", "mask")
    )
    items = ", ".join(f"'{item}'" for item in _OF_PERSON)
    columns = ", ".join(masked(f"q.{item}::text", f"e.{item}_effect", f"e.{item}_mask") for item in _OF_PERSON)
    heads = (
        f"SELECT q.id, q.number, q.division, q.responsible_unit_id, t.relation, t.state, t.on_day, {columns},"  # nosec B608 # noqa: S608 - constants
        " q.created_at, q.ended_at, q.sealed_at FROM access_standing(persons) t"
        " CROSS JOIN LATERAL (SELECT p.* FROM people_person p WHERE p.id = t.person_id OFFSET 0) AS q"
        f" CROSS JOIN LATERAL (SELECT {effects} FROM access_decision d WHERE {_DECIDED} AND d.item IN ({items})) AS e"
        f" WHERE {_IN_SIGHT}"
    )
    names = (
        f"SELECT q.id, {masked('q.name', 'd.effect', 'd.mask')} FROM access_standing(persons) t"  # nosec B608 # noqa: S608 - constants
        " CROSS JOIN LATERAL (SELECT p.id, p.name FROM people_person p WHERE p.id = t.person_id OFFSET 0) AS q"
        f" LEFT JOIN access_decision d ON {_DECIDED} AND d.item = 'name' WHERE {_IN_SIGHT}"
    )
    return {
        FACTS_SHOWN: _shaped(FACTS_SHOWN, _FACT_COLUMNS, facts, asked=_EACH),
        HEADS_SHOWN: _shaped(HEADS_SHOWN, _HEAD_COLUMNS, heads),
        NAMES_SHOWN: _shaped(NAMES_SHOWN, {"id": "uuid", "name": "text"}, names),
    }


def met_by_name() -> str:
    """The function that tells which of these persons the words meet by name, and by no more of it than is shown.

    `wanted` is compared with the whole name where the table shows it whole, else with what the mask leaves, as is each
    of `sounding`; null compares nothing. No sealed file, and no juvenile in whose matter the own unit has no part.
    """
    left = masked("q.name", "d.effect", "d.mask")
    return f"""
CREATE OR REPLACE FUNCTION people_met_by_name(met uuid[], wanted text, sounding text[]) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  own text := (SELECT p.role FROM access_post p WHERE p.id = (access_acting()).post_id);
  own_unit uuid := (SELECT p.unit_id FROM access_post p WHERE p.id = (access_acting()).post_id);
  reason text := current_setting('guitu.purpose', true);
  typed text[] := people_name_patterns(ARRAY[wanted]);
  heard text[] := people_name_patterns(wanted || sounding);
BEGIN
  RETURN QUERY SELECT q.id FROM access_standing(met) t
    CROSS JOIN LATERAL (SELECT p.id, p.name, p.name_search FROM people_person p WHERE p.id = t.person_id OFFSET 0) AS q
    JOIN access_decision d ON {_DECIDED} AND d.item = 'name'
   WHERE {_IN_SIGHT} AND t.state <> 'sealed' AND CASE d.effect
       WHEN 'allow' THEN wanted IS NULL OR q.name_search LIKE ANY (typed)
       WHEN 'mask' THEN wanted IS NULL OR lower({left}) LIKE ANY (heard) ELSE false END
     AND (NOT EXISTS (SELECT 1 FROM journeys_journey j WHERE j.person_id = q.id
         AND j.marks && journeys_juvenile_marks())
       OR EXISTS (SELECT 1 FROM journeys_journey j WHERE j.person_id = q.id AND j.marks && journeys_juvenile_marks()
         AND own_unit IN (j.sending_unit_id, j.receiving_unit_id, j.local_unit_id)));
END $$
"""  # nosec B608 # noqa: S608 - constants


def _shaped(name: str, columns: dict[str, str], rows: str, asked: str = "PERFORM access_asked(persons);") -> str:
    given = ", ".join(f"{one} {kind}" for one, kind in columns.items())
    return _SHAPE.format(name=name, columns=given, rows=rows, asked=asked)


def definitions() -> dict[str, str]:
    """The views by name: the SELECT of each, over all in sight; an encrypted value only where it is shown whole."""
    facts = ", ".join(
        "CASE WHEN effect = 'allow' THEN sealed_value END AS sealed_value" if one == "sealed_value" else one
        for one in _FACT_COLUMNS
        if one != "on_day"
    )
    heads = ", ".join(one for one in _HEAD_COLUMNS if one != "on_day")
    return {
        FACTS: f"SELECT {facts} FROM {FACTS_SHOWN}(NULL)" + _OVER_ALL,  # nosec B608 # noqa: S608 - constants
        PERSONS: f"SELECT {heads} FROM {HEADS_SHOWN}(NULL)" + _OVER_ALL,  # nosec B608 # noqa: S608 - constants
    }

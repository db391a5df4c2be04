"""The database explains itself: every table and column in Chinese; every view obeys the policies of whoever asks."""

import re

CHINESE = re.compile(r"[\u4e00-\u9fff]")
_COMMENTS = """
SELECT c.relname, NULL, obj_description(c.oid, 'pg_class')
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
UNION ALL
SELECT c.relname, a.attname, col_description(c.oid, a.attnum)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
"""
_VIEWS = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
AND (relkind = 'm' OR relkind = 'v' AND NOT coalesce('security_invoker=true' = ANY (reloptions), false))
"""
# Django's own notebook of migrations: its shape is not ours, and no person stands in it.
NOT_OURS = {"django_migrations"}


def unexplained(door):
    """Tables and columns without a Chinese comment."""
    return sorted(
        f"{table}.{column}" if column else table
        for table, column, comment in door.execute(_COMMENTS)
        if table not in NOT_OURS and not CHINESE.search(comment or "")
    )


def views_that_see_for_themselves(door):
    """Views that read with their owner's eyes, and stored views, which hold copies (amendment A7)."""
    return sorted(name for (name,) in door.execute(_VIEWS))


def test_every_table_and_column_is_explained_in_chinese_and_an_unexplained_one_is_noticed(house):
    with house.role("postgres") as door:
        assert unexplained(door) == []
        door.execute("CREATE TABLE forgotten (id integer, name text)")
        door.execute("COMMENT ON COLUMN forgotten.id IS 'the number'")
        assert unexplained(door) == ["forgotten", "forgotten.id", "forgotten.name"]
        door.execute("COMMENT ON TABLE forgotten IS '遗漏'")
        assert unexplained(door) == ["forgotten.id", "forgotten.name"]


def test_no_view_sees_more_than_its_reader_and_one_that_would_is_noticed(house):
    with house.role("postgres") as door:
        assert views_that_see_for_themselves(door) == []
        door.execute("CREATE VIEW keyhole AS SELECT name FROM people_person")
        door.execute("CREATE MATERIALIZED VIEW copybook AS SELECT name FROM people_person")
        door.execute("CREATE VIEW window_pane WITH (security_invoker = true) AS SELECT name FROM people_person")
        assert views_that_see_for_themselves(door) == ["copybook", "keyhole"]

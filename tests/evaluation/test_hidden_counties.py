"""A hidden county cannot be computed: every small table, looked at by somebody who knows the total and the method."""

import pytest

# Every table of so many counties with at most `most` matters each, as the evaluator sees it; the one who looks knows
# that a county may hold up to `known` matters, how counties are hidden, and everything that is shown.
_TABLES = """
WITH cell AS (SELECT n, y FROM generate_series(0, %(known)s) n, generate_series(0, n) y),
tables AS ({tables}),
shown AS (SELECT t.n, t.y, evaluation_hidden(t.n, t.y, %(least)s) AS hidden FROM tables t),
seen AS (
  SELECT s.*,
    (SELECT array_agg(CASE WHEN NOT s.hidden[i] THEN ARRAY[s.n[i], s.y[i]] ELSE ARRAY[-1, -1] END)
       FROM generate_subscripts(s.n, 1) i) AS cells,
    CASE WHEN NOT s.hidden[cardinality(s.n) + 1] THEN
      ARRAY[(SELECT sum(x) FROM unnest(s.n) x)::integer, (SELECT sum(x) FROM unnest(s.y) x)::integer] END AS total
  FROM shown s),
alike AS (
  SELECT cells, total, min(hidden::text)::boolean[] AS hidden, {ranges}, bool_or({small}) AS asked
  FROM seen GROUP BY cells, total)
SELECT count(*), count(*) FILTER (WHERE {betrayed}) FROM alike WHERE asked AND true = ANY (hidden)
"""


def betrayed(house, *, counties: int, most: int, known: int, least: int) -> tuple[int, int]:
    """How many different views there are with something hidden, and in how many of them a hidden number is certain."""
    places = range(1, counties + 1)
    tables = "SELECT ARRAY[{}] AS n, ARRAY[{}] AS y FROM {}".format(
        ", ".join(f"c{i}.n" for i in places),
        ", ".join(f"c{i}.y" for i in places),
        ", ".join(f"cell c{i}" for i in places),
    )
    ranges = ", ".join(
        f"min({one}[{i}]) AS {one}_low{i}, max({one}[{i}]) AS {one}_high{i}" for i in places for one in ("n", "y")
    )
    certain = " OR ".join(f"(hidden[{i}] AND (n_low{i} = n_high{i} OR y_low{i} = y_high{i}))" for i in places)
    small = " AND ".join(f"n[{i}] <= {most}" for i in places)
    text = _TABLES.format(tables=tables, ranges=ranges, betrayed=certain, small=small)
    with house.role("guitu_owner") as door:
        return door.execute(text, {"known": known, "least": least}).fetchone()


@pytest.mark.parametrize(
    ("counties", "most", "known", "least"), [(1, 6, 12, 3), (2, 6, 14, 3), (2, 4, 9, 2), (3, 4, 6, 2), (3, 3, 7, 3)]
)
def test_no_hidden_number_is_certain_for_somebody_who_knows_the_method(house, counties, most, known, least):
    views, certain = betrayed(house, counties=counties, most=most, known=known, least=least)
    assert views > 0
    assert certain == 0


def test_control_hiding_only_the_small_ones_betrays_them(house):
    with house.role("guitu_owner") as door:
        door.execute(
            "CREATE OR REPLACE FUNCTION evaluation_hidden(matters integer[], held integer[], fewest integer)"
            " RETURNS boolean[] LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS"
            " $$ SELECT array_agg(m < fewest ORDER BY o) || false FROM unnest(matters) WITH ORDINALITY AS x (m, o) $$"
        )
    _, certain = betrayed(house, counties=2, most=6, known=14, least=3)
    assert certain > 0


def hidden(house, matters, held, least=10):
    with house.role("guitu_owner") as door:
        return door.execute("SELECT evaluation_hidden(%s, %s, %s)", (matters, held, least)).fetchone()[0]


def test_nothing_is_hidden_where_every_county_is_large_enough(house):
    assert hidden(house, [10, 40, 12], [10, 0, 5]) == [False, False, False, False]


def test_one_small_county_takes_the_next_one_with_it_whatever_its_size(house):
    assert hidden(house, [9, 400, 12], [4, 90, 5]) == [True, True, False, False]
    assert hidden(house, [40, 30, 9], [4, 9, 5]) == [True, False, True, False]


def test_together_they_must_be_large_enough_and_not_all_alike(house):
    assert hidden(house, [4, 5, 30, 30], [1, 1, 9, 9]) == [True, True, True, False, False]
    assert hidden(house, [4, 12, 30, 30], [0, 0, 9, 9]) == [True, True, True, False, False]
    assert hidden(house, [4, 12, 30, 30], [4, 12, 9, 9]) == [True, True, True, False, False]


def test_a_total_that_would_betray_is_hidden_with_them(house):
    assert hidden(house, [4], [1]) == [True, True]
    assert hidden(house, [3, 4], [1, 2]) == [True, True, True]
    assert hidden(house, [30, 4], [0, 0]) == [True, True, True]
    assert hidden(house, [], []) == [False]

"""The audit desk's pages over two months of traces: a look a month for each person, as many lines about nobody.

A generated province has no traces; they are put in once, as the superuser and without the triggers of a look, and
stay in it. The officers take names as the people bear them, so that some are namesakes.
"""

from __future__ import annotations

import os
import statistics
from typing import Any

from benchmarks.measuring import percentile, timed

PROVINCE = "910000000000"
MILLISECONDS = 400
DAYS = 60
WARM_UPS = 2
_FILL = (
    "SET LOCAL session_replication_role = replica",
    "SELECT setseed(0.42)",
    "CREATE TEMP TABLE people AS SELECT row_number() OVER (ORDER BY id) AS n, id, name FROM people_person",
    "CREATE UNIQUE INDEX ON people (n)",
    "CREATE TEMP TABLE posts AS SELECT row_number() OVER (ORDER BY p.id) AS n, p.id, p.unit_id, p.account_id"
    " FROM access_post p JOIN access_account a ON a.id = p.account_id WHERE p.role <> 'TICK' AND NOT a.for_person",
    "ANALYZE people",
    "UPDATE access_account a SET name = q.name FROM posts p"
    " JOIN people q ON q.n = 1 + (p.n * 7919) %% (SELECT max(x.n) FROM people x) WHERE p.account_id = a.id",
    "CREATE TEMP TABLE drawn AS SELECT n, (SELECT max(x.n) FROM people x) AS people, (SELECT max(x.n) FROM posts x)"
    " AS posts, random() AS a, random() AS b, random() AS c, random() AS d, random() AS e"
    " FROM generate_series(1, %(lines)s) AS n",
    "INSERT INTO access_trace (id, at, post_id, unit_id, purpose, action, subjects, fields, outcome, reason, glass_id)"
    " SELECT gen_random_uuid(), now() - make_interval(days => %(days)s) * (1 - g.n / %(lines)s::float),"
    " p.id, p.unit_id,"
    " CASE WHEN g.c < 0.01 THEN 'OVERSEE' ELSE 'RECEIVE_RETURN' END, CASE WHEN g.b < 0.40 THEN 'person:list'"
    " WHEN g.b < 0.475 THEN 'person:search' WHEN g.b < 0.476 THEN 'glass:break' WHEN g.b < 0.85 THEN 'person:open'"
    " WHEN g.b < 0.92 THEN 'person:reveal' WHEN g.b < 0.97 THEN 'paper:read' ELSE 'assessment:read' END,"
    " CASE WHEN g.b < 0.475 THEN '{}'::uuid[] ELSE ARRAY[q.id] END, '{}', CASE WHEN g.d < 0.002 THEN 'UNKNOWN'"
    " WHEN g.d < 0.004 THEN 'DENIED' ELSE 'ALLOWED' END, CASE WHEN g.e < 0.03 THEN 'verify' ELSE '' END,"
    " CASE WHEN g.b >= 0.475 AND g.b < 0.476 THEN gen_random_uuid() END FROM drawn g"
    " JOIN posts p ON p.n = 1 + floor(g.posts * power(g.a, 1.5))::int"
    " JOIN people q ON q.n = 1 + floor(g.people * g.e)::int ORDER BY g.n",
    "INSERT INTO access_sign_in (id, at, account_id, outcome, address) SELECT gen_random_uuid(),"
    " now() - make_interval(days => %(days)s) * (1 - g.n / %(lines)s::float), p.account_id,"
    " CASE WHEN g.b < 0.05 THEN 'FAILED' ELSE 'SUCCEEDED' END, '192.0.2.1' FROM drawn g"
    " JOIN posts p ON p.n = 1 + floor(g.posts * g.c)::int WHERE g.n %% 2 = 0 ORDER BY g.n",
)


def report(requests: int) -> int:
    """Print a line for each page and filter; 1 where one missed the bar. Inside benchmarks.province, as guitu_app."""
    from benchmarks.signed_in import at_work

    post, number, who = _traces()
    reads = "/watch/reads/?"
    pages = [f"/audit/?list={name}" for name in ("changes", "sign-ins", "refusals", "ended")]
    pages += [f"/audit/?list=sign-ins&{more}" for more in ("failed=yes", f"who={who}")]
    pages += ["/watch/", f"/watch/{post}/", reads, f"{reads}page=40", f"{reads}who={who}", f"{reads}number={number}"]
    pages += [f"{reads}purpose={code}" for code in ("OVERSEE", "AUDIT")]
    for code in ("VOLUME", "OFF_HOURS", "NO_RELATION", "GLASS", "NAMESAKE"):
        pages += [f"{reads}indicator={code}", f"{reads}post={post}&indicator={code}"]
    browser, _ = at_work(PROVINCE, "AUDIT_ADMINISTRATOR")
    missed = 0
    print(f"load {os.getloadavg()[0]:.1f} at the beginning\n| page | p50 ms | p95 ms | bar |\n|---|---|---|---|")
    for address in pages:
        taken = [timed(lambda address=address: _opened(browser, address)) * 1000 for _ in range(WARM_UPS + requests)]
        found = percentile(taken[WARM_UPS:], 0.95)
        missed += found > MILLISECONDS
        named = address.replace(str(post), "POST").replace(number, "NUMBER").replace(who, "NAME")
        bar = f"≤ {MILLISECONDS} ms{' — missed' if found > MILLISECONDS else ''}"
        print(f"| `{named}` | {statistics.median(taken[WARM_UPS:]):.0f} | {found:.0f} | {bar} |", flush=True)
    print(f"load {os.getloadavg()[0]:.1f} at the end")
    return int(missed > 0)


def _opened(browser: Any, address: str) -> None:
    answer = browser.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")


def _traces() -> tuple[Any, str, str]:
    """The traces of a province, made where there are none; its busiest post, the number of a file, a holder's name."""
    import psycopg
    from psycopg.conninfo import make_conninfo

    from guitu.launcher import database as databases
    from guitu.launcher.home import current_home

    held = databases.embedded(current_home())
    with psycopg.connect(make_conninfo(held.superuser_dsn, dbname=held.name)) as door:
        (people,) = door.execute("SELECT count(*) FROM people_person").fetchone()
        (lines,) = door.execute("SELECT count(*) FROM access_trace").fetchone()
        if lines < people:
            # The indexes are made once, over all lines: keeping them line by line takes most of the time.
            indexes = door.execute(
                "SELECT format('DROP INDEX %I', indexname), indexdef FROM pg_indexes i WHERE tablename = 'access_trace'"
                " AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conname = i.indexname)"
            ).fetchall()
            for drop, _ in indexes:
                door.execute(drop)
            for text in _FILL:
                door.execute(text, {"lines": 4 * people, "days": DAYS} if "%" in text else None)
            for _, make in indexes:
                door.execute(make)
            door.commit()
            door.execute("ANALYZE access_trace, access_sign_in, access_account")
        (window,) = door.execute(
            "SELECT count(*) FROM access_trace WHERE subjects <> '{}' AND at > now() - interval '30 days'"
        ).fetchone()
        print(f"{people:,} people, {window:,} lines about somebody in thirty days")
        return door.execute(
            "SELECT t.post_id, (SELECT q.number FROM people_person q WHERE q.id = (array_agg(t.subjects[1]))[1]),"
            " min(a.name) FROM access_trace t JOIN access_post p ON p.id = t.post_id"
            " JOIN access_account a ON a.id = p.account_id WHERE t.subjects <> '{}'"
            " GROUP BY t.post_id ORDER BY count(*) DESC, t.post_id LIMIT 1"
        ).fetchone()

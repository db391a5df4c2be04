"""Whoever lists looks or sign-ins is told until when they are kept, and what was deleted on which day by which rule."""

import re

from django.urls import reverse

from tests.web.peopled import SENT
from tests.web.reading import body

PROOF = (
    "INSERT INTO ledger_ending (id, record_class, rule, before, at, first_at, last_at, lines, digest, in_transaction)"
    " SELECT gen_random_uuid(), c, r, '2021-09-01 00:00+08', '2026-09-01 02:10+08', '2021-08-30 09:00+08',"
    " '2021-08-31 17:00+08', 317, '\\xaf01'::bytea, 0"
    " FROM (VALUES ('TRACES', 'RK-TRACE'), ('SIGN_INS', 'RK-SIGN-IN')) AS g (c, r)"
)


def test_no_page_looks_as_if_nobody_had_looked_when_older_looks_are_deleted(fresh) -> None:
    person, county, head, audit = (fresh.client(who) for who in ("person", "county", "county-head", "audit"))
    pages = {
        "/my/looks/": person,
        reverse("person-looks", args=[fresh.persons[SENT]]): county,
        "/account/looks/": county,
        "/watch/reads/": head,
        "/audit/?list=refusals": audit,
    }
    for page, client in pages.items():
        told = body(client.get(page))
        assert ("RK-TRACE" in told, "2021-09-01" in told) == (True, False), page
    with fresh.role("guitu_owner") as door:
        door.execute(PROOF)
    for page, client in pages.items():
        assert "2021-09-01 以前的保存期满，已于 2026-09-01 按规则 RK-TRACE 删除。" in body(client.get(page)), page
    for page, client in (("/audit/?list=sign-ins", audit), ("/account/", county)):
        assert "已于 2026-09-01 按规则 RK-SIGN-IN 删除" in body(client.get(page)), page
    listed = body(audit.get("/audit/?list=ended&from=2026-09-01&to=2026-09-01"))
    assert (len(re.findall(r"<td[^>]*>317</td>", listed)), "af01" in listed) == (2, True)
    assert "317" not in body(audit.get("/audit/?list=ended&from=2026-09-02&to=2026-09-02"))

"""A curious look: ranked and explained, reviewed by the leader, in the own trail, read by the person."""

import re
import uuid
from datetime import UTC, datetime

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from guitu.access import administration
from guitu.access.establishing import post_id
from guitu.web.administration import audit as audit_page
from guitu.web.looking import watching
from tests.factories.units import COUNTY
from tests.web.peopled import AT_FOREIGN, REGISTERED, SENT
from tests.web.reading import body


def test_a_curious_look_is_ranked_reviewed_and_read_by_the_person(fresh, monkeypatch) -> None:
    monkeypatch.setattr(watching, "now", lambda: datetime.now(UTC))  # the trace is written by the database's clock
    with fresh.role("guitu_owner") as door:
        # The matter is over for the prison, and the person still in its range: nothing to look for.
        door.execute("UPDATE journeys_clock SET voided_at = now(), void_reason = 'test' WHERE done_at IS NULL")
        door.execute(
            "UPDATE journeys_journey SET state = 'registered', duty_unit_id = receiving_unit_id WHERE person_id = %s",
            (fresh.persons[SENT],),
        )
        number, foreign = (
            door.execute("SELECT number FROM people_person WHERE id = %s", (fresh.persons[name],)).fetchone()[0]
            for name in (SENT, AT_FOREIGN)
        )
    officer, leader = fresh.client("prison"), fresh.client("prison-leader")
    file = reverse("person", args=[fresh.persons[SENT]])
    form = {"reason": "verify", "words": "想看看老同学现在怎样", "next": file}
    assert officer.post(file + "look/", form).status_code == 302
    for _ in range(6):
        assert SENT in body(officer.get(file))

    # Ranked, and explained in words; the count leads to its lines; nobody is named but the reader.
    ranked = body(leader.get("/watch/"))
    assert "不在在办范围内的查阅：6，规则上限5" in ranked
    address = re.search(r'href="(/watch/[0-9a-f-]{36}/)"', ranked).group(1)
    page = body(leader.get(address))
    lines = re.search(r'href="(/watch/reads/\?post=[^"]+NO_RELATION)">6</a>', page).group(1).replace("&amp;", "&")
    listed = body(leader.get(lines))
    assert (listed.count(number), "想看看老同学现在怎样" in listed) == (6, True)
    assert SENT not in ranked + page + listed
    for one in (lines, "/watch/", address):
        with CaptureQueriesContext(connection) as asked:
            leader.get(one)
        assert len(asked) <= 25
    # A leader elsewhere sees none of it; the audit administrator sees it and cannot review.
    county = fresh.client("county-head")
    assert county.get(address).status_code == 404
    assert "想看看老同学现在怎样" not in body(county.get("/watch/reads/?number=" + number))
    audit = fresh.client("audit")
    assert "想看看老同学现在怎样" in body(audit.get("/watch/reads/?number=" + number))
    assert "记下审查结论" not in body(audit.get(address))

    review = {"mark": str(uuid.uuid4()), "outcome": "UNJUSTIFIED", "words": "与承办无关，已谈话提醒"}
    assert audit.post(address + "review/", review).status_code == 403
    assert leader.post(address + "review/", review | {"words": "不对"}).status_code == 422
    assert leader.post(address + "review/", review)["Location"] == address
    assert leader.post(address + "review/", review)["Location"] == address
    assert body(leader.get(address)).count("与承办无关，已谈话提醒") == 1
    assert "与承办无关，已谈话提醒" in body(leader.get("/watch/"))
    assert "1（100%）" in body(leader.get("/watch/indicators/"))

    # The officer's own trail holds these and nothing of others; the person reads that the prison looked, and why.
    own = body(officer.get("/account/looks/"))
    assert own.count(number) >= 6
    assert foreign not in own
    assert "这段时间没有查阅过" in body(fresh.client("sibling").get("/account/looks/"))
    told = body(fresh.client("person").get("/my/looks/"))
    assert "桐岭监狱" in told
    assert "核对、更正信息" in told
    assert "侯知白" not in told


def test_a_long_list_says_which_lines_it_shows_and_a_count_of_a_post_is_whole(fresh, monkeypatch) -> None:
    """Past its bound nobody counts the list; the lines behind a count of one post are counted all the same."""
    monkeypatch.setattr(watching, "now", lambda: datetime.now(UTC))
    monkeypatch.setattr(watching, "PAGE", 2)
    officer, audit = fresh.client("county"), fresh.client("audit")
    file = reverse("person", args=[fresh.persons[REGISTERED]])
    for _ in range(5):
        officer.get(file)
    every = int(re.search(r"第1–2条，共(\d+)条", body(audit.get("/watch/reads/"))).group(1))  # within the bound
    monkeypatch.setattr(administration, "COUNTED", 3)
    assert "第1–2条 <a" in body(audit.get("/watch/reads/"))
    assert "第3–4条 <a" in body(audit.get("/watch/reads/?page=2"))
    last = body(audit.get(f"/watch/reads/?page={-(-every // 2)}"))
    assert f"–{every}条，共{every}条" in last
    assert 'rel="next"' not in last
    post = post_id("county", COUNTY, "COUNTY_OFFICER")
    looks = re.search(r"indicator=VOLUME\">(\d+)</a>", body(audit.get(f"/watch/{post}/"))).group(1)
    assert int(looks) >= 5
    assert f"第1–2条，共{looks}条" in body(audit.get(f"/watch/reads/?post={post}&indicator=VOLUME"))
    monkeypatch.setattr(audit_page, "PAGE", 2)
    monkeypatch.setattr(audit_page, "now", lambda: datetime.now(UTC))
    for _ in range(4):
        officer.get("/audit/")
    assert "第1–2条 <a" in body(audit.get("/audit/?list=refusals"))

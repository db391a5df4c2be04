"""A breach of personal data is recorded, the authority and the persons are told; whom it concerns no post sees."""

import uuid
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from guitu.access import queries
from guitu.access.operations import NotAllowed
from guitu.journeys.policy import MoveNotAllowed
from guitu.rights import breaches, late_breaches
from guitu.rights.policy import Incident, breach_decision_fault, breach_fault
from guitu.rulebook.book import load_national
from guitu.rulebook.breach import breach_rules
from tests.access.test_watching import leave, post
from tests.factories.units import CITY, COUNTY, PROVINCE
from tests.roads.walking import ticking
from tests.web.conftest import fresh, peopled_template  # noqa: F401 - the peopled house
from tests.web.peopled import AT_FOREIGN, KEPT, MOMENT, SENT
from tests.web.reading import page

HOUR = timedelta(hours=1)
CLIMBING = ("BREACH_AUTHORITY_LATE", "BREACH_DECISION_LATE")
NOTICED = MOMENT - 5 * HOUR
WORDS = "有人在下班以后导出了名单，没有办事的理由。"


def incident(**changed):
    given = {
        "kinds": ("IDENTITY", "ADDRESS"),
        "cause": "MISUSE",
        "harms": ("FRAUD",),
        "words": WORDS,
        "measures": "已停用该账号，收回文件并删除。",
        "advice": "陌生人自称工作人员打来电话的，先挂断再打给我们。",
        "contact": "青榆县司法局 0000-5550110",
        "noticed_at": NOTICED,
    }
    return Incident(**(given | changed))


def recorded(house, login="county-head", at=MOMENT, **changed):
    event = uuid.uuid4()
    with house.acting(login):
        for _ in range(2):  # a second press is the same breach
            breaches.record_breach(incident(**changed), event_id=event, at=at)
    return event


def concerned(house, breach, login="county-head", looker="prison", mark=None, numbers=(), **changed):
    wanted = {"post_id": post(looker) if looker else None, "first": NOTICED - HOUR, "until": NOTICED}
    with house.acting(login):
        given = wanted | changed
        return breaches.concern(breach, **given, numbers=numbers, event_id=mark or uuid.uuid4(), at=MOMENT)


def decide(house, breach, outcome="TELL", login="city", mark=None, required="", at=MOMENT):
    with house.acting(login):
        breaches.decide(
            breach, outcome=outcome, words="会有人冒充来骗他们", required=required, event_id=mark or uuid.uuid4(), at=at
        )


def told(at=MOMENT, most=50):
    with ticking():
        return breaches.tell_persons(at=at, most=most)


def seen(house, login, *, is_open=True):
    with house.acting(login), transaction.atomic():
        return breaches.listed(is_open=is_open, first=0, most=20)[0]


def own(house, login="person"):
    with house.acting(login), transaction.atomic():
        return breaches.own_breaches(first=0, most=20)[0]


def test_every_core_item_is_of_one_kind_and_a_record_lacks_nothing_that_the_law_wants_told() -> None:
    rules, book = breach_rules(), load_national()
    named = [item for items in rules.items.values() for item in items]
    assert sorted(named) == sorted(book.items)
    assert {rules.authority_rule, rules.persons_rule} <= set(book.rules)
    at = datetime(2100, 1, 1, tzinfo=UTC)
    assert breach_fault(incident(), rules, at) is None
    for lacking in (
        {"kinds": ()},
        {"harms": ("?",)},
        {"cause": ""},
        {"measures": "无"},
        {"advice": " "},
        {"contact": ""},
    ):
        assert breach_fault(incident(**lacking), rules, at) is not None, lacking
    assert breach_fault(incident(noticed_at=at + HOUR), rules, at) is not None
    assert breach_decision_fault("AVOIDED", WORDS, "某网信〔2026〕1号", rules) is not None
    assert breach_decision_fault("TELL", WORDS, "某网信〔2026〕1号", rules) is None


def test_from_an_unusual_export_to_the_person_who_reads_what_to_do(fresh):  # noqa: F811
    kept, sent, foreign = (fresh.persons[name] for name in (KEPT, SENT, AT_FOREIGN))
    inside = NOTICED - HOUR / 2
    leave(fresh, "prison", [inside], sent, action="export:ask")
    leave(fresh, "prison", [inside], kept)
    leave(fresh, "prison", [NOTICED + HOUR], foreign)  # control: after the period
    breach, mark = recorded(fresh, "prison-leader"), uuid.uuid4()
    assert concerned(fresh, breach, "prison-leader", mark=mark) == (2, 0)
    assert concerned(fresh, breach, "prison-leader", mark=mark) == (0, 0)
    (one,) = seen(fresh, "province")
    assert (one.persons, one.told, one.outcome) == (2, 0, "")
    assert one.authority_due_at == NOTICED + 24 * HOUR
    assert one.persons_due_at > one.authority_due_at
    with fresh.acting("prison-leader"):
        for _ in range(2):
            breaches.tell_authority(
                breach, authority="青榆县网信办", number="青司函〔2026〕9号", told_at=MOMENT, event_id=mark, at=MOMENT
            )
        with pytest.raises(MoveNotAllowed):
            breaches.tell_authority(
                breach, authority="另一个", number="9", told_at=MOMENT, event_id=uuid.uuid4(), at=MOMENT
            )
    assert told() == 0  # nobody has decided
    with pytest.raises(MoveNotAllowed):
        decide(fresh, breach, login="prison-leader")  # not the same person
    decide(fresh, breach, login="province", mark=mark)
    decide(fresh, breach, login="province", mark=mark)
    assert own(fresh) == []
    assert [told(most=1), told(most=1), told(most=1)] == [1, 1, 0]  # in batches, each once
    (mine,) = own(fresh)
    assert (mine.words, mine.contact) == (WORDS, incident().contact)
    assert own(fresh, "county") == own(fresh, "province") == []
    with fresh.role("guitu_owner") as door:
        sent_to = door.execute(
            "SELECT code, person_id, unit_id IS NULL FROM notices_notice WHERE code LIKE '%BREACH%' ORDER BY code, 3, 2"
        ).fetchall()
        # a retry after a crash tells nobody twice
        door.execute("UPDATE rights_breach_person SET told_at = NULL")
    assert sorted((code, person) for code, person, _ in sent_to if person) == sorted(
        [("OWN_BREACH", kept), ("OWN_BREACH", sent), ("BREACH_TELL_PERSON", kept)]
    )
    assert told() == 2
    with fresh.role("guitu_owner") as door:
        count = door.execute("SELECT count(*) FROM notices_notice WHERE code LIKE '%BREACH%'").fetchone()[0]
        subjects = door.execute(
            "SELECT DISTINCT p.subjects FROM ledger_payload p JOIN ledger_entry e ON e.id = p.entry_id"
            " WHERE e.act LIKE 'rights:breach:%'"
        ).fetchall()
    assert count == len(sent_to)
    assert subjects == [([],)]
    assert seen(fresh, "province") == []
    assert seen(fresh, "province", is_open=False)[0].told == 2
    page = fresh.client("person").get("/my/breaches/").content.decode()
    assert all(text in page for text in (WORDS, "姓名、证件号码", "冒充工作人员", "0000-5550110", "向检察院投诉"))
    assert "我的信息安全" in fresh.client("person").get("/my/").content.decode()
    office = fresh.client("province").get("/breaches/?list=done").content.decode()
    assert "涉及2人，已通知2人" in office
    assert KEPT not in office
    assert SENT not in office


def test_whom_a_breach_concerns_no_post_reads_and_who_sees_no_person_names_no_file(fresh):  # noqa: F811
    breach = recorded(fresh, "security")
    leave(fresh, "prison", [NOTICED - HOUR / 2], fresh.persons[SENT])
    with fresh.role("guitu_owner") as door:
        number, elsewhere = (
            door.execute("SELECT number FROM people_person WHERE id = %s", (fresh.persons[name],)).fetchone()[0]
            for name in (SENT, AT_FOREIGN)
        )
    with pytest.raises(NotAllowed):
        concerned(fresh, breach, "security", looker=None, numbers=[number])
    assert concerned(fresh, breach, "security") == (1, 0)  # by looks, and only the count comes back
    for login in ("county", "audit", "system"):
        with pytest.raises(NotAllowed):
            concerned(fresh, breach, login)
    own_breach = recorded(fresh, "county-head")
    with pytest.raises(breaches.BreachUnknown):  # a post beyond the range
        concerned(fresh, own_breach, "county-head", looker="foreign")
    with pytest.raises(breaches.BreachUnknown):  # a breach beyond the range
        concerned(fresh, breach, "county-head", looker="county")
    assert concerned(fresh, own_breach, "county-head", looker=None, numbers=[number, elsewhere, "?"]) == (1, 2)
    for login in ("security", "county-head", "province", "county", "person"):
        with fresh.acting(login), pytest.raises(psycopg.errors.InsufficientPrivilege), transaction.atomic():
            _raw("SELECT person_id FROM rights_breach_person")
    with fresh.role("guitu_owner") as door:  # control: the rows are there
        assert door.execute("SELECT count(*) FROM rights_breach_person").fetchone()[0] == 2
    assert [one.id for one in seen(fresh, "county-head")] == [own_breach]
    assert {one.id for one in seen(fresh, "province")} == {breach, own_breach}


def _raw(text):
    with connection.cursor() as cursor:
        try:
            cursor.execute(text)
        except ProgrammingError as error:
            raise error.__cause__ from error


def test_not_telling_is_decided_anew_when_the_authority_requires_it_and_telling_stands(fresh):  # noqa: F811
    breach = recorded(fresh, "county-head")
    with fresh.role("guitu_owner") as door:
        number = door.execute("SELECT number FROM people_person WHERE id = %s", (fresh.persons[SENT],)).fetchone()[0]
    assert concerned(fresh, breach, looker=None, numbers=[number]) == (1, 0)
    decide(fresh, breach, "AVOIDED")
    assert told() == 0
    with pytest.raises(MoveNotAllowed):
        decide(fresh, breach, "AVOIDED")
    decide(fresh, breach, "TELL", required="省网信〔2026〕3号")
    assert told() == 1
    with pytest.raises(MoveNotAllowed):
        decide(fresh, breach, "AVOIDED")
    held = seen(fresh, "city")[0]
    assert [(one.outcome, one.required) for one in held.decisions] == [("AVOIDED", ""), ("TELL", "省网信〔2026〕3号")]
    assert queries.posts_named({held.recorded_by})
    with fresh.role("guitu_owner") as door, pytest.raises(psycopg.errors.CheckViolation):  # control: the database too
        door.execute(
            "INSERT INTO rights_breach_decision (id, division, outcome, words, required, decided_at, decided_by,"
            " recorded_by, breach_id) SELECT gen_random_uuid(), division, 'TELL', 'x', '', decided_at, recorded_by,"
            " recorded_by, breach_id FROM rights_breach_decision LIMIT 1"
        )


def _offered(browser, address: str) -> tuple[list[str], str]:
    """The posts that the first breach offers, and where the next ones stand."""
    shown = page(browser.get(address))
    following = ["/breaches/" + a["href"] for a, _ in shown.all("a", rel="next") if "who_page" in a["href"]]
    return [one["value"] for one, _ in shown.all("option") if one["value"].count("-") == 4], "".join(following)


def _foot_of_posts(browser, address: str) -> str:
    """What the foot of the posts says."""
    (foot,) = [text for _, text in page(browser.get(address)).all("nav", cls="gt-foot") if "可以选的岗位" in text]
    return foot


def test_the_pages_say_what_is_missing_and_ask_before_the_persons_are_told(fresh, monkeypatch):  # noqa: F811
    head, mark = fresh.client("county-head"), str(uuid.uuid4())
    form = {
        "mark": mark,
        "kinds": ["HEALTH"],
        "cause": "LOST",
        "harms": ["KNOWN"],
        "noticed_at": "2026-01-05T09:00",
        "words": "一份材料在路上丢失，还没有找到。",
        "measures": "已报警并沿路寻找，改用加密介质。",
        "advice": "有人提起这些情况的，请告诉我们。",
        "contact": "青榆县司法局 0000-5550110",
    }
    wrong = head.post("/breaches/record/", form | {"kinds": []})
    assert wrong.status_code == 422
    assert "请选信息种类" in wrong.content.decode()
    assert form["words"] in wrong.content.decode()
    assert [head.post("/breaches/record/", form).status_code for _ in range(2)] == [302, 302]
    (one,) = seen(fresh, "county-head")
    city, decision = (
        fresh.client("city"),
        {"mark": mark, "breach": str(one.id), "outcome": "TELL", "words": "应当让他们知道并有所防备"},
    )
    asked = city.post("/breaches/decide/", decision)
    assert (asked.status_code, seen(fresh, "city")[0].outcome) == (200, "")
    assert "通知了不能撤回" in asked.content.decode()
    assert 'action="/breaches/decide/"' in city.get("/breaches/").content.decode()
    whole = _offered(head, "/breaches/")
    assert len(whole[0]) > 4
    assert _foot_of_posts(head, "/breaches/").endswith(f"共{len(whole[0])}条")
    few = head.post("/searched/", {"page_asked": "/breaches/", "who": "青榆县司法局"})["Location"]
    assert 0 < len(_offered(head, few)[0]) < len(whole[0])
    assert _foot_of_posts(head, few).endswith(f"共{len(_offered(head, few)[0])}条")
    monkeypatch.setattr("guitu.web.breaches.views.CHOICES", 4)
    turned, address = [], "/breaches/"
    while address:  # whom a select cannot hold stands on the next page of it
        some, address = _offered(head, address)
        assert 0 < len(some) <= 4
        turned += some
    assert turned == whole[0]
    assert _foot_of_posts(head, "/breaches/").endswith(f"第1–4条，共{len(whole[0])}条 下一页")
    with monkeypatch.context() as patch:  # control: of more than the pages can hold nobody counts how many
        patch.setattr("guitu.web.breaches.views.MOST_PAGES", 1)
        assert _foot_of_posts(head, "/breaches/").endswith("第1–4条")
    own = head.get("/breaches/").content.decode()  # who recorded it is told that somebody else decides
    assert ('action="/breaches/decide/"' in own, "由记录人以外的有权人员决定" in own) == (False, True)
    lacking = city.post("/breaches/decide/", decision | {"words": "", "required": "省网信〔2026〕9号", "sure": "yes"})
    assert lacking.status_code == 422
    assert "省网信〔2026〕9号" in lacking.content.decode()  # what was typed stands again
    assert city.post("/breaches/decide/", decision | {"sure": "yes"}).status_code == 302
    assert seen(fresh, "city")[0].outcome == "TELL"


def test_a_sealed_person_reads_it_and_no_office_is_told(fresh):  # noqa: F811
    person = fresh.persons[SENT]
    breach = recorded(fresh, "prison-leader")
    leave(fresh, "prison", [NOTICED - HOUR / 2], person)
    assert concerned(fresh, breach, "prison-leader") == (1, 0)
    with fresh.role("guitu_owner") as door:
        door.execute(
            "UPDATE people_person SET sealed_at = now(), division = people_sealed_division(division) WHERE id = %s",
            (person,),
        )
    decide(fresh, breach, login="province")
    assert told() == 1
    assert [one.words for one in own(fresh)] == [WORDS]
    with fresh.role("guitu_owner") as door:
        codes = door.execute("SELECT code FROM notices_notice WHERE code LIKE '%BREACH%'").fetchall()
    assert codes == [("BREACH_TO_DECIDE",)]


def climbed(house, at):
    """How many notices of lateness a round at this moment tells anew; who has been told of which clock so far."""
    with ticking():
        new = late_breaches.tell_late_breaches(at=at)
    with house.role("guitu_owner") as door:
        rows = door.execute(
            "SELECT n.code, u.code, n.roles, n.person_id FROM notices_notice n JOIN access_unit u ON u.id = n.unit_id"
            " WHERE n.code IN ('BREACH_AUTHORITY_LATE', 'BREACH_DECISION_LATE') ORDER BY n.code, u.division, u.code"
        ).fetchall()
    assert {person for *_, person in rows} <= {None}, "no notice of it names a person"
    return new, {(code, unit) for code, unit, *_ in rows}


def test_what_is_told_late_of_a_breach_climbs_each_step_once_and_stops_when_it_is_told(fresh):  # noqa: F811
    breach = recorded(fresh)
    (one,) = seen(fresh, "county-head")
    assert climbed(fresh, one.authority_due_at - HOUR) == (0, set())
    late = one.authority_due_at + HOUR
    assert climbed(fresh, late) == (1, {("BREACH_AUTHORITY_LATE", COUNTY)})
    assert climbed(fresh, late)[0] == 0, "each step once"
    higher = MOMENT + 30 * 24 * HOUR
    new, told_to = climbed(fresh, higher)
    assert new == 5
    assert told_to == {(code, unit) for code in CLIMBING for unit in (COUNTY, CITY, PROVINCE)}
    decide(fresh, breach)
    with fresh.acting("county-head"):
        breaches.tell_authority(
            breach, authority="某某网信办", number="1号", told_at=higher, event_id=uuid.uuid4(), at=higher
        )
    with fresh.role("guitu_owner") as door:
        door.execute("DELETE FROM notices_notice WHERE code LIKE 'BREACH_%_LATE'")
        assert climbed(fresh, higher)[0] == 0, "what is told and decided is late no more"
        # By the decisions themselves: what else the row says of it holds nothing up.
        door.execute("UPDATE rights_breach SET outcome = ''")
        assert climbed(fresh, higher)[0] == 0
        door.execute("ALTER TABLE rights_breach_decision DISABLE TRIGGER USER")
        door.execute("DELETE FROM rights_breach_decision")
    assert climbed(fresh, higher)[0] == 3, "control: without a decision it is late"

"""The road on the file, at the desks, on the worker's phone and before the superior."""

import re
import uuid
from datetime import UTC, datetime, timedelta

from guitu.access.establishing import post_id, unit_id
from guitu.handover import allotting, releases, rulings
from guitu.handover import operations as handover
from guitu.support import operations as support
from tests.factories.units import COUNTY, TOWNSHIP
from tests.web.peopled import ACKNOWLEDGED, KEPT, MOMENT, REGISTERED, SENT, SIXTY
from tests.web.reading import body, page, persons_linked, total
from tests.web.test_pages import REFUSED

BACK_HOME = next(plan.name for plan in SIXTY if plan.acknowledged and not plan.registered and plan.release.month == 8)


def _forms(answer) -> set[str]:
    """The last part of the addresses that the file's forms lead to."""
    return {
        found["action"].split("/", 3)[3].strip("/")
        for found, _ in page(answer).all("form")
        if found.get("action", "").startswith("/persons/") and "help/" not in found["action"]
    }


def test_the_ribbon_counts_steps_beside_the_state(peopled) -> None:
    shown = body(peopled.client("prison").get(f"/persons/{peopled.persons[KEPT]}/"))
    road = re.search(r'<ol class="gt-road">(.*?)</ol>', shown, re.DOTALL)[1]
    classes = re.findall(r'<li class="([^"]*)"', road)
    assert len(classes) == 8
    assert classes[0] in {"now", "late"}  # asked, educated, assessed: open beside the dossier
    assert classes[7] == ""


def test_what_is_open_stands_in_the_order_of_its_due_moments(peopled) -> None:
    seen = page(peopled.client("prison").get(f"/persons/{peopled.persons[KEPT]}/"))
    items = [found["id"] for found, _ in seen.all("article", cls="gt-open")]
    assert "open-state" in items
    assert {"open-education", "open-assessment", "open-police_notice", "open-release"} <= set(items)
    assert items.index("open-education") < items.index("open-assessment") < items.index("open-release")
    first = seen.all("article", cls="gt-open")[0][1]
    for asked in ("谁负责", "何时到期", "还缺什么", "逾期会怎样"):
        assert asked in first


def test_only_what_the_acting_post_may_do_is_offered(peopled) -> None:
    person = peopled.persons[KEPT]
    own = _forms(peopled.client("prison").get(f"/persons/{person}/"))
    assert {"send", "steps/education", "steps/police_notice", "receiver/lost"} <= own
    assert "register" not in own
    leader = _forms(peopled.client("prison-leader").get(f"/persons/{person}/"))
    assert {form for form in leader if form.startswith(("steps", "send", "receiver"))} == set()
    county = _forms(peopled.client("county").get(f"/persons/{peopled.persons[SENT]}/"))
    assert "answer" in county
    assert {"steps/education", "send", "contest"}.isdisjoint(county)


def test_what_is_done_on_a_page_of_its_own_is_led_to_from_where_it_is_owed(peopled) -> None:
    def led_to(login: str, name: str, item: str) -> list[str]:
        file = page(peopled.client(login).get(f"/persons/{peopled.persons[name]}/"))
        places = [found["href"] for found, _ in file.all("a", cls="btn") if "href" in found]
        return [href for href in places if item in href]

    assert f"/persons/{peopled.persons[KEPT]}/assessment/make/" in led_to("prison", KEPT, "/assessment/make/")[:1]
    (allot,) = led_to("county", ACKNOWLEDGED, "/county/allot/")
    rows = page(peopled.client("county").get(allot)).all("input", name="persons")
    assert [row["value"] for row, _ in rows] == [str(peopled.persons[ACKNOWLEDGED])]
    everybody = page(peopled.client("county").get("/county/allot/?all=yes")).all("input", name="persons")
    assert len(everybody) > 1  # control
    assert led_to("prison", ACKNOWLEDGED, "/county/allot/") == []
    assert led_to("county", SENT, "/county/allot/") == []


def test_nobody_is_registered_before_the_day_of_release(peopled) -> None:
    browser = peopled.client("county")
    assert "register" not in _forms(browser.get(f"/persons/{peopled.persons[ACKNOWLEDGED]}/"))
    assert "register" in _forms(browser.get(f"/persons/{peopled.persons[BACK_HOME]}/"))


def test_a_step_is_answered_once_however_often_it_is_pressed_and_corrected_with_words(fresh) -> None:
    browser, person = fresh.client("prison"), fresh.persons[KEPT]
    form = {"mark": str(uuid.uuid4()), "outcome": "begun", "note": "九月开班"}
    for _ in range(2):
        assert browser.post(f"/persons/{person}/steps/education/", form).status_code == 302
    shown = page(browser.get(f"/persons/{person}/"))
    answered = [text for _, text in shown.all("article", cls="gt-receipt")]
    assert len([text for text in answered if "九月开班" in text and "侯知白" in text]) == 1
    assert "open-education" not in [found["id"] for found, _ in shown.all("article", cls="gt-open")]
    silent = {"mark": str(uuid.uuid4()), "outcome": "not_possible", "note": " "}
    assert browser.post(f"/persons/{person}/steps/education/", silent).status_code == 409
    said = silent | {"note": "录错了人"}
    assert browser.post(f"/persons/{person}/steps/education/", said).status_code == 302
    told = [text for _, text in page(browser.get(f"/persons/{person}/")).all("article", cls="gt-receipt")]
    assert any("已更正" in text and "九月开班" in text for text in told)
    assert any("录错了人" in text for text in told)


def test_a_form_that_lacks_something_saves_nothing_and_says_what(fresh) -> None:
    browser, person = fresh.client("county"), fresh.persons[ACKNOWLEDGED]
    answer = browser.post(f"/persons/{person}/pick-up/", {"mark": str(uuid.uuid4()), "money": "many"})
    assert answer.status_code == 422
    assert "请填写" in body(answer)
    plan = {
        "mark": str(uuid.uuid4()),
        "leaves_at": "2026-11-10T09:00",
        "arrival_at": "2026-11-10T15:00",
        "place": "青榆县政务中心",
        "transport": "OFFICE_CAR",
        "sender_name": "侯知白",
        "sender_phone": "0000-5550101",
        "receiver_name": "林知遥",
        "receiver_phone": "0000-5550102",
        "money": "486.50",
        "has_id_card": "yes",
        "contacts": "姐姐 0000-5550777",
    }
    lacking = browser.post(f"/persons/{person}/pick-up/", {**plan, "contacts": ""})
    assert (lacking.status_code, "约定的联系人" in body(lacking)) == (422, True)
    assert browser.post(f"/persons/{person}/pick-up/", plan).status_code == 302
    shown = body(browser.get(f"/persons/{person}/"))
    for word in ("青榆县政务中心", "486.50元", "姐姐 0000-5550777", "15:00"):
        assert word in shown
    assert "姐姐 0000-5550777" not in body(fresh.client("prison").get(f"/persons/{person}/"))


def _at_home(house, worker: bool = True) -> uuid.UUID:
    """Somebody registered, allotted to the township's worker, who agreed to help a month before `MOMENT`."""
    person, agreed = house.persons[REGISTERED], MOMENT - timedelta(days=18)
    post = post_id("worker", TOWNSHIP, "SOCIAL_WORKER") if worker else None
    with house.acting("county"):
        allotting.allot(person, local_unit_id=unit_id(TOWNSHIP), worker_post_id=post, event_id=uuid.uuid4(), at=agreed)
        support.agree_on_help(
            person,
            on=agreed.date(),
            wishes="想学焊工",
            contacts="",
            spoken_by="SELF",
            event_id=uuid.uuid4(),
            at=agreed,
        )
    return person


def test_what_waits_before_any_visit_is_counted_on_the_workers_day_and_leads_to_its_rows(fresh) -> None:
    with fresh.acting("county"):
        for name in (ACKNOWLEDGED, REGISTERED):
            allotting.allot(
                fresh.persons[name],
                local_unit_id=unit_id(TOWNSHIP),
                worker_post_id=None,
                event_id=uuid.uuid4(),
                at=MOMENT,
            )
    browser = fresh.client("township")
    found = [(a["href"], words) for a, words in page(browser.get("/worker/")).all("a") if "queue=" in a.get("href", "")]
    assert [href for href, _ in found] == ["/county/?queue=register", "/county/?queue=offer"]
    assert [int(words.split()[-1]) for _, words in found] == [total(browser.get(href)) for href, _ in found]


def test_the_worker_records_a_visit_in_three_taps_and_the_needs_open_their_matters(fresh) -> None:
    person, browser = _at_home(fresh), fresh.client("worker")
    today = page(browser.get("/worker/"))
    records = [found["href"] for found, _ in today.all("a") if f"/worker/{person}/" in found.get("href", "")]
    assert records == [f"/worker/{person}/follow_up/"]
    form = page(browser.get(records[0]))
    assert form.all("textarea", name="note")
    assert {found["value"] for found, _ in form.all("input", name="needs")} == {
        *("housing", "income", "documents", "health", "family", "work")
    }
    mark = form.all("input", name="mark")[0][0]["value"]
    sent = {"mark": mark, "outcome": "visited", "needs": ["documents", "work"], "note": "母亲在家"}
    for _ in range(2):
        answer = browser.post(f"/worker/{person}/follow_up/save/", sent)
        assert (answer.status_code, answer["Location"]) == (302, "/worker/")
    assert "已走访" in body(browser.get("/worker/"))
    shown = body(fresh.client("county").get(f"/persons/{person}/"))
    assert "母亲在家" in shown
    assert 'id="open-household"' in shown
    assert 'id="open-work"' in shown
    assert "母亲在家" not in body(fresh.client("prison").get(f"/persons/{person}/"))


def test_the_office_sees_what_was_allotted_to_it_and_nobody_else_does(fresh) -> None:
    person = _at_home(fresh, worker=False)
    assert persons_linked(fresh.client("township").get("/county/?queue=help")) == [person]
    assert persons_linked(fresh.client("township-second").get("/county/?queue=help")) == []


def test_several_are_allotted_at_once_and_the_load_is_shown(fresh) -> None:
    browser = fresh.client("county")
    seen = page(browser.get("/county/allot/"))
    persons = [found["value"] for found, _ in seen.all("input", name="persons")][:3]
    places = [found["value"] for found, _ in seen.all("input", name="place")]
    assert f"{unit_id(TOWNSHIP)}:" in places
    form = {"mark": str(uuid.uuid4()), "persons": persons, "place": f"{unit_id(TOWNSHIP)}:"}
    assert browser.post("/county/allot/save/", {**form, "place": ""}).status_code == 422
    for _ in range(2):
        assert browser.post("/county/allot/save/", form).status_code == 302
    after = browser.get("/county/allot/")
    assert "在办3件" in body(after)
    assert not set(persons) & {found["value"] for found, _ in page(after).all("input", name="persons")}
    assert fresh.client("foreign").post("/county/allot/save/", form).status_code in {404, 409}


def test_a_contested_refusal_is_ruled_on_with_both_sides_words(fresh) -> None:
    person = fresh.persons[REFUSED]
    prison = fresh.client("prison")
    assert prison.post(f"/persons/{person}/contest/", {"mark": str(uuid.uuid4()), "reasons": " "}).status_code == 422
    form = {"mark": str(uuid.uuid4()), "reasons": "判决书已随附"}
    assert prison.post(f"/persons/{person}/contest/", form).status_code == 302
    judge = fresh.client("province")
    assert f"/board/disputes/{person}/" in body(judge.get("/board/disputes/"))
    shown = body(judge.get(f"/board/disputes/{person}/"))
    assert "判决书已随附" in shown
    assert "缺判决书复印件" in shown
    ruling = {"mark": str(uuid.uuid4()), "outcome": str(unit_id(COUNTY)), "reasons": "户籍在该县"}
    assert judge.post(f"/board/disputes/{person}/rule/", {**ruling, "reasons": ""}).status_code == 422
    assert judge.post(f"/board/disputes/{person}/rule/", ruling | {"sure": "yes"}).status_code == 302
    assert "户籍在该县" in body(judge.get(f"/board/disputes/{person}/"))
    assert person in persons_linked(fresh.client("county").get("/county/?queue=sign"))


def test_a_lost_receiver_is_named_by_the_superior_and_by_nobody_below(fresh) -> None:
    person = fresh.persons[KEPT]
    with fresh.acting("prison"):
        rulings.lose_receiver(person, event_id=uuid.uuid4(), at=MOMENT - timedelta(days=1))
    listed = body(fresh.client("province").get("/board/no-receiver/"))
    assert f"/persons/{person}/receiver/" in listed
    assert KEPT not in listed  # a board names nobody
    form = {"mark": str(uuid.uuid4()), "unit": "没有这个县"}
    assert fresh.client("province").post(f"/persons/{person}/receiver/", form).status_code == 422
    form = {"mark": str(uuid.uuid4()), "unit": "石渡县司法局"}
    assert fresh.client("county").post(f"/persons/{person}/receiver/", form).status_code == 403
    answer = fresh.client("province").post(f"/persons/{person}/receiver/", form)
    assert (answer.status_code, answer["Location"]) == (302, "/board/")
    assert "石渡县司法局" in body(fresh.client("prison").get(f"/persons/{person}/"))


def test_an_end_needs_its_document_and_stops_every_clock(fresh) -> None:
    browser, person = fresh.client("county"), fresh.persons[ACKNOWLEDGED]
    form = {"mark": str(uuid.uuid4()), "end": "detained", "source": ""}
    assert browser.post(f"/persons/{person}/end/", form).status_code == 422
    form |= {"source": "拘留通知书31号", "sure": "yes"}
    assert browser.post(f"/persons/{person}/end/", form).status_code == 302
    shown = page(browser.get(f"/persons/{person}/"))
    assert shown.all("article", cls="gt-open") == []
    assert "拘留通知书31号" in body(browser.get(f"/persons/{person}/"))


def test_help_is_declined_without_a_reason_and_the_door_stays_open(fresh) -> None:
    browser, person = fresh.client("county"), fresh.persons[REGISTERED]
    assert (
        browser.post(f"/persons/{person}/help/decline/", {"mark": str(uuid.uuid4()), "spoken_by": "SELF"}).status_code
        == 302
    )
    shown = page(browser.get(f"/persons/{person}/"))
    items = shown.all("article", cls="gt-open")
    assert [found["id"] for found, _ in items] == ["open-state"]
    assert "不设时限" in items[0][1]
    assert shown.all("form", action=f"/persons/{person}/help/agree/")


def test_what_was_sent_stays_listed_with_its_receipt(peopled) -> None:
    browser, rows, address = peopled.client("prison"), [], "/prison/sent/"
    while address:
        answer = browser.get(address)
        rows += persons_linked(answer)
        further = page(answer).all("a", rel="next")
        address = further[0][0]["href"] if further else ""
    sent = [plan for plan in SIXTY if plan.sent]
    assert len(rows) == len(set(rows)) == len(sent) + 1  # one goes to the sibling county
    assert peopled.persons[REGISTERED] in rows
    waiting = persons_linked(browser.get("/prison/sent/?waiting=yes"))
    assert peopled.persons[SENT] in waiting
    assert peopled.persons[REGISTERED] not in waiting
    assert persons_linked(browser.get("/prison/sent/?after=nonsense&id=1"))


def test_the_numbers_of_the_board_add_up(peopled) -> None:
    seen = page(peopled.client("province").get("/board/"))
    links = {found["href"]: text for found, text in seen.all("a") if found.get("href", "").startswith("?")}
    stages = [int(text) for href, text in links.items() if href.startswith("?stage=") and "late" not in href]
    states = [int(text) for href, text in links.items() if href.startswith("?step=") and "late" not in href]
    assert sum(stages) == sum(states) == int(links["?#units"])


def test_every_kind_of_unit_has_its_list_of_responsibilities(peopled) -> None:
    browser = peopled.client("prison")
    own = body(browser.get("/responsibilities/"))
    assert "RS-14" in own
    assert "桐岭监狱" in own
    city = body(browser.get("/responsibilities/?kind=city"))
    assert "RH-RULING" in city
    assert "级督办" in city
    assert "RH-RULING" not in own


def test_a_released_person_passes_with_the_certificate_and_not_before(fresh) -> None:
    name = next(plan.name for plan in SIXTY if plan.acknowledged and not plan.registered and plan.release.month == 11)
    person, browser = fresh.persons[name], fresh.client("prison")
    form = {"mark": str(uuid.uuid4()), "certificate": "桐释字0001"}
    assert browser.post(f"/persons/{person}/release/", form).status_code == 409
    with fresh.acting("prison"):
        at = datetime(2026, 11, 10, 2, tzinfo=UTC)
        releases.release_person(person, certificate="桐释字0001", event_id=uuid.uuid4(), at=at)
    with fresh.acting("county"):
        handover.register_return(person, event_id=uuid.uuid4(), at=at + timedelta(hours=5))
    assert "桐释字0001" in body(fresh.client("county").get(f"/persons/{person}/"))

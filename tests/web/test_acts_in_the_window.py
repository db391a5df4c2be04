"""Acts through the window: a roster taken in, a race lost, a sight refused, an item opened; and what each leaves."""

import uuid
from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories import rosters
from tests.web.peopled import AT_FOREIGN, KEPT, SENT, SIXTY
from tests.web.reading import body, page, persons_linked

BACK_HOME = next(plan.name for plan in SIXTY if plan.acknowledged and not plan.registered and plan.release.month == 8)
"""Acknowledged, and released before the moment at which the clock of the window stands."""


def _counts(house, *tables: str) -> list[int]:
    with house.role("guitu_owner") as door:
        return [door.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]


def _tile(seen, label: str) -> str:
    for _, text in seen.all("li"):
        if text.startswith(label):
            return text.removeprefix(label).strip().split()[0]
    raise AssertionError(f"no count is called {label}")


def _hand_in(browser, data: bytes, name: str = "名册.xlsx"):
    return browser.post("/prison/roster/check/", {"file": SimpleUploadedFile(name, data)})


GOOD = rosters.row("苏望舒", release=date(2026, 12, 20), order="901")
BAD = (*GOOD[:1], "江南乔", GOOD[2], "910121198503129990", *GOOD[4:])
SAME = rosters.row(SIXTY[10].name, release=SIXTY[10].release, order="121")


def test_a_roster_is_reported_first_and_taken_in_after_it_was_confirmed(fresh) -> None:
    browser = fresh.client("prison")
    before = _counts(fresh, "people_person", "journeys_journey", "ledger_entry", "prison_roster")
    answer = _hand_in(browser, rosters.workbook(GOOD, BAD, SAME))
    assert answer.status_code == 302
    report = page(browser.get(answer["Location"]))
    assert _tile(report, "读到").startswith("3")
    assert _tile(report, "可以导入：新建") == "1"
    assert _tile(report, "无变化") == "1"
    assert _tile(report, "待更正") == "1"
    assert _counts(fresh, "people_person", "journeys_journey", "ledger_entry", "prison_roster") == before
    assert "910121198503129990" not in body(browser.get(answer["Location"]))
    forms = [form for form, _ in report.all("form") if form["action"].endswith("/take-in/")]
    assert len(forms) == 1
    taken = browser.post(forms[0]["action"])
    assert (taken.status_code, taken["Location"]) == (302, answer["Location"])
    after = _counts(fresh, "people_person", "journeys_journey", "ledger_entry", "prison_roster")
    assert [later - earlier for later, earlier in zip(after, before, strict=True)][:2] == [1, 1]
    assert after[3] == before[3] + 1
    said = page(browser.get(answer["Location"]))
    (sentence,) = (text for _, text in said.all("div", cls="gt-note") if "已于" in text)
    assert "读到3行，写入1行：新建1人，各起一件衔接事项；更新0人。另有1行与档案一致，没有改动。" in sentence
    assert "没有写入1行：待更正1行，待判定0行；原因逐行列在下面。" in sentence
    # The new persons stand on the page itself, exactly those, and lead to their files; the rows left out say why.
    ((_, opened),) = said.all("section", id="opened")
    assert "苏望舒" in opened
    (person,) = persons_linked(browser.get(answer["Location"]))
    assert "苏望舒" in body(browser.get(f"/persons/{person}/"))
    assert "江**" in "".join(text for _, text in said.all("section", id="correct"))
    assert not [form for form, _ in said.all("form") if form.get("action", "").endswith("/take-in/")]
    after = _counts(fresh, "people_person", "journeys_journey", "ledger_entry", "prison_roster")
    assert browser.post(forms[0]["action"])["Location"] == answer["Location"]  # pressed twice is once
    assert _counts(fresh, "people_person", "journeys_journey", "ledger_entry", "prison_roster") == after
    listed = page(browser.get("/prison/roster/")).all("a", href=answer["Location"])
    assert [text for _, text in listed] == ["名册.xlsx"]
    assert fresh.client("other-prison").get(answer["Location"]).status_code == 404
    again = _hand_in(browser, rosters.workbook(GOOD, BAD, SAME))
    assert "没有可以导入的行" in body(browser.get(again["Location"]))


def test_a_file_that_is_no_roster_is_refused_in_words_and_nothing_is_kept(fresh) -> None:
    browser = fresh.client("prison")
    before = _counts(fresh, "prison_roster_draft")
    for answer in (
        browser.post("/prison/roster/check/"),
        _hand_in(browser, b"", "空.xlsx"),
        _hand_in(browser, b"%PDF-1.7 not a roster", "名册.pdf"),
    ):
        assert answer.status_code == 422
        assert page(answer).all("a", cls="btn-primary")
    assert _counts(fresh, "prison_roster_draft") == before


def test_a_handed_in_file_is_not_readable_in_the_database(fresh) -> None:
    assert _hand_in(fresh.client("prison"), rosters.workbook(GOOD)).status_code == 302
    with fresh.role("guitu_owner") as door:
        kept = door.execute("SELECT sealed FROM prison_roster_draft").fetchall()
    assert len(kept) == 1
    assert "苏望舒" not in str(kept)
    assert "UEsDB" not in str(kept)  # how a workbook begins in base64


def test_who_loses_a_race_is_told_who_was_quicker(fresh) -> None:
    person, parcel = fresh.persons[SENT], fresh.parcels[SENT]
    first, second = fresh.client("county"), fresh.client("county-second")
    form = {"parcel": str(parcel), "decision": "acknowledge"}
    for browser in (first, second):
        opened = page(browser.get(f"/persons/{person}/"))
        assert opened.all("form", action=f"/persons/{person}/answer/")
        assert opened.all("input", name="parcel", value=str(parcel))
    assert first.post(f"/persons/{person}/answer/", form).status_code == 302
    lost = second.post(f"/persons/{person}/answer/", form, headers={"referer": f"http://testserver/persons/{person}/"})
    assert lost.status_code == 409
    assert "林知遥已于" in body(lost)
    assert "09:00签收，您的操作没有重复生效。" in body(lost)
    assert page(lost).all("section", id="not-taken")  # the file itself, as it stands by now
    with fresh.role("guitu_owner") as door:
        receipts = door.execute("SELECT count(*) FROM exchange_receipt WHERE parcel_id = %s", [parcel]).fetchone()
    assert receipts == (1,)


def test_registering_what_a_colleague_registered_is_said_and_not_done_twice(fresh) -> None:
    person = fresh.persons[BACK_HOME]
    before = _counts(fresh, "people_responsibility")
    first, second = fresh.client("county"), fresh.client("county-second")
    assert first.post(f"/persons/{person}/register/", {"mark": str(uuid.uuid4())}).status_code == 302
    late = second.post(f"/persons/{person}/register/", {"mark": str(uuid.uuid4())})
    assert late.status_code == 409
    assert "不能“登记”" in body(late)
    assert _counts(fresh, "people_responsibility") == [before[0] + 1]


def test_a_second_press_of_send_sends_once(fresh) -> None:
    person, browser = fresh.persons[KEPT], fresh.client("prison")
    mark = page(browser.get(f"/persons/{person}/")).all("input", name="mark")[0][0]["value"]
    before = _counts(fresh, "exchange_parcel")
    for _ in range(2):
        assert browser.post(f"/persons/{person}/send/", {"mark": mark}).status_code == 302
    assert _counts(fresh, "exchange_parcel") == [before[0] + 1]


def test_a_refusal_needs_a_ground_and_words(fresh) -> None:
    person, browser = fresh.persons[SENT], fresh.client("county")
    form = {"parcel": str(fresh.parcels[SENT]), "decision": "DOCUMENTS_MISSING", "decision_reason": " "}
    answer = browser.post(f"/persons/{person}/answer/", form)
    assert (answer.status_code, "还没有退回" in body(answer)) == (422, True)
    form["decision_reason"] = "缺裁定书，请补扫描件"
    assert browser.post(f"/persons/{person}/answer/", form).status_code == 302
    assert "缺裁定书，请补扫描件" in body(fresh.client("prison").get(f"/persons/{person}/"))


def test_what_somebody_types_is_shown_and_never_run(fresh) -> None:
    person = fresh.persons[SENT]
    form = {"parcel": str(fresh.parcels[SENT]), "decision": "DOCUMENTS_MISSING"}
    form["decision_reason"] = "<b onclick=x>补</b>"
    assert fresh.client("county").post(f"/persons/{person}/answer/", form).status_code == 302
    shown = body(fresh.client("prison").get(f"/persons/{person}/"))
    assert "&lt;b onclick=x&gt;补&lt;/b&gt;" in shown
    assert "<b onclick" not in shown


def _lines(house, person: uuid.UUID) -> list[tuple[str, str, list[str]]]:
    with house.role("guitu_owner") as door:
        return door.execute(
            "SELECT action, outcome, fields FROM access_trace WHERE subjects @> ARRAY[%s]::uuid[] ORDER BY at", [person]
        ).fetchall()


def test_a_refused_sight_leaves_a_line_that_the_responsible_unit_reads(fresh) -> None:
    person = fresh.persons[KEPT]
    before = len(_lines(fresh, person))
    assert fresh.client("county").get(f"/persons/{person}/").status_code == 404
    assert fresh.client("city").get(f"/persons/{person}/").status_code == 403
    assert fresh.client("prison").get(f"/persons/{person}/").status_code == 200
    found = _lines(fresh, person)[before:]
    assert [line[:2] for line in found] == [
        ("person:open", "UNKNOWN"),
        ("person:open", "DENIED"),
        ("person:open", "ALLOWED"),
    ]
    looks = [text for _, text in page(fresh.client("prison").get(f"/persons/{person}/")).all("div", cls="gt-receipt")]
    assert any("林知遥" in look and "已拒绝" in look for look in looks)
    assert any("周予安" in look and "已拒绝" in look for look in looks)
    assert not any("侯知白" in look and "已拒绝" in look for look in looks)


def test_a_refused_act_leaves_a_line_too(fresh) -> None:
    person = fresh.persons[AT_FOREIGN]
    form = {"parcel": str(fresh.parcels[AT_FOREIGN]), "decision": "acknowledge"}
    assert fresh.client("county").post(f"/persons/{person}/answer/", form).status_code == 404
    assert _lines(fresh, person)[-1][:2] == ("dossier:answer", "UNKNOWN")


def test_a_sensitive_item_stays_closed_until_it_is_asked_for_and_the_look_is_recorded(fresh) -> None:
    person, browser = fresh.persons[SENT], fresh.client("county")
    number = rosters.number("910121", "19850312", str(101 + 2 * [plan.name for plan in SIXTY].index(SENT)))
    assert number not in body(browser.get(f"/persons/{person}/"))
    asked = browser.get(f"/persons/{person}/items/id_doc/")
    assert number not in body(asked)
    assert page(asked).all("form", action=f"/persons/{person}/items/id_doc/open/", method="post")
    shown = browser.post(f"/persons/{person}/items/id_doc/open/")
    assert number in body(shown)
    assert "no-store" in shown["Cache-Control"]
    # The item that was asked for, and the other items of the same level that stand open on the page (decision 13).
    action, outcome, seen = _lines(fresh, person)[-1]
    assert (action, outcome, seen[0]) == ("person:reveal", "ALLOWED", "id_doc")
    assert set(seen[1:]) == {"birth_date", "household_region", "key_dates", "name", "sentence"}
    assert browser.post(f"/persons/{person}/items/no-such-item/open/").status_code == 404

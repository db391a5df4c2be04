"""Commissions of township offices: kept by the county, and the approver that follows from them on each day."""

import re
import uuid
from datetime import UTC, date, datetime

import pytest
from django.db import transaction
from django.test import Client

from guitu.access import commissions
from guitu.access.establishing import post_id, unit_id
from guitu.access.operations import NotAllowed
from guitu.access.policy import Commissioned, approver_of
from guitu.rulebook.powers import commission_powers
from guitu.web.gate import token_cookie
from tests.factories.units import COUNTY, OTHER_TOWNSHIP, SIBLING_COUNTY, TOWNSHIP

AT = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
LEAVE = "leave_up_to_7_days"
OFFICE, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)


def document(
    number="甲〔2026〕1号",
    unit=OFFICE,
    powers=(LEAVE,),
    from_on=date(2026, 3, 1),
    to_on=date(2026, 8, 31),
    revoked=None,
):
    return Commissioned(uuid.uuid4(), unit, number, frozenset(powers), from_on, to_on, revoked)


@pytest.mark.parametrize(
    ("on", "office"),
    [
        (date(2026, 2, 28), "county_agency"),
        (date(2026, 3, 1), "judicial_office"),
        (date(2026, 6, 1), "judicial_office"),
        (date(2026, 8, 31), "judicial_office"),
        (date(2026, 9, 1), "county_agency"),
    ],
)
def test_the_office_approves_from_the_first_day_to_the_last_and_the_county_before_and_after(on, office):
    held = document()
    found = approver_of(LEAVE, OFFICE, [held], on=on)
    assert (found.office, found.commission) == (office, held if office == "judicial_office" else None)


def test_without_an_end_it_goes_on_until_it_is_revoked():
    held = document(to_on=None, revoked=date(2027, 5, 1))
    assert approver_of(LEAVE, OFFICE, [held], on=date(2027, 4, 30)).office == "judicial_office"
    assert approver_of(LEAVE, OFFICE, [held], on=date(2027, 5, 1)).office == "county_agency"


def test_neither_another_office_nor_another_power_is_commissioned_by_it():
    held = document()
    assert approver_of(LEAVE, OTHER, [held], on=date(2026, 6, 1)).office == "county_agency"
    assert approver_of("entry_announcement", OFFICE, [held], on=date(2026, 6, 1)).office == "county_agency"
    with pytest.raises(KeyError):
        approver_of("everything", OFFICE, [held], on=date(2026, 6, 1))


def test_of_overlapping_documents_the_latest_counts_and_the_end_of_one_leaves_the_other():
    first = document("甲〔2026〕1号")
    second = document("甲〔2026〕2号", from_on=date(2026, 7, 1), to_on=date(2027, 6, 30))
    for held in ([first, second], [second, first]):
        assert approver_of(LEAVE, OFFICE, held, on=date(2026, 6, 30)).commission == first
        assert approver_of(LEAVE, OFFICE, held, on=date(2026, 7, 1)).commission == second
        assert approver_of(LEAVE, OFFICE, held, on=date(2026, 9, 1)).commission == second
    revoked = document("甲〔2026〕2号", from_on=date(2026, 7, 1), to_on=None, revoked=date(2026, 7, 15))
    assert approver_of(LEAVE, OFFICE, [first, revoked], on=date(2026, 7, 20)).commission == first


def test_every_power_rests_on_a_rule():
    assert {power.rule for power in commission_powers().values()} == {"CC-OUT-03", "CC-ENT-01", "CC-INV-03"}


def issue(unit=TOWNSHIP, number="青司委〔2026〕1号", event=None, **more):
    what = {"powers": [LEAVE], "from_on": date(2026, 9, 1), "to_on": date(2026, 12, 31)} | more
    commissions.issue_commission(unit_id(unit), number=number, event_id=event or uuid.uuid4(), at=AT, **what)


def test_a_county_head_keeps_a_commission_once_and_the_approver_follows(house):
    event = uuid.uuid4()
    with house.acting("county-head"):
        issue(event=event)
        issue(event=event)
        with transaction.atomic():
            assert commissions.commissions_listed(first=0, most=10)[1] == 1
            assert commissions.approver(LEAVE, unit_id(TOWNSHIP), on=date(2026, 9, 1)).office == "judicial_office"
            assert commissions.approver(LEAVE, unit_id(OTHER_TOWNSHIP), on=date(2026, 9, 1)).office == "county_agency"
    with house.role("guitu_owner") as door:
        acts = door.execute("SELECT act FROM ledger_entry WHERE act LIKE 'access:commission:%'").fetchall()
    assert acts == [("access:commission:issued",)]


def test_revoked_from_a_day_on_the_county_approves_again(house):
    event = uuid.uuid4()
    with house.acting("county-head"):
        issue(event=event)
        assert commissions.revoke_commission(event, on=date(2026, 10, 1), at=AT)
        assert not commissions.revoke_commission(event, on=date(2026, 10, 2), at=AT)
        with transaction.atomic():
            assert commissions.approver(LEAVE, unit_id(TOWNSHIP), on=date(2026, 9, 30)).office == "judicial_office"
            assert commissions.approver(LEAVE, unit_id(TOWNSHIP), on=date(2026, 10, 1)).office == "county_agency"


@pytest.mark.parametrize(
    "wrong",
    [
        {"unit": SIBLING_COUNTY},
        {"unit": COUNTY},
        {"number": " "},
        {"powers": []},
        {"powers": ["everything"]},
        {"to_on": date(2026, 8, 31)},
    ],
)
def test_what_is_no_commission_of_the_county_is_refused(house, wrong):
    with house.acting("county-head"):
        with pytest.raises(commissions.CommissionRefused) as refusal:
            issue(**wrong)
        with transaction.atomic():
            assert commissions.commissions_listed(first=0, most=10)[1] == 0
    assert re.search(r"[\u4e00-\u9fff]", refusal.value.zh)
    assert refusal.value.en.isascii()


def test_a_number_is_given_once(house):
    with house.acting("county-head"):
        issue()
        with pytest.raises(commissions.CommissionRefused):
            issue(OTHER_TOWNSHIP)


@pytest.mark.parametrize("login", ["county", "township", "system", "procurator"])
def test_nobody_but_the_county_head_keeps_commissions(house, login):
    with house.acting(login):
        with pytest.raises(NotAllowed):
            issue()
        with pytest.raises(NotAllowed):
            commissions.revoke_commission(uuid.uuid4(), on=date(2026, 9, 1), at=AT)


def test_the_page_keeps_lists_and_revokes_and_says_what_is_wrong(house):
    browser = Client()
    browser.cookies[token_cookie()] = house.token("county-head")
    browser.post("/post/", {"post": str(post_id("county-head", COUNTY, "COUNTY_HEAD")), "purpose": "SUPERVISE_LINKAGE"})
    assert "还没有登记委托" in browser.get("/commissions/").content.decode()
    form = {
        "mark": str(uuid.uuid4()),
        "office": str(unit_id(TOWNSHIP)),
        "number": "青司委〔2026〕7号",
        "powers": [LEAVE, "entry_announcement"],
        "from_on": "2026-01-01",
        "to_on": "",
    }
    wrong = browser.post("/commissions/issue/", form | {"powers": []})
    assert wrong.status_code == 422
    assert "青司委〔2026〕7号" in wrong.content.decode()
    assert browser.post("/commissions/issue/", form | {"from_on": "1.1.2026"}).status_code == 422
    assert browser.post("/commissions/issue/", form)["Location"] == "/commissions/"
    shown = browser.get("/commissions/").content.decode()
    assert "批准七日以内外出" in shown
    assert "无止期" in shown
    revoke = re.search(r'action="(/commissions/[0-9a-f-]{36}/revoke/)"', shown)[1]
    assert "撤销" in browser.post(revoke).content.decode(), "asked once more first"
    assert "已撤销" not in browser.get("/commissions/").content.decode()
    assert browser.post(revoke, {"sure": "yes"})["Location"] == "/commissions/"
    assert "已撤销" in browser.get("/commissions/").content.decode()
    assert browser.post(revoke, {"sure": "yes"}).status_code == 404

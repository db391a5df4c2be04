"""Partners in the browser: publish, refer with consent, answer, see it on the file and on My road, take it back."""

import uuid
from datetime import timedelta

import pytest

from tests.web.peopled import AT_FOREIGN, KEPT, MOMENT, REGISTERED, SENT
from tests.web.reading import body, page, total

OFFER = {
    "kind": "JOB",
    "title": "大棚种植工",
    "places": "2",
    "place_division": "910121000000",
    "from_on": "2026-08-01",
    "to_on": "",
    "conditions": "包吃住，缴社保",
    "contact_name": "霍扶摇",
    "contact_phone": "0000-5550719",
}
TOLD = {
    "call_name": "陈先生",
    "telephone": "0000-5550901",
    "skills": "会修农机",
    "spoken_by": "SELF",
    "speaker": "陈柏舟",
    "way": "IN_PERSON",
    "said_at": (MOMENT + timedelta(hours=7)).strftime("%Y-%m-%dT%H:%M"),
}


def marked(**fields):
    return {"mark": str(uuid.uuid4()), "sure": "yes", **fields}


def publish(house, login="employer", **changed):
    """An offer of the partner, published in the browser; its id."""
    browser = house.client(login)
    answer = browser.post("/partner/offers/publish/", marked(**{**OFFER, **changed}))
    assert answer.status_code == 302, body(answer)
    links = page(browser.get("/partner/offers/")).all("a", cls="gt-name")
    return next(a["href"] for a, text in links if text == changed.get("title", OFFER["title"])).split("/")[-2]


def refer(house, offer, person=SENT, login="county", **changed):
    address = f"/persons/{house.persons[person]}/refer/send/"
    return house.client(login).post(address, marked(offer=offer, **{**TOLD, **changed}))


def only_referral(house, login="employer"):
    """Where the partner's desk leads to the one who waits."""
    ((link, name),) = page(house.client(login).get("/partner/")).all("a", cls="gt-name")
    assert name == "陈先生"
    return link["href"]


def test_the_offers_of_the_form_come_in_pages_narrowed_and_with_the_one_chosen(fresh, monkeypatch) -> None:
    monkeypatch.setattr("guitu.web.person_file.referring.PAGE", 1)
    first, second = publish(fresh), publish(fresh, title="仓库分拣工")
    county, address = fresh.client("county"), f"/persons/{fresh.persons[SENT]}/refer/"

    def offered(answer) -> list[str]:
        return [a["value"] for a, _ in page(answer).all("input", name="offer")]

    assert [offered(county.get(address, {"page": number})) for number in (1, 2, 3)] == [[second], [first], []]
    assert offered(county.get(address, {"q": "大棚"})) == [first]
    answer = refer(fresh, first, telephone="")  # stands on another page, and what was chosen is still there
    assert (answer.status_code, offered(answer)) == (422, [first, second])


def test_the_whole_way_in_the_browser(fresh) -> None:
    partner, county, person = fresh.client("employer"), fresh.client("county"), fresh.client("person")
    assert "还没有人知道您能帮什么" in body(partner.get("/partner/"))
    offer = publish(fresh)
    assert "大棚种植工" in body(county.get("/offers/"))
    form = page(county.get(f"/persons/{fresh.persons[SENT]}/refer/"))
    assert [a["value"] for a, _ in form.all("input", name="offer")] == [offer]
    assert refer(fresh, offer, skills_agreed="yes").status_code == 302
    opened = partner.get(only_referral(fresh))
    assert all(word in body(opened) for word in ("0000-5550901", "会修农机", "林知遥", "RH-REFERRAL"))
    assert all(word not in body(opened) for word in (SENT, "盗窃", "三年"))
    address = only_referral(fresh)
    assert partner.post(address + "answer/", marked(state="TAKEN_ON")).status_code == 302
    assert partner.post(address + "answer/", marked(state="STARTED", on="2026-09-01")).status_code == 302
    assert "在合作单位开始" in body(county.get(f"/persons/{fresh.persons[SENT]}/"))
    mine = page(person.get("/my/"))
    assert "已开始" in body(person.get("/my/"))
    ((taking_back, _),) = mine.all("form", action=f"/my/referrals/{address.split('/')[-2]}/withdraw/")
    assert person.post(taking_back["action"], marked()).status_code == 302
    assert partner.get(address).status_code == 404
    assert "陈先生" not in body(partner.get("/partner/?queue=STARTED"))
    assert "对方已经看不到您的称呼和电话" in body(person.get("/my/"))
    assert "已收回" in body(county.get(f"/persons/{fresh.persons[SENT]}/"))
    # Who looked: the person reads that the partner opened it.
    assert "青禾农业合作社" in body(person.get("/my/looks/"))


def test_without_the_tick_no_skill_is_told_and_what_is_missing_is_said_on_the_form(fresh) -> None:
    offer = publish(fresh)
    for changed, word in (
        ({"telephone": "问村委"}, "请写能打通的电话"),
        ({"speaker": ""}, "请写说同意的人的姓名"),
        ({"said_at": "2027-01-01T09:00"}, "不晚于现在"),
        ({"skills": "服刑时学的焊工", "skills_agreed": "yes"}, "涉及前科"),
        ({"said_at": "昨天"}, "不晚于现在"),
    ):
        answer = refer(fresh, offer, **changed)
        assert answer.status_code == 422
        assert word in body(answer)
        assert "陈柏舟" in body(answer) or "speaker" in changed
    assert refer(fresh, "x").status_code == 422
    assert refer(fresh, offer).status_code == 302
    assert "会修农机" not in body(fresh.client("employer").get(only_referral(fresh)))
    again = refer(fresh, offer)
    assert again.status_code == 422
    assert "正在办" in body(again)


def test_the_last_place_is_shown_as_taken_and_every_count_leads_to_its_rows(fresh) -> None:
    offer = publish(fresh, places="1")
    refer(fresh, offer)
    full = refer(fresh, offer, person=REGISTERED)
    assert full.status_code == 422
    assert "最后一个名额刚被占" in body(full)
    assert "名额已满" in body(fresh.client("county").get("/offers/"))
    partner = fresh.client("employer")
    for link, text in page(partner.get("/partner/")).all("a", cls="v"):
        listed = partner.get(link["href"])
        assert (total(listed) if "gt-table" in body(listed) else 0) == int(text.split()[0]), link


def test_an_offer_is_changed_and_ended_by_its_own_partner_alone(fresh) -> None:
    offer = publish(fresh)
    partner, other = fresh.client("employer"), fresh.client("other-employer")
    assert other.get(f"/partner/offers/{offer}/").status_code == 404
    assert other.post(f"/partner/offers/{offer}/change/", marked(**OFFER)).status_code == 404
    assert other.post(f"/partner/offers/{offer}/end/", marked()).status_code == 404
    refused = partner.post(f"/partner/offers/{offer}/change/", marked(**{**OFFER, "conditions": "须无前科"}))
    assert refused.status_code == 422
    assert "对前科的要求不能写" in body(refused)
    for changed in ({"places": "许多"}, {"from_on": "明天"}):
        assert partner.post("/partner/offers/publish/", marked(**{**OFFER, **changed})).status_code == 422
    assert partner.post(f"/partner/offers/{offer}/change/", marked(**{**OFFER, "places": "7"})).status_code == 302
    assert "还有7个，共7个" in body(partner.get("/partner/offers/"))
    assert partner.post(f"/partner/offers/{offer}/end/", marked()).status_code == 302
    assert partner.post(f"/partner/offers/{offer}/end/", marked()).status_code == 409
    assert "大棚种植工" in body(partner.get("/partner/offers/?state=OVER"))
    assert "大棚种植工" not in body(fresh.client("county").get("/offers/"))


def test_a_partner_answers_what_can_be_answered_and_the_reason_is_from_the_list(fresh) -> None:
    offer = publish(fresh)
    refer(fresh, offer)
    partner, address = fresh.client("employer"), only_referral(fresh)
    for fields, status in (
        ({"state": ""}, 422),
        ({"state": "NOT_TAKEN"}, 422),
        ({"state": "NOT_TAKEN", "reason": "SKILLS", "words": "有前科不要"}, 422),
        ({"state": "STARTED", "on": "2026-09-01"}, 409),
        ({"state": "NOT_TAKEN", "reason": "SKILLS", "words": "要有农机证"}, 302),
        ({"state": "TAKEN_ON"}, 409),
    ):
        assert partner.post(address + "answer/", marked(**fields)).status_code == status, fields
    closed = body(partner.get(address))
    assert "0000-5550901" not in closed
    assert "要有农机证" in body(fresh.client("county").get(f"/persons/{fresh.persons[SENT]}/"))
    assert "要有农机证" in body(fresh.client("person").get("/my/"))


def test_a_prison_is_offered_training_only_and_sees_its_own_referrals(fresh) -> None:
    publish(fresh)
    course = publish(fresh, "charity", kind="TRAINING", title="电工培训", place_division="910100000000")
    prison = fresh.client("prison")
    assert "大棚种植工" not in body(prison.get("/offers/"))
    form = page(prison.get(f"/persons/{fresh.persons[KEPT]}/refer/"))
    assert [a["value"] for a, _ in form.all("input", name="offer")] == [course]
    assert refer(fresh, course, person=KEPT, login="prison").status_code == 302
    assert "电工培训" in body(prison.get(f"/persons/{fresh.persons[KEPT]}/"))
    # What the county arranged for somebody the prison sent is the county's and the person's affair.
    refer(fresh, course, person=REGISTERED)
    assert "电工培训" not in body(prison.get(f"/persons/{fresh.persons[REGISTERED]}/"))
    assert "电工培训" in body(fresh.client("county").get(f"/persons/{fresh.persons[REGISTERED]}/"))


def test_nobody_refers_or_takes_back_for_somebody_out_of_sight(fresh) -> None:
    offer = publish(fresh)
    assert refer(fresh, offer, person=AT_FOREIGN).status_code == 404
    refer(fresh, offer)
    number = only_referral(fresh).split("/")[-2]
    foreign = fresh.client("foreign")
    assert foreign.post(f"/persons/{fresh.persons[SENT]}/refer/{number}/withdraw/", marked()).status_code == 404
    county = fresh.client("county")
    assert county.post(f"/persons/{fresh.persons[SENT]}/refer/{uuid.uuid4()}/withdraw/", marked()).status_code == 404
    assert county.post(f"/persons/{fresh.persons[SENT]}/refer/{number}/withdraw/", marked()).status_code == 302
    assert "经办人代记" in body(county.get(f"/persons/{fresh.persons[SENT]}/"))


def test_a_representative_takes_the_consent_back_and_the_file_says_so(fresh) -> None:
    refer(fresh, publish(fresh), spoken_by="REPRESENTATIVE", speaker="沈慕白")
    number = only_referral(fresh).split("/")[-2]
    for browser in (fresh.client("representative"), fresh.client("person")):
        assert browser.post(f"/my/referrals/{number}/withdraw/", marked()).status_code == 302
    file = body(fresh.client("county").get(f"/persons/{fresh.persons[SENT]}/"))
    assert file.count("受托人代说") == 2
    assert fresh.client("person").post(f"/my/referrals/{uuid.uuid4()}/withdraw/", marked()).status_code == 404


@pytest.mark.parametrize("address", ["/partner/", "/partner/offers/", "/partner/offers/new/"])
def test_the_desk_speaks_english(peopled, address) -> None:
    shown = body(peopled.client("employer", language="en").get(address))
    assert "Partner desk" in shown
    assert "合作单位工作台" not in shown

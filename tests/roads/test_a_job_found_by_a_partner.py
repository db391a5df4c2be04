"""A partner publishes an offer, somebody is referred with consent, starts, sees it, and can take the consent back."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from guitu.access.establishing import unit_id
from guitu.access.impact import NotAssessed
from guitu.access.operations import NotAllowed, PersonUnknown
from guitu.ledger import queries as ledger
from guitu.people.models import Person
from guitu.rulebook.clocks import legal_day
from guitu.support import offers, referrals, referred
from guitu.support.models import Referral
from guitu.support.policy import OfferWords, Particulars, RecordIncomplete, Word
from tests.factories.assessments import unassessed
from tests.factories.units import COUNTY, EMPLOYER, FOREIGN_COUNTY, TOWNSHIP
from tests.roads.themselves import as_person, let_in
from tests.roads.walking import AT, RELEASE, Walk, after, before, home, received, ticking

TOLD = Particulars("陈先生", "0000-5550901", "汽车修理，有两年经验")


def offer_words(**changed) -> OfferWords:
    """A complete offer of two places on a farm in the county."""
    values = {
        "kind": "JOB",
        "title": "大棚种植工",
        "places": 2,
        "place_division": COUNTY,
        "from_on": legal_day(AT),
        "to_on": None,
        "conditions": "包吃住，月工资四千二百元，缴社保；不要求经验。",
        "contact_name": "霍扶摇",
        "contact_phone": "0000-5550719",
    }
    return OfferWords(**{**values, **changed})


def word(at, **changed) -> Word:
    values = {"spoken_by": "SELF", "speaker": "陈柏舟", "way": "IN_PERSON", "said_at": at - timedelta(minutes=10)}
    return Word(**{**values, **changed})


def published(house, login="employer", at=AT, **changed):
    with house.acting(login):
        return offers.publish_offer(offer_words(**changed), event_id=uuid.uuid4(), at=at)


def refer(walk, offer_id, at, login="county", told=TOLD, event=None, **said):
    with walk.house.acting(login):
        return referrals.refer(
            walk.person, offer_id=offer_id, told=told, word=word(at, **said), event_id=event or uuid.uuid4(), at=at
        )


def answer(walk, referral, state, at, login="employer", event=None, **more):
    with walk.house.acting(login):
        referrals.answer_referral(walk.person, referral, state=state, event_id=event or uuid.uuid4(), at=at, **more)


def seen_by_partner(walk, referral, login="employer"):
    with walk.house.acting(login), transaction.atomic():
        return referred.referral_here(walk.person, referral)


def acts(walk, login="county"):
    with walk.house.acting(login), transaction.atomic():
        return [line.act for line in ledger.of_person(walk.person, limit=50) if line.act.startswith("support:referral")]


def test_from_the_offer_to_the_first_day_of_work_and_the_consent_taken_back(house) -> None:
    walk = home(received(Walk(house)))
    let_in(walk)
    job = published(house)
    with unassessed(house), pytest.raises(NotAssessed):
        refer(walk, job, after(2))
    made = refer(walk, job, after(2))
    here = seen_by_partner(walk, made)
    assert (here.state, here.told, here.due_rule) == ("WAITING", TOLD, "RH-REFERRAL")
    # Three working days from Wednesday, 17 June; the Dragon Boat holiday of 2026 lies between.
    assert legal_day(here.due_at - timedelta(seconds=1)).isoformat() == "2026-06-23"
    answer(walk, made, "TAKEN_ON", after(3))
    answer(walk, made, "STARTED", after(5), on=legal_day(after(5)))
    assert acts(walk) == ["support:referral:started", "support:referral:taken_on", "support:referral:made"]
    with as_person(walk), transaction.atomic():
        (mine,) = referred.referrals_of(walk.person)
        (consent,) = referred.consents_of(walk.person).values()
        assert (mine.state, mine.started_on, mine.told) == ("STARTED", legal_day(after(5)), TOLD)
        assert (consent.speaker, consent.told) == ("陈柏舟", ("call_name", "telephone", "skills"))
    # Control: until the word is taken back the row lies in the partner's sight.
    with house.acting("employer"), transaction.atomic():
        assert list(Referral.objects.values_list("id", flat=True)) == [made]
    with as_person(walk):
        referrals.withdraw_consent(walk.person, made, event_id=uuid.uuid4(), at=after(6))
    with house.acting("employer"), transaction.atomic():
        assert not Referral.objects.exists()
        assert referred.referral_counts(now=after(6)) == dict.fromkeys(referred.QUEUES, 0)
    assert seen_by_partner(walk, made) is None
    with pytest.raises(PersonUnknown):
        answer(walk, made, "ENDED", after(7), on=legal_day(after(7)))
    with walk.house.acting("county"), transaction.atomic():
        (kept,) = referred.referrals_of(walk.person)
        assert kept.state == "WITHDRAWN"
        assert referred.consents_of(walk.person)[made].withdrawn_by == "SELF"


def test_a_partner_sees_no_person_and_no_referral_to_somebody_else(house) -> None:
    walk = home(received(Walk(house)))
    made = refer(walk, published(house), after(2))
    for login, found in (("employer", [made]), ("other-employer", []), ("charity", [])):
        with house.acting(login), transaction.atomic():
            assert list(Referral.objects.values_list("id", flat=True)) == found, login
            assert not Person.objects.exists()
            assert referred.referrals_here("WAITING", now=after(2), first=0, most=9)[1] == len(found)
    with pytest.raises(PersonUnknown):
        answer(walk, made, "TAKEN_ON", after(3), login="other-employer")
    # Control: whoever sees the person sees the row, and the partner only through the address on it.
    with house.role("guitu_owner") as door:
        door.execute("UPDATE support_referral SET addressee_id = from_unit_id")
    with house.acting("county"), transaction.atomic():
        assert Referral.objects.count() == 1
    with house.acting("employer"), transaction.atomic():
        assert not Referral.objects.exists()


def test_the_partner_cannot_rewrite_what_was_told_nor_read_the_consent(house) -> None:
    walk = home(received(Walk(house)))
    refer(walk, published(house), after(2))
    with house.acting("employer"), transaction.atomic():
        assert referred.consents_of(walk.person) == {}
    with house.acting("employer"), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Referral.objects.update(particulars=b"x")


def test_nothing_is_told_without_a_whole_consent_and_never_the_past(house) -> None:
    walk = home(received(Walk(house)))
    job = published(house)
    for told in (
        Particulars("", "0000-5550901"),
        Particulars("陈先生", "问村委"),
        Particulars("陈先生", "0000-5550901", "服刑时学的焊工"),
    ):
        with pytest.raises(RecordIncomplete):
            refer(walk, job, after(2), told=told)
    for said in ({"speaker": " "}, {"way": "GUESS"}, {"spoken_by": "OFFICER"}, {"said_at": after(3)}):
        with pytest.raises(RecordIncomplete):
            refer(walk, job, after(2), **said)
    with house.role("guitu_owner") as door:
        assert door.execute("SELECT count(*) FROM support_consent").fetchone()[0] == 0
    made = refer(walk, job, after(2), told=Particulars("陈先生", "0000-5550901"))
    with house.acting("county"), transaction.atomic():
        assert referred.consents_of(walk.person)[made].told == ("call_name", "telephone")
    with house.role("guitu_owner") as door:
        sealed = door.execute("SELECT particulars FROM support_referral").fetchone()[0]
    assert b"5550901" not in bytes(sealed)


def test_an_offer_says_nothing_about_a_record_and_lies_where_the_partner_works(house) -> None:
    for changed in (
        {"conditions": "须无犯罪记录"},
        {"title": "保安（政审）"},
        {"conditions": "No criminal record"},
        {"places": 0},
        {"kind": "GUESS"},
        {"contact_phone": "见门口"},
        {"place_division": FOREIGN_COUNTY},
        {"to_on": legal_day(AT) - timedelta(days=1)},
    ):
        with pytest.raises(RecordIncomplete) as refusal:
            published(house, **changed)
        assert refusal.value.fields == tuple(changed)
    published(house, "charity", place_division=TOWNSHIP, kind="LODGING", title="过渡房")
    with house.acting("county"), pytest.raises(NotAllowed):
        offers.publish_offer(offer_words(), event_id=uuid.uuid4(), at=AT)


def test_only_the_own_offer_is_changed_and_ended_and_an_ended_one_takes_nobody(house) -> None:
    walk = home(received(Walk(house)))
    event = uuid.uuid4()
    with house.acting("employer"):
        job = offers.publish_offer(offer_words(), event_id=event, at=AT)
        assert offers.publish_offer(offer_words(), event_id=event, at=AT) == job
        offers.change_offer(job, offer_words(places=5), event_id=uuid.uuid4(), at=AT)
        with transaction.atomic():
            assert offers.own_offer(job).places_left == 5
    with house.acting("other-employer"), pytest.raises(offers.OfferUnknown):
        offers.end_offer(job, event_id=uuid.uuid4(), at=AT)
    ending = uuid.uuid4()
    with house.acting("employer"):
        offers.end_offer(job, event_id=ending, at=after(1))
        offers.end_offer(job, event_id=ending, at=after(1))
        with pytest.raises(offers.OfferEnded):
            offers.change_offer(job, offer_words(), event_id=uuid.uuid4(), at=after(1))
        with transaction.atomic():
            assert offers.own_offer_counts(at=after(1)) == {"OPEN": 0, "OVER": 1}
    with pytest.raises(referrals.ReferralRefused, match="OVER"):
        refer(walk, job, after(2))


def test_the_list_of_an_office_holds_what_lies_where_it_works(house) -> None:
    here = published(house, place_division=TOWNSHIP)
    far = published(house, "other-employer", place_division=FOREIGN_COUNTY)
    for login, found in (
        ("county", {here}),
        ("township", {here}),
        ("worker", {here}),
        ("foreign", {far}),
        ("prison", {here, far}),
    ):
        with house.acting(login), transaction.atomic():
            views, total = offers.offers_open(offers.OfferFilters(), at=AT, first=0, most=9)
            assert {view.id for view in views} == found, login
            assert total == len(found)
    newer = [published(house, place_division=TOWNSHIP, at=AT + timedelta(hours=hours)) for hours in range(1, 6)]
    with house.acting("county"), transaction.atomic():
        for wanted in ((), ("LODGING",), ("JOB",)):
            listed = offers.offers_open(offers.OfferFilters(), wanted=wanted, at=AT, first=0, most=9)[0]
            assert [view.id for view in listed] == [*reversed(newer), here], wanted
        assert offers.offers_open(offers.OfferFilters(text="大棚", kind="JOB"), at=AT, first=0, most=9)[1] == 6
        assert offers.offers_open(offers.OfferFilters(kind="LODGING"), at=AT, first=0, most=9)[1] == 0


def test_of_two_referrals_for_the_last_place_one_wins(house) -> None:
    first, second = home(received(Walk(house))), Walk(house, login="other-prison", order="117")
    second.send(before(40), login="other-prison")
    second.acknowledge(before(39))
    job = published(house, places=1)
    barrier, outcomes = threading.Barrier(2), []

    def press(walk, login):
        try:
            barrier.wait()
            refer(walk, job, after(2), login=login)
            outcomes.append("REFERRED")
        except referrals.ReferralRefused as refusal:
            outcomes.append(refusal.reason)
        finally:
            connection.close()

    hands = [threading.Thread(target=press, args=pair) for pair in ((first, "county"), (second, "county-second"))]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert sorted(outcomes) == ["FULL", "REFERRED"]


def test_a_place_is_free_again_once_the_person_is_not_taken(house) -> None:
    walk = home(received(Walk(house)))
    job = published(house, places=1)
    event = uuid.uuid4()
    made = refer(walk, job, after(2), event=event)
    assert refer(walk, job, after(2), event=event) == made
    with pytest.raises(referrals.ReferralRefused, match="AGAIN"):
        refer(walk, job, after(2))
    with pytest.raises(RecordIncomplete):
        answer(walk, made, "NOT_TAKEN", after(3), reason="RECORD")
    with pytest.raises(RecordIncomplete):
        answer(walk, made, "NOT_TAKEN", after(3), reason="SKILLS", words="有前科不要")
    answered = uuid.uuid4()
    answer(walk, made, "NOT_TAKEN", after(3), reason="SKILLS", words="要有电工证", event=answered)
    answer(walk, made, "NOT_TAKEN", after(3), reason="SKILLS", words="要有电工证", event=answered)
    with pytest.raises(referrals.AnswerTooLate):
        answer(walk, made, "TAKEN_ON", after(3))
    assert acts(walk).count("support:referral:not_taken") == 1
    # What was told is opened for the partner no more.
    assert seen_by_partner(walk, made).told is None
    refer(walk, job, after(4))


def test_a_prison_refers_to_training_only_and_from_twelve_months_before_the_release(house) -> None:
    walk = Walk(house)
    course, job = published(house, "charity", kind="TRAINING", title="电工培训"), published(house)
    with house.acting("prison"), transaction.atomic():
        first_day = referrals.first_day_of_training(walk.person)
    assert first_day.isoformat() == "2025-06-13"
    assert (RELEASE - first_day).days > 365
    made = refer(walk, course, before(90), login="prison")
    with pytest.raises(referrals.ReferralRefused, match="TRAINING_ONLY"):
        refer(walk, job, before(90), login="prison")
    early = Walk(house, release=RELEASE.replace(year=RELEASE.year + 2), login="other-prison", order="117")
    with pytest.raises(referrals.ReferralRefused, match="TOO_EARLY"):
        refer(early, course, before(90), login="other-prison")
    answer(walk, made, "TAKEN_ON", before(80), login="charity")


def test_a_referral_unanswered_at_its_moment_is_told_once_to_partner_and_referrer(house) -> None:
    walk = home(received(Walk(house)))
    job = published(house)
    due = seen_by_partner(walk, refer(walk, job, after(2))).due_at

    def told(at):
        with ticking():
            return referrals.tell_late_referrals(at=at, most=10)

    assert told(due - timedelta(seconds=1)) == 0
    assert told(due) == 1
    assert told(due + timedelta(hours=1)) == 0
    with house.role("guitu_owner") as door:
        sql = "SELECT unit_id, person_id FROM notices_notice WHERE code = 'REFERRAL_LATE'"
        rows = dict(door.execute(sql).fetchall())
    assert rows == {unit_id(EMPLOYER): None, unit_id(COUNTY): walk.person}


def test_an_officer_records_that_the_consent_was_taken_back(house) -> None:
    walk = home(received(Walk(house)))
    made = refer(walk, published(house), after(2))
    event = uuid.uuid4()
    for _ in range(2):
        with house.acting("county"):
            referrals.withdraw_consent_for(walk.person, made, event_id=event, at=after(3))
    assert acts(walk).count("support:referral:withdrawn") == 1
    with house.acting("county"), transaction.atomic():
        assert referred.consents_of(walk.person)[made].withdrawn_by == "OFFICER"
    with house.acting("foreign"), pytest.raises(PersonUnknown):
        referrals.withdraw_consent_for(walk.person, made, event_id=uuid.uuid4(), at=after(3))

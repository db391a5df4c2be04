"""转介: a person is referred to an offer with their consent, the partner answers, the person can take the consent back.

The partner is told what the person agreed to and nothing else; with the consent the row leaves the partner's sight.
"""

from __future__ import annotations

import json
import uuid
from datetime import date, datetime

from django.db import transaction

from guitu.access import impact
from guitu.access import operations as access
from guitu.access import queries as units
from guitu.access.acting import actor
from guitu.access.rule_packs import active_book
from guitu.access.tree import Desk, desk
from guitu.journeys import queries as roads
from guitu.journeys.policy import clock
from guitu.ledger import keys
from guitu.ledger.operations import record
from guitu.ledger.queries import is_recorded
from guitu.notices.operations import Telling, tell, tell_all
from guitu.people import queries as persons
from guitu.rulebook.attempts import AttemptRefused
from guitu.rulebook.clocks import legal_day
from guitu.rulebook.divisions import province_code
from guitu.support import policy
from guitu.support.models import Consent, Offer, Referral
from guitu.support.offers import OfferUnknown, banned_words, codes, is_open, lies_within, places_left, region_of
from guitu.support.policy import Particulars, RecordIncomplete, Word

ANSWER_RULE = "RH-REFERRAL"
TRAINING_RULE = "RH-TRAINING"
PARTNER = ("PARTNER",)
"""The roles at a partner's desk."""
_ACTS = {
    policy.TAKEN_ON: "support:referral:taken_on",
    policy.NOT_TAKEN: "support:referral:not_taken",
    policy.STARTED: "support:referral:started",
    policy.ENDED: "support:referral:ended",
}


class ReferralRefused(AttemptRefused, RuntimeError):
    """Cannot be referred to this offer now; `reason` is OVER, ELSEWHERE, TRAINING_ONLY, TOO_EARLY, FULL or AGAIN."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ReferralUnknown(AttemptRefused, LookupError):
    """No such referral in sight."""


class AnswerTooLate(AttemptRefused, RuntimeError):
    """The referral has gone on meanwhile: answered otherwise, or taken back by the person."""


def particulars_of(referral_id: uuid.UUID) -> str:
    """What the sealed particulars of a referral belong to."""
    return f"referral:{referral_id}:particulars"


def words_of(referral_id: uuid.UUID) -> str:
    """What the sealed words of the partner belong to."""
    return f"referral:{referral_id}:words"


def speaker_of(consent_id: uuid.UUID) -> str:
    """What the sealed name of whoever gave a consent belongs to."""
    return f"consent:{consent_id}:speaker"


def refer(
    person_id: uuid.UUID, *, offer_id: uuid.UUID, told: Particulars, word: Word, event_id: uuid.UUID, at: datetime
) -> uuid.UUID:
    """Refer a person to an offer with the consent `word`, telling the partner `told`; returns the referral.

    The places left are counted under the offer's lock: of two for the last place one wins. A repeated `event_id` refers
    nobody twice. Raises NotAllowed, PersonUnknown, RecordIncomplete, OfferUnknown, ReferralRefused, NotAssessed.
    """
    access.require("referral:make", [person_id])
    wrong = policy.faults_of_referral(told, word, ways=codes("consent_way"), banned=banned_words(), at=at)
    if wrong:
        raise RecordIncomplete(*wrong)
    with transaction.atomic():
        offer = Offer.objects.select_for_update(no_key=True).filter(id=offer_id).first()
        if offer is None:
            raise OfferUnknown
        if is_recorded("support:referral:made", event_id):
            return event_id
        impact.require_assessed(impact.PARTNER_SHARING, at=at)
        reason = _why_not(person_id, offer, at=at)
        if reason:
            raise ReferralRefused(reason)
        _write(person_id, offer, told=told, word=word, event_id=event_id, at=at)
    return event_id


def _why_not(person_id: uuid.UUID, offer: Offer, *, at: datetime) -> str:
    if Referral.objects.filter(person_id=person_id, offer_id=offer.id, state__in=policy.LIVE).exists():
        return "AGAIN"
    own, today = units.unit(actor().session.unit_id), legal_day(at)
    custody = own.kind in policy.CUSTODY
    return policy.why_not_referred(
        is_open=is_open(offer, today=today),
        places_left=places_left([offer.id])[offer.id],
        reaches=lies_within(offer, region_of(own)),
        in_custody=custody,
        kind=offer.kind,
        first_day=first_day_of_training(person_id) if custody else None,
        today=today,
    )


def first_day_of_training(person_id: uuid.UUID) -> date | None:
    """From which legal day a prison may refer to training (RH-TRAINING), or None where no release lies ahead."""
    road = roads.road_of(person_id)
    if road is None or road.task.ended_at is not None or road.task.released_at is not None:
        return None
    return clock(active_book(), TRAINING_RULE, road.task.release_on).service_on


def _write(
    person_id: uuid.UUID, offer: Offer, *, told: Particulars, word: Word, event_id: uuid.UUID, at: datetime
) -> None:
    session, division = actor().session, persons.division_of(person_id)
    skills = told.skills.strip()
    consent = Consent(
        id=uuid.uuid5(event_id, "consent"),
        person_id=person_id,
        division=division,
        spoken_by=word.spoken_by,
        way=word.way,
        said_at=word.said_at,
        told=[name for name in policy.TOLD if name != "skills" or skills],
        recorded_at=at,
        recorded_by=session.post_id,
    )
    consent.speaker = keys.encrypt(word.speaker.strip(), belongs_to=speaker_of(consent.id))
    consent.save(force_insert=True)
    facts = {"call_name": told.call_name.strip(), "telephone": told.telephone.strip(), "skills": skills}
    partner = units.unit(offer.unit_id)
    due = clock(active_book(), ANSWER_RULE, at, province=province_code(partner.division))
    Referral.objects.create(
        id=event_id,
        person_id=person_id,
        division=division,
        offer=offer,
        consent=consent,
        addressee_id=partner.id,
        from_unit_id=session.unit_id,
        particulars=keys.encrypt(json.dumps(facts, ensure_ascii=False), belongs_to=particulars_of(event_id)),
        state=policy.WAITING,
        state_at=at,
        referred_at=at,
        referred_by=session.post_id,
        due_at=due.due_at,
        due_rule=ANSWER_RULE,
    )
    shown = {"unit": str(session.unit_id), "due": due.due_at.isoformat()}
    tell(Desk(partner.id, PARTNER), "REFERRAL_MADE", shown, at, subject_id=event_id)
    record(
        "support:referral:made",
        subjects=[person_id],
        division=division,
        at=at,
        event_id=event_id,
        other_unit_id=partner.id,
        offer=offer.id,
        told=consent.told,
        spoken_by=word.spoken_by,
        way=word.way,
    )


def answer_referral(
    person_id: uuid.UUID,
    referral_id: uuid.UUID,
    *,
    state: str,
    reason: str = "",
    words: str = "",
    on: date | None = None,
    event_id: uuid.UUID,
    at: datetime,
) -> None:
    """Answer a referral to the acting unit: TAKEN_ON, NOT_TAKEN with a reason (referral_refusal), STARTED or ENDED `on`
    a legal day; the referring unit is told.

    Raises NotAllowed, PersonUnknown once the consent is taken back, RecordIncomplete, ReferralUnknown, AnswerTooLate.
    """
    access.require("referral:answer", [person_id])
    with transaction.atomic():
        held = _lock(person_id, referral_id, addressee_id=actor().session.unit_id)
        if state not in _ACTS:
            raise RecordIncomplete("state")
        if is_recorded(_ACTS[state], event_id):
            return
        if not policy.may_follow(state, held.state):
            raise AnswerTooLate
        since = held.started_on if state == policy.ENDED and held.started_on else legal_day(held.referred_at)
        wrong = policy.faults_of_answer(
            state,
            reason=reason,
            words=words,
            on=on,
            since=since,
            today=legal_day(at),
            reasons=codes("referral_refusal"),
            banned=banned_words(),
        )
        if wrong:
            raise RecordIncomplete(*wrong)
        held.state, held.state_at = state, at
        held.reason = reason if state == policy.NOT_TAKEN else ""
        held.words = keys.encrypt(words.strip(), belongs_to=words_of(held.id)) if words.strip() else None
        held.started_on = on if state == policy.STARTED else held.started_on
        held.ended_on = on if state == policy.ENDED else None
        held.save(update_fields=["state", "state_at", "reason", "words", "started_on", "ended_on"])
        shown = {"unit": str(actor().session.unit_id)}
        tell(desk(held.from_unit_id), "REFERRAL_ANSWERED", shown, at, subject_id=event_id, person_id=person_id)
        _record_answer(held, state, event_id=event_id, at=at)


def _record_answer(held: Referral, state: str, *, event_id: uuid.UUID, at: datetime) -> None:
    """The ledger's line of an answer; the partner's own words stay in the referral."""

    def line(act: str, **facts: str) -> None:
        record(
            act,
            subjects=[held.person_id],
            division=held.division,
            at=at,
            event_id=event_id,
            other_unit_id=held.from_unit_id,
            referral=held.id,
            **facts,
        )

    if state == policy.TAKEN_ON:
        line("support:referral:taken_on")
    elif state == policy.NOT_TAKEN:
        line("support:referral:not_taken", reason=held.reason)
    elif state == policy.STARTED:
        line("support:referral:started", on=str(held.started_on))
    else:
        line("support:referral:ended", on=str(held.ended_on))


def tell_late_referrals(*, at: datetime, most: int) -> int:
    """Tell partner and referring desk once of each referral unanswered at its moment; how many. Run by the tick."""
    with transaction.atomic():
        waiting = Referral.objects.filter(state=policy.WAITING, late_told_at__isnull=True, due_at__lte=at)
        locked = waiting.select_related("offer").select_for_update(no_key=True, skip_locked=True, of=("self",))
        late = list(locked.order_by("due_at", "id")[:most])
        tellings = []
        for held in late:
            partner_id = held.offer.unit_id
            shown = {"unit": str(partner_id)}
            tellings.append(Telling(Desk(partner_id, PARTNER), "REFERRAL_LATE", held.id, shown))
            desk_there = desk(held.from_unit_id)
            tellings.append(Telling(desk_there, "REFERRAL_LATE", held.id, shown, person_id=held.person_id))
        Referral.objects.filter(id__in=[held.id for held in late]).update(late_told_at=at)
        tell_all(tellings, at=at)
    return len(late)


def withdraw_consent(person_id: uuid.UUID, referral_id: uuid.UUID, *, event_id: uuid.UUID, at: datetime) -> None:
    """Take back the consent as the person or as their representative: the partner sees the person no more, from now on.

    Raises NotAllowed (also for a mandate that only looks), PersonUnknown, ReferralUnknown.
    """
    access.require("my_road:speak", [person_id])
    spoken_by = "REPRESENTATIVE" if actor().session.role == "REPRESENTATIVE" else "SELF"
    _withdraw(person_id, referral_id, spoken_by=spoken_by, event_id=event_id, at=at)


def withdraw_consent_for(person_id: uuid.UUID, referral_id: uuid.UUID, *, event_id: uuid.UUID, at: datetime) -> None:
    """Record as an officer that the person took the consent back, stated as such; no sheet is asked for.

    Raises NotAllowed, PersonUnknown, ReferralUnknown.
    """
    access.require("referral:make", [person_id])
    _withdraw(person_id, referral_id, spoken_by="OFFICER", event_id=event_id, at=at)


def _withdraw(
    person_id: uuid.UUID, referral_id: uuid.UUID, *, spoken_by: str, event_id: uuid.UUID, at: datetime
) -> None:
    with transaction.atomic():
        held = _lock(person_id, referral_id)
        if held.state == policy.WITHDRAWN:
            return
        partner_id = held.addressee_id
        Consent.objects.filter(id=held.consent_id).update(
            withdrawn_at=at, withdrawn_by=spoken_by, withdrawn_post=actor().session.post_id
        )
        held.state, held.state_at, held.addressee_id = policy.WITHDRAWN, at, None
        held.save(update_fields=["state", "state_at", "addressee_id"])
        shown = {"unit": str(held.from_unit_id)}
        if partner_id is not None:
            tell(Desk(partner_id, PARTNER), "REFERRAL_WITHDRAWN", shown, at, subject_id=event_id)
        tell(desk(held.from_unit_id), "REFERRAL_WITHDRAWN", shown, at, subject_id=event_id, person_id=person_id)
        record(
            "support:referral:withdrawn",
            subjects=[person_id],
            division=held.division,
            at=at,
            event_id=event_id,
            other_unit_id=partner_id,
            referral=held.id,
            spoken_by=spoken_by,
        )


def _lock(person_id: uuid.UUID, referral_id: uuid.UUID, **of: uuid.UUID) -> Referral:
    found = Referral.objects.select_for_update(no_key=True).filter(id=referral_id, person_id=person_id, **of).first()
    if found is None:
        raise ReferralUnknown
    return found

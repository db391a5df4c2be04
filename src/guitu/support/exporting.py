"""What this room holds about a person, for the personal copy; see ledger.holdings."""

from __future__ import annotations

import uuid

from guitu.ledger.holdings import TECHNICAL, TELL, TELL_POST, TELL_UNIT, Holding, TableCopy, copied, opened
from guitu.support.models import Agreement, Consent, HelpProposal, Placement, Referral, Visit
from guitu.support.proposals import proposal_part
from guitu.support.referrals import particulars_of, speaker_of, words_of

HOLDINGS = (
    Holding(
        Agreement,
        {
            "id": TECHNICAL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "journey_id": TELL,
            "agreed_on": TELL,
            "help_until": TELL,
            "wishes": opened(lambda row: f"support:{row.id}:wishes"),
            "contacts": opened(lambda row: f"support:{row.id}:contacts"),
            "spoken_by": TELL,
            "agreed_at": TELL,
            "agreed_by": TELL_POST,
            "ended_at": TELL,
            "ended_how": TELL,
        },
    ),
    Holding(
        HelpProposal,
        {
            "id": TECHNICAL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "journey_id": TELL,
            "wishes": opened(lambda row: proposal_part(row.id, "wishes")),
            "contacts": opened(lambda row: proposal_part(row.id, "contacts")),
            "made_at": TELL,
            "made_by": TELL_POST,
            "unit_id": TELL_UNIT,
            "state": TELL,
            "answered_at": TELL,
            "spoken_by": TELL,
            "sheet_id": TECHNICAL,
            "change": opened(lambda row: proposal_part(row.id, "change")),
        },
    ),
    Holding(
        Placement,
        {
            "id": TECHNICAL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "journey_id": TELL,
            "kind": TELL,
            "place": opened(lambda row: f"support:{row.id}:place"),
            "from_on": TELL,
            "at": TELL,
            "post_id": TELL_POST,
        },
    ),
    Holding(
        Visit,
        {
            "id": TECHNICAL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "journey_id": TELL,
            "outcome": TELL,
            "needs": TELL,
            "note": opened(lambda row: f"support:{row.id}:note", written=True),
            "at": TELL,
            "post_id": TELL_POST,
        },
    ),
    Holding(
        Consent,
        {
            "id": TELL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "spoken_by": TELL,
            "speaker": opened(lambda row: speaker_of(row.id)),
            "way": TELL,
            "said_at": TELL,
            "told": TELL,
            "recorded_at": TELL,
            "recorded_by": TELL_POST,
            "withdrawn_at": TELL,
            "withdrawn_by": TELL,
            "withdrawn_post": TELL_POST,
        },
    ),
    Holding(
        Referral,
        {
            "id": TECHNICAL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "offer_id": TELL,
            "consent_id": TELL,
            "addressee_id": TELL_UNIT,
            "from_unit_id": TELL_UNIT,
            "particulars": opened(lambda row: particulars_of(row.id)),
            "state": TELL,
            "state_at": TELL,
            "referred_at": TELL,
            "referred_by": TELL_POST,
            "due_at": TELL,
            "due_rule": TELL,
            "started_on": TELL,
            "ended_on": TELL,
            "reason": TELL,
            "words": opened(lambda row: words_of(row.id), written=True),
            "late_told_at": TELL,
        },
    ),
)


def export(person_id: uuid.UUID) -> list[TableCopy]:
    """What this room holds about the person, table by table. In the open transaction of who may build the copy."""
    return copied(HOLDINGS, person_id)

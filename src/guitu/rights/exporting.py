"""What this room holds about a person, for the personal copy; see ledger.holdings."""

from __future__ import annotations

import uuid

from guitu.ledger.holdings import (
    TECHNICAL,
    TELL,
    TELL_POST,
    TELL_UNIT,
    Holding,
    TableCopy,
    copied,
    withheld,
)
from guitu.rights.models import (
    BreachPerson,
    Complaint,
    Copy,
    Erasure,
    NotSealed,
    Request,
    SealedMeeting,
    SealedQuery,
    Sealing,
    Unsealing,
    Worsening,
)
from guitu.rights.sealing_due import rows_of

HOLDINGS = (
    Holding(
        Request,
        {
            "id": TELL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "kind": TELL,
            "number": TELL,
            "asked_at": TELL,
            "duty_unit_id": TELL_UNIT,
            "due_at": TELL,
            "due_rule": TELL,
            "climbs_at": TECHNICAL,
            "contested_entry": TELL,
            "contested_act": TELL,
            "contested_at": TELL,
            "contested_post": TELL_POST,
            "contested_unit": TELL_UNIT,
            "decided_at": TELL,
            "decided_by": TELL_POST,
            "decided_unit": TELL_UNIT,
            "outcome": TELL,
            "ground": TELL,
            "left_out": TECHNICAL,
        },
    ),
    Holding(
        Copy,
        {
            "id": TELL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            # A copy of copies tells nothing new.
            "readable": TECHNICAL,
            "machine": TECHNICAL,
            "made_at": TELL,
            "expires_at": TELL,
            "fetched_at": TELL,
            "handed_at": TELL,
            "handed_by": TELL_POST,
            "sheet_id": TELL,
        },
    ),
    Holding(
        Complaint,
        {
            "id": TECHNICAL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            **dict.fromkeys(
                (
                    "number",
                    "addressee_id",
                    "about_unit_id",
                    "way",
                    "post_id",
                    "sealed_name",
                    "sealed_words",
                    "taken_at",
                    "due_at",
                    "climbs_at",
                ),
                withheld("APART"),
            ),
            **dict.fromkeys(("due_rule", "answered_at", "answered_by", "outcome", "sealed_answer"), withheld("APART")),
        },
        # An office makes the copy and may hand it over: whether there is a complaint at all stands in none.
        closed="APART",
    ),
    Holding(
        Worsening,
        {
            **dict.fromkeys(("id", "person_id", "division", "file_number", "said_id", "event_id"), TECHNICAL),
            **dict.fromkeys(("by_post", "about_unit_id", "what", "event_at", "by_unit_id"), withheld("APART")),
            **dict.fromkeys(("addressee_id", "said_at", "found_at", "due_at", "due_rule"), withheld("APART")),
            **dict.fromkeys(("decided_at", "decided_by", "outcome", "sealed_words"), withheld("APART")),
        },
        closed="APART",
    ),
    Holding(
        Erasure,
        {
            "id": TELL,
            "person_id": TECHNICAL,
            "division": TECHNICAL,
            "unit_id": TELL_UNIT,
            "number": TELL,
            "ground": TELL,
            "decided_at": TELL,
            "decided_by": TELL_POST,
            "done_at": TECHNICAL,
            "counts": TECHNICAL,
            "document_id": TECHNICAL,
        },
    ),
    # Told on My road and in the notices of the copy; the office that makes the copy sees of no breach whom it concerns.
    Holding(
        BreachPerson,
        dict.fromkeys(("id", "breach_id", "person_id", "found_at", "told_at"), TECHNICAL),
        rows=lambda _: (),
    ),
    # That the file is sealed and how often something of it was opened, the person reads on My road. Who asked for what,
    # and why a sealing is held to be wrong, stands in papers of other organs.
    Holding(
        Sealing,
        {
            **dict.fromkeys(
                ("id", "person_id", "division", "number", "unit_id", "ground", "decided_on", "sealed_at"), TECHNICAL
            ),
            **dict.fromkeys(("sealed_by", "suspended", "unsealed_at"), TECHNICAL),
            **dict.fromkeys(("organ", "document"), withheld("SEALED")),
        },
        closed="SEALED",
    ),
    Holding(
        NotSealed,
        {
            **dict.fromkeys(("id", "number", "answered_at", "ground", "document"), TELL),
            "person_id": TECHNICAL,
            "unit_id": TELL_UNIT,
            "answered_by": TELL_POST,
            "words": TELL,  # the person reads them on My road from the first
        },
        rows=rows_of,
    ),
    Holding(
        Unsealing,
        {
            **dict.fromkeys(("id", "sealing_id", "ground", "proposed_at", "proposed_by", "decided_at"), TECHNICAL),
            **dict.fromkeys(("decided_by", "approved"), TECHNICAL),
            **dict.fromkeys(("document", "words", "finding"), withheld("SEALED")),
        },
        closed="SEALED",
    ),
    Holding(
        SealedQuery,
        {
            **dict.fromkeys(("id", "person_id", "sealing_id", "number", "ground", "items", "post_id"), TECHNICAL),
            **dict.fromkeys(("asked_at", "asked_by", "decided_at", "decided_by", "approved"), TECHNICAL),
            **dict.fromkeys(("until_at", "looks", "copied_to_id"), TECHNICAL),
            **dict.fromkeys(("organ", "organ_name", "document", "aim", "finding"), withheld("SEALED")),
        },
        closed="SEALED",
    ),
    Holding(
        SealedMeeting,
        dict.fromkeys(("id", "person_id", "met_id", "unit_id", "at"), TECHNICAL),
        closed="SEALED",
    ),
)


def export(person_id: uuid.UUID) -> list[TableCopy]:
    """What this room holds about the person, table by table. In the open transaction of who may build the copy."""
    return copied(HOLDINGS, person_id)

"""Every column of sealed values in the house, with what its values are bound to; and the bytes that are none.

`./guitu keys reseal` and `keys retire` go by it; a test finds a column of bytes that stands in neither list.
"""

from __future__ import annotations

from guitu.ledger.resealing import SealedColumn

_FILES_AT_ONCE = 10

SEALED = (
    SealedColumn("people_identifier", "value", "{person_id}:id_doc", index=("blind_index", "kind")),
    SealedColumn("people_fact", "sealed_value", "{person_id}:{item}"),
    SealedColumn("people_match", "sealed_row", "match:{row_key}"),
    SealedColumn("people_statement", "sealed_words", "statement:{id}"),
    SealedColumn("people_statement", "sealed_answer", "answer:{id}"),
    SealedColumn("evaluation_finding", "note", "evaluation:{event_id}:note"),
    SealedColumn("evaluation_reply", "words", "evaluation:{id}:words"),
    SealedColumn("exchange_parcel", "body", "parcel:{id}"),
    SealedColumn("exchange_letter", "body", "letter:{id}"),
    SealedColumn("exchange_reply", "words", "reply:{id}"),
    SealedColumn("handover_pick_up", "contacts", "pick_up:{id}:contacts"),
    SealedColumn("handover_request", "words", "request:{id}"),
    SealedColumn("handover_request", "first_answer", "request:{id}:first"),
    SealedColumn("handover_request", "answer", "request:{id}:answer"),
    SealedColumn("handover_passed_matter", "said", "referral:{request_id}:{side}"),
    SealedColumn("handover_passed_matter", "first_answer", "request:{request_id}:first"),
    SealedColumn("handover_passed_matter", "answer", "request:{request_id}:answer"),
    SealedColumn("handover_passed_matter", "trail", "referral:{request_id}:way"),
    *(
        SealedColumn("handover_meeting", what, f"meeting:{{id}}:{what}")
        for what in ("visitors", "wished", "minutes", "agreements")
    ),
    SealedColumn("notices_address", "sealed", "{account_id}:{channel}"),
    SealedColumn("papers_document", "body", "document:{id}", at_once=_FILES_AT_ONCE),
    SealedColumn("papers_attachment", "body", "attachment:{id}", at_once=_FILES_AT_ONCE),
    SealedColumn("prison_roster_draft", "sealed", "roster-draft:{id}", at_once=_FILES_AT_ONCE),
    SealedColumn("prison_roster_draft", "sealed_corrections", "roster-draft:{id}", at_once=_FILES_AT_ONCE),
    SealedColumn("prison_roster_report", "sealed", "roster-report:{id}", at_once=_FILES_AT_ONCE),
    *(
        SealedColumn("prison_assessment", what, f"assessment:{{id}}:{what}")
        for what in ("health", "medication", "grade", "reasons", "advice", "statement", "correction")
    ),
    *(SealedColumn("support_agreement", what, f"support:{{id}}:{what}") for what in ("wishes", "contacts")),
    *(
        SealedColumn("support_help_proposal", what, f"proposal:{{id}}:{what}")
        for what in ("wishes", "contacts", "change")
    ),
    SealedColumn("support_placement", "place", "support:{id}:place"),
    SealedColumn("support_visit", "note", "support:{id}:note"),
    SealedColumn("support_consent", "speaker", "consent:{id}:speaker"),
    SealedColumn("support_referral", "particulars", "referral:{id}:particulars"),
    SealedColumn("support_referral", "words", "referral:{id}:words"),
    *(
        SealedColumn("rights_copy", column, f"copy:{{id}}:{form}", at_once=_FILES_AT_ONCE)
        for column, form in (("readable", "pdf"), ("machine", "json"))
    ),
    SealedColumn("rights_complaint", "sealed_name", "complaint:{id}:name"),
    SealedColumn("rights_complaint", "sealed_words", "complaint:{id}"),
    SealedColumn("rights_complaint", "sealed_answer", "complaint:{id}:answer"),
    SealedColumn("rights_worsening", "sealed_words", "worsening:{id}"),
    SealedColumn("access_export", "sealed", "export:{id}", at_once=_FILES_AT_ONCE),
    SealedColumn("access_api_call", "sealed_answer", "api-call:{id}"),
    SealedColumn("access_second_factor", "sealed_secret", "{account_id}:second-factor"),
    SealedColumn("access_mandate", "sealed_name", "{id}:representative"),
    SealedColumn("access_kept_form", "sealed_fields", "kept-form:{account_id}:{id}"),
)

NOT_SEALED = frozenset(
    {
        "access_api_call.key_hash",
        "access_api_call.request_digest",
        "access_challenge.bound_to",
        "access_challenge.challenge",
        "access_entering.token_hash",
        "access_passkey.credential_id",
        "access_passkey.public_key",
        "access_printing.digest",
        "access_recovery_code.digest",
        "access_session.token_hash",
        "access_sign_in_code.device",
        "access_sign_in_code.digest",
        "evaluation_evaluation.frame_digest",
        "evaluation_evaluation.secret",
        "exchange_letter.digest",
        "exchange_letter.seal",
        "exchange_parcel.digest",
        "exchange_parcel.seal",
        "exchange_receipt.signature",
        "exchange_reply.signature",
        "ledger_checkpoint.root",
        "ledger_ending.digest",
        "ledger_entry.commitment",
        "ledger_leaf.leaf_hash",
        "ledger_noted_trace.digest",
        "ledger_payload.salt",
        "ledger_tile.hashes",
        "papers_attachment.digest",
        "papers_document.code_index",
        "papers_document.digest",
        "papers_document.seal",
        "people_identifier.blind_index",
    }
)
"""Digests, salts, signatures and public parts; the blind index is made anew with its value."""

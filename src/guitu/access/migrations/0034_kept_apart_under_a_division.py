"""What keeps rows apart names the division too, and what a row hangs on is its own person's; back it is as it was.

A row about somebody out of sight, written under the own division, so meets the keys to the person and not the rows that
the person has: whether there are any is told to nobody. Which rows are kept apart stays the same, since all rows of a
person stand under the person's one division. Nor can a row be hung on another person's matter, parcel or paper. The
models state both as they are meant, without division and person. Nothing is taken out.
"""

from django.db import migrations

INDEXES = (
    ("people_fact_one_now", "people_fact", "person_id, item", "to_at IS NULL"),
    ("people_responsibility_one_open", "people_responsibility", "person_id", "upper(period) IS NULL"),
    ("journeys_journey_one_open", "journeys_journey", "person_id, kind", "ended_at IS NULL"),
    (
        "journeys_clock_one_open",
        "journeys_clock",
        "journey_id, step, round, rule",
        "done_at IS NULL AND voided_at IS NULL",
    ),
    ("journeys_circumstance_one_open", "journeys_circumstance", "journey_id, mark, source", "ended_at IS NULL"),
    ("handover_pick_up_one_plan", "handover_pick_up", "journey_id", "replaced_at IS NULL"),
    ("exchange_reply_one_end", "exchange_reply", "letter_id", "outcome IN ('ANSWERED', 'RETURNED')"),
    ("support_agreement_one_in_force", "support_agreement", "journey_id", "ended_at IS NULL"),
    ("support_help_proposal_one_open", "support_help_proposal", "journey_id", "state = 'OPEN'"),
    (
        "support_referral_one_at_a_time",
        "support_referral",
        "person_id, offer_id",
        "state IN ('WAITING', 'TAKEN_ON', 'STARTED')",
    ),
)
CONSTRAINTS = (
    ("exchange_receipt_parcel_id_key", "exchange_receipt", "parcel_id"),
    ("exchange_reply_once", "exchange_reply", "letter_id, outcome"),
    ("handover_dispute_once", "handover_dispute", "parcel_id"),
    ("handover_meeting_once", "handover_meeting", "journey_id, round"),
    ("handover_request_once", "handover_request", "event_id, matter"),
    ("papers_attachment_event_id_key", "papers_attachment", "event_id"),
    ("papers_document_once", "papers_document", "event_id, kind"),
    ("papers_service_event_id_key", "papers_service", "event_id"),
    ("prison_assessment_superseded_once", "prison_assessment", "supersedes_id"),
    ("support_referral_consent_id_key", "support_referral", "consent_id"),
)
AT_A_TIME = "people_responsibility_one_at_a_time"
HUNG_ON = (
    ("exchange_receipt_parcel_id_d97abfec_fk_exchange_parcel_id", "exchange_receipt", "parcel_id", "exchange_parcel"),
    ("journeys_answer_corrects_id_e664a4b1_fk_journeys_answer_id", "journeys_answer", "corrects_id", "journeys_answer"),
    ("journeys_answer_journey_id_e9a7dbd8_fk_journeys_journey_id", "journeys_answer", "journey_id", "journeys_journey"),
    ("journeys_circumstanc_journey_id_a352d07f_fk_journeys_", "journeys_circumstance", "journey_id", "journeys_journey"),
    ("journeys_clock_journey_id_c875c448_fk_journeys_journey_id", "journeys_clock", "journey_id", "journeys_journey"),
    ("journeys_move_journey_id_11b4822e_fk_journeys_journey_id", "journeys_move", "journey_id", "journeys_journey"),
    ("papers_service_document_id_82f52d5a_fk_papers_document_id", "papers_service", "document_id", "papers_document"),
    ("prison_assessment_supersedes_id_1c8430ad_fk_prison_as", "prison_assessment", "supersedes_id", "prison_assessment"),
    ("support_referral_consent_id_24c312af_fk_support_consent_id", "support_referral", "consent_id", "support_consent"),
)
REACHED = sorted({table for _, _, _, table in HUNG_ON})


def index(name, table, columns, condition, extra):
    """The statements that put such an index in the place of the former one."""
    return f"DROP INDEX {name}; CREATE UNIQUE INDEX {name} ON {table} ({columns}{extra}) WHERE {condition}"


def constraint(name, table, columns, extra):
    """The statement that puts such a constraint in the place of the former one."""
    return f"ALTER TABLE {table} DROP CONSTRAINT {name}, ADD CONSTRAINT {name} UNIQUE ({columns}{extra})"


def at_a_time(extra):
    """The statement that puts the constraint over periods in the place of the former one."""
    return (
        f"ALTER TABLE people_responsibility DROP CONSTRAINT {AT_A_TIME}, ADD CONSTRAINT {AT_A_TIME}"
        f" EXCLUDE USING gist (person_id WITH =, {extra}period WITH &&)"
    )


def whose(table):
    """The statements that let rows name a row of this table together with its person, and take that back."""
    name = f"{table}_whose"
    return (
        f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE (id, person_id)",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


def hung(name, table, column, on, extra):
    """The statement that gives the key of this column, and what it names, further columns."""
    return (
        f"ALTER TABLE {table} DROP CONSTRAINT {name}, ADD CONSTRAINT {name} FOREIGN KEY ({column}{extra})"
        f" REFERENCES {on} (id{extra}) DEFERRABLE INITIALLY DEFERRED"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0033_kept_files"),
        ("exchange", "0004_results_after_under_way"),
        ("handover", "0008_passed_matters"),
        ("journeys", "0009_permitted_moves"),
        ("papers", "0001_initial"),
        ("people", "0008_family_contacts"),
        ("prison", "0005_key_grounds"),
        ("support", "0004_help_proposals"),
    ]

    operations = [
        *(migrations.RunSQL(index(*one, ", division"), index(*one, "")) for one in INDEXES),
        *(migrations.RunSQL(constraint(*one, ", division"), constraint(*one, "")) for one in CONSTRAINTS),
        migrations.RunSQL(at_a_time("division WITH =, "), at_a_time("")),
        # Who is erased loses letters and replies in one act, whichever goes first.
        migrations.RunSQL(
            "ALTER TABLE exchange_reply ALTER CONSTRAINT exchange_reply_to_letter DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE exchange_reply ALTER CONSTRAINT exchange_reply_to_letter NOT DEFERRABLE",
        ),
        *(migrations.RunSQL(*whose(table)) for table in REACHED),
        *(migrations.RunSQL(hung(*one, ", person_id"), hung(*one, "")) for one in HUNG_ON),
    ]

"""From notices to text messages and mail: how many new matters wait for whom, sent and tried again. Run by the tick."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction

from guitu.access import impact
from guitu.access.rule_packs import active_book
from guitu.ledger.keys import decrypt
from guitu.notices.channels import NotSent, offered, sender
from guitu.notices.models import Address, Message
from guitu.notices.policy import MESSAGE, after_failure
from guitu.rulebook.notice import CHANNELS

TEXT = "SMS"
"""The channel that leaves through an outside service."""
_GATHER = """
WITH taken AS (
  SELECT id, code, unit_id, roles, post_id FROM notices_notice WHERE dispatched_at IS NULL
   ORDER BY at LIMIT %(most)s FOR UPDATE SKIP LOCKED
), marked AS (
  UPDATE notices_notice n SET dispatched_at = %(at)s::timestamptz FROM taken WHERE n.id = taken.id RETURNING n.id
), wanted AS (
  SELECT DISTINCT p.account_id, d.channel, t.id
    FROM taken t
    JOIN access_post p ON p.unit_id = t.unit_id AND p.role = ANY (t.roles) AND (t.post_id IS NULL OR t.post_id = p.id)
     AND p.from_at <= %(at)s::timestamptz AND (p.to_at IS NULL OR p.to_at > %(at)s::timestamptz)
    JOIN notices_address d ON d.account_id = p.account_id AND d.channel = ANY (%(offered)s::text[])
    JOIN unnest(%(codes)s::text[], %(channels)s::text[]) AS c (code, channel)
      ON c.code = t.code AND c.channel = d.channel
   WHERE NOT EXISTS (SELECT 1 FROM notices_switched_off o
     WHERE o.account_id = p.account_id AND o.code = t.code AND o.channel = d.channel)
), written AS (
  INSERT INTO notices_message (id, account_id, channel, matters, state, tries, next_at, made_at, failure)
  SELECT gen_random_uuid(), account_id, channel, count(*), 'WAITING', 0, %(at)s::timestamptz, %(at)s::timestamptz, ''
    FROM wanted GROUP BY account_id, channel
)
SELECT count(*) FROM marked
"""


def open_channels(*, at: datetime) -> list[str]:
    """The channels with a sender over which a message may go now: text messages only under an impact assessment.

    Inside the caller's transaction.
    """
    assessed = impact.is_assessed(impact.TEXT_MESSAGES, at=at)
    return [channel for channel in offered() if assessed or channel != TEXT]


def dispatch(*, at: datetime, most: int) -> int:
    """Put notices not yet dispatched into messages, one per account and channel; returns how many notices were taken.

    In the caller's transaction; safe beside a second tick.
    """
    notices = [notice for notice in active_book().notices.values() if notice.id != MESSAGE]
    pairs = [(notice.id, channel) for notice in notices for channel in notice.channels if channel != CHANNELS[0]]
    with connection.cursor() as cursor:
        cursor.execute(
            _GATHER,
            {
                "most": most,
                "at": at,
                "offered": open_channels(at=at),
                "codes": [code for code, _ in pairs],
                "channels": [channel for _, channel in pairs],
            },
        )
        return int(cursor.fetchone()[0])


def send_waiting(*, at: datetime, most: int, tries: int, retry: timedelta) -> dict[str, int]:
    """Send the messages that wait at `at`, each in a transaction of its own; a failed one waits longer each time.

    Whether its channel is still open is asked for each message when it is sent: a text message that waited while its
    impact assessment ended is given up, not kept for the next one.
    Handed over and noted in one transaction: a kill between the two sends a message again rather than never.
    """
    done = {"sent": 0, "failed": 0}
    for _ in range(most):
        with transaction.atomic():
            message = (
                Message.objects.select_for_update(no_key=True, skip_locked=True)
                .filter(state="WAITING", next_at__lte=at, channel__in=offered())
                .order_by("next_at", "id")
                .first()
            )
            if message is None:
                break
            done["sent" if _send(message, at=at, tries=tries, retry=retry) else "failed"] += 1
    return done


def _send(message: Message, *, at: datetime, tries: int, retry: timedelta) -> bool:
    wording = active_book().notices[MESSAGE]
    text = " ".join(sentence.format(count=message.matters) for sentence in (wording.zh, wording.en))
    message.tries += 1
    held = Address.objects.filter(account_id=message.account_id, channel=message.channel).first()
    if held is None:
        message.state, message.failure = "GIVEN_UP", "ADDRESS"
    elif message.channel not in open_channels(at=at):
        message.state, message.failure = "GIVEN_UP", "ASSESSMENT"
    else:
        address = decrypt(held.sealed, belongs_to=f"{message.account_id}:{message.channel}")
        try:
            sender(message.channel).send(channel=message.channel, address=address, text=text, at=at)
        except NotSent as refusal:
            message.state, message.next_at = after_failure(message.tries, tries, at=at, retry=retry)
            message.failure = str(refusal)
        else:
            message.state, message.sent_at, message.failure = "SENT", at, ""
    message.save(update_fields=["state", "tries", "next_at", "sent_at", "failure"])
    return message.state == "SENT"

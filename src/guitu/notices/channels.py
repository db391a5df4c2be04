"""How a message leaves the house: a sender per channel, named in the settings, replaceable.

A gateway for text messages differs from place to place: an installation names its own class (docs/deploy.md).
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils.module_loading import import_string

from guitu.access.senders import NotSent, Sender
from guitu.notices.models import Outbox

__all__ = ["DemonstrationOutbox", "Mail", "NotSent", "Sender", "offered", "sender"]


class Mail:
    """E-mail over the installation's mail server (settings EMAIL_HOST)."""

    def send(self, *, channel: str, address: str, text: str, at: datetime) -> None:
        """Send the text as a mail. Raises NotSent when the server does not take it."""
        try:
            EmailMessage(subject="归途 Guitu", body=text, to=[address]).send()
        except OSError as error:  # also what smtplib raises
            raise NotSent(type(error).__name__) from error


class DemonstrationOutbox:
    """Writes into a table instead of sending: for demonstrations and tests, where nobody is real."""

    def send(self, *, channel: str, address: str, text: str, at: datetime) -> None:
        """Write the message into the outbox."""
        with transaction.atomic():
            Outbox.objects.create(channel=channel, address=address, text=text, at=at)


def offered() -> tuple[str, ...]:
    """The channels beside the in-app one for which this installation has a sender."""
    return tuple(sorted(settings.GUITU_NOTICE_SENDERS))


def sender(channel: str) -> Sender:
    """The sender of a channel. Raises LookupError if the installation has none, ImportError if its class is missing."""
    if channel not in settings.GUITU_NOTICE_SENDERS:
        raise LookupError(channel)
    made: Sender = import_string(settings.GUITU_NOTICE_SENDERS[channel])()
    return made

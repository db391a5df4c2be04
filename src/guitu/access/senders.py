"""Senders of short messages: replaceable, and absent unless the installation names one (GUITU_CODE_SENDER)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class NotSent(RuntimeError):
    """The message could not be handed over to whoever carries it."""


class MessageSender(Protocol):
    """Carries a short message to a telephone."""

    def send(self, telephone: str, text: str) -> None:
        """Hand the message over. Raises NotSent."""


class FileSender:
    """Writes messages into a file instead of sending them: for demonstrations and tests, where nobody is real."""

    def __init__(self) -> None:
        self.path = Path(os.environ.get("GUITU_HOME", "var")) / "sent-messages.txt"

    def send(self, telephone: str, text: str) -> None:
        """Append the message. Raises NotSent if the file cannot be written."""
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(f"{telephone}\t{text}\n")
            self.path.chmod(0o600)
        except OSError as error:
            raise NotSent(str(error)) from error


def sender() -> MessageSender | None:
    """The sender this installation names, or None: then no message is offered.

    A real one is a class with a `send` of its own, named by its dotted path. Raises ImportError if there is none there.
    """
    if not settings.GUITU_CODE_SENDER:
        return None
    made: MessageSender = import_string(settings.GUITU_CODE_SENDER)()
    return made

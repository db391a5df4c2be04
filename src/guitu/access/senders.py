"""What whoever carries a message must do; which class carries what, the settings name (notices/channels.py)."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class NotSent(RuntimeError):
    """The message could not be handed over to whoever carries it."""


class Sender(Protocol):
    """Hands one text over to whoever carries it."""

    def send(self, *, channel: str, address: str, text: str, at: datetime) -> None:
        """Hand the text over. Raises NotSent."""

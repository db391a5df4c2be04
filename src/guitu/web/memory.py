"""What a long-running process holds once it is loaded, and how often it looks for garbage among what it makes later."""

from __future__ import annotations

import gc

NEW_OBJECTS = 50_000
"""After so many new ones garbage is looked for: a roster of thousands makes millions, none of them garbage yet."""


def settle() -> None:
    """Leave what is loaded alone for good, and look for garbage among later objects less often than Python does."""
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 20, 20)
    gc.enable()

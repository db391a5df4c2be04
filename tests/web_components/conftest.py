"""The page in English: the catalogue is compiled from its source first, as at every start of the house."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import trans_real

import guitu
from guitu.launcher.translations import compile_changed


@pytest.fixture
def english() -> Iterator[None]:
    """Run the test with English words."""
    if compile_changed(Path(guitu.__file__).parent):
        trans_real._translations.clear()
    with translation.override("en"):
        yield

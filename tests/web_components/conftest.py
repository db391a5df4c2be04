"""The page in English: the catalogue is compiled from its source first, as at every start of the house."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation.reloader import translation_file_changed

import guitu
from guitu.launcher.translations import compile_changed


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    """Run every test with Chinese words, whatever language a page of an earlier test left behind."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def english() -> Iterator[None]:
    """Run the test with English words."""
    for compiled in compile_changed(Path(guitu.__file__).parent):
        translation_file_changed(None, compiled)
    with translation.override("en"):
        yield

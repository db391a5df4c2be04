"""Passwords that everybody tries first: the most used of known breaches, and words that belong to the account itself.

The list is the one that Django ships (`django/contrib/auth/common-passwords.txt.gz`, BSD-3-Clause): about 20,000
passwords, the most frequent in published breaches. Nothing is asked over a network.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from guitu.rulebook.records import Sentence

_LEAST_WORD = 2
"""A name of two signs is one; a single sign would refuse half of all sentences."""


def problems(password: str, *, context: Iterable[str]) -> list[Sentence]:
    """Why this password would be guessed; nothing where it would not. `context`: names of the account and its units."""
    found = []
    if is_common(password):
        zh, en = "这是泄露口令中常见的", "it is among the most used passwords of known breaches"
        found.append(Sentence(zh, en))
    plain = _plain(password)
    if any(len(word) >= _LEAST_WORD and word in plain for word in map(_plain, context)):
        found.append(Sentence("不能含本人姓名或单位名称", "it contains the name of the account or of its unit"))
    return found


def is_common(password: str) -> bool:
    """Whether the password is in the list: in any case, backwards, with signs between, or a listed one repeated."""
    lowered = password.lower()
    forms = {lowered, lowered[::-1], _plain(password)}
    forms |= {form[:length] for form in forms for length in range(1, len(form) // 2 + 1) if _repeats(form, length)}
    return not _listed().isdisjoint(forms)


def _repeats(form: str, length: int) -> bool:
    return len(form) % length == 0 and form[:length] * (len(form) // length) == form


def _plain(text: str) -> str:
    return "".join(sign for sign in text.lower() if sign.isalnum())


@cache
def _listed() -> frozenset[str]:
    packed = files("django.contrib.auth").joinpath("common-passwords.txt.gz").read_bytes()
    return frozenset(gzip.decompress(packed).decode().split())

"""How a value is shown in part: one named rule each, plain text in, plain text out. The decision table names them.

The same rules stand as SQL in `guitu.access.masked_views`; a test compares the two on many values. A value of several
parts is canonical JSON; a rule touches only the parts that it is about and drops what could tell the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

COVER = "••••••"
"""What stands where a value is held and not shown at all."""
SHORTEST_NUMBER = 8
"""A document number of fewer characters is covered whole."""
_DIGITS = re.compile(r"([0-9]{3})[0-9]{4}([0-9]*)")
_TOWNSHIP = re.compile(r"^(.*?(?:街道|镇|乡|苏木))", re.DOTALL)
_ADDRESS = "address"


def id_number(value: str) -> str:
    """A document number with its first three and last four characters: 910***********1234."""
    return COVER if len(value) < SHORTEST_NUMBER else f"{value[:3]}***********{value[-4:]}"


def telephone(value: str) -> str:
    """Every run of seven figures or more without its fourth to seventh: 138****5678; shorter runs stay."""
    return _DIGITS.sub(r"\1****\2", value)


def township(value: str) -> str:
    """An address down to the township; where no township is named in it, nothing of the address stays."""
    if not value.startswith("{"):
        return _to_township(value)
    parts: dict[str, str] = json.loads(value)
    if parts.get(_ADDRESS):
        parts[_ADDRESS] = _to_township(parts[_ADDRESS])
    return json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _to_township(address: str) -> str:
    found = _TOWNSHIP.match(address)
    return f"{found.group(1)}****" if found else "****"


def surname(value: str) -> str:
    """The first character of a name: 陈**."""
    return f"{value[:1]}**" if value else ""


def year(value: str) -> str:
    """The year of a day written YYYY-MM-DD."""
    return value[:4]


def covered(value: str) -> str:
    """That something is held, and nothing of it."""
    return COVER if value else ""


MASKS: Mapping[str, Callable[[str], str]] = {
    "id_number": id_number,
    "telephone": telephone,
    "township": township,
    "surname": surname,
    "year": year,
    "covered": covered,
}
"""The rules by the name that stands behind ``mask:`` in the decision table."""

"""What a password must be: profiles as data with their source, compared without Django and without a clock."""

from __future__ import annotations

import ipaddress
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from guitu.rulebook.records import Sentence

DATA = Path(__file__).parent / "data" / "sign_in"
PROFILES = ("djbh3", "asvs")
NETWORK, HOUR = "NETWORK", "HOUR"
SHORTEST_WORD = 3
"""One or two signs over and over are no password, however long."""


class ProfileUnknown(LookupError):
    """No profile of passwords is called so."""


@dataclass(frozen=True)
class PasswordProfile:
    """What this profile asks of a password, and where that comes from.

    Lengths in characters; `expires_after_days` None: never; `not_the_last`: how many passwords, the present one
    included, may not be taken again.
    """

    id: str
    length_min: int
    length_max: int
    kinds_min: int
    expires_after_days: int | None
    not_the_last: int
    common: frozenset[str]
    asks: Sentence

    def problems(self, password: str, *, login: str) -> list[Sentence]:
        """Why this password cannot be taken; empty if it can. Reuse is judged elsewhere: past ones are only digests."""
        found = []
        if len(password) < self.length_min:
            length = self.length_min
            found.append(Sentence(f"至少要{length}个字符", f"at least {length} characters are needed"))
        if len(password) > self.length_max:
            found.append(Sentence(f"最多{self.length_max}个字符", f"at most {self.length_max} characters"))
        if len(_kinds(password)) < self.kinds_min:
            zh = f"大写字母、小写字母、数字、其他符号中至少要{self.kinds_min}种"
            en = f"at least {self.kinds_min} kinds out of capitals, small letters, digits and other signs are needed"
            found.append(Sentence(zh, en))
        plain = _plain(password)
        unrepeated = _unrepeated(plain)
        if self.common and (plain in self.common or unrepeated in self.common or len(unrepeated) < SHORTEST_WORD):
            found.append(Sentence("这是常见口令，容易被猜中", "this is a common password and easily guessed"))
        if login and _plain(login) and _plain(login) in plain:
            found.append(Sentence("口令里不能有登录名", "the password must not contain the login"))
        return found


def _kinds(password: str) -> set[str]:
    return {
        "capital" if sign.isupper() else "small" if sign.islower() else "digit" if sign.isdigit() else "other"
        for sign in password
    }


def _plain(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


def _unrepeated(text: str) -> str:
    """The shortest beginning of which the text is a repetition: ``passwordpassword`` → ``password``."""
    for length in range(1, len(text) // 2 + 1):
        start = text[:length]
        if (start * (len(text) // length + 1))[: len(text)] == text:
            return start
    return text


@dataclass(frozen=True)
class PersonSignIn:
    """How a person comes in: what a one-time code is and how long it lives, and what their own PIN must be.

    A code has `code_length` signs, is good for `code_lasts` on paper and `message_lasts` in a text message, and for
    `code_tries` attempts; at most `codes_most` are issued for one person within `codes_within`. The device on which one
    was shown is known for `device_lasts`: there the PIN opens.
    """

    code_length: int
    code_lasts: timedelta
    message_lasts: timedelta
    code_tries: int
    codes_most: int
    codes_within: timedelta
    device_lasts: timedelta
    pin: PasswordProfile


@dataclass(frozen=True)
class PasskeyRules:
    """How long a passkey's challenge is good, how many passkeys an account may hold, how long their names may be."""

    challenge_lasts: timedelta
    most: int
    name_length_max: int


@dataclass(frozen=True)
class FactorRules:
    """Which roles need no second factor in a real installation; how many steps a one-time code may be early or late.

    A step is that of the generator, thirty seconds by the server's clock.
    """

    exempt: frozenset[str]
    steps_early: int
    steps_late: int


@dataclass(frozen=True)
class Surroundings:
    """What is usual when somebody signs in, and what a session becomes where it is not.

    Addresses with the same first bits are one network; it is known for `known_for` after somebody came in from there.
    Hours are those of Asia/Shanghai. An unusual session lasts `lasts` at most and ends after `idle` without use.
    """

    ipv4_bits: int
    ipv6_bits: int
    known_for: timedelta
    opens: time
    closes: time
    lasts: timedelta
    idle: timedelta

    def network_of(self, address: str) -> str:
        """The network of an address; empty for what is none, as where somebody came in at the machine.

        An IPv4 address in its IPv6 form is the IPv4 address; a zone (``fe80::1%2``) names no other network.
        """
        try:
            found = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return ""
        if isinstance(found, ipaddress.IPv6Address):
            found = found.ipv4_mapped or found
        bits = self.ipv4_bits if isinstance(found, ipaddress.IPv4Address) else self.ipv6_bits
        return str(ipaddress.ip_network(f"{found}/{bits}", strict=False))

    def unusual(self, address: str, hour: time, before: Iterable[str]) -> frozenset[str]:
        """NETWORK and HOUR, as far as they are not usual; `before` are the addresses somebody came in from lately."""
        known = {self.network_of(one) for one in before} - {""}
        own = self.network_of(address)
        found = {NETWORK} if own and known and own not in known else set()
        return frozenset(found if self.opens <= hour < self.closes else found | {HOUR})


@lru_cache(maxsize=1)
def surroundings() -> Surroundings:
    """What is usual, from rulebook/data/sign_in/surroundings.yaml."""
    record = _record("surroundings")
    network, hours, session = record["network"], record["hours"], record["session"]
    return Surroundings(
        ipv4_bits=network["ipv4_bits"],
        ipv6_bits=network["ipv6_bits"],
        known_for=timedelta(days=network["known_days"]),
        opens=time.fromisoformat(hours["opens"]),
        closes=time.fromisoformat(hours["closes"]),
        lasts=timedelta(minutes=session["lasts_minutes"]),
        idle=timedelta(minutes=session["idle_minutes"]),
    )


@lru_cache(maxsize=len(PROFILES))
def password_profile(name: str) -> PasswordProfile:
    """The profile with this id. Raises ProfileUnknown."""
    if name not in PROFILES:
        raise ProfileUnknown(f"no password profile {name!r}; there are {', '.join(PROFILES)}")
    record = _record(name)
    return _profile(name, record)


@lru_cache(maxsize=1)
def person_sign_in() -> PersonSignIn:
    """How persons come in, from rulebook/data/sign_in/person.yaml."""
    record = _record("person")
    code = record["code"]
    return PersonSignIn(
        code_length=code["length"],
        code_lasts=timedelta(hours=code["hours"]),
        message_lasts=timedelta(minutes=code["message_minutes"]),
        code_tries=code["tries"],
        codes_most=code["most"],
        codes_within=timedelta(hours=code["within_hours"]),
        device_lasts=timedelta(days=code["device_days"]),
        pin=_profile("person", record["pin"]),
    )


@lru_cache(maxsize=1)
def passkey_rules() -> PasskeyRules:
    """What holds for passkeys, from rulebook/data/sign_in/passkey.yaml."""
    record = _record("passkey")
    return PasskeyRules(
        challenge_lasts=timedelta(minutes=record["challenge"]["minutes"]),
        most=record["most"],
        name_length_max=record["name_length_max"],
    )


@lru_cache(maxsize=1)
def factor_rules() -> FactorRules:
    """What holds for the second factor, from rulebook/data/sign_in/factors.yaml."""
    record = _record("factors")
    code = record["one_time_code"]
    return FactorRules(frozenset(record["exempt"]), steps_early=code["steps_early"], steps_late=code["steps_late"])


def _record(name: str) -> dict[str, Any]:
    record: dict[str, Any] = yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))
    return record


def _profile(name: str, record: dict[str, Any]) -> PasswordProfile:
    return PasswordProfile(
        id=name,
        length_min=record["length_min"],
        length_max=record["length_max"],
        kinds_min=record["kinds_min"],
        expires_after_days=record["expires_after_days"],
        not_the_last=record["not_the_last"],
        common=frozenset(_plain(word) for word in record["common"]),
        asks=Sentence(record["asks_zh"], record["asks_en"]),
    )

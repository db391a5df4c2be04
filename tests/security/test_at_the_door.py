"""Signing in under attack: what is compared, what it costs, how long a token is; beside tests/sign_in."""

import base64
import hashlib
import math
import uuid

import pyotp
import pytest
from django.contrib.auth import hashers
from django.test import Client, override_settings
from webauthn.helpers import generate_challenge

from guitu.access import administration, api_tokens, second_factors, stretching
from guitu.access.establishing import account_id
from guitu.access.person_codes import SIGNS, digest_of
from guitu.access.signing_in import TOKEN_BYTES
from guitu.papers import policy
from guitu.rulebook.sign_in import password_profile, person_sign_in
from guitu.settings import base
from guitu.web.clock import now
from guitu.web.entrance.person_sign_in import DEVICE_BYTES
from guitu.web.gate import token_cookie
from tests.sign_in.conftest import browser, password, settings_for_pages
from tests.sign_in.test_second_factor import enrolled, signed_in
from tests.sign_in.with_passkeys import PASSWORD

__all__ = ["browser", "enrolled", "password", "settings_for_pages", "signed_in"]

LEAST_TOKEN_BYTES = 16
"""128 bits (ASVS 7.2.3)."""
LEAST_BITS, LEAST_BITS_GIVEN = 128, 20
"""What comes from the generator (ASVS V11.5.1); codes given once and replaced, or looked up (V6.4.1, V6.5.4)."""


def _enters(client: Client, login: str, given: str) -> bool:
    answer = client.post("/sign-in/", {"login": login, "password": given})
    return answer.status_code == 302


@pytest.mark.parametrize(
    "nearly",
    [PASSWORD.upper(), f" {PASSWORD}", f"{PASSWORD} ", PASSWORD[:-1], f"{PASSWORD}x"],
)
def test_a_password_is_compared_as_it_was_typed(house, browser, password, nearly):
    password("county")
    assert not _enters(browser, "county", nearly)
    assert _enters(browser, "county", PASSWORD)


def test_a_long_password_is_taken_whole(house, browser, password):
    """A hundred and twenty signs, the last of which counts; spaces and characters beyond the keyboard too."""
    long = "青榆县 linkage 2026 · 回家的路 " + "a" * 100
    password("county", long)
    assert not _enters(browser, "county", long[:-1])
    assert _enters(browser, "county", long)
    assert password_profile("asvs").length_max >= 64
    assert password_profile("djbh3").length_max >= 64


def test_an_unknown_login_costs_as_much_work_as_a_wrong_password(house, browser, password, monkeypatch):
    """Counted, not timed: one costly digest for each attempt, whether the account exists or has a password."""
    password("county")
    password("sibling")
    with house.role("guitu_owner") as door:
        door.execute("UPDATE access_account SET password = '' WHERE login = 'sibling'")
    made: list[str] = []
    hasher = type(hashers.get_hasher())
    encode = hasher.encode

    def counted(self, secret, *args, **given):
        made.append(secret)
        return encode(self, secret, *args, **given)

    monkeypatch.setattr(hasher, "encode", counted)
    work = {}
    for login in ("county", "nobody-here", "sibling"):
        made.clear()
        assert not _enters(browser, login, "wrong")
        work[login] = len(made)
    assert set(work.values()) == {1}, work


def test_passwords_are_kept_by_a_costly_function(house, password):
    """What installations use; the tests themselves use a cheap one, and nobody's password."""
    assert base.PASSWORD_HASHERS == ["django.contrib.auth.hashers.ScryptPasswordHasher"]
    with override_settings(PASSWORD_HASHERS=base.PASSWORD_HASHERS):
        kept = hashers.make_password(PASSWORD)
    kind, cost, _salt, block, *_ = kept.split("$")
    assert kind == "scrypt"
    assert int(cost) >= 2**14
    assert int(block) >= 8
    assert PASSWORD not in kept


def test_codes_of_a_few_signs_are_kept_by_a_costly_function_under_a_random_salt():
    """A printed code has fifty bits, and so had recovery codes: who steals the database must pay for each guess."""
    one, other = uuid.uuid4(), uuid.uuid4()
    work: list[dict[str, object]] = []

    def costly(code, **given):
        work.append(given)
        return hashlib.sha256(code + given["salt"]).digest()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(stretching.hashlib, "scrypt", costly)
        with override_settings(GUITU_CODE_COST=base.GUITU_CODE_COST):
            digests = {
                made(salt, "ABCDE23456") for made in (second_factors._digest, digest_of) for salt in (one, other)
            }
    assert len(digests) == 4
    assert [given["salt"] for given in work] == [one.bytes, other.bytes] * 2
    assert all(given["n"] >= 2**14 and given["r"] >= 8 for given in work)
    assert stretching.stretched("ABCDE23456", one) != stretching.stretched("ABCDE23457", one)


def bits(signs, length):
    """The bits of a text of so many signs, each drawn from these."""
    return length * math.log2(len(set(signs)))


def test_what_must_not_be_guessed_has_the_bits_that_its_requirement_asks():
    """128 bits (ASVS V11.5.1); twenty at least for what is given once and replaced, or looked up (V6.4.1, V6.5.4)."""
    drawn = {
        "token": 8 * TOKEN_BYTES,
        "device": 8 * DEVICE_BYTES,
        "token of a system": 6 * len(api_tokens._new().removeprefix(api_tokens.PREFIX)),
        "challenge of a passkey": 8 * len(generate_challenge()),
        "seed of a generator": bits("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", len(pyotp.random_base32())),
        "recovery code": bits(second_factors._SIGNS, second_factors._LENGTH),
    }
    assert {name for name, found in drawn.items() if found < LEAST_BITS} == set()
    given = {
        "printed code of a person": bits(SIGNS, person_sign_in().code_length),
        "printed password": bits("".join(administration._SIGNS), administration._GROUPS * administration._GROUP),
        "code of a document": bits(policy._CODE_ALPHABET, policy.CODE_LENGTH),
    }
    assert {name for name, found in given.items() if found < LEAST_BITS_GIVEN} == set()
    assert LEAST_BITS_GIVEN <= min(given.values()) < LEAST_BITS, "control: the short ones would be noticed"


def test_a_token_is_random_and_long_enough(house):
    tokens = {house.token("county") for _ in range(8)}
    assert len(tokens) == 8
    for token in tokens:
        assert len(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))) >= LEAST_TOKEN_BYTES
    with house.role("guitu_owner") as door:
        kept = door.execute("SELECT to_jsonb(s)::text FROM access_session s").fetchall()
    assert not any(token in row[0] for row in kept for token in tokens), "the database keeps a digest only"


def test_signing_in_again_gives_another_token_and_ends_the_one_before(house, browser, password):
    password("county")
    assert _enters(browser, "county", PASSWORD)
    thief = Client(REMOTE_ADDR="192.0.2.66")
    thief.cookies[token_cookie()] = browser.cookies[token_cookie()].value
    assert thief.get("/county/").status_code == 200, "control: until then the token opens"
    assert _enters(browser, "county", PASSWORD)
    assert browser.cookies[token_cookie()].value != thief.cookies[token_cookie()].value
    assert thief.get("/county/").status_code in {302, 401}
    assert browser.get("/county/").status_code == 200


def test_a_stolen_token_is_over_when_its_owner_ends_the_other_sessions(house, browser, password):
    password("county")
    assert _enters(browser, "county", PASSWORD)
    thief = Client(REMOTE_ADDR="192.0.2.66")
    thief.cookies[token_cookie()] = browser.cookies[token_cookie()].value
    assert thief.get("/county/").status_code == 200, "control: whoever has the token comes in"
    browser.post("/sign-out/")
    assert thief.get("/county/").status_code in {302, 401}


def test_a_real_installation_begins_without_any_account(house):
    """Accounts come with units and posts that somebody founds; no migration and no setting makes one."""
    from django.apps import apps
    from django.db.migrations.loader import MigrationLoader

    made = [
        f"{app}.{name}"
        for (app, name), migration in MigrationLoader(None).disk_migrations.items()
        if app in {config.label for config in apps.get_app_configs()}
        for operation in migration.operations
        if type(operation).__name__ == "RunPython" and "ccount" in str(getattr(operation, "code", ""))
    ]
    assert made == []


def test_a_reset_password_does_not_pass_by_the_second_factor(house, signed_in, enrolled):
    """Who holds a printed new password still stands before the question for the code, and then replaces it."""
    with house.acting("security"):
        given = administration.hand_out_password(account_id("county"), profile=password_profile("djbh3"), at=now())
    answer = signed_in.post("/sign-in/", {"login": "county", "password": given})
    assert answer["Location"].startswith("/sign-in/step/")
    assert token_cookie() not in answer.cookies
    assert 'name="code"' in signed_in.get(answer["Location"]).content.decode()
    assert signed_in.get("/county/").status_code == 302, "nothing is open yet"

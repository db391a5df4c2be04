"""Passkeys (W3C Web Authentication): challenges good once and for one browser, credentials as public keys.

Nothing here asks who may: the steps at the door and the own account do. A challenge is bound to a token that only its
browser holds: the acting session's, that of the sign-in under way, or one given for signing in with a passkey alone.
"""

from __future__ import annotations

import enum
import hmac
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from guitu.access.passwords import Hand
from guitu.access.signing_in import hashed
from guitu.ledger import keys
from guitu.rulebook.sign_in import PasskeyRules

if TYPE_CHECKING:  # loaded at the first passkey, not at the start: it brings certificates and their formats along
    from webauthn.helpers.structs import (
        AuthenticationCredential,
        CredentialDeviceType,
        PublicKeyCredentialDescriptor,
    )

RELYING_PARTY = "归途 Guitu"


def _not_taken() -> tuple[type[Exception], ...]:
    """What a browser sends may be broken in any way; whatever the library then raises means: not taken."""
    from webauthn.helpers.exceptions import WebAuthnException

    return (WebAuthnException, ValueError, KeyError)


class Made(enum.StrEnum):
    """What became of a passkey that a browser has made."""

    ADDED = "ADDED"
    REFUSED = "REFUSED"
    """The answer is not right, or the device is known already."""
    NOT_OF_THE_DEVICE = "NOT_OF_THE_DEVICE"
    """For a terminal it must stay in the device itself; this one is synced, can be, or lies in a separate key."""


class Use(enum.StrEnum):
    """What a challenge is for."""

    ADD = "ADD"
    FACTOR = "FACTOR"
    ALONE = "ALONE"


@dataclass(frozen=True)
class Site:
    """Where passkeys are good: `host` is the name they are bound to, `origin` where the browser says it stands."""

    host: str
    origin: str


@dataclass(frozen=True)
class Proof:
    """A passkey that has answered; `of_the_device` if it cannot leave its device, which has verified its user."""

    passkey_id: uuid.UUID
    of_the_device: bool


def handle_of(account_id: uuid.UUID) -> bytes:
    """How a device knows the account: a keyed digest that says nothing about whose it is (32 bytes)."""
    return keys.mark("passkey", str(account_id))


def creation_options(
    hand: Hand,
    account_id: uuid.UUID,
    *,
    login: str,
    token: str,
    site: Site,
    at: datetime,
    rules: PasskeyRules,
    terminal: bool = False,
) -> str:
    """What the browser needs to make a passkey for this account, as JSON; devices that hold one are left out.

    For a terminal the device itself is asked for one, and to verify its user.
    """
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers.structs import (
        AuthenticatorAttachment,
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options = generate_registration_options(
        rp_id=site.host,
        rp_name=RELYING_PARTY,
        user_id=handle_of(account_id),
        user_name=login,
        challenge=_new_challenge(hand, Use.ADD, token, at=at, rules=rules),
        timeout=_milliseconds(rules),
        authenticator_selection=AuthenticatorSelectionCriteria(
            authenticator_attachment=AuthenticatorAttachment.PLATFORM if terminal else None,
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.REQUIRED
            if terminal
            else UserVerificationRequirement.PREFERRED,
        ),
        exclude_credentials=_descriptors(hand, account_id),
    )
    return options_to_json(options)


def request_options(
    hand: Hand, account_id: uuid.UUID | None, *, token: str, site: Site, at: datetime, rules: PasskeyRules
) -> str:
    """What the browser needs to show a passkey, as JSON: one of this account, or alone (None) and then verified."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import UserVerificationRequirement

    options = generate_authentication_options(
        rp_id=site.host,
        challenge=_new_challenge(hand, Use.FACTOR if account_id else Use.ALONE, token, at=at, rules=rules),
        timeout=_milliseconds(rules),
        allow_credentials=_descriptors(hand, account_id) if account_id else None,
        user_verification=UserVerificationRequirement.PREFERRED if account_id else UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


def spend_challenge(hand: Hand, use: Use, token: str, *, at: datetime) -> bytes | None:
    """The open challenge of this browser, used up by asking; None if there is none or its time is over."""
    hand.execute(
        "UPDATE access_challenge SET used_at = %s WHERE bound_to = %s AND use = %s AND used_at IS NULL"
        " AND expires_at > %s RETURNING challenge",
        (at, hashed(token), use.value, at),
    )
    row = hand.fetchone()
    return bytes(row[0]) if row else None


def add(
    hand: Hand,
    account_id: uuid.UUID,
    credential: str,
    *,
    name: str,
    challenge: bytes,
    site: Site,
    at: datetime,
    terminal: uuid.UUID | None = None,
) -> Made:
    """Keep the passkey that a browser made for this challenge, on this terminal of the account if one is named.

    Where it lies (in the device, in a separate key) is the browser's word; that it cannot leave, the device's.
    """
    from webauthn import verify_registration_response
    from webauthn.helpers import parse_registration_credential_json
    from webauthn.helpers.structs import AuthenticatorAttachment

    try:
        parsed = parse_registration_credential_json(credential)
        made = verify_registration_response(
            credential=parsed,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=terminal is not None,
        )
    except _not_taken():
        return Made.REFUSED
    inside = parsed.authenticator_attachment is AuthenticatorAttachment.PLATFORM
    if terminal is not None and not (inside and _stays(made.credential_device_type, made.credential_backed_up)):
        return Made.NOT_OF_THE_DEVICE
    key = (made.credential_id, made.credential_public_key, made.sign_count)
    hand.execute(
        "INSERT INTO access_passkey"
        " (id, account_id, credential_id, public_key, sign_count, name, created_at, terminal_id)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (credential_id) DO NOTHING RETURNING id",
        (uuid.uuid4(), account_id, *key, name, at, terminal),
    )
    return Made.REFUSED if hand.fetchone() is None else Made.ADDED


def _stays(kind: CredentialDeviceType, backed_up: bool) -> bool:
    """Whether the device says that this credential lies in it alone (flags BE and BS, both off)."""
    return kind.value == "single_device" and not backed_up


def read(credential: str) -> AuthenticationCredential | None:
    """What a browser showed, if it can be read at all."""
    from webauthn.helpers import parse_authentication_credential_json

    try:
        return parse_authentication_credential_json(credential)
    except _not_taken():
        return None


def holder(hand: Hand, shown: AuthenticationCredential) -> uuid.UUID | None:
    """The account whose passkey in use this says it is; nothing is proven by it."""
    hand.execute("SELECT account_id FROM access_passkey WHERE credential_id = %s AND ended_at IS NULL", (shown.raw_id,))
    row = hand.fetchone()
    return row[0] if row else None


def accepts(
    hand: Hand,
    account_id: uuid.UUID,
    shown: AuthenticationCredential,
    *,
    challenge: bytes,
    site: Site,
    use: Use,
    at: datetime,
) -> Proof | None:
    """The passkey in use of this account that answers the challenge at this site, its counter not going backward.

    Alone it must name the account itself and the device must have verified its user.
    """
    from webauthn import verify_authentication_response

    hand.execute(
        "SELECT id, public_key, sign_count FROM access_passkey"
        " WHERE account_id = %s AND credential_id = %s AND ended_at IS NULL FOR UPDATE",
        (account_id, shown.raw_id),
    )
    row = hand.fetchone()
    handle = shown.response.user_handle
    if row is None or (handle is None and use is Use.ALONE):
        return None
    if handle is not None and not hmac.compare_digest(handle, handle_of(account_id)):
        return None
    try:
        proven = verify_authentication_response(
            credential=shown,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=bytes(row[1]),
            credential_current_sign_count=row[2],
            require_user_verification=use is Use.ALONE,
        )
    except _not_taken():
        return None
    hand.execute(
        "UPDATE access_passkey SET sign_count = %s, used_at = %s WHERE id = %s", (proven.new_sign_count, at, row[0])
    )
    stays = _stays(proven.credential_device_type, proven.credential_backed_up)
    return Proof(row[0], stays and proven.user_verified)


def end(hand: Hand, account_id: uuid.UUID, passkey_id: uuid.UUID, *, at: datetime) -> bool:
    """Stop taking this passkey of the account; False if it has none in use by this id."""
    hand.execute(
        "UPDATE access_passkey SET ended_at = %s WHERE id = %s AND account_id = %s AND ended_at IS NULL RETURNING id",
        (at, passkey_id, account_id),
    )
    return hand.fetchone() is not None


def count(hand: Hand, account_id: uuid.UUID) -> int:
    """How many passkeys the account has in use."""
    return len(_credentials(hand, account_id))


def _credentials(hand: Hand, account_id: uuid.UUID) -> list[bytes]:
    hand.execute(
        "SELECT credential_id FROM access_passkey WHERE account_id = %s AND ended_at IS NULL ORDER BY created_at, id",
        (account_id,),
    )
    return [bytes(row[0]) for row in hand.fetchall()]


def _descriptors(hand: Hand, account_id: uuid.UUID) -> list[PublicKeyCredentialDescriptor]:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    return [PublicKeyCredentialDescriptor(id=one) for one in _credentials(hand, account_id)]


def _new_challenge(hand: Hand, use: Use, token: str, *, at: datetime, rules: PasskeyRules) -> bytes:
    """A challenge in place of the one this browser may still hold; those whose time is over are deleted."""
    hand.execute("DELETE FROM access_challenge WHERE expires_at <= %s", (at,))
    spend_challenge(hand, use, token, at=at)
    from webauthn.helpers import generate_challenge

    challenge = generate_challenge()
    hand.execute(
        "INSERT INTO access_challenge (id, challenge, use, bound_to, created_at, expires_at)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (uuid.uuid4(), challenge, use.value, hashed(token), at, at + rules.challenge_lasts),
    )
    return challenge


def _milliseconds(rules: PasskeyRules) -> int:
    return int(rules.challenge_lasts.total_seconds() * 1000)

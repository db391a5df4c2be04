"""Coming in with a passkey: as the second factor after the password, or alone where the device verifies its user."""

from __future__ import annotations

import uuid
from datetime import datetime

from guitu.access import entering, passkeys
from guitu.access.entering import Hand, Rules, StepOver
from guitu.access.passkeys import Proof, Site, Use
from guitu.access.signing_in import SignInRefused
from guitu.access.slowing import slow_down


def ask_after_password(token: str, *, site: Site, at: datetime, rules: Rules) -> str:
    """What the browser needs to show a passkey of the account that has shown its password, as JSON.

    Raises StepOver, also if the account has none.
    """
    with entering.hand() as at_door:
        account = entering.under_way(at_door, token, at=at)
        if not passkeys.count(at_door, account.id):
            raise StepOver
        return passkeys.request_options(at_door, account.id, token=token, site=site, at=at, rules=rules.passkey)


def ask_alone(token: str, *, site: Site, address: str, at: datetime, rules: Rules) -> str:
    """What the browser that holds `token` needs to show any passkey, as JSON. Raises TooManyFailures."""
    with entering.hand() as at_door:
        slow_down(at_door, address, at=at, rules=rules)
        return passkeys.request_options(at_door, None, token=token, site=site, at=at, rules=rules.passkey)


def show_after_password(token: str, credential: str, *, site: Site, address: str, at: datetime, rules: Rules) -> None:
    """Take a passkey as the second factor. Raises SignInRefused (it counts as at the door), StepOver."""
    with entering.hand() as at_door:
        slow_down(at_door, address, at=at, rules=rules)
        account = entering.under_way(at_door, token, at=at)
        challenge = passkeys.spend_challenge(at_door, Use.FACTOR, token, at=at)
        shown = passkeys.read(credential)
        proof = None
        if challenge is not None and shown is not None and not account.is_closed(at):
            proof = passkeys.accepts(at_door, account.id, shown, challenge=challenge, site=site, use=Use.FACTOR, at=at)
        passed = _passes(at_door, account, proof is not None, address=address, at=at, rules=rules)
        if passed:
            entering.factor_shown(at_door, token, at=at, passkey=_of_the_device(proof))
    if not passed:
        raise SignInRefused


def begin(token: str, credential: str, *, site: Site, address: str, at: datetime, rules: Rules) -> str:
    """The token of a sign-in under way that needs no password and no code; `token` is the browser's.

    Raises SignInRefused, in the same way whatever the reason; TooManyFailures if this address is to wait.
    """
    entered = ""
    with entering.hand() as at_door:
        slow_down(at_door, address, at=at, rules=rules)
        challenge = passkeys.spend_challenge(at_door, Use.ALONE, token, at=at)
        shown = passkeys.read(credential)
        holder = passkeys.holder(at_door, shown) if shown else None
        account = entering.account_of(at_door, account_id=holder) if holder else None
        if account is None or shown is None:
            entering.note(at_door, "PASSKEY_FAILED", account_id=None, address=address, at=at)
        else:
            proof = None
            if challenge is not None and not account.is_closed(at):
                proof = passkeys.accepts(
                    at_door, account.id, shown, challenge=challenge, site=site, use=Use.ALONE, at=at
                )
            if _passes(at_door, account, proof is not None, address=address, at=at, rules=rules):
                entered = entering.let_begin(at_door, account.id, at=at, rules=rules)
                entering.factor_shown(at_door, entered, at=at, passkey=_of_the_device(proof))
    if not entered:
        raise SignInRefused
    return entered


def _of_the_device(proof: Proof | None) -> uuid.UUID | None:
    """The passkey that was shown, if it says at which device somebody stands."""
    return proof.passkey_id if proof and proof.of_the_device else None


def _passes(at_door: Hand, account: entering.Account, right: bool, *, address: str, at: datetime, rules: Rules) -> bool:
    passed = entering.withstands(at_door, account, right, "PASSKEY_FAILED", address=address, at=at, rules=rules)
    if passed:
        entering.note(at_door, "PASSKEY_USED", account_id=account.id, address=address, at=at)
    return passed

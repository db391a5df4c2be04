"""Accounts and posts from the command line, as guitu_owner: the first administrator of an installation comes from here.

Nobody acts in a post there, so the ledger, which takes post and purpose from the acting session, has no hand to write
with; each change leaves its line in access_change instead, in the same transaction.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from guitu.access import passwords
from guitu.access.models import Account, ApiClient, Change, Post, Session, Unit
from guitu.access.roles import ROLES
from guitu.rulebook.attempts import AttemptRefused
from guitu.rulebook.sign_in import PasswordProfile


class StaffingRefused(AttemptRefused, ValueError):
    """The change cannot be made; `zh` and `en` say why, `field` at which value; empty where at no single one."""

    of_the_form = frozenset({"", "TAKEN", "ACCOUNT", "UNIT", "HELD"})

    def __init__(self, zh: str, en: str, field: str = "", code: str = "") -> None:
        super().__init__(en)
        self.zh, self.en, self.field, self.code = zh, en, field, code


def add_post(
    login: str, *, name: str, unit_code: str, role: str, title: str, done_by: str, at: datetime
) -> tuple[uuid.UUID, bool]:
    """Fill a post from `at` on; an account that does not exist is made, without a password.

    Returns the post's id and whether the account is new. Raises StaffingRefused.
    """
    if role not in ROLES:
        raise StaffingRefused(f"没有这个角色：{role}", f"no such role: {role}")
    with transaction.atomic():
        unit = Unit.objects.filter(code=unit_code, to_at__isnull=True).first()
        if unit is None:
            raise StaffingRefused(f"没有这个单位：{unit_code}", f"no such unit: {unit_code}")
        account = Account.objects.filter(login=login).first()
        made = account is None
        if account is None:
            if not name:
                raise StaffingRefused("新账号要有姓名", "a new account needs a name")
            account = Account.objects.create(login=login, name=name, password=make_password(None))
            _note("ACCOUNT_ADDED", account, None, done_by=done_by, at=at)
        held = Post.objects.filter(account=account, unit=unit, role=role, from_at__lte=at)
        if held.filter(to_at__isnull=True).exists() or held.filter(to_at__gt=at).exists():
            raise StaffingRefused("这个账号已任这个岗位", "this account holds this post already")
        post = Post.objects.create(account=account, unit=unit, role=role, title=title, from_at=at)
        _note("POST_FILLED", account, post, done_by=done_by, at=at)
    return post.id, made


def end_post(post_id: uuid.UUID, *, done_by: str, at: datetime) -> None:
    """End a post and its open sessions. Raises StaffingRefused if there is no such post in office."""
    with transaction.atomic():
        post = Post.objects.select_for_update().filter(id=post_id, from_at__lt=at, to_at__isnull=True).first()
        if post is None:
            raise StaffingRefused("没有这个在任岗位", "no such post in office")
        post.to_at = at
        post.save(update_fields=["to_at"])
        Session.objects.filter(post=post, ended_at__isnull=True).update(ended_at=at)
        _note("POST_ENDED", post.account, post, done_by=done_by, at=at)


def give_password(login: str, new: str, *, profile: PasswordProfile, done_by: str, at: datetime) -> None:
    """Give an account a first or new password, to be changed at the next sign-in; unlocks it and ends its sessions.

    Raises StaffingRefused for an unknown login, PasswordRefused.
    """
    with transaction.atomic(), connection.cursor() as hand:
        account = Account.objects.select_for_update().filter(login=login).first()
        if account is None:
            raise StaffingRefused(f"没有这个账号：{login}", f"no such account: {login}")
        if ApiClient.objects.filter(account=account).exists():
            raise StaffingRefused("对接系统用令牌，不设口令", "another system has tokens, never a password")
        passwords.take(hand, account.id, new, login=login, profile=profile, at=at, must_change=True)
        Account.objects.filter(id=account.id).update(failed_count=0, locked_until=None)
        Session.objects.filter(post__account=account, ended_at__isnull=True).update(ended_at=at)
        _note("PASSWORD_SET", account, None, done_by=done_by, at=at)


def _note(what: str, account: Account, post: Post | None, *, done_by: str, at: datetime) -> None:
    Change(at=at, done_by=done_by, what=what, account=account, post=post).save(force_insert=True)

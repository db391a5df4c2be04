"""Passkeys of accounts, the challenges that they answer, and the codes for the day they are lost."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from guitu.access.models.posts import Account
from guitu.ledger.columns import key_column


class Passkey(models.Model):
    """A credential (Web Authentication) of an account: its public key; the private one never leaves the device."""

    id = key_column()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, db_comment="账号")
    credential_id = models.BinaryField(unique=True, db_comment="凭据编号，由设备生成")
    public_key = models.BinaryField(db_comment="公钥（COSE）")
    sign_count = models.BigIntegerField(db_comment="设备上次报告的使用次数；倒退即拒绝，设备不计数的为0")
    name = models.TextField(db_comment="持有人起的名称")
    created_at = models.DateTimeField(db_comment="建立时刻")
    used_at = models.DateTimeField(null=True, db_comment="最近一次使用时刻")
    ended_at = models.DateTimeField(null=True, db_comment="停用时刻")
    terminal = models.ForeignKey(
        "access.Terminal", null=True, on_delete=models.PROTECT, db_comment="在哪台管理终端上建立；空为不是管理终端的"
    )

    class Meta:
        db_table = "access_passkey"
        db_table_comment = "通行密钥：只存公钥；应用角色不可读写"
        indexes = [models.Index(fields=["account", "created_at"], name="access_passkey_account")]


class Challenge(models.Model):
    """A challenge that one browser may answer with a passkey, once and within minutes."""

    id = key_column()
    challenge = models.BinaryField(db_comment="随机质询")
    use = models.TextField(db_comment="ADD 建立 FACTOR 口令之后 ALONE 单独登录")
    bound_to = models.BinaryField(db_comment="所属会话、办理中的登录或浏览器的令牌的SHA-256")
    created_at = models.DateTimeField(db_comment="生成时刻")
    expires_at = models.DateTimeField(db_comment="失效时刻，过后即删")
    used_at = models.DateTimeField(null=True, db_comment="用掉或作废时刻")

    class Meta:
        db_table = "access_challenge"
        db_table_comment = "通行密钥的质询：一次有效，只认提出它的那个会话或浏览器；应用角色不可读写"
        indexes = [models.Index(fields=["expires_at"], name="access_challenge_expires")]
        constraints = [
            models.CheckConstraint(condition=Q(use__in=["ADD", "FACTOR", "ALONE"]), name="access_challenge_use"),
            models.UniqueConstraint(
                fields=["bound_to", "use"], condition=Q(used_at__isnull=True), name="access_challenge_one_open"
            ),
        ]


class RecoveryCode(models.Model):
    """A code for the day the telephone is lost; kept as a keyed digest, good once."""

    id = key_column()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, db_comment="账号")
    digest = models.BinaryField(db_comment="恢复码的带密钥摘要")
    made_at = models.DateTimeField(db_comment="生成时刻")
    used_at = models.DateTimeField(null=True, db_comment="使用或作废时刻")

    class Meta:
        db_table = "access_recovery_code"
        db_table_comment = "恢复码：只存摘要，一次有效；应用角色不可读写"
        constraints = [models.UniqueConstraint(fields=["account", "digest"], name="access_recovery_code_once")]

"""Terminals for administration and the assessments of their security."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from guitu.ledger.columns import key_column


class Terminal(models.Model):
    """A device of a unit at which one administrator works; nothing of ours runs on it."""

    id = key_column()
    unit = models.ForeignKey("access.Unit", on_delete=models.PROTECT, db_comment="所属单位")
    account = models.ForeignKey("access.Account", on_delete=models.PROTECT, db_comment="专用人的账号")
    asset_number = models.TextField(db_comment="资产编号")
    name = models.TextField(db_comment="名称")
    registered_at = models.DateTimeField(db_comment="登记时刻")
    registered_by = models.ForeignKey(
        "access.Post", on_delete=models.PROTECT, related_name="+", db_comment="登记的岗位"
    )
    ended_at = models.DateTimeField(null=True, db_comment="停用时刻；停用后不再启用")

    class Meta:
        db_table = "access_terminal"
        db_table_comment = "管理终端：三员办管理的事所用的专用设备；应用角色不可读写，只经函数"
        indexes = [models.Index(fields=["account"], name="access_terminal_account")]
        constraints = [
            models.CheckConstraint(condition=~Q(asset_number="") & ~Q(name=""), name="access_terminal_named"),
            models.UniqueConstraint(
                fields=["unit", "asset_number"], condition=Q(ended_at__isnull=True), name="access_terminal_once"
            ),
        ]


class TerminalAssessment(models.Model):
    """What another administrator found at the device, item by item; the latest of a terminal counts."""

    id = key_column()
    terminal = models.ForeignKey(Terminal, on_delete=models.PROTECT, db_comment="管理终端")
    holder_account = models.UUIDField(db_comment="评估时的专用人账号")
    holder_name = models.TextField(db_comment="评估时的专用人姓名")
    passkeys = ArrayField(models.UUIDField(), db_comment="评估时当面核对过的通行密钥；此后建立的不算")
    findings = models.JSONField(db_comment="各检查项（规则库 sign_in/terminals.yaml）是否符合")
    words = models.TextField(db_comment="说明；有不符合的须写明")
    assessed_by = models.ForeignKey("access.Post", on_delete=models.PROTECT, related_name="+", db_comment="评估的岗位")
    assessed_account = models.UUIDField(db_comment="评估人的账号")
    assessed_name = models.TextField(db_comment="评估人姓名")
    assessed_role = models.TextField(db_comment="评估人的管理员角色")
    at = models.DateTimeField(db_comment="评估时刻")
    ends_at = models.DateTimeField(null=True, db_comment="有效期止（不含）；空为未通过")
    withdrawn_at = models.DateTimeField(null=True, db_comment="撤销时刻")
    withdrawn_by = models.ForeignKey(
        "access.Post", null=True, on_delete=models.PROTECT, related_name="+", db_comment="撤销的岗位"
    )
    withdrawn_name = models.TextField(default="", db_comment="撤销人姓名")
    reason = models.TextField(default="", db_comment="撤销的理由")

    class Meta:
        db_table = "access_terminal_assessment"
        db_table_comment = "管理终端的安全评估：评估人不是专用人；应用角色不可读写，只经函数"
        indexes = [models.Index(fields=["terminal", "-at"], name="access_terminal_assessed")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(assessed_account=F("holder_account")) & ~Q(assessed_name=F("holder_name")),
                name="access_terminal_two_hands",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True, words__gt="") | Q(ends_at__gt=F("at"), passkeys__len__gt=0),
                name="access_terminal_result",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, reason="")
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False, reason__gt=""),
                name="access_terminal_withdrawn",
            ),
        ]

"""Looks held back from the person for a time: on whose decision, on which ground, until when (docs/trust.md)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from guitu.ledger.columns import DivisionField, key_column


class LookHold(models.Model):
    """One decision: the looks of a unit, or of one post of it, at one person's file are not shown to the person yet.

    It ends by itself. Making it longer is a new decision that names the former one; none is ever changed but by its
    one review, which ends it where it finds no cause.
    """

    id = key_column()
    person_id = models.UUIDField(db_comment="人员：谁暂时看不到")
    division = DivisionField(db_comment="决定单位区划（12位）")
    unit = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="查阅单位")
    post = models.ForeignKey(
        "access.Post", on_delete=models.PROTECT, related_name="+", null=True, db_comment="查阅岗位；空为该单位各岗位"
    )
    case_number = models.TextField(db_comment="案号或者线索编号")
    ground = models.TextField(db_comment="依据代码（rulebook/data/looking/holding_back.yaml）")
    words = models.TextField(db_comment="理由说明")
    looks_from = models.DateTimeField(db_comment="从何时起的查阅")
    until_at = models.DateTimeField(db_comment="到何时为止（不含），到时自动显示")
    decided_at = models.DateTimeField(db_comment="决定时刻")
    decided_by = models.ForeignKey("access.Post", on_delete=models.PROTECT, related_name="+", db_comment="决定岗位")
    decided_unit = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="决定单位")
    lengthens_id = models.UUIDField(null=True, db_comment="所延长的决定；空为首次")
    reviewed_at = models.DateTimeField(null=True, db_comment="审查时刻")
    reviewed_by = models.UUIDField(null=True, db_comment="审查岗位")
    upheld = models.BooleanField(null=True, db_comment="审查结论：是否维持；不维持即刻显示")
    finding = models.TextField(blank=True, db_comment="审查意见")

    class Meta:
        db_table = "access_look_hold"
        db_table_comment = "暂不向本人显示的查阅：依据、期限、决定和审查；应用角色不可读写"
        indexes = [
            models.Index(fields=["person_id", "until_at"], name="access_look_hold_person"),
            models.Index(fields=["until_at"], name="access_look_hold_until"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(until_at__gt=F("decided_at"), looks_from__lte=F("decided_at")),
                name="access_look_hold_period",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_at__isnull=True, reviewed_by__isnull=True, upheld__isnull=True)
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False, upheld__isnull=False),
                name="access_look_hold_reviewed",
            ),
            models.UniqueConstraint(
                fields=["lengthens_id"], condition=Q(lengthens_id__isnull=False), name="access_look_hold_one_longer"
            ),
        ]

"""Looking where one has no matter in hand: the reason given first, and the glass that was broken (docs/trust.md)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from guitu.ledger.columns import DivisionField, key_column


class LookReason(models.Model):
    """Why a post opens a file outside its own caseload: given once per person and working session."""

    id = key_column()
    session = models.ForeignKey("access.Session", on_delete=models.PROTECT, db_comment="办理会话")
    post = models.ForeignKey("access.Post", on_delete=models.PROTECT, db_comment="岗位")
    person_id = models.UUIDField(db_comment="人员")
    code = models.TextField(db_comment="理由代码（代码表 look_reason）")
    words = models.TextField(db_comment="理由说明")
    at = models.DateTimeField(db_comment="说明理由的时刻")

    class Meta:
        db_table = "access_look_reason"
        db_table_comment = "查阅理由：不在本岗位在办范围内的档案，每次办理每人说明一次；应用角色不可读写"
        constraints = [models.UniqueConstraint(fields=["session", "person_id"], name="access_look_reason_once")]


class Glass(models.Model):
    """One emergency look (紧急查阅): one person outside the reach, one post, some minutes, then the review."""

    id = key_column()
    person_id = models.UUIDField(db_comment="人员")
    division = DivisionField(db_comment="查阅方单位区划（12位）")
    unit = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="查阅方单位")
    post = models.ForeignKey("access.Post", on_delete=models.PROTECT, related_name="+", db_comment="查阅岗位")
    responsible_unit_id = models.UUIDField(db_comment="当时的责任单位")
    code = models.TextField(db_comment="紧急情形代码（代码表 emergency）")
    words = models.TextField(db_comment="情形说明")
    opened_at = models.DateTimeField(db_comment="开启时刻（数据库时钟）")
    until_at = models.DateTimeField(db_comment="自动关闭时刻")
    review_by = models.DateTimeField(db_comment="审查期限（不含）")
    reviewed_at = models.DateTimeField(null=True, db_comment="审查时刻")
    reviewed_by = models.UUIDField(null=True, db_comment="审查岗位")
    justified = models.BooleanField(null=True, db_comment="审查结论：是否正当")
    finding = models.TextField(blank=True, db_comment="审查意见")
    late_told_at = models.DateTimeField(null=True, db_comment="逾期未审已报上级的时刻")

    class Meta:
        db_table = "access_glass"
        db_table_comment = "紧急查阅：限时、一人、留痕、事后审查；应用角色不可读写"
        indexes = [
            models.Index(fields=["post", "opened_at"], name="access_glass_post"),
            models.Index(fields=["review_by"], condition=Q(reviewed_at__isnull=True), name="access_glass_to_review"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(until_at__gt=F("opened_at")), name="access_glass_period"),
            models.CheckConstraint(
                condition=Q(reviewed_at__isnull=True, reviewed_by__isnull=True, justified__isnull=True)
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False, justified__isnull=False),
                name="access_glass_reviewed",
            ),
        ]

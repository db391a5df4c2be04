"""Agreements of help, placements and follow-ups. Private to this room."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from guitu.ledger.columns import DivisionField, key_column


class Agreement(models.Model):
    """What the person agreed to; ended by the person's word at any time, without a reason."""

    id = key_column()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_comment="人员")
    division = DivisionField()
    journey_id = models.UUIDField(db_comment="所属流程")
    agreed_on = models.DateField(db_comment="签订日（法定日）")
    help_until = models.DateField(db_comment="帮教期最后一日（法定日）")
    wishes = models.BinaryField(db_comment="约定的帮扶内容（密文）")
    contacts = models.BinaryField(db_comment="约定联系人（密文）")
    spoken_by = models.TextField(db_comment="SELF 本人 REPRESENTATIVE 代理人")
    agreed_at = models.DateTimeField(db_comment="记录时刻")
    agreed_by = models.UUIDField(db_comment="记录岗位")
    ended_at = models.DateTimeField(null=True, db_comment="结束时刻")
    ended_how = models.TextField(blank=True, db_comment="BY_PERSON 本人结束 TERM 期满；空为有效")

    class Meta:
        db_table = "support_agreement"
        db_table_comment = "帮教协议：自愿，可随时结束"
        constraints = [
            models.UniqueConstraint(
                fields=["journey_id"], condition=Q(ended_at__isnull=True), name="support_agreement_one_in_force"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_how="") | (Q(ended_at__isnull=False) & ~Q(ended_how="")),
                name="support_agreement_ended_whole",
            ),
        ]


class Placement(models.Model):
    """Where somebody without home or work support came to live or work."""

    id = key_column()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_comment="人员")
    division = DivisionField()
    journey_id = models.UUIDField(db_comment="所属流程")
    kind = models.TextField(db_comment="安置方式：placement 步骤的结果代码")
    place = models.BinaryField(db_comment="地点（密文）")
    from_on = models.DateField(db_comment="起（法定日）")
    at = models.DateTimeField(db_comment="记录时刻")
    post_id = models.UUIDField(db_comment="记录岗位")

    class Meta:
        db_table = "support_placement"
        db_table_comment = "安置：方式、地点、起日"
        indexes = [models.Index(fields=["journey_id", "at"], name="support_placement_journey")]


class Visit(models.Model):
    """One follow-up by agreement: how it was made and what is needed, recorded on the spot."""

    id = key_column()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_comment="人员")
    division = DivisionField()
    journey_id = models.UUIDField(db_comment="所属流程")
    outcome = models.TextField(db_comment="follow_up 步骤的结果代码")
    needs = ArrayField(models.TextField(), default=list, db_comment="需要代码（support_need）")
    note = models.BinaryField(db_comment="记录（密文）")
    at = models.DateTimeField(db_comment="时刻")
    post_id = models.UUIDField(db_comment="记录岗位")

    class Meta:
        db_table = "support_visit"
        db_table_comment = "回访：方式、需要、记录"
        indexes = [models.Index(fields=["journey_id", "at"], name="support_visit_journey")]

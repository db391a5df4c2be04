"""Parcels between units and their receipts. Private to this room."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from guitu.ledger.columns import DivisionField, key_column


class Parcel(models.Model):
    """What one unit sent another about a person: items in the standard's codes, sealed, never changed."""

    id = key_column()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_comment="人员")
    division = DivisionField()
    journey_id = models.UUIDField(db_comment="所属流程")
    kind = models.TextField(db_comment="包裹类别代码")
    number = models.TextField(unique=True, db_comment="发文编号")
    sender = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="发出单位")
    receiver = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="接收单位")
    body = models.BinaryField(db_comment="内容（加密的规范化JSON）")
    digest = models.BinaryField(db_comment="内容明文的SHA-256")
    seal = models.BinaryField(db_comment="本安装的Ed25519签名")
    sent_at = models.DateTimeField(db_comment="发出时刻")
    answered_at = models.DateTimeField(null=True, db_comment="答复时刻")

    class Meta:
        db_table = "exchange_parcel"
        db_table_comment = "数据包：密封、带编号、不可改"
        indexes = [
            models.Index(fields=["receiver", "sent_at"], name="exchange_parcel_receiver"),
            models.Index(fields=["sender", "sent_at"], name="exchange_parcel_sender"),
            models.Index(fields=["journey_id", "sent_at"], name="exchange_parcel_journey"),
        ]


class Receipt(models.Model):
    """The signed answer to a parcel: a receipt, or a refusal with its ground."""

    id = key_column()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_comment="人员")
    division = DivisionField()
    parcel = models.OneToOneField(Parcel, on_delete=models.PROTECT, db_comment="所答复的数据包")
    number = models.TextField(unique=True, db_comment="回执编号")
    outcome = models.TextField(db_comment="ACKNOWLEDGED 签收 REFUSED 退回")
    ground = models.TextField(blank=True, db_comment="退回理由代码")
    remark = models.TextField(blank=True, db_comment="退回说明")
    post_id = models.UUIDField(db_comment="签收岗位")
    at = models.DateTimeField(db_comment="答复时刻")
    signature = models.BinaryField(db_comment="Ed25519签名")

    class Meta:
        db_table = "exchange_receipt"
        db_table_comment = "回执与退回：双方长期可见"
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="ACKNOWLEDGED", ground="") | (Q(outcome="REFUSED") & ~Q(ground="")),
                name="exchange_receipt_ground_with_refusal",
            ),
        ]

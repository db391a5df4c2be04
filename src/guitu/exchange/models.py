"""Parcels between units and their receipts; letters to units without reach, and replies. Private to this room."""

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


class Letter(models.Model):
    """A letter about a person to a unit, or to one post, that does not see the person: sealed, never changed."""

    id = key_column()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_comment="人员")
    division = DivisionField()
    journey_id = models.UUIDField(db_comment="所属流程")
    kind = models.TextField(db_comment="函的种类代码")
    step = models.TextField(blank=True, db_comment="所属步骤；空为不属于某一步")
    number = models.TextField(unique=True, db_comment="发函编号")
    sender = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="发函单位")
    sent_by = models.UUIDField(db_comment="发函岗位")
    receiver = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="收函单位")
    addressee = models.UUIDField(db_comment="收函单位，或者被请到场的人的岗位；行级策略按此列放行")
    body = models.BinaryField(db_comment="内容（加密的规范化JSON）")
    digest = models.BinaryField(db_comment="内容明文的SHA-256")
    seal = models.BinaryField(db_comment="本安装的Ed25519签名")
    closes = models.TextField(db_comment="answer 答复办结 receipt 签收办结")
    sent_at = models.DateTimeField(db_comment="发出时刻")
    due_at = models.DateTimeField(db_comment="应答复时刻（不含）")
    due_rule = models.TextField(db_comment="时限规则")
    late_told_at = models.DateTimeField(null=True, db_comment="逾期提醒时刻")

    class Meta:
        db_table = "exchange_letter"
        db_table_comment = "函：发给看不到这个人的单位或者到场人，密封、带编号、不可改"
        indexes = [
            models.Index(fields=["addressee", "due_at"], name="exchange_letter_addressee"),
            models.Index(fields=["sender", "sent_at"], name="exchange_letter_sender"),
            models.Index(fields=["person", "sent_at"], name="exchange_letter_person"),
            models.Index(fields=["due_at"], condition=Q(late_told_at__isnull=True), name="exchange_letter_late"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["id", "addressee", "person"], name="exchange_letter_whose"),
            models.CheckConstraint(condition=Q(closes__in=["answer", "receipt"]), name="exchange_letter_closes"),
        ]


class Reply(models.Model):
    """What the addressee did with a letter, signed: received, under way, answered, or sent back as misdirected.

    A letter under way is still owed its result, by the due moment of that reply.
    """

    id = key_column()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_comment="人员")
    division = DivisionField()
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, db_comment="所答复的函")
    addressee = models.UUIDField(db_comment="收函单位或者到场人的岗位，与函相同")
    number = models.TextField(unique=True, db_comment="回执、复函编号")
    outcome = models.TextField(db_comment="RECEIVED 签收 UNDER_WAY 办理中 ANSWERED 答复 RETURNED 退回")
    answer = models.TextField(blank=True, db_comment="答复代码")
    day = models.DateField(null=True, db_comment="答复所说的日期")
    words = models.BinaryField(null=True, db_comment="理由、说明（加密）")
    post_id = models.UUIDField(db_comment="办理岗位")
    at = models.DateTimeField(db_comment="时刻")
    signature = models.BinaryField(db_comment="Ed25519签名")
    due_at = models.DateTimeField(null=True, db_comment="办理中的：结果应答复时刻（不含）；其余为空")
    due_rule = models.TextField(blank=True, db_comment="办理中的：结果的时限规则；其余为空")

    class Meta:
        db_table = "exchange_reply"
        db_table_comment = "函的签收、答复与退回：双方长期可见"
        indexes = [
            models.Index(fields=["letter", "at"], name="exchange_reply_letter"),
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="exchange_reply_result_due"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["letter", "outcome"], name="exchange_reply_once"),
            models.UniqueConstraint(
                fields=["letter"],
                condition=Q(outcome__in=["ANSWERED", "RETURNED"]),
                name="exchange_reply_one_end",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["RECEIVED", "RETURNED"], answer="")
                | (Q(outcome__in=["ANSWERED", "UNDER_WAY"]) & ~Q(answer="")),
                name="exchange_reply_answer_said",
            ),
            models.CheckConstraint(
                condition=(Q(outcome="UNDER_WAY", due_at__isnull=False) & ~Q(due_rule=""))
                | (~Q(outcome="UNDER_WAY") & Q(due_at__isnull=True, due_rule="")),
                name="exchange_reply_result_owed",
            ),
        ]

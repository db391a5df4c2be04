"""Notices, who has read them, preferences, and the messages of the other channels. Private to this room."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from guitu.ledger.columns import DivisionField, key_column

STATES = ("WAITING", "SENT", "GIVEN_UP")


class Notice(models.Model):
    """One thing told to a desk, a post or a person: a code and facts, worded when it is read. Never changed."""

    id = key_column()
    code = models.TextField(db_comment="通知代码（规则库notices）")
    subject_id = models.UUIDField(db_comment="所指事项的编号：时限、材料、流程")
    key = models.TextField(blank=True, db_comment="同一事项的第几次，防止重复")
    step = models.SmallIntegerField(null=True, db_comment="时限的第几级：-1 将到期 0 逾期 1起 逐级；其他通知为空")
    unit = models.ForeignKey(
        "access.Unit",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_comment="收通知的单位；发给本人的为空",
    )
    roles = ArrayField(models.TextField(), default=list, db_comment="单位内哪些角色收到")
    post = models.ForeignKey(
        "access.Post",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_comment="限定的岗位；空为全单位",
    )
    to_person = models.BooleanField(default=False, db_comment="是否发给本人")
    person_id = models.UUIDField(null=True, db_comment="涉及的人员；收通知的单位看不到此人的为空")
    division = DivisionField()
    told_division = DivisionField(db_comment="收通知的单位的区划（12位）")
    facts = models.JSONField(default=dict, db_comment="事实：规则、单位、日期、文书号；没有姓名")
    at = models.DateTimeField(db_comment="通知时刻")
    dispatched_at = models.DateTimeField(null=True, db_comment="已排入短信、邮件的时刻；空为未排")

    class Meta:
        db_table = "notices_notice"
        db_table_comment = "通知：只存代码和事实，看的时候才成句"
        constraints = [
            models.UniqueConstraint(
                fields=["subject_id", "code", "key", "unit", "post", "to_person"],
                name="notices_notice_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(unit__isnull=False, to_person=False)
                | Q(unit__isnull=True, to_person=True, person_id__isnull=False),
                name="notices_notice_recipient",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "-at"], name="notices_notice_unit_at"),
            models.Index(fields=["person_id"], condition=Q(to_person=True), name="notices_notice_to_person"),
            models.Index(fields=["subject_id", "step"], condition=Q(step__isnull=False), name="notices_notice_step"),
            models.Index(fields=["at"], condition=Q(dispatched_at__isnull=True), name="notices_notice_waiting"),
            BrinIndex(fields=["at"], name="notices_notice_told_at"),
            models.Index(
                "unit",
                models.Func(
                    "roles", models.Value(0), function="hash_array_extended", output_field=models.BigIntegerField()
                ),
                "code",
                models.F("at").desc(),
                name="notices_notice_heard",
            ),
        ]


class Reading(models.Model):
    """That a post has read a notice."""

    id = key_column()
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, db_comment="通知")
    post = models.ForeignKey("access.Post", on_delete=models.PROTECT, related_name="+", db_comment="岗位")
    at = models.DateTimeField(db_comment="标为已读的时刻")

    class Meta:
        db_table = "notices_reading"
        db_table_comment = "通知的已读：每岗位一条"
        constraints = [models.UniqueConstraint(fields=["notice", "post"], name="notices_reading_once")]
        indexes = [models.Index(fields=["post", "notice"], name="notices_reading_post")]


class ReadUpTo(models.Model):
    """Up to which moment a post has read everything it was told: one row instead of one for each notice."""

    post = models.OneToOneField(
        "access.Post", primary_key=True, on_delete=models.PROTECT, related_name="+", db_comment="岗位"
    )
    until = models.DateTimeField(db_comment="这一时刻及以前告知的视为已读")
    at = models.DateTimeField(db_comment="标为已读的时刻")

    class Meta:
        db_table = "notices_read_up_to"
        db_table_comment = "岗位全部已读到哪一时刻：只向后移"


class SwitchedOff(models.Model):
    """That an account does not want a non-statutory notice over a channel."""

    id = key_column()
    account = models.ForeignKey("access.Account", on_delete=models.PROTECT, related_name="+", db_comment="账号")
    code = models.TextField(db_comment="通知代码")
    channel = models.TextField(db_comment="渠道 IN_APP 站内 SMS 短信 EMAIL 邮件")

    class Meta:
        db_table = "notices_switched_off"
        db_table_comment = "账号关闭的非法定通知；法定通知不能关闭"
        constraints = [
            models.UniqueConstraint(fields=["account", "code", "channel"], name="notices_switched_off_once"),
        ]


class Address(models.Model):
    """Where an account is reached outside: a telephone number or a mail address, encrypted."""

    id = key_column()
    account = models.ForeignKey("access.Account", on_delete=models.PROTECT, related_name="+", db_comment="账号")
    channel = models.TextField(db_comment="渠道 SMS 短信 EMAIL 邮件")
    sealed = models.BinaryField(db_comment="号码或邮箱（加密）")

    class Meta:
        db_table = "notices_address"
        db_table_comment = "账号的短信号码和邮箱：加密，只供发送"
        constraints = [models.UniqueConstraint(fields=["account", "channel"], name="notices_address_once")]


class Message(models.Model):
    """One message over another channel: how many new matters, nothing of their content."""

    id = key_column()
    account = models.ForeignKey("access.Account", on_delete=models.PROTECT, related_name="+", db_comment="账号")
    channel = models.TextField(db_comment="渠道 SMS 短信 EMAIL 邮件")
    matters = models.PositiveIntegerField(db_comment="新通知件数")
    state = models.TextField(default="WAITING", db_comment="WAITING 待发 SENT 已发 GIVEN_UP 多次不成，不再发")
    tries = models.PositiveSmallIntegerField(default=0, db_comment="已试次数")
    next_at = models.DateTimeField(db_comment="下次发送时刻")
    made_at = models.DateTimeField(db_comment="排入时刻")
    sent_at = models.DateTimeField(null=True, db_comment="发出时刻")
    failure = models.TextField(blank=True, db_comment="最近一次未发成的原因")

    class Meta:
        db_table = "notices_message"
        db_table_comment = "短信、邮件的发送：只说件数，不写内容"
        constraints = [models.CheckConstraint(condition=Q(state__in=STATES), name="notices_message_state")]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state="WAITING"), name="notices_message_waiting"),
            models.Index(fields=["account", "-made_at"], name="notices_message_account"),
        ]


class Outbox(models.Model):
    """What a demonstration would have sent; written by the fake sender alone."""

    id = key_column()
    channel = models.TextField(db_comment="渠道 SMS 短信 EMAIL 邮件")
    address = models.TextField(db_comment="演示用的号码或邮箱")
    text = models.TextField(db_comment="短信或邮件的全文")
    at = models.DateTimeField(db_comment="时刻")

    class Meta:
        db_table = "notices_outbox"
        db_table_comment = "演示的发件箱：代替短信、邮件网关，正式安装不用"


class Failure(models.Model):
    """A notice that could not be told; tried again later, and seen by the administrator."""

    id = key_column()
    code = models.TextField(db_comment="通知代码")
    subject_id = models.UUIDField(db_comment="所指事项的编号")
    key = models.TextField(blank=True, db_comment="同一事项的第几次")
    step = models.SmallIntegerField(null=True, db_comment="时限的第几级")
    unit_id = models.UUIDField(null=True, db_comment="本应收到的单位")
    reason = models.TextField(db_comment="原因：FACTS 事实不符 DATABASE 写不进")
    tries = models.PositiveIntegerField(default=1, db_comment="已试次数")
    at = models.DateTimeField(db_comment="最近一次时刻")
    retry_at = models.DateTimeField(db_comment="下次再试时刻")

    class Meta:
        db_table = "notices_failure"
        db_table_comment = "没有发出的通知：原因与下次再试"
        constraints = [
            models.UniqueConstraint(
                fields=["subject_id", "code", "key", "unit_id"], name="notices_failure_once", nulls_distinct=False
            )
        ]

"""The ledger's tables (decision 12). Private; written only by the function ``ledger_append``."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from guitu.ledger.columns import DivisionField, key_column


class Entry(models.Model):
    """One act, without any personal value; never changed, never deleted."""

    id = key_column()
    act = models.TextField(db_comment="行为代码 房间:事物:发生")
    event_id = models.UUIDField(db_comment="业务事件编号")
    at = models.DateTimeField(db_comment="发生时刻（UTC）")
    unit_id = models.UUIDField(null=True, db_comment="行为单位")
    other_unit_id = models.UUIDField(null=True, db_comment="对方单位")
    commitment = models.BinaryField(db_comment="SHA-256(盐 ‖ 规范化内容)")

    class Meta:
        db_table = "ledger_entry"
        db_table_comment = "台账条目：只增不改，不含个人信息"
        indexes = [
            models.Index(fields=["at"], name="ledger_entry_at"),
            models.Index(fields=["event_id"], name="ledger_entry_event"),
        ]


class Payload(models.Model):
    """What happened, to whom, by whom: erasable together with its salt; the entry stays valid."""

    entry_id = models.UUIDField(primary_key=True, db_comment="台账条目编号（无外键）")
    salt = models.BinaryField(db_comment="128位随机盐")
    canonical = models.TextField(db_comment="规范化内容（承诺所覆盖的原文）")
    division = DivisionField()
    subjects = ArrayField(models.UUIDField(), db_comment="涉及人员")
    post_id = models.UUIDField(null=True, db_comment="行为岗位")
    purpose = models.TextField(db_comment="目的代码")

    class Meta:
        db_table = "ledger_payload"
        indexes = [GinIndex(fields=["subjects"], name="ledger_payload_subjects")]
        db_table_comment = "台账内容：可依法删除"


class Pending(models.Model):
    """Entries that the sequencer has not put into the tree yet."""

    entry_id = models.UUIDField(primary_key=True, db_comment="待编入日志的条目")

    class Meta:
        db_table = "ledger_pending"
        db_table_comment = "待编入日志的条目队列"


class Leaf(models.Model):
    """A leaf of the log, written only by the sequencer."""

    index = models.BigIntegerField(primary_key=True, db_comment="叶序号，从0起")
    entry_id = models.UUIDField(unique=True, db_comment="台账条目编号")
    leaf_hash = models.BinaryField(db_comment="RFC 6962 叶哈希")

    class Meta:
        db_table = "ledger_leaf"
        db_table_comment = "日志叶：仅由定序进程写入"

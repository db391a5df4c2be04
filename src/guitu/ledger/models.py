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
    in_transaction = models.BigIntegerField(null=True, db_comment="写下这一条的数据库事务号")

    class Meta:
        db_table = "ledger_pending"
        db_table_comment = "待编入日志的条目队列"
        indexes = [models.Index(fields=["in_transaction"], name="ledger_pending_transaction")]


class Owed(models.Model):
    """Who was written about in a transaction that still owes an entry of the ledger; empty again when it ends."""

    pk = models.CompositePrimaryKey("in_transaction", "subject_id")
    in_transaction = models.BigIntegerField(db_comment="数据库事务号")
    subject_id = models.UUIDField(db_comment="写了谁的行；全零为不写人员的行")
    of_table = models.TextField(db_comment="写了哪一张表")

    class Meta:
        db_table = "ledger_owed"
        db_table_comment = "事务之内：写过而尚欠台账条目的人员；提交时须已记入，随即清空"


class Leaf(models.Model):
    """A leaf of the log, written only by the sequencer."""

    index = models.BigIntegerField(primary_key=True, db_comment="叶序号，从0起")
    entry_id = models.UUIDField(unique=True, db_comment="台账条目编号")
    leaf_hash = models.BinaryField(db_comment="RFC 6962 叶哈希")

    class Meta:
        db_table = "ledger_leaf"
        db_table_comment = "日志叶：仅由定序进程写入"


class Tile(models.Model):
    """Up to 256 hashes of one level of the tree (C2SP tlog-tiles), one after the other; grows until it is full."""

    pk = models.CompositePrimaryKey("level", "index")
    level = models.SmallIntegerField(db_comment="层：0为叶，每层合并256个")
    index = models.BigIntegerField(db_comment="块序号，从0起")
    hashes = models.BinaryField(db_comment="至多256个哈希，各32字节")

    class Meta:
        db_table = "ledger_tile"
        db_table_comment = "日志树的块：仅由定序进程写入"


class Checkpoint(models.Model):
    """What the log has signed: at this size the root was this."""

    size = models.BigIntegerField(primary_key=True, db_comment="叶数")
    root = models.BinaryField(db_comment="树根")
    at = models.DateTimeField(db_comment="签名时刻（UTC）")
    note = models.TextField(db_comment="C2SP 检查点原文及日志签名")

    class Meta:
        db_table = "ledger_checkpoint"
        db_table_comment = "日志检查点：只增不改"


class Cosignature(models.Model):
    """A witness's line under a checkpoint."""

    id = key_column()
    size = models.BigIntegerField(db_comment="检查点叶数")
    witness = models.TextField(db_comment="见证方（见证策略中的名称）")
    line = models.TextField(db_comment="共同签名行原文")
    at = models.DateTimeField(db_comment="见证时刻（UTC）")

    class Meta:
        db_table = "ledger_cosignature"
        db_table_comment = "见证方对检查点的共同签名：只增不改"
        constraints = [models.UniqueConstraint(fields=["size", "witness"], name="ledger_cosignature_once")]


class Witnessed(models.Model):
    """That a checkpoint has been co-signed by as many witnesses as the policy asks for."""

    size = models.BigIntegerField(primary_key=True, db_comment="检查点叶数")
    at = models.DateTimeField(db_comment="达到见证策略要求的时刻（UTC）")
    own_machine = models.BooleanField(db_comment="是否演示见证：见证方与本系统同在一台机器")

    class Meta:
        db_table = "ledger_witnessed"
        db_table_comment = "已满足见证策略的检查点：只增不改"


class Erasure(models.Model):
    """The register of erasures: who was erased, on which ground, approved by whom; opaque ids alone (adr/0038)."""

    id = key_column()
    person_id = models.UUIDField(db_comment="被删除人员的随机编号：恢复旧备份后据此再次删除")
    ground = models.TextField(db_comment="依据代码")
    approved_by = models.UUIDField(db_comment="批准的岗位")
    at = models.DateTimeField(db_comment="登记时刻（UTC）")

    class Meta:
        db_table = "ledger_erasure"
        db_table_comment = "删除登记：只有编号，只增不改；随备份带走，恢复后重放"
        indexes = [models.Index(fields=["person_id"], name="ledger_erasure_person")]


class Recheck(models.Model):
    """One pass of the nightly recheck over the whole log, in batches; the last one is under way until it has ended."""

    id = key_column()
    begun_at = models.DateTimeField(db_comment="开始时刻（UTC）")
    ended_at = models.DateTimeField(null=True, db_comment="查完时刻（UTC）；未查完为空")
    next_tile = models.BigIntegerField(default=0, db_comment="下一个待查的0层块")
    leaves = models.BigIntegerField(default=0, db_comment="已查叶数")
    wrong = models.BigIntegerField(default=0, db_comment="发现不符的件数")

    class Meta:
        db_table = "ledger_recheck"
        db_table_comment = "夜间复核：每轮从头到尾查一遍日志，分批进行"


class Finding(models.Model):
    """Something about the log that its administrators must know: a record changed, a witness silent or refusing."""

    id = key_column()
    at = models.DateTimeField(db_comment="发现时刻（UTC）")
    code = models.TextField(db_comment="代码，如 CONTENT_CHANGED 内容与承诺不符 WITNESS_STALE 见证方久未共同签署")
    which = models.TextField(db_comment="条目编号、叶数、块、见证方；不含个人信息")
    since = models.DateTimeField(null=True, db_comment="自何时起；不适用为空")

    class Meta:
        db_table = "ledger_finding"
        db_table_comment = "日志的异常：只增不改，告知系统管理员和审计管理员"
        constraints = [models.UniqueConstraint(fields=["code", "which"], name="ledger_finding_once")]


class PayloadGone(models.Model):
    """An entry whose content was deleted by right; content that is gone without a line here is a finding."""

    entry_id = models.UUIDField(primary_key=True, db_comment="台账条目编号（无外键）")
    ending_id = models.UUIDField(null=True, db_comment="随哪一次期满删除而去；空为删除个人信息的决定")

    class Meta:
        db_table = "ledger_payload_gone"
        indexes = [models.Index(fields=["ending_id"], name="ledger_payload_gone_ending")]
        db_table_comment = "依法删除了内容的条目：内容缺失而不在此列的，复核指名"


class NotedTrace(models.Model):
    """A line of the trace that an entry commits to, in its batch."""

    trace_id = models.UUIDField(primary_key=True, db_comment="留痕编号（无外键）")
    batch = models.UUIDField(db_comment="批次：台账条目的业务事件编号")
    at = models.DateTimeField(db_comment="留痕的时刻")
    digest = models.BinaryField(db_comment="留痕全部各列的SHA-256")

    class Meta:
        db_table = "ledger_noted_trace"
        db_table_comment = "成批记入台账的留痕及其摘要：只增不改"
        indexes = [
            models.Index(fields=["batch"], name="ledger_noted_trace_batch"),
            models.Index(fields=["at"], name="ledger_noted_trace_at"),
        ]


class Ending(models.Model):
    """That processing records whose keeping had ended were deleted: the proof, which an entry commits to. No person."""

    id = key_column()
    record_class = models.TextField(db_comment="处理记录的类别代码（rulebook/data/retention）")
    rule = models.TextField(db_comment="按哪一条规则")
    before = models.DateTimeField(db_comment="早于这一时刻的保存期满（UTC）")
    at = models.DateTimeField(db_comment="删除的时刻（UTC）")
    first_at = models.DateTimeField(db_comment="所删最早一条的时刻")
    last_at = models.DateTimeField(db_comment="所删最晚一条的时刻")
    lines = models.BigIntegerField(db_comment="删除了多少条")
    digest = models.BinaryField(db_comment="所删各条的SHA-256，按编号排列后的SHA-256")
    in_transaction = models.BigIntegerField(db_comment="数据库事务号：只有登记它的事务可以删除")

    class Meta:
        db_table = "ledger_ending"
        db_table_comment = "期满删除的证明：类别、规则、条数、起止、摘要；只增不改"
        indexes = [models.Index(fields=["record_class", "-before"], name="ledger_ending_class")]

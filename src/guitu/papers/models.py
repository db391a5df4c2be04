"""Documents issued, files received, how they were served, and the numbers given. Private to this room."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from guitu.ledger.columns import DivisionField, WithoutClosed, key_column

CLOSED_BYTES = ("body",)
"""What no SQL of the application selects: `papers_document_opened` and `papers_file_opened` give it after a line."""


class OpenDocuments(WithoutClosed["Document"]):
    """Documents without their bytes."""

    closed = CLOSED_BYTES


class OpenFiles(WithoutClosed["Attachment"]):
    """Received files without their bytes."""

    closed = CLOSED_BYTES


class Document(models.Model):
    """A document issued by a unit: set once, sealed, encrypted, never changed. Without a person for lists of duties."""

    id = key_column()
    person = models.ForeignKey(
        "people.Person", null=True, on_delete=models.PROTECT, related_name="+", db_comment="人员；空为不涉及个人的文书"
    )
    division = DivisionField()
    kind = models.TextField(db_comment="文书种类代码")
    version = models.TextField(db_comment="模板版本")
    number = models.TextField(db_comment="文号，如〔2026〕桐监释通字第0001号")
    unit = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="签发单位")
    year = models.PositiveSmallIntegerField(db_comment="编号年份（北京时间）")
    sequence = models.PositiveIntegerField(db_comment="当年本单位本种类的顺序号，连续不空")
    issued_at = models.DateTimeField(db_comment="签发时刻")
    issued_by = models.UUIDField(db_comment="签发岗位")
    digest = models.BinaryField(db_comment="PDF明文的SHA-256")
    seal = models.BinaryField(db_comment="本安装的Ed25519签名")
    code_index = models.BinaryField(unique=True, db_comment="查验码的密钥摘要")
    body = models.BinaryField(db_comment="PDF密文（AES-GCM）")
    size = models.PositiveIntegerField(db_comment="PDF字节数")
    shows = ArrayField(models.TextField(), db_comment="所载的L3、L4数据项，签发时定")
    journey_id = models.UUIDField(null=True, db_comment="所属流程；空为不属于流程")
    event_id = models.UUIDField(db_comment="起因事件编号，重复提交不重复制发")
    supersedes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, db_comment="所取代的前一份")
    by_hand = ArrayField(models.TextField(), default=list, db_comment="字库暂缺、须手写补全的字")
    completed_at = models.DateTimeField(null=True, db_comment="手写补全时刻")
    completed_by = models.UUIDField(null=True, db_comment="手写补全岗位")

    objects = OpenDocuments()

    class Meta:
        db_table = "papers_document"
        db_table_comment = "签发的文书：编号、盖章签名、加密、不可改"
        constraints = [
            models.UniqueConstraint(fields=["unit", "kind", "year", "sequence"], name="papers_document_number"),
            models.UniqueConstraint(fields=["event_id", "kind"], name="papers_document_once"),
            models.CheckConstraint(
                condition=Q(completed_at__isnull=True, completed_by__isnull=True)
                | Q(completed_at__isnull=False, completed_by__isnull=False),
                name="papers_document_completed",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "issued_at"], name="papers_document_person"),
            models.Index(fields=["unit", "issued_at"], name="papers_document_unit"),
            models.Index(
                fields=["unit", "issued_at"],
                condition=~Q(by_hand=[]) & Q(completed_at__isnull=True),
                name="papers_document_by_hand",
            ),
        ]


class Attachment(models.Model):
    """A file received about a person: encrypted, at most ten megabytes, of an allowed kind by its own bytes."""

    id = key_column()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_comment="人员")
    division = DivisionField()
    kind = models.TextField(db_comment="文书种类代码")
    source = models.TextField(db_comment="来源：谁给的")
    file_name = models.TextField(db_comment="文件名")
    mime = models.TextField(db_comment="按内容认出的类型")
    size = models.PositiveIntegerField(db_comment="字节数")
    digest = models.BinaryField(db_comment="明文的SHA-256")
    body = models.BinaryField(db_comment="密文（AES-GCM）")
    shows = ArrayField(models.TextField(), db_comment="按种类视为所载的L3、L4数据项，收件时定")
    unit = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="收件单位")
    post_id = models.UUIDField(db_comment="收件岗位")
    at = models.DateTimeField(db_comment="收件时刻")
    event_id = models.UUIDField(unique=True, db_comment="起因事件编号，重复提交不重复收件")

    objects = OpenFiles()

    class Meta:
        db_table = "papers_attachment"
        db_table_comment = "收到的文件：加密"
        indexes = [models.Index(fields=["person", "at"], name="papers_attachment_person")]


class Service(models.Model):
    """That a document was served: to whom, how, when, by which post."""

    id = key_column()
    document = models.ForeignKey(Document, on_delete=models.PROTECT, db_comment="文书")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_comment="人员")
    division = DivisionField()
    served_to = models.TextField(db_comment="受送达人或者单位")
    method = models.TextField(db_comment="送达方式代码")
    at = models.DateTimeField(db_comment="送达时刻")
    post_id = models.UUIDField(db_comment="送达岗位")
    event_id = models.UUIDField(unique=True, db_comment="起因事件编号，重复提交不重复登记")

    class Meta:
        db_table = "papers_service"
        db_table_comment = "送达记录"
        indexes = [models.Index(fields=["document", "at"], name="papers_service_document")]


class Counter(models.Model):
    """The last number given by a unit for a kind in a year; its row is locked until the document stands."""

    id = key_column()
    unit = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="签发单位")
    division = DivisionField(db_comment="签发单位区划（12位）")
    kind = models.TextField(db_comment="文书种类代码")
    year = models.PositiveSmallIntegerField(db_comment="年份（北京时间）")
    last = models.PositiveIntegerField(db_comment="已用的最后一个顺序号")

    class Meta:
        db_table = "papers_counter"
        db_table_comment = "文号：每单位每种类每年连续编号"
        constraints = [models.UniqueConstraint(fields=["unit", "kind", "year"], name="papers_counter_once")]


class LookUp(models.Model):
    """One try to verify a code from outside: from which network address, whether it was found; slows guessers down."""

    id = key_column()
    at = models.DateTimeField(db_comment="查验时刻")
    address = models.TextField(db_comment="网络地址的密钥摘要")
    found = models.BooleanField(db_comment="是否查到")

    class Meta:
        db_table = "papers_look_up"
        db_table_comment = "对外查验的次数，用于限速"
        indexes = [models.Index(fields=["address", "at"], name="papers_look_up_address")]

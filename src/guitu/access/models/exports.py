"""Exports of lists: who asked for which, why, how many rows, who approved; the file, encrypted and kept for hours."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from guitu.ledger.columns import DivisionField, key_column


class Export(models.Model):
    """One export of a list. The file goes when its time is over; that it was made stays.

    `listed` is the side, and behind a colon the states it was narrowed to.
    """

    id = key_column()
    number = models.TextField(unique=True, db_comment="导出编号，印在每一页上")
    listed = models.TextField(db_comment="哪一个清单：sending 送出 receiving 接收 local 承办 superior 待裁定")
    late_only = models.BooleanField(db_comment="是否只要逾期的")
    format = models.TextField(db_comment="文件格式：csv xlsx")
    purpose = models.TextField(db_comment="目的代码")
    code = models.TextField(db_comment="用途代码（代码表 export_use）")
    words = models.TextField(db_comment="用途说明")
    unit = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="导出单位")
    division = DivisionField(db_comment="导出单位区划（12位）")
    post = models.ForeignKey("access.Post", on_delete=models.PROTECT, related_name="+", db_comment="导出岗位")
    rows = models.PositiveIntegerField(db_comment="申请时的行数")
    alone = models.PositiveIntegerField(db_comment="当时该角色一人可导出的行数")
    asked_at = models.DateTimeField(db_comment="申请时刻")
    decided_at = models.DateTimeField(null=True, db_comment="领导审批时刻；限额以内为空")
    decided_by = models.UUIDField(null=True, db_comment="审批岗位")
    approved = models.BooleanField(null=True, db_comment="是否批准；未审批为空")
    finding = models.TextField(blank=True, db_comment="审批意见")
    made_at = models.DateTimeField(null=True, db_comment="文件生成时刻")
    sealed = models.BinaryField(null=True, db_comment="文件（加密）；到期即删")
    sha256 = models.TextField(blank=True, db_comment="文件的SHA-256")
    expires_at = models.DateTimeField(null=True, db_comment="文件删除时刻")
    fetches = models.PositiveIntegerField(default=0, db_comment="取走几次")
    fetched_at = models.DateTimeField(null=True, db_comment="最近一次取走的时刻")

    class Meta:
        db_table = "access_export"
        db_table_comment = "清单导出登记：用途、行数、审批、限时加密保存的文件；应用角色不可读写"
        indexes = [
            models.Index(fields=["post", "asked_at"], name="access_export_post"),
            models.Index(fields=["expires_at"], condition=Q(sealed__isnull=False), name="access_export_expires"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(made_at__isnull=True) | Q(rows__lte=F("alone")) | Q(approved=True),
                name="access_export_two_persons",
            ),
        ]


class Printing(models.Model):
    """That an account had papers of so many persons printed together; gone once it counts no more. Nobody is named."""

    id = key_column()
    post = models.ForeignKey("access.Post", on_delete=models.PROTECT, related_name="+", db_comment="打印岗位")
    at = models.DateTimeField(db_comment="打印时刻（数据库时钟）")
    persons = models.PositiveIntegerField(db_comment="涉及人数")
    digest = models.BinaryField(db_comment="涉及人员的SHA-256，同一批人再打印不重复计")

    class Meta:
        db_table = "access_printing"
        db_table_comment = "合并打印计数：一人一定小时内涉及多少人；不再计入即删；应用角色不可读写"
        indexes = [models.Index(fields=["post", "at"], name="access_printing_post")]

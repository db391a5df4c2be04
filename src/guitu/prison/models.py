"""What the prison platform keeps of its own: which roster files it has taken in, and how its headings are read."""

from __future__ import annotations

from django.db import models

from guitu.ledger.columns import DivisionField, key_column


class Roster(models.Model):
    """One roster file that was imported: its digest and counts, not its content."""

    id = key_column()
    unit = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="导入单位")
    division = DivisionField()
    file_name = models.TextField(db_comment="文件名")
    sha256 = models.TextField(db_comment="文件SHA-256")
    rows_read = models.PositiveIntegerField(db_comment="读到的行数")
    accepted = models.PositiveIntegerField(db_comment="新建人数")
    changed = models.PositiveIntegerField(db_comment="更新人数")
    unchanged = models.PositiveIntegerField(db_comment="无变化人数")
    to_correct = models.PositiveIntegerField(db_comment="待更正行数")
    to_decide = models.PositiveIntegerField(db_comment="待判定行数")
    imported_at = models.DateTimeField(db_comment="导入时刻")
    post_id = models.UUIDField(db_comment="导入岗位")

    class Meta:
        db_table = "prison_roster"
        db_table_comment = "已导入的释放名册文件"
        indexes = [models.Index(fields=["unit", "imported_at"], name="prison_roster_unit_at")]


class RosterMapping(models.Model):
    """How this prison's own heading is to be read, remembered from the last time somebody mapped it."""

    id = key_column()
    unit = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="单位")
    division = DivisionField()
    heading = models.TextField(db_comment="表头原文")
    field = models.TextField(db_comment="对应字段代码")
    post_id = models.UUIDField(db_comment="设定岗位")
    at = models.DateTimeField(db_comment="设定时刻")

    class Meta:
        db_table = "prison_roster_mapping"
        db_table_comment = "各监狱的表头对照，记住上次的选择"
        constraints = [models.UniqueConstraint(fields=["unit", "heading"], name="prison_roster_mapping_once")]


class RosterDraft(models.Model):
    """A roster file between its report and its import: encrypted, of one unit, with an end."""

    id = key_column()
    unit = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="单位")
    division = DivisionField()
    post_id = models.UUIDField(db_comment="上传岗位")
    file_name = models.TextField(db_comment="文件名")
    sealed = models.BinaryField(db_comment="文件密文（AES-GCM）")
    sealed_corrections = models.BinaryField(null=True, db_comment="屏幕上改正内容的密文")
    created_at = models.DateTimeField(db_comment="上传时刻")
    expires_at = models.DateTimeField(db_comment="自动失效时刻")

    class Meta:
        db_table = "prison_roster_draft"
        db_table_comment = "名册草稿：核对与导入之间，加密，到期删除"

"""What the prison platform keeps of its own: roster files taken in, how headings are read, assessments."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from guitu.ledger.columns import DivisionField, WithoutClosed, key_column


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


class RosterReport(models.Model):
    """The report of a long roster file, made by the worker: before the import, and with its moment once taken in."""

    id = key_column()  # the id of the draft it reports on
    unit = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="单位")
    division = DivisionField()
    file_name = models.TextField(db_comment="文件名")
    sealed = models.BinaryField(db_comment="核对报告密文（AES-GCM）")
    made_at = models.DateTimeField(db_comment="核对时刻")
    taken_in_at = models.DateTimeField(null=True, db_comment="导入时刻；空为未导入")
    expires_at = models.DateTimeField(db_comment="自动失效时刻")

    class Meta:
        db_table = "prison_roster_report"
        db_table_comment = "大名册的核对报告：后台核对后保存，加密，到期删除"


CLOSED_WORDS = ("health", "medication", "grade", "reasons", "advice", "statement", "correction")
"""What no SQL of the application selects of an assessment: `prison_assessments_opened` gives it after a line."""


class OpenAssessments(WithoutClosed["Assessment"]):
    """Assessments without their encrypted words."""

    closed = CLOSED_WORDS


class Assessment(models.Model):
    """One report of an assessment before release; a later one supersedes it and says why, both stay."""

    id = key_column()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_comment="人员")
    division = DivisionField()
    journey_id = models.UUIDField(db_comment="所属流程")
    housing = models.TextField(db_comment="住处：代码")
    work = models.TextField(db_comment="收入和工作：代码")
    documents = models.TextField(db_comment="身份证件：代码")
    family = models.TextField(db_comment="家人联系：代码")
    attitude = models.TextField(db_comment="本人对帮扶的意愿：代码")
    health = models.BinaryField(db_comment="健康和用药需要：代码（密文）")
    medication = models.BinaryField(db_comment="用药说明（密文）")
    grade = models.BinaryField(null=True, db_comment="监狱危险等级原值、来源、日期（密文）；空为未评估，从不视为低")
    band_until = models.DateField(null=True, db_comment="对照到社区等级的暂定期最后一日（法定日）；空为未评估")
    pick_up = models.TextField(db_comment="建议的接送方式：代码")
    reasons = models.BinaryField(db_comment="再犯风险的理由（密文）")
    advice = models.BinaryField(db_comment="衔接建议（密文）")
    statement = models.BinaryField(db_comment="本人意见（密文）")
    spoken_by = models.TextField(blank=True, db_comment="SELF 本人 REPRESENTATIVE 代理人；空为没有意见")
    key_grounds = ArrayField(
        models.TextField(), default=list, db_comment="评估列为重点对象（必接必送）的理由代码；空为没有列"
    )
    correction = models.BinaryField(db_comment="更正的原因（密文）；首份为空文")
    supersedes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, db_comment="所取代的报告")
    number = models.TextField(db_comment="出监评估报告文号")
    assessed_at = models.DateTimeField(db_comment="评估时刻")
    assessed_by = models.UUIDField(db_comment="评估岗位")
    unit_id = models.UUIDField(db_comment="评估单位")

    objects = OpenAssessments()

    class Meta:
        db_table = "prison_assessment"
        db_table_comment = "出监评估：需要、建议、本人意见；只增不改，更正另立一份"
        indexes = [models.Index(fields=["journey_id", "assessed_at"], name="prison_assessment_journey")]
        constraints = [
            models.UniqueConstraint(fields=["supersedes"], name="prison_assessment_superseded_once"),
            models.CheckConstraint(
                condition=Q(grade__isnull=True, band_until__isnull=True)
                | Q(grade__isnull=False, band_until__isnull=False),
                name="prison_assessment_grade_whole",
            ),
        ]

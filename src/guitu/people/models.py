"""One person, many identifiers, core items with source and history, one responsible unit. Private to this room."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from guitu.ledger.columns import DivisionField, WithoutClosed, key_column

CLOSED_COLUMNS = ("name", "name_sort", "name_search", "birth_date", "legal_status")
"""Columns of a person that the application may not select: `people_heads_shown` gives them as they may be seen."""
CLOSED_VALUES = ("value", "sealed_value")
"""The same of a core item: `people_facts_shown` and, after a line of the trace, `people_facts_opened` give them."""


class OpenPersons(WithoutClosed["Person"]):
    """Persons without their closed columns."""

    closed = CLOSED_COLUMNS


class OpenFacts(WithoutClosed["Fact"]):
    """Core items without their values."""

    closed = CLOSED_VALUES


class Person(models.Model):
    """A person on the way home; prisoner, returnee and supervisee are stages of the same person."""

    id = key_column()
    number = models.TextField(unique=True, db_comment="人员编号（印制在凭条上，非身份证号）")
    name = models.TextField(db_comment="姓名")
    name_sort = models.TextField(db_collation="C", db_comment="拼音排序键")
    name_search = models.TextField(db_comment="姓名、拼音、首字母检索键")
    sex = models.TextField(db_comment="性别 GB/T 2261.1")
    birth_date = models.DateField(null=True, db_comment="出生日期")
    legal_status = models.TextField(db_comment="法律身份代码")
    responsible_unit = models.ForeignKey(
        "access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="当前唯一责任单位"
    )
    division = DivisionField()
    created_at = models.DateTimeField(db_comment="建档时刻")
    ended_at = models.DateTimeField(null=True, db_comment="结束时刻")
    ended_reason = models.TextField(blank=True, db_comment="结束原因")
    sealed_at = models.DateTimeField(null=True, db_comment="封存时刻；空为未封存")

    objects = OpenPersons()

    class Meta:
        db_table = "people_person"
        db_table_comment = "人员：一人一档"
        constraints = [
            models.UniqueConstraint(fields=["id", "division"], name="people_person_id_division"),
            models.CheckConstraint(condition=Q(sex__in=["0", "1", "2", "9"]), name="people_person_sex"),
            # A sealed file stands behind every unit's range (access/sql/divisions.sql), and nobody else's does.
            models.CheckConstraint(
                condition=Q(sealed_at__isnull=True, division__lt="A") | Q(sealed_at__isnull=False, division__gte="A"),
                name="people_person_sealed_apart",
            ),
        ]
        indexes = [
            models.Index(fields=["division", "name_sort"], name="people_person_division_sort"),
            models.Index(fields=["birth_date"], name="people_person_birth"),
            models.Index(fields=["name"], name="people_person_name"),
            models.Index(fields=["id"], condition=Q(sealed_at__isnull=False), name="people_person_sealed"),
        ]


class Identifier(models.Model):
    """A document number, encrypted; equal numbers meet through the blind index."""

    id = key_column()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, db_comment="人员")
    division = DivisionField()
    kind = models.TextField(db_comment="证件种类 GA/T 2000.156")
    value = models.BinaryField(db_comment="证件号码（AES-GCM，首字节为密钥号）")
    blind_index = models.BinaryField(db_comment="HMAC-SHA-256 盲索引")
    from_at = models.DateTimeField(db_comment="起")
    to_at = models.DateTimeField(null=True, db_comment="止（不含）")

    class Meta:
        db_table = "people_identifier"
        db_table_comment = "人员的证件号码（加密）"
        indexes = [models.Index(fields=["kind", "blind_index"], name="people_identifier_blind")]


class Fact(models.Model):
    """One value of one of the core items, with where it came from; a newer value ends the older one."""

    id = key_column()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, db_comment="人员")
    division = DivisionField()
    item = models.TextField(db_comment="核心数据项代码")
    value = models.TextField(blank=True, db_comment="值（L4为空，见密文）")
    sealed_value = models.BinaryField(null=True, db_comment="L4值的密文")
    source = models.TextField(db_comment="来源单位或文书")
    collected_at = models.DateTimeField(db_comment="采集时刻")
    collected_by = models.UUIDField(db_comment="采集岗位")
    purpose = models.TextField(db_comment="采集目的")
    review_on = models.DateField(null=True, db_comment="下次核对日")
    from_at = models.DateTimeField(db_comment="起")
    to_at = models.DateTimeField(null=True, db_comment="止（不含）")

    objects = OpenFacts()

    class Meta:
        db_table = "people_fact"
        db_table_comment = "核心数据项及其历史"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "item"], condition=Q(to_at__isnull=True), name="people_fact_one_now"
            ),
            models.CheckConstraint(
                condition=Q(sealed_value__isnull=True) | Q(value=""), name="people_fact_sealed_not_plain"
            ),
        ]
        indexes = [
            models.Index(fields=["value"], condition=Q(item="name"), name="people_fact_names"),
            models.Index(
                models.Func("value", function="people_family_contact", output_field=models.TextField()),
                condition=Q(item="contacts", to_at__isnull=True),
                name="people_fact_family",
            ),
        ]


class Responsibility(models.Model):
    """Which unit is responsible, from when to when: exactly one at every instant."""

    id = key_column()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, db_comment="人员")
    division = DivisionField()
    unit = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="责任单位")
    period = DateTimeRangeField(db_comment="责任期间（左闭右开）")
    reason = models.TextField(db_comment="起因代码")

    class Meta:
        db_table = "people_responsibility"
        db_table_comment = "责任单位的历史：任一时刻恰有一个"
        constraints = [
            ExclusionConstraint(
                name="people_responsibility_one_at_a_time",
                expressions=[("person", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(period__endswith__isnull=True), name="people_responsibility_one_open"
            ),
        ]


class Match(models.Model):
    """The question whether a roster row and a held person are one; visible where both sides are, until a human decides.

    The row waits here encrypted. `division` is the held person's, `asking_division` that of the roster's unit.
    """

    id = key_column()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_comment="已有档案的人员")
    division = DivisionField()
    unit = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="名册所属单位")
    asking_division = DivisionField(db_comment="名册所属单位区划（12位）")
    row_key = models.UUIDField(db_comment="名册行的标识：单位、证件与姓名的密钥摘要，重复导入不重复提问")
    sealed_row = models.BinaryField(db_comment="名册行内容的密文（AES-GCM）")
    release_on = models.DateField(db_comment="名册所载释放日")
    rule = models.TextField(db_comment="疑似规则代码")
    for_superior = models.BooleanField(db_comment="须由共同上级的身份核对岗判定")
    raised_at = models.DateTimeField(db_comment="提问时刻")
    raised_by = models.UUIDField(db_comment="提问岗位")
    left_open_at = models.DateTimeField(null=True, db_comment="最近一次“先核对”的时刻")
    left_open_by = models.UUIDField(null=True, db_comment="最近一次“先核对”的岗位")
    decision = models.TextField(
        blank=True, db_comment="判定：same 同一人 other 不是 superseded 随同一行的判定了结；空为待判定"
    )
    decided_at = models.DateTimeField(null=True, db_comment="判定时刻")
    decided_by = models.UUIDField(null=True, db_comment="判定岗位")
    result_person = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="+", db_comment="判定后这一行归于的人员"
    )
    former_release_on = models.DateField(null=True, db_comment="判定前的释放日，撤回时还原；空为没有改动")
    former_unit = models.ForeignKey(
        "access.Unit",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_comment="判定前的送出单位（转监），撤回时还原；空为没有改动",
    )

    class Meta:
        db_table = "people_match"
        db_table_comment = "疑似同一人：名册行与已有人员的核对"
        constraints = [
            models.UniqueConstraint(fields=["row_key", "person"], name="people_match_once"),
            models.CheckConstraint(
                condition=Q(decision__in=["", "same", "other", "superseded"]), name="people_match_decision"
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_at__isnull=True, decided_by__isnull=True)
                | (~Q(decision="") & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="people_match_decided",
            ),
            models.CheckConstraint(
                condition=Q(left_open_at__isnull=True, left_open_by__isnull=True)
                | Q(left_open_at__isnull=False, left_open_by__isnull=False),
                name="people_match_left_open",
            ),
        ]
        indexes = [models.Index(fields=["unit", "decision", "release_on"], name="people_match_unit_open")]


class Join(models.Model):
    """Two files found to be one person's: the kept one and the one that ended; undone, both live again.

    `division` is the kept person's, `asking_division` that of the joined one: whoever sees both sees the joining.
    """

    id = key_column()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_comment="保留的档案")
    division = DivisionField()
    joined = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_comment="并入后结束的档案")
    asking_division = DivisionField(db_comment="并入档案的责任单位区划（12位）")
    items = ArrayField(models.TextField(), db_comment="由并入档案补给的数据项代码，分开时终止")
    withdrawn_journey = models.UUIDField(null=True, db_comment="合并时撤回的流程，分开时按原样重新开立；空为没有")
    reason = models.TextField(db_comment="合并的理由")
    at = models.DateTimeField(db_comment="合并时刻")
    by_post = models.UUIDField(db_comment="合并岗位")
    undone_at = models.DateTimeField(null=True, db_comment="分开时刻；空为仍合并")
    undone_by = models.UUIDField(null=True, db_comment="分开岗位")

    class Meta:
        db_table = "people_join"
        db_table_comment = "档案的合并与分开"
        constraints = [
            models.UniqueConstraint(
                fields=["joined"], condition=Q(undone_at__isnull=True), name="people_join_into_one_only"
            ),
            models.CheckConstraint(condition=~Q(person=models.F("joined")), name="people_join_two_records"),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="people_join_undone",
            ),
        ]
        indexes = [models.Index(fields=["person", "at"], name="people_join_person_at")]


class Statement(models.Model):
    """What the person said, or somebody for them, and the answer; words are encrypted, nothing is rewritten."""

    id = key_column()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, db_comment="人员")
    division = DivisionField()
    kind = models.TextField(db_comment="说的是什么：接送、帮教、更正、意见的代码")
    sealed_words = models.BinaryField(null=True, db_comment="原话（加密）；只表示要或不要时可空")
    at = models.DateTimeField(db_comment="说的时刻")
    spoken_by = models.TextField(
        db_comment="SELF 本人 REPRESENTATIVE 受托人 OFFICER 经办人代为记录 SUPERIOR 上级单位交办"
    )
    post_id = models.UUIDField(db_comment="记入的岗位")
    sheet_id = models.UUIDField(null=True, db_comment="本人签字的纸（附件编号）；经办人代记时必有")
    answered_at = models.DateTimeField(null=True, db_comment="答复时刻")
    answered_by = models.UUIDField(null=True, db_comment="答复岗位")
    answered_unit = models.UUIDField(null=True, db_comment="答复单位")
    sealed_answer = models.BinaryField(null=True, db_comment="答复（加密）")

    class Meta:
        db_table = "people_statement"
        db_table_comment = "本人的表示与意见，及其答复"
        indexes = [models.Index(fields=["person", "at"], name="people_statement_person_at")]
        constraints = [
            models.CheckConstraint(
                condition=Q(spoken_by__in=["SELF", "REPRESENTATIVE", "OFFICER", "SUPERIOR"]),
                name="people_statement_spoken_by",
            ),
            models.CheckConstraint(
                condition=~Q(spoken_by="OFFICER") | Q(sheet_id__isnull=False), name="people_statement_sheet"
            ),
            models.CheckConstraint(
                condition=Q(
                    answered_at__isnull=True,
                    answered_by__isnull=True,
                    answered_unit__isnull=True,
                    sealed_answer__isnull=True,
                )
                | Q(
                    answered_at__isnull=False,
                    answered_by__isnull=False,
                    answered_unit__isnull=False,
                    sealed_answer__isnull=False,
                ),
                name="people_statement_answered",
            ),
        ]

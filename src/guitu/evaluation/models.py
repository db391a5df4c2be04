"""Commissioned evaluations, frozen figures, samples, findings, requests to talk, replies. Private to this room.

Every write goes through a function of the database (access/sql/evaluation.sql) that asks for the permission itself; the
tables of persons show an evaluator nothing.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from guitu.ledger.columns import DivisionField, key_column


class Evaluation(models.Model):
    """A commission to evaluate: who asked whom, over which divisions, releases and questions, and for how long."""

    id = key_column()
    title = models.TextField(db_comment="名称")
    commissioner = models.ForeignKey(
        "access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="委托单位（市、省级监督岗所在单位）"
    )
    evaluator = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="受托评估单位")
    scope = models.ForeignKey(
        "access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="评估范围：这个单位的区划"
    )
    division = DivisionField(db_comment="评估范围区划下界（含）")
    division_end = DivisionField(db_comment="评估范围区划上界（不含）")
    released_from = models.DateField(db_comment="释放日起（法定日，含）")
    released_to = models.DateField(db_comment="释放日止（法定日，含）")
    questions = ArrayField(models.TextField(), db_comment="问题代码（rulebook/data/evaluation）")
    parts = ArrayField(models.TextField(), db_comment="评估方看得到的环节代码")
    least_group = models.PositiveSmallIntegerField(db_comment="少于几件的组不公开，委托时的规则值")
    received_within = models.PositiveSmallIntegerField(db_comment="释放后几日内接收算及时（日），委托时的规则值")
    sample_most = models.PositiveSmallIntegerField(db_comment="抽样最多几件，委托时的规则值")
    sample_share = models.PositiveSmallIntegerField(db_comment="样本最多占抽样框的百分之几，委托时的规则值")
    from_at = models.DateTimeField(db_comment="评估方可看的起始时刻")
    to_at = models.DateTimeField(db_comment="评估方可看的截止时刻（不含）")
    secret = models.BinaryField(db_comment="代号的密钥，只有数据库函数用")
    commissioned_at = models.DateTimeField(db_comment="委托时刻，数字截至此刻")
    commissioned_by = models.UUIDField(db_comment="委托岗位")
    ended_at = models.DateTimeField(null=True, db_comment="提前结束时刻")
    ended_by = models.UUIDField(null=True, db_comment="结束岗位")
    seed = models.TextField(blank=True, db_comment="抽样种子；空为还没有抽样")
    frame_size = models.PositiveIntegerField(null=True, db_comment="抽样框件数")
    frame_digest = models.BinaryField(null=True, db_comment="抽样框的SHA-256")
    drawn_at = models.DateTimeField(null=True, db_comment="抽样时刻，所记结果截至此刻")
    drawn_by = models.UUIDField(null=True, db_comment="抽样岗位")

    class Meta:
        db_table = "evaluation_evaluation"
        db_table_comment = "第三方评估的委托：范围、时段、问题、受托单位；应用角色不可读写，只经函数"
        indexes = [models.Index(fields=["evaluator", "to_at"], name="evaluation_of_evaluator")]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    division__lt=F("division_end"), released_from__lte=F("released_to"), from_at__lt=F("to_at")
                ),
                name="evaluation_ranges",
            ),
            models.CheckConstraint(condition=Q(least_group__gte=2), name="evaluation_least_group"),
            models.CheckConstraint(
                condition=Q(seed="", drawn_at__isnull=True) | (~Q(seed="") & Q(drawn_at__isnull=False)),
                name="evaluation_drawn_whole",
            ),
        ]


class Figure(models.Model):
    """What one county reported for one question, counted once at the moment of the commission."""

    id = key_column()
    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, db_comment="评估")
    county = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="接收县")
    question = models.TextField(db_comment="问题代码")
    matters = models.PositiveIntegerField(db_comment="件数（分母）")
    held = models.PositiveIntegerField(db_comment="答“是”的件数（分子）")

    class Meta:
        db_table = "evaluation_figure"
        db_table_comment = "自报数字：按县、按问题，委托时一次算定；应用角色不可读，小组由函数隐去"
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "question", "county"], name="evaluation_figure_once"),
            models.CheckConstraint(condition=Q(held__lte=F("matters")), name="evaluation_figure_part"),
        ]


class Matter(models.Model):
    """One matter of a sample, under a code that means nothing outside this evaluation."""

    id = key_column()
    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, db_comment="评估")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_comment="人员")
    division = DivisionField()
    journey_id = models.UUIDField(db_comment="流程")
    code = models.TextField(db_comment="代号：只在本次评估内有意义")
    county = models.ForeignKey(
        "access.Unit", null=True, on_delete=models.PROTECT, related_name="+", db_comment="抽样的层；空为各小县合并"
    )
    recorded = models.JSONField(db_comment="抽样时所记的答案：问题代码到是或否")
    steps = models.JSONField(db_comment="抽样时所记的环节：代码、结果、距释放日的天数、是否按时")

    class Meta:
        db_table = "evaluation_matter"
        db_table_comment = "抽中的事：代号、所记的环节；评估方只经函数看不含人员的部分"
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "code"], name="evaluation_matter_code"),
            models.UniqueConstraint(fields=["evaluation", "journey_id"], name="evaluation_matter_once"),
        ]


class Finding(models.Model):
    """What the evaluator found about one question of one matter; a later finding corrects an earlier, which stays."""

    id = key_column()
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, db_comment="抽中的事")
    event_id = models.UUIDField(db_comment="提交的事件编号，重复提交不重复记录")
    question = models.TextField(db_comment="问题代码")
    verdict = models.TextField(db_comment="AGREES 相符 DIFFERS 不符 UNVERIFIABLE 无法核实")
    note = models.BinaryField(db_comment="说明（密文）")
    at = models.DateTimeField(db_comment="时刻")
    post_id = models.UUIDField(db_comment="核实岗位")

    class Meta:
        db_table = "evaluation_finding"
        db_table_comment = "核实结果：只增不改，更正另立一条；应用角色不可读写，只经函数"
        constraints = [
            models.UniqueConstraint(fields=["event_id", "question"], name="evaluation_finding_once"),
            models.CheckConstraint(
                condition=Q(verdict__in=["AGREES", "DIFFERS", "UNVERIFIABLE"]), name="evaluation_finding_verdict"
            ),
        ]
        indexes = [models.Index(fields=["matter", "question", "at"], name="evaluation_finding_latest")]


class Contact(models.Model):
    """The evaluator asks to talk to somebody it does not know; whoever is responsible asks the person and answers."""

    id = key_column()
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, db_comment="抽中的事")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_comment="人员")
    division = DivisionField()
    code = models.TextField(db_comment="代号，双方据此称呼")
    evaluator = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="评估单位")
    duty_unit = models.ForeignKey(
        "access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="请其安排的单位"
    )
    asked_at = models.DateTimeField(db_comment="提出时刻")
    asked_by = models.UUIDField(db_comment="提出岗位")
    answer = models.TextField(
        blank=True, db_comment="WILLING 愿意 NOT_WILLING 不愿意 NOT_REACHABLE 联系不上；空为未答复"
    )
    way = models.TextField(blank=True, db_comment="AT_OFFICE 在本单位见面 BY_PHONE 由本单位拨通；不愿意时为空")
    meet_at = models.DateTimeField(null=True, db_comment="约定的时刻")
    answered_at = models.DateTimeField(null=True, db_comment="答复时刻")
    answered_by = models.UUIDField(null=True, db_comment="答复岗位")

    class Meta:
        db_table = "evaluation_contact"
        db_table_comment = "请安排谈话：承办单位知道是谁，评估方不知道"
        constraints = [
            models.UniqueConstraint(
                fields=["matter"], condition=Q(answered_at__isnull=True), name="evaluation_contact_one_open"
            ),
            models.CheckConstraint(
                condition=Q(answer="", way="", meet_at__isnull=True, answered_at__isnull=True)
                | Q(
                    answer="WILLING",
                    way__in=["AT_OFFICE", "BY_PHONE"],
                    meet_at__isnull=False,
                    answered_at__isnull=False,
                )
                | Q(
                    answer__in=["NOT_WILLING", "NOT_REACHABLE"], way="", meet_at__isnull=True, answered_at__isnull=False
                ),
                name="evaluation_contact_whole",
            ),
        ]
        indexes = [models.Index(fields=["duty_unit", "answered_at"], name="evaluation_contact_duty")]


class Reply(models.Model):
    """What an evaluated county says to its result, in its own words."""

    id = key_column()
    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, db_comment="评估")
    county = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="县")
    division = DivisionField()
    words = models.BinaryField(db_comment="答复（密文）")
    at = models.DateTimeField(db_comment="时刻")
    post_id = models.UUIDField(db_comment="答复岗位")

    class Meta:
        db_table = "evaluation_reply"
        db_table_comment = "县对评估结果的答复：只增不改"
        indexes = [models.Index(fields=["evaluation", "at"], name="evaluation_reply_at")]

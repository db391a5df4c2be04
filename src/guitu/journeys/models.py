"""Journeys, their clocks and moves. Private to this room."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from guitu.ledger.columns import DivisionField, key_column
from guitu.rulebook.juveniles import SHELTERED

MISSED = "MISSED"
"""Why the clock of a step ended that could only be done before release and was not."""


OFFICER, ASSESSMENT = "OFFICER", "ASSESSMENT"
"""Who noted a special circumstance: an officer by a word, or an assessment by its findings."""


class Journey(models.Model):
    """One matter of one person, under the rule pack it began with."""

    id = key_column()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_comment="人员")
    division = DivisionField()
    kind = models.TextField(db_comment="流程代码")
    pack = models.TextField(db_comment="开立时规则包的SHA-256")
    state = models.TextField(db_comment="当前状态代码")
    duty_unit = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="当前承办单位")
    first_desk = models.ForeignKey(
        "access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="首问单位，开立后不变"
    )
    sending_unit = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="送出单位")
    receiving_unit = models.ForeignKey(
        "access.Unit", null=True, on_delete=models.PROTECT, related_name="+", db_comment="接收单位；空为接收单位未明"
    )
    local_unit = models.ForeignKey(
        "access.Unit",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_comment="承办的司法所等；空为接收单位自办",
    )
    superior_unit = models.ForeignKey(
        "access.Unit",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_comment="裁定异议的共同上级；空为无异议",
    )
    worker_post_id = models.UUIDField(null=True, db_comment="承办岗位；空为未分派到人")
    definition = models.TextField(db_comment="开立时流程定义的SHA-256，此后按该定义流转")
    release_on = models.DateField(db_comment="释放日（法定日，北京时间）")
    effective_on = models.DateField(null=True, db_comment="裁定、决定生效日（法定日）；空为未知或不适用")
    arrival_at = models.DateTimeField(null=True, db_comment="约定到达时刻")
    agreed_on = models.DateField(null=True, db_comment="帮教协议签订日（法定日）")
    released_at = models.DateTimeField(null=True, db_comment="释放时刻：发证交接，否则释放日24时")
    release_type = models.TextField(db_comment="释放类型代码")
    key_person = models.BooleanField(default=False, db_comment="是否必接必送对象")
    key_grounds = ArrayField(models.TextField(), default=list, db_comment="必接必送的理由代码")
    marks = ArrayField(models.TextField(), default=list, db_comment="特别情形代码（road_mark）")
    state_since = models.DateTimeField(db_comment="进入当前状态的时刻")
    opened_at = models.DateTimeField(db_comment="开立时刻")
    ended_at = models.DateTimeField(null=True, db_comment="结束时刻")
    due_at = models.DateTimeField(null=True, db_comment="最近的未了时限（不含）")
    due_rule = models.TextField(blank=True, db_comment="该时限的规则编号")

    class Meta:
        db_table = "journeys_journey"
        db_table_comment = "流程：一事一程"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind"], condition=Q(ended_at__isnull=True), name="journeys_journey_one_open"
            ),
        ]
        indexes = [
            models.Index(fields=["division", "due_at"], name="journeys_journey_div_due"),
            models.Index(fields=["receiving_unit", "state", "due_at"], name="journeys_journey_receiving"),
            models.Index(fields=["sending_unit", "state", "due_at"], name="journeys_journey_sending"),
            models.Index(fields=["local_unit", "state", "due_at"], name="journeys_journey_local"),
            models.Index(
                fields=["release_on"],
                condition=Q(released_at__isnull=True, ended_at__isnull=True),
                name="journeys_journey_unreleased",
            ),
            models.Index(fields=["superior_unit", "state", "due_at"], name="journeys_journey_superior"),
            # Few matters are a juvenile's: who is to be sealed is asked every minute.
            models.Index(
                fields=["person"], condition=Q(marks__overlap=list(SHELTERED)), name="journeys_journey_sheltered"
            ),
            # What a board counts stands in the index: no matter is read for a number.
            models.Index(
                fields=["duty_unit", "state", "due_at"],
                condition=Q(ended_at__isnull=True),
                name="journeys_journey_board",
            ),
        ]


class Clock(models.Model):
    """One due moment: the rule and the value in force when it began, the anchor, both layers, and what became of it."""

    id = key_column()
    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, db_comment="流程")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_comment="人员")
    division = DivisionField()
    rule = models.TextField(db_comment="规则编号")
    state = models.TextField(blank=True, db_comment="所属流程状态；步骤的时限为空")
    step = models.TextField(blank=True, db_comment="所属步骤代码；状态的时限为空")
    round = models.TextField(blank=True, db_comment="步骤的轮次；无轮次为空")
    anchor_at = models.DateTimeField(db_comment="起算时刻")
    statutory_on = models.DateField(null=True, db_comment="法定（政策）最后一日")
    statutory_at = models.DateTimeField(null=True, db_comment="法定（政策）届满时刻（不含）")
    service_on = models.DateField(null=True, db_comment="服务时限最后一日")
    service_at = models.DateTimeField(null=True, db_comment="服务时限届满时刻（不含）")
    due_at = models.DateTimeField(db_comment="较早的届满时刻（不含）")
    pack = models.TextField(db_comment="计算时规则库的SHA-256")
    provisional = models.BooleanField(db_comment="所涉年份放假安排未公布，暂定")
    duty_unit = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="责任单位")
    started_at = models.DateTimeField(db_comment="开始计时时刻")
    done_at = models.DateTimeField(null=True, db_comment="办结时刻")
    voided_at = models.DateTimeField(null=True, db_comment="因重算、撤回而作废的时刻")
    void_reason = models.TextField(blank=True, db_comment="作废原因代码")

    class Meta:
        db_table = "journeys_clock"
        db_table_comment = "时限：每一步一只钟，历史保留"
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(voided_at__isnull=True), name="journeys_clock_one_end"
            ),
            models.CheckConstraint(
                condition=Q(statutory_at__isnull=False) | Q(service_at__isnull=False), name="journeys_clock_has_due"
            ),
            models.UniqueConstraint(
                fields=["journey", "step", "round", "rule"],
                condition=Q(done_at__isnull=True, voided_at__isnull=True),
                name="journeys_clock_one_open",
            ),
            models.CheckConstraint(condition=Q(state="") ^ Q(step=""), name="journeys_clock_state_or_step"),
        ]
        indexes = [
            models.Index(
                fields=["duty_unit", "due_at"],
                # What a desk counts and what the row policy asks for stand in the index: no row is read for a number.
                include=["step", "division", "person"],
                condition=Q(done_at__isnull=True, voided_at__isnull=True),
                name="journeys_clock_duty_open",
            ),
            models.Index(
                fields=["due_at"],
                condition=Q(done_at__isnull=True, voided_at__isnull=True),
                name="journeys_clock_due_open",
            ),
            models.Index(
                fields=["pack"],
                condition=Q(provisional=True, done_at__isnull=True, voided_at__isnull=True),
                name="journeys_clock_provisional",
            ),
        ]


class Move(models.Model):
    """One move of a journey; never changed."""

    id = key_column()
    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, db_comment="流程")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_comment="人员")
    division = DivisionField()
    from_state = models.TextField(db_comment="原状态")
    to_state = models.TextField(db_comment="新状态")
    code = models.TextField(db_comment="动作代码")
    at = models.DateTimeField(db_comment="时刻")
    post_id = models.UUIDField(db_comment="办理岗位")
    unit_id = models.UUIDField(db_comment="办理单位")

    class Meta:
        db_table = "journeys_move"
        db_table_comment = "流程的每次动作：只增不改"
        indexes = [models.Index(fields=["journey", "at"], name="journeys_move_journey_at")]


class Answer(models.Model):
    """How a step came out; a later answer to the same step and round corrects an earlier one, which stays."""

    id = key_column()
    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, db_comment="流程")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_comment="人员")
    division = DivisionField()
    step = models.TextField(db_comment="步骤代码")
    round = models.TextField(blank=True, db_comment="步骤的轮次；无轮次为空")
    outcome = models.TextField(db_comment="结果代码")
    kind = models.TextField(db_comment="done 办结 declined 本人谢绝 not_possible 不能办理")
    note = models.TextField(blank=True, db_comment="说明")
    at = models.DateTimeField(db_comment="答复时刻")
    post_id = models.UUIDField(db_comment="办理岗位")
    unit_id = models.UUIDField(db_comment="办理单位")
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, db_comment="所更正的答复")

    class Meta:
        db_table = "journeys_answer"
        db_table_comment = "步骤的结果：只增不改，更正另立一条"
        indexes = [models.Index(fields=["journey", "step", "at"], name="journeys_answer_journey_step")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["done", "declined", "not_possible"]), name="journeys_answer_kind"
            ),
        ]


class Circumstance(models.Model):
    """Who noted a special circumstance while the road was walked; those of the opening stand on the journey alone.

    An assessment's row is written only where the circumstance did not stand yet: what ends with it is its own.
    """

    id = key_column()
    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, db_comment="流程")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_comment="人员")
    division = DivisionField()
    mark = models.TextField(db_comment="特别情形代码（road_mark）")
    source = models.TextField(db_comment="OFFICER 承办人补记 ASSESSMENT 出监评估得出")
    event_id = models.UUIDField(db_comment="记下它的事件")
    at = models.DateTimeField(db_comment="记下的时刻")
    post_id = models.UUIDField(db_comment="记下的岗位")
    unit_id = models.UUIDField(db_comment="记下的单位")
    ended_at = models.DateTimeField(null=True, db_comment="更正后收回的时刻")
    ended_event_id = models.UUIDField(null=True, db_comment="收回它的更正")

    class Meta:
        db_table = "journeys_circumstance"
        db_table_comment = "途中记下的特别情形：谁记下、何时收回；开立时的不在此列"
        constraints = [
            models.UniqueConstraint(
                fields=["journey", "mark", "source"],
                condition=Q(ended_at__isnull=True),
                name="journeys_circumstance_one_open",
            ),
            models.CheckConstraint(
                condition=Q(source__in=["OFFICER", "ASSESSMENT"]), name="journeys_circumstance_source"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_event_id__isnull=True)
                | Q(ended_at__isnull=False, ended_event_id__isnull=False),
                name="journeys_circumstance_end_whole",
            ),
        ]


class Definition(models.Model):
    """The text of a journey as data, kept so that a running journey goes on under the one it began with."""

    id = key_column()
    sha256 = models.TextField(unique=True, db_comment="规范化文本的SHA-256")
    kind = models.TextField(db_comment="流程代码")
    text = models.TextField(db_comment="流程定义全文（规范化）")
    kept_at = models.DateTimeField(db_comment="首次使用时刻")

    class Meta:
        db_table = "journeys_definition"
        db_table_comment = "流程定义：一经使用即留存，不改"


class PermittedMove(models.Model):
    """One move of a kept definition from one state, as compiled (access/permitted_moves.py). Never edited by hand."""

    id = models.BigAutoField(primary_key=True, db_comment="序号")
    definition = models.TextField(db_comment="流程定义的SHA-256")
    move = models.TextField(db_comment="动作代码")
    from_state = models.TextField(blank=True, db_comment="原状态；开立为空")
    to_state = models.TextField(db_comment="新状态")
    ends = models.BooleanField(db_comment="新状态是否为终点")
    event = models.TextField(db_comment="所成事件代码")
    by = ArrayField(models.TextField(), db_comment="可办理的位置代码")
    may = ArrayField(models.TextField(), db_comment="须有其一的权限代码；空为只由时间推动")

    class Meta:
        db_table = "journeys_permitted_move"
        db_table_comment = "流程可作的动作：由规则库编译而来，数据库据此认动作"
        constraints = [
            models.UniqueConstraint(
                fields=["definition", "move", "from_state", "to_state"], name="journeys_permitted_move_once"
            ),
        ]


class PermittedAnswer(models.Model):
    """One outcome of one step of a kept definition, as compiled, and who may answer so. Never edited by hand."""

    id = models.BigAutoField(primary_key=True, db_comment="序号")
    definition = models.TextField(db_comment="流程定义的SHA-256")
    step = models.TextField(db_comment="步骤代码")
    outcome = models.TextField(db_comment="结果代码")
    by = ArrayField(models.TextField(), db_comment="可答复的位置代码")

    class Meta:
        db_table = "journeys_permitted_answer"
        db_table_comment = "步骤可作的答复：由规则库编译而来，数据库据此认答复"
        constraints = [
            models.UniqueConstraint(fields=["definition", "step", "outcome"], name="journeys_permitted_answer_once"),
        ]

"""Pick-ups as planned, and disputes with their rulings. Private to this room."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from guitu.ledger.columns import DivisionField, key_column


class PickUp(models.Model):
    """One plan for the day of release; a newer plan replaces an older one, which stays."""

    id = key_column()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_comment="人员")
    division = DivisionField()
    journey_id = models.UUIDField(db_comment="所属流程")
    place = models.TextField(db_comment="交接地点")
    leaves_at = models.DateTimeField(db_comment="约定在监所门口会合的时刻")
    arrival_at = models.DateTimeField(db_comment="约定到达时刻")
    sender_name = models.TextField(db_comment="送方经办人姓名")
    sender_phone = models.TextField(db_comment="送方经办人电话")
    receiver_name = models.TextField(db_comment="接方经办人姓名")
    receiver_phone = models.TextField(db_comment="接方经办人电话")
    transport = models.TextField(db_comment="交通方式代码")
    medication_days = models.PositiveSmallIntegerField(null=True, db_comment="随身药品可用日数；空为无需用药")
    has_id_card = models.BooleanField(db_comment="是否持有身份证")
    has_phone = models.BooleanField(db_comment="是否持有手机")
    money_cents = models.PositiveBigIntegerField(db_comment="随身款项（分）")
    contacts = models.BinaryField(db_comment="约定联系人（密文）：未到达时只联系这些人")
    remark = models.TextField(blank=True, db_comment="说明")
    planned_at = models.DateTimeField(db_comment="排定时刻")
    planned_by = models.UUIDField(db_comment="排定岗位")
    replaced_at = models.DateTimeField(null=True, db_comment="被新安排取代的时刻")
    sender_confirmed_at = models.DateTimeField(null=True, db_comment="送方确认交接时刻")
    sender_confirmed_by = models.UUIDField(null=True, db_comment="送方确认岗位")
    receiver_confirmed_at = models.DateTimeField(null=True, db_comment="接方确认交接时刻")
    receiver_confirmed_by = models.UUIDField(null=True, db_comment="接方确认岗位")

    class Meta:
        db_table = "handover_pick_up"
        db_table_comment = "接送安排：双方具名，未被取代的至多一份"
        constraints = [
            models.UniqueConstraint(
                fields=["journey_id"], condition=Q(replaced_at__isnull=True), name="handover_pick_up_one_plan"
            ),
            models.CheckConstraint(
                condition=Q(arrival_at__gte=models.F("leaves_at")), name="handover_pick_up_arrives_after"
            ),
        ]


class Dispute(models.Model):
    """A refusal that was contested, or lapsed, until the common superior rules; never changed after."""

    id = key_column()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_comment="人员")
    division = DivisionField()
    journey_id = models.UUIDField(db_comment="所属流程")
    parcel_id = models.UUIDField(db_comment="被退回的数据包")
    superior = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="共同上级")
    opened_at = models.DateTimeField(db_comment="提出异议或逾期的时刻")
    opened_by = models.UUIDField(db_comment="提出异议的岗位；逾期为时钟岗位")
    lapsed = models.BooleanField(db_comment="是否逾期视为异议")
    reasons = models.TextField(blank=True, db_comment="送方异议理由；逾期为空")
    ruled_at = models.DateTimeField(null=True, db_comment="裁定时刻")
    ruled_by = models.UUIDField(null=True, db_comment="裁定岗位")
    outcome = models.TextField(blank=True, db_comment="RECEIVER 裁定接收单位 COMPLETION 裁定送方补正；空为未裁定")
    receiver = models.ForeignKey(
        "access.Unit", null=True, on_delete=models.PROTECT, related_name="+", db_comment="裁定的接收单位"
    )
    ruling_reasons = models.TextField(blank=True, db_comment="裁定理由")

    class Meta:
        db_table = "handover_dispute"
        db_table_comment = "接收争议与裁定"
        constraints = [
            models.UniqueConstraint(fields=["parcel_id"], name="handover_dispute_once"),
            models.CheckConstraint(
                condition=Q(outcome="", ruled_at__isnull=True)
                | Q(outcome="RECEIVER", ruled_at__isnull=False, receiver__isnull=False)
                | Q(outcome="COMPLETION", ruled_at__isnull=False, receiver__isnull=True),
                name="handover_dispute_ruled_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["superior", "ruled_at"], name="handover_dispute_superior"),
            # What waits for a ruling is counted on every page of a supervisor: this index alone answers.
            models.Index(
                fields=["superior", "opened_at", "id"],
                include=["person", "division"],
                condition=Q(outcome=""),
                name="handover_dispute_waiting",
            ),
            models.Index(fields=["journey_id"], name="handover_dispute_journey"),
        ]


class Request(models.Model):
    """A matter that a counter took for a person: the first desk is fixed, whoever has to answer is named, so is when.

    `step` and `round` name the step of the road that answers it; empty where the answer is given on the request itself.
    """

    id = key_column()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_comment="人员")
    division = DivisionField()
    event_id = models.UUIDField(db_comment="受理的事件编号，重复提交不重复受理")
    journey_id = models.UUIDField(null=True, db_comment="所属流程；空为没有流程")
    matter = models.TextField(db_comment="事项代码（matter_12）")
    step = models.TextField(blank=True, db_comment="答复本事项的步骤；空为直接答复")
    round = models.TextField(blank=True, db_comment="该步骤的轮次")
    channel = models.TextField(db_comment="来的方式：COUNTER FAMILY PHONE LETTER")
    words = models.BinaryField(db_comment="本人怎么说（密文）")
    number = models.TextField(db_comment="受理单文号：每单位每年连续")
    document_id = models.UUIDField(null=True, db_comment="受理单；空为按来人所说受理、另给凭条")
    first_desk = models.ForeignKey(
        "access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="首问单位，受理即固定"
    )
    post_id = models.UUIDField(db_comment="首问岗位")
    taken_by = models.TextField(db_comment="首问人姓名")
    taken_at = models.DateTimeField(db_comment="受理时刻")
    duty_unit = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="承办单位")
    due_at = models.DateTimeField(db_comment="答复届满时刻（不含）")
    due_rule = models.TextField(db_comment="答复时限的规则编号")
    first_due_at = models.DateTimeField(null=True, db_comment="跨区域首次答复届满时刻；空为同一区域")
    first_answered_at = models.DateTimeField(null=True, db_comment="首次答复时刻")
    first_answer = models.BinaryField(null=True, db_comment="首次答复（密文）")
    answered_at = models.DateTimeField(null=True, db_comment="答复时刻")
    answered_unit_id = models.UUIDField(null=True, db_comment="答复单位")
    answered_post_id = models.UUIDField(null=True, db_comment="答复岗位")
    outcome = models.TextField(blank=True, db_comment="结果代码；空为在办")
    kind = models.TextField(blank=True, db_comment="done 办结 declined 本人不办 not_possible 不能办理；空为在办")
    answer = models.BinaryField(null=True, db_comment="答复的话（密文）")
    climbs_at = models.DateTimeField(null=True, db_comment="下一次逾期提醒或者督办的时刻；空为已到最上一级")

    class Meta:
        db_table = "handover_request"
        db_table_comment = "一窗受理：每人每事一件，首问负责"
        constraints = [
            models.UniqueConstraint(fields=["event_id", "matter"], name="handover_request_once"),
            models.UniqueConstraint(fields=["first_desk", "number"], name="handover_request_number"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, kind="", outcome="")
                | Q(answered_at__isnull=False, kind__in=["done", "declined", "not_possible"]),
                name="handover_request_answered_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["first_desk", "taken_at"], name="handover_request_desk"),
            models.Index(fields=["duty_unit", "due_at"], name="handover_request_duty"),
            models.Index(fields=["person", "taken_at"], name="handover_request_person"),
            models.Index(
                fields=["climbs_at"],
                condition=Q(answered_at__isnull=True, climbs_at__isnull=False),
                name="handover_request_climbs",
            ),
        ]


class PassedMatter(models.Model):
    """A matter taken in words for somebody not in sight. Each of the two desks holds its own half, with the same
    `request_id`: the first desk (TAKEN) and the unit it was passed on to (DUTY); neither holds a person.
    """

    id = key_column()
    request_id = models.UUIDField(db_comment="受理事项编号，两半相同；认到人后即该事项的编号")
    side = models.TextField(db_comment="TAKEN 首问单位的一半 DUTY 承办单位的一半")
    unit = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="持有这一半的单位")
    division = DivisionField()
    event_id = models.UUIDField(db_comment="受理的事件编号，重复提交不重复受理")
    matter = models.TextField(db_comment="事项代码（matter_12）")
    channel = models.TextField(db_comment="来的方式：COUNTER FAMILY PHONE LETTER")
    said = models.BinaryField(db_comment="姓名、电话、怎么说（密文）；证件号码只在承办一半")
    document_shown = models.BooleanField(db_comment="是否出示过证件")
    number = models.TextField(db_comment="受理号：每单位每年连续")
    first_desk = models.ForeignKey(
        "access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="首问单位，受理即固定"
    )
    post_id = models.UUIDField(db_comment="首问岗位")
    taken_by = models.TextField(db_comment="首问人姓名")
    taken_at = models.DateTimeField(db_comment="受理时刻")
    handed_to = models.ForeignKey(
        "access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="来人说的县，凭条上的转交单位"
    )
    due_at = models.DateTimeField(db_comment="答复届满时刻（不含）")
    due_rule = models.TextField(db_comment="答复时限的规则编号")
    first_due_at = models.DateTimeField(null=True, db_comment="跨区域首次答复届满时刻；空为同一区域")
    first_answered_at = models.DateTimeField(null=True, db_comment="首次答复时刻")
    first_answer = models.BinaryField(null=True, db_comment="首次答复（密文）")
    linked_at = models.DateTimeField(null=True, db_comment="认到人的时刻，只在承办一半")
    answered_at = models.DateTimeField(null=True, db_comment="答复时刻")
    answered_unit_id = models.UUIDField(null=True, db_comment="答复单位")
    outcome = models.TextField(blank=True, db_comment="结果代码；空为在办")
    kind = models.TextField(blank=True, db_comment="done 办结 declined 本人不办 not_possible 不能办理；空为在办")
    answer = models.BinaryField(null=True, db_comment="答复的话（密文）")
    climbs_at = models.DateTimeField(null=True, db_comment="下一次逾期提醒或者督办的时刻，只在承办一半")
    handed_on = models.PositiveSmallIntegerField(db_default=0, db_comment="转交次数，首次转出不算")
    held_since = models.DateTimeField(null=True, db_comment="现在的单位从何时起承办；空为受理时起")
    held_level = models.TextField(
        blank=True, db_default="", db_comment="现在的单位的级别：COUNTY 县级 ABOVE 市级以上；空为没有转交过"
    )
    whose = models.TextField(
        db_default="OPEN", db_comment="归属：OPEN 由各单位转交 SUPERIOR 共同上级待定 RULED 上级已定"
    )
    trail = models.BinaryField(null=True, db_comment="转交经过（密文），只在承办一半")

    class Meta:
        db_table = "handover_passed_matter"
        db_table_comment = "按来人所说受理、转交别处的事：首问和承办各持一半"
        constraints = [
            models.UniqueConstraint(fields=["request_id", "side"], name="handover_passed_matter_halves"),
            models.CheckConstraint(condition=Q(side__in=["TAKEN", "DUTY"]), name="handover_passed_matter_side"),
            models.CheckConstraint(
                condition=Q(whose__in=["OPEN", "SUPERIOR", "RULED"]), name="handover_passed_matter_whose"
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, kind="", outcome="")
                | Q(answered_at__isnull=False, kind__in=["done", "declined", "not_possible"]),
                name="handover_passed_matter_answered_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "side", "taken_at"], name="handover_passed_matter_unit"),
            models.Index(
                fields=["climbs_at"],
                condition=Q(answered_at__isnull=True, climbs_at__isnull=False),
                name="handover_passed_matter_climbs",
            ),
        ]


class Meeting(models.Model):
    """A meeting before release: who wished it, the time that the prison gave, what was said and agreed."""

    id = key_column()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_comment="人员")
    division = DivisionField()
    journey_id = models.UUIDField(db_comment="所属流程")
    round = models.TextField(db_comment="会见步骤的轮次")
    side = models.TextField(blank=True, db_comment="谁要会见：COUNTY FAMILY HELPER；空为没有写明")
    way = models.TextField(blank=True, db_comment="方式：VISIT 到监 VIDEO 视频；空为没有写明")
    visitors = models.BinaryField(null=True, db_comment="会见人姓名和关系（密文）")
    wished = models.BinaryField(null=True, db_comment="希望的时间（密文）")
    asked_at = models.DateTimeField(db_comment="提出时刻")
    asked_by = models.UUIDField(null=True, db_comment="提出岗位；空为经一窗受理")
    asked_unit_id = models.UUIDField(null=True, db_comment="提出单位；空为经一窗受理")
    slot_at = models.DateTimeField(null=True, db_comment="排定的会见时刻；空为未排定")
    place = models.TextField(blank=True, db_comment="会见地点或者视频室")
    answered_at = models.DateTimeField(null=True, db_comment="排定或者不能安排的时刻")
    answered_by = models.UUIDField(null=True, db_comment="答复岗位")
    refusal = models.TextField(blank=True, db_comment="不能安排的理由；空为已排定或者未答复")
    held = models.BooleanField(null=True, db_comment="是否举行；空为还没有记录")
    minutes = models.BinaryField(null=True, db_comment="会见记录或者未举行的原因（密文）")
    agreements = models.BinaryField(null=True, db_comment="约定的事（密文）")
    minuted_at = models.DateTimeField(null=True, db_comment="记录时刻")
    minuted_by = models.UUIDField(null=True, db_comment="记录岗位")

    class Meta:
        db_table = "handover_meeting"
        db_table_comment = "释放前会见：申请、排定、记录和约定"
        constraints = [
            models.UniqueConstraint(fields=["journey_id", "round"], name="handover_meeting_once"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, slot_at__isnull=True, refusal="")
                | Q(answered_at__isnull=False, slot_at__isnull=False, refusal="")
                | Q(answered_at__isnull=False, slot_at__isnull=True) & ~Q(refusal=""),
                name="handover_meeting_answered_whole",
            ),
        ]
        indexes = [models.Index(fields=["journey_id", "asked_at"], name="handover_meeting_journey")]

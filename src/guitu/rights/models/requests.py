"""Requests about one's own data, finished copies, and what was erased. Private to this room."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from guitu.ledger.columns import DivisionField, key_column


class Request(models.Model):
    """One request: words and answer are a statement of the person, of the same id; here stand clock and decision.

    `contested_…` name the act that the person does not accept: whoever did it does not decide about it.
    """

    id = key_column()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_comment="人员")
    division = DivisionField()
    kind = models.TextField(db_comment="请求种类代码（rulebook/data/rights）")
    number = models.TextField(unique=True, db_comment="受理编号，本人凭此查问")
    asked_at = models.DateTimeField(db_comment="收到时刻")
    duty_unit = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="承办单位")
    due_at = models.DateTimeField(db_comment="应答复的时刻（不含）")
    due_rule = models.TextField(db_comment="时限规则")
    climbs_at = models.DateTimeField(null=True, db_comment="下一次逾期提醒或者督办的时刻；空为已到最上一级")
    contested_entry = models.UUIDField(null=True, db_comment="所不同意的决定：台账条目；空为不涉及决定")
    contested_act = models.TextField(blank=True, db_comment="所不同意的决定：行为代码")
    contested_at = models.DateTimeField(null=True, db_comment="该决定的时刻")
    contested_post = models.UUIDField(null=True, db_comment="作出该决定的岗位，不得由其复核")
    contested_unit = models.UUIDField(null=True, db_comment="作出该决定的单位")
    decided_at = models.DateTimeField(null=True, db_comment="决定时刻")
    decided_by = models.UUIDField(null=True, db_comment="决定岗位")
    decided_unit = models.UUIDField(null=True, db_comment="决定单位")
    outcome = models.TextField(blank=True, db_comment="GRANTED 同意 PARTLY 部分同意 REFUSED 不同意；空为未决定")
    ground = models.TextField(blank=True, db_comment="不同意、部分同意的理由代码，或者删除的依据代码")
    left_out = ArrayField(models.TextField(), default=list, db_comment="部分同意的副本里不给的段落：表.列:行号")

    class Meta:
        db_table = "rights_request"
        db_table_comment = "权利请求：时限与决定；原话和答复在本人的表示里，编号相同"
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", decided_at__isnull=True, decided_by__isnull=True, decided_unit__isnull=True)
                | Q(
                    outcome__in=["GRANTED", "PARTLY", "REFUSED"],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                    decided_unit__isnull=False,
                ),
                name="rights_request_decided_whole",
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=["PARTLY", "REFUSED"]) | ~Q(ground=""),
                name="rights_request_refused_with_ground",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | Q(contested_post__isnull=True)
                | ~Q(decided_by=F("contested_post")),
                name="rights_request_decided_by_another",
            ),
        ]
        indexes = [
            models.Index(fields=["duty_unit", "due_at"], name="rights_request_duty"),
            models.Index(fields=["person", "asked_at"], name="rights_request_person"),
            models.Index(
                fields=["climbs_at"],
                condition=Q(decided_at__isnull=True, climbs_at__isnull=False),
                name="rights_request_climbs",
            ),
            # A wide range is walked in the order of its list; what a narrow one counts stands in the index.
            models.Index(F("decided_at").desc(nulls_first=True), "due_at", "id", name="rights_request_order"),
            models.Index(
                fields=["division", "decided_at", "due_at"],
                include=["outcome", "kind", "person"],
                name="rights_request_desk",
            ),
            models.Index(fields=["asked_at"], condition=Q(kind="OBJECTION"), name="rights_request_objected"),
        ]


class Copy(models.Model):
    """A finished copy of all that is held about the person: one to read, one for machines, until it expires."""

    id = key_column()  # the id of the request
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_comment="人员")
    division = DivisionField()
    readable = models.BinaryField(db_comment="供阅读的PDF（密文）")
    machine = models.BinaryField(db_comment="供机器读取的JSON（密文）")
    made_at = models.DateTimeField(db_comment="制作时刻")
    expires_at = models.DateTimeField(db_comment="到期删除的时刻")
    fetched_at = models.DateTimeField(null=True, db_comment="本人首次取走的时刻")
    handed_at = models.DateTimeField(null=True, db_comment="打印当面交付的时刻")
    handed_by = models.UUIDField(null=True, db_comment="当面交付的岗位")
    sheet_id = models.UUIDField(null=True, db_comment="本人签收的纸（附件编号）")

    class Meta:
        db_table = "rights_copy"
        db_table_comment = "个人信息副本：加密，到期删除"
        constraints = [
            models.CheckConstraint(
                condition=Q(handed_at__isnull=True, handed_by__isnull=True, sheet_id__isnull=True)
                | Q(handed_at__isnull=False, handed_by__isnull=False, sheet_id__isnull=False),
                name="rights_copy_handed_against_signature",
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], name="rights_copy_expires")]


class Erasure(models.Model):
    """That a person's data was erased by decision: what remains is no personal value, only the proof."""

    id = key_column()  # the id of the request
    person_id = models.UUIDField(null=True, db_comment="待删除的人员；删除完成后为空")
    division = DivisionField(db_comment="决定时责任单位区划（12位）")
    unit = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="决定单位")
    number = models.TextField(unique=True, db_comment="请求的受理编号")
    ground = models.TextField(db_comment="删除的依据代码")
    decided_at = models.DateTimeField(db_comment="决定时刻")
    decided_by = models.UUIDField(db_comment="决定岗位")
    done_at = models.DateTimeField(null=True, db_comment="删除完成的时刻")
    counts = models.JSONField(default=dict, db_comment="各表删除的行数")
    document_id = models.UUIDField(null=True, db_comment="删除证明（文书编号）")

    class Meta:
        db_table = "rights_erasure"
        db_table_comment = "删除的证明：依据、各表行数；不含个人信息"
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, person_id__isnull=False)
                | Q(done_at__isnull=False, person_id__isnull=True),
                name="rights_erasure_forgets_whom",
            ),
        ]
        indexes = [models.Index(fields=["unit", "-decided_at"], name="rights_erasure_unit")]


class Complaint(models.Model):
    """What the person complains of to the procuratorate, past the office it is about: no range of divisions shows it.

    On paper the words stay in the closed envelope; then `sealed_words` is empty. An office that erases the person takes
    no complaint away that waits for its answer: the row stays without its person until the procuratorate has answered.
    """

    id = key_column()
    person = models.ForeignKey(
        "people.Person",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_comment="人员；没有答复时本人已被删除的为空",
    )
    division = DivisionField()
    number = models.TextField(unique=True, db_comment="投诉编号，本人凭此查问")
    addressee = models.ForeignKey(
        "access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="收件的人民检察院"
    )
    about_unit = models.ForeignKey(
        "access.Unit", on_delete=models.PROTECT, related_name="+", null=True, db_comment="被投诉的单位；信封未拆的为空"
    )
    way = models.TextField(db_comment="SELF 本人 REPRESENTATIVE 受托人 ENVELOPE 窗口代收的信封")
    post_id = models.UUIDField(db_comment="提出或者代收的岗位")
    sealed_name = models.BinaryField(db_comment="投诉人的姓名和编号（密文），给看不到其档案的检察院")
    sealed_words = models.BinaryField(null=True, db_comment="投诉的话（密文）；信封里的为空")
    taken_at = models.DateTimeField(db_comment="收到时刻")
    due_at = models.DateTimeField(db_comment="应答复的时刻（不含）")
    due_rule = models.TextField(db_comment="时限规则")
    climbs_at = models.DateTimeField(null=True, db_comment="下一次逾期提醒或者上报的时刻；空为已到最上一级")
    answered_at = models.DateTimeField(null=True, db_comment="答复时刻")
    answered_by = models.UUIDField(null=True, db_comment="答复岗位")
    outcome = models.TextField(blank=True, db_comment="FOUND 属实 UNFOUNDED 查不属实 PASSED_ON 转有权机关；空为未答复")
    sealed_answer = models.BinaryField(null=True, db_comment="给本人的答复（密文）")

    class Meta:
        db_table = "rights_complaint"
        db_table_comment = "向人民检察院的投诉：只有收件的检察院和本人看得到"
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", answered_at__isnull=True, answered_by__isnull=True, sealed_answer__isnull=True)
                | Q(
                    outcome__in=["FOUND", "UNFOUNDED", "PASSED_ON"],
                    answered_at__isnull=False,
                    answered_by__isnull=False,
                    sealed_answer__isnull=False,
                ),
                name="rights_complaint_answered_whole",
            ),
            models.CheckConstraint(
                condition=Q(way="ENVELOPE", sealed_words__isnull=True, about_unit__isnull=True)
                | Q(way__in=["SELF", "REPRESENTATIVE"], sealed_words__isnull=False, about_unit__isnull=False),
                name="rights_complaint_in_words_or_envelope",
            ),
        ]
        indexes = [
            models.Index(fields=["addressee", "due_at"], name="rights_complaint_addressee"),
            models.Index(fields=["person", "taken_at"], name="rights_complaint_person"),
            models.Index(fields=["taken_at"], name="rights_complaint_taken"),
        ]


class Sealing(models.Model):
    """That a file was sealed: by which office, on which ground and document; and what stands still until it is undone.

    Read and written by the database's functions alone. `division` is where the person stood before.
    """

    id = key_column()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_comment="人员")
    division = DivisionField(db_comment="封存前的责任单位区划（12位），解除封存时还原")
    number = models.TextField(unique=True, db_comment="封存编号")
    unit = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="封存单位")
    ground = models.TextField(db_comment="封存依据代码（rulebook/data/sealing）")
    organ = models.TextField(db_comment="作出封存决定的机关")
    document = models.TextField(db_comment="封存决定的文号")
    decided_on = models.DateField(db_comment="封存决定的日期")
    sealed_at = models.DateTimeField(db_comment="封存时刻")
    sealed_by = models.UUIDField(db_comment="封存岗位")
    suspended = models.JSONField(default=dict, db_comment="封存时停下的可见范围：编号与原来的止期，解除时还原")
    unsealed_at = models.DateTimeField(null=True, db_comment="解除封存的时刻；空为仍封存")

    class Meta:
        db_table = "rights_sealing"
        db_table_comment = "档案的封存"
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(unsealed_at__isnull=True), name="rights_sealing_once"
            ),
        ]
        indexes = [models.Index(fields=["unit", "-sealed_at"], name="rights_sealing_unit")]


class Unsealing(models.Model):
    """That a sealing is held to be wrong: said by one post, decided by another; a yes corrects the sealing."""

    id = key_column()
    sealing = models.ForeignKey(Sealing, on_delete=models.PROTECT, db_comment="封存")
    ground = models.TextField(db_comment="更正依据代码（rulebook/data/sealing）")
    document = models.TextField(db_comment="更正所依据的文书的文号")
    words = models.TextField(db_comment="封存错在哪里")
    proposed_at = models.DateTimeField(db_comment="提出时刻")
    proposed_by = models.UUIDField(db_comment="提出岗位")
    decided_at = models.DateTimeField(null=True, db_comment="决定时刻")
    decided_by = models.UUIDField(null=True, db_comment="决定岗位，不是提出岗位")
    approved = models.BooleanField(null=True, db_comment="是否同意；空为未决定")
    finding = models.TextField(blank=True, db_comment="决定的理由")

    class Meta:
        db_table = "rights_unsealing"
        db_table_comment = "封存的更正：一人提出，另一人决定"
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True, approved__isnull=True, finding="")
                | (
                    Q(decided_at__isnull=False, decided_by__isnull=False, approved__isnull=False)
                    & ~Q(finding="")
                    & ~Q(decided_by=F("proposed_by"))
                ),
                name="rights_unsealing_by_two",
            ),
            models.UniqueConstraint(
                fields=["sealing"], condition=Q(decided_at__isnull=True), name="rights_unsealing_one_open"
            ),
        ]


class SealedQuery(models.Model):
    """A written request to see items of a sealed file: by whom entitled, on what, for what; decided by a second person.

    Approved, it opens the named items to the named post until `until_at`; each look counts.
    """

    id = key_column()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_comment="人员")
    sealing = models.ForeignKey(Sealing, on_delete=models.PROTECT, db_comment="封存")
    number = models.TextField(unique=True, db_comment="查询编号")
    organ = models.TextField(db_comment="申请机关的种类代码（rulebook/data/sealing）")
    organ_name = models.TextField(db_comment="申请机关的名称")
    ground = models.TextField(db_comment="查询依据代码（rulebook/data/sealing）")
    document = models.TextField(db_comment="查询申请书的文号")
    aim = models.TextField(db_comment="查询的用途")
    items = ArrayField(models.TextField(), db_comment="申请查询的数据项代码")
    post = models.ForeignKey("access.Post", on_delete=models.PROTECT, related_name="+", db_comment="可以查看的岗位")
    asked_at = models.DateTimeField(db_comment="登记时刻")
    asked_by = models.UUIDField(db_comment="登记岗位")
    decided_at = models.DateTimeField(null=True, db_comment="决定时刻")
    decided_by = models.UUIDField(null=True, db_comment="决定岗位，不是登记岗位")
    approved = models.BooleanField(null=True, db_comment="是否同意；空为未决定")
    finding = models.TextField(blank=True, db_comment="决定的理由")
    until_at = models.DateTimeField(null=True, db_comment="到什么时刻为止可以查看（不含）；同意的才有")
    looks = models.IntegerField(default=0, db_comment="打开数据项的次数")
    copied_to = models.ForeignKey(
        "access.Unit",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_comment="抄送的人民检察院；空为没有同意，或者没有连通的检察院",
    )

    class Meta:
        db_table = "rights_sealed_query"
        db_table_comment = "对封存档案的依法查询：一人登记，另一人决定，到期自行关闭"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    decided_at__isnull=True,
                    decided_by__isnull=True,
                    approved__isnull=True,
                    finding="",
                    until_at__isnull=True,
                )
                | (
                    Q(decided_at__isnull=False, decided_by__isnull=False)
                    & (Q(approved=True, until_at__isnull=False) | Q(approved=False, until_at__isnull=True))
                    & ~Q(finding="")
                    & ~Q(decided_by=F("asked_by"))
                ),
                name="rights_sealed_query_by_two",
            ),
            models.CheckConstraint(
                condition=~Q(items=[]) & ~Q(document="") & ~Q(aim="") & ~Q(organ_name=""),
                name="rights_sealed_query_whole",
            ),
        ]
        indexes = [models.Index(fields=["post", "until_at"], name="rights_sealed_query_post")]


class SealedMeeting(models.Model):
    """That a number of somebody sealed was registered anew: told to the office that sealed, and to nobody else."""

    id = key_column()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_comment="封存的人员")
    met = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_comment="新登记的人员")
    unit = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="新登记的单位")
    at = models.DateTimeField(db_comment="登记时刻")

    class Meta:
        db_table = "rights_sealed_meeting"
        db_table_comment = "封存的人的证件号码又被登记：只告诉封存单位"
        constraints = [
            models.UniqueConstraint(fields=["person", "met"], name="rights_sealed_meeting_once"),
        ]


class Worsening(models.Model):
    """What went worse for a person after they complained, before the superior: no range of divisions shows it.

    The value itself does not stand here: which item, when, by whom; the file is the office's.
    """

    id = key_column()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_comment="人员")
    division = DivisionField()
    file_number = models.TextField(db_comment="档案编号，给看不到其档案的上级")
    addressee = models.ForeignKey(
        "access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="复核的共同上级单位"
    )
    said_id = models.UUIDField(db_comment="此前的投诉或者异议")
    said_at = models.DateTimeField(db_comment="该投诉或者异议的时刻")
    about_unit = models.ForeignKey(
        "access.Unit", on_delete=models.PROTECT, related_name="+", null=True, db_comment="被投诉的单位；信封未拆的为空"
    )
    what = models.TextField(db_comment="变差的数据项代码，或者 RIGHT_REFUSED MATTER_REFUSED")
    event_id = models.UUIDField(unique=True, db_comment="变差的那一行：新值、请求、事项")
    event_at = models.DateTimeField(db_comment="变差的时刻")
    by_unit = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="作出的单位")
    by_post = models.UUIDField(db_comment="作出的岗位，不得由其复核")
    found_at = models.DateTimeField(db_comment="提交复核的时刻")
    due_at = models.DateTimeField(db_comment="应复核的时刻（不含）")
    due_rule = models.TextField(db_comment="时限规则")
    decided_at = models.DateTimeField(null=True, db_comment="复核时刻")
    decided_by = models.UUIDField(null=True, db_comment="复核岗位")
    outcome = models.TextField(blank=True, db_comment="KEPT 维持 TAKEN_BACK 退回更正；空为未复核")
    sealed_words = models.BinaryField(null=True, db_comment="给本人的复核意见（密文）")

    class Meta:
        db_table = "rights_worsening"
        db_table_comment = "投诉以后变差的事的复核：只有共同上级和本人看得到"
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", decided_at__isnull=True, decided_by__isnull=True, sealed_words__isnull=True)
                | Q(
                    outcome__in=["KEPT", "TAKEN_BACK"],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                    sealed_words__isnull=False,
                ),
                name="rights_worsening_decided_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["addressee", "due_at"], name="rights_worsening_addressee"),
            models.Index(fields=["person", "found_at"], name="rights_worsening_person"),
        ]

"""Agreements of help, placements, follow-ups, offers of partners, consents and referrals. Private to this room."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from guitu.ledger.columns import DivisionField, key_column


class Agreement(models.Model):
    """What the person agreed to; ended by the person's word at any time, without a reason."""

    id = key_column()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_comment="人员")
    division = DivisionField()
    journey_id = models.UUIDField(db_comment="所属流程")
    agreed_on = models.DateField(db_comment="签订日（法定日）")
    help_until = models.DateField(db_comment="帮教期最后一日（法定日）")
    wishes = models.BinaryField(db_comment="约定的帮扶内容（密文）")
    contacts = models.BinaryField(db_comment="约定联系人（密文）")
    spoken_by = models.TextField(db_comment="SELF 本人 REPRESENTATIVE 代理人")
    agreed_at = models.DateTimeField(db_comment="记录时刻")
    agreed_by = models.UUIDField(db_comment="记录岗位")
    ended_at = models.DateTimeField(null=True, db_comment="结束时刻")
    ended_how = models.TextField(blank=True, db_comment="BY_PERSON 本人结束 TERM 期满；空为有效")

    class Meta:
        db_table = "support_agreement"
        db_table_comment = "帮教协议：自愿，可随时结束"
        constraints = [
            models.UniqueConstraint(
                fields=["journey_id"], condition=Q(ended_at__isnull=True), name="support_agreement_one_in_force"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_how="") | (Q(ended_at__isnull=False) & ~Q(ended_how="")),
                name="support_agreement_ended_whole",
            ),
        ]


class HelpProposal(models.Model):
    """An agreement of help as an officer drafted it, until the person answers it; each draft and answer stays."""

    id = key_column()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_comment="人员")
    division = DivisionField()
    journey_id = models.UUIDField(db_comment="所属流程")
    wishes = models.BinaryField(db_comment="拟约定的帮扶内容（密文）")
    contacts = models.BinaryField(db_comment="拟约定的联系人（密文）")
    made_at = models.DateTimeField(db_comment="提出时刻")
    made_by = models.UUIDField(db_comment="提出岗位")
    unit_id = models.UUIDField(db_comment="提出单位")
    state = models.TextField(
        default="OPEN", db_comment="OPEN 等本人答复 ACCEPTED 同意 DECLINED 不要 CHANGE_ASKED 要改 REPLACED 另拟或者另签"
    )
    answered_at = models.DateTimeField(null=True, db_comment="答复或者被取代的时刻")
    spoken_by = models.TextField(
        blank=True, db_comment="SELF 本人 REPRESENTATIVE 代理人 OFFICER 经办人代记；空为没有答复"
    )
    sheet_id = models.UUIDField(null=True, db_comment="代记所附本人签字的纸")
    change = models.BinaryField(null=True, db_comment="本人要怎么改（密文）")

    class Meta:
        db_table = "support_help_proposal"
        db_table_comment = "帮教协议草案：请本人看、由本人答复"
        constraints = [
            models.UniqueConstraint(
                fields=["journey_id"], condition=Q(state="OPEN"), name="support_help_proposal_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state="OPEN", answered_at__isnull=True) | (~Q(state="OPEN") & Q(answered_at__isnull=False)),
                name="support_help_proposal_answered_whole",
            ),
        ]
        indexes = [models.Index(fields=["journey_id", "made_at"], name="support_help_proposal_journey")]


class Placement(models.Model):
    """Where somebody without home or work support came to live or work."""

    id = key_column()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_comment="人员")
    division = DivisionField()
    journey_id = models.UUIDField(db_comment="所属流程")
    kind = models.TextField(db_comment="安置方式：placement 步骤的结果代码")
    place = models.BinaryField(db_comment="地点（密文）")
    from_on = models.DateField(db_comment="起（法定日）")
    at = models.DateTimeField(db_comment="记录时刻")
    post_id = models.UUIDField(db_comment="记录岗位")

    class Meta:
        db_table = "support_placement"
        db_table_comment = "安置：方式、地点、起日"
        indexes = [models.Index(fields=["journey_id", "at"], name="support_placement_journey")]


class Visit(models.Model):
    """One follow-up by agreement: how it was made and what is needed, recorded on the spot."""

    id = key_column()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_comment="人员")
    division = DivisionField()
    journey_id = models.UUIDField(db_comment="所属流程")
    outcome = models.TextField(db_comment="follow_up 步骤的结果代码")
    needs = ArrayField(models.TextField(), default=list, db_comment="需要代码（support_need）")
    note = models.BinaryField(db_comment="记录（密文）")
    at = models.DateTimeField(db_comment="时刻")
    post_id = models.UUIDField(db_comment="记录岗位")

    class Meta:
        db_table = "support_visit"
        db_table_comment = "回访：方式、需要、记录"
        indexes = [models.Index(fields=["journey_id", "at"], name="support_visit_journey")]


class Offer(models.Model):
    """What a partner unit offers: open to everybody who is referred with consent, without a question about the past."""

    id = key_column()
    unit = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="发布的合作单位")
    kind = models.TextField(db_comment="资源类别（offer_kind）")
    title = models.TextField(db_comment="名称")
    places = models.PositiveSmallIntegerField(db_comment="名额")
    place_division = DivisionField(db_comment="所在地区划（12位）")
    place_end = DivisionField(db_comment="所在地区划范围的上界，不含")
    from_on = models.DateField(db_comment="起（法定日）")
    to_on = models.DateField(null=True, db_comment="最后一日（法定日）；空为长期")
    conditions = models.TextField(blank=True, db_comment="条件和待遇，原文")
    contact_name = models.TextField(db_comment="联系人")
    contact_phone = models.TextField(db_comment="联系电话")
    published_at = models.DateTimeField(db_comment="发布时刻")
    published_by = models.UUIDField(db_comment="发布岗位")
    changed_at = models.DateTimeField(null=True, db_comment="最近一次修改的时刻")
    ended_at = models.DateTimeField(null=True, db_comment="停止接受转介的时刻；空为接受")

    class Meta:
        db_table = "support_offer"
        db_table_comment = "合作单位的帮扶资源；没有任何针对前科的条件"
        constraints = [
            models.CheckConstraint(condition=Q(places__gte=1), name="support_offer_has_places"),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=models.F("from_on")), name="support_offer_days_in_order"
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "-published_at"], name="support_offer_unit"),
            models.Index(fields=["place_division"], condition=Q(ended_at__isnull=True), name="support_offer_open_in"),
        ]


class Consent(models.Model):
    """The person's word that a partner may be told these things; taken back by the person at any time."""

    id = key_column()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_comment="人员")
    division = DivisionField()
    spoken_by = models.TextField(db_comment="谁说的：SELF 本人 REPRESENTATIVE 受托人")
    speaker = models.BinaryField(db_comment="说的人的姓名（密文）")
    way = models.TextField(db_comment="怎么说的（consent_way）")
    said_at = models.DateTimeField(db_comment="说的时刻")
    told = ArrayField(models.TextField(), db_comment="同意告知的内容：call_name telephone skills")
    recorded_at = models.DateTimeField(db_comment="记录时刻")
    recorded_by = models.UUIDField(db_comment="记录岗位")
    withdrawn_at = models.DateTimeField(null=True, db_comment="收回时刻；空为有效")
    withdrawn_by = models.TextField(
        blank=True, db_comment="谁收回：SELF 本人 REPRESENTATIVE 受托人 OFFICER 工作人员代记"
    )
    withdrawn_post = models.UUIDField(null=True, db_comment="收回时的岗位")

    class Meta:
        db_table = "support_consent"
        db_table_comment = "同意：谁说的、怎么说的、何时、告知什么；随时可以收回"
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_by="")),
                name="support_consent_withdrawn_whole",
            ),
        ]


class Referral(models.Model):
    """A person referred to an offer; addressed to the partner unit while the consent is in force, then to nobody."""

    id = key_column()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_comment="人员")
    division = DivisionField()
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="+", db_comment="转介到哪一项资源")
    consent = models.OneToOneField(Consent, on_delete=models.PROTECT, related_name="+", db_comment="本人的同意")
    addressee = models.ForeignKey(
        "access.Unit", null=True, on_delete=models.PROTECT, related_name="+", db_comment="收件单位；收回同意后为空"
    )
    from_unit = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="转介单位")
    particulars = models.BinaryField(db_comment="告知的称呼、电话、技能（密文），不含罪名、刑期、等级")
    state = models.TextField(
        db_comment="WAITING 等答复 TAKEN_ON 已接收 NOT_TAKEN 没有接收 STARTED 已开始 ENDED 已结束 WITHDRAWN 收回同意"
    )
    state_at = models.DateTimeField(db_comment="进入该状态的时刻")
    referred_at = models.DateTimeField(db_comment="转介时刻")
    referred_by = models.UUIDField(db_comment="转介岗位")
    due_at = models.DateTimeField(db_comment="应答复的时刻（不含）")
    due_rule = models.TextField(db_comment="时限规则")
    started_on = models.DateField(null=True, db_comment="开始日（法定日）")
    ended_on = models.DateField(null=True, db_comment="结束日（法定日）")
    reason = models.TextField(blank=True, db_comment="不接的理由（referral_refusal）")
    words = models.BinaryField(null=True, db_comment="合作单位的补充说明（密文）")
    late_told_at = models.DateTimeField(null=True, db_comment="告知逾期未答复的时刻；空为没有告知")

    class Meta:
        db_table = "support_referral"
        db_table_comment = "转介：经本人同意，把称呼和电话告知合作单位"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "offer"],
                condition=Q(state__in=["WAITING", "TAKEN_ON", "STARTED"]),
                name="support_referral_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state="WITHDRAWN", addressee__isnull=True)
                | (~Q(state="WITHDRAWN") & Q(addressee__isnull=False)),
                name="support_referral_withdrawn_is_addressed_to_nobody",
            ),
        ]
        indexes = [
            models.Index(fields=["addressee", "state", "referred_at"], name="support_referral_addressee"),
            models.Index(fields=["person", "-referred_at"], name="support_referral_person"),
            models.Index(fields=["offer", "state"], name="support_referral_offer"),
            models.Index(
                fields=["due_at"], condition=Q(state="WAITING", late_told_at__isnull=True), name="support_referral_late"
            ),
        ]

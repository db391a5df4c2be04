"""Breaches of personal data: the incident, whom it concerns, who decided what. Private to this room."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from guitu.ledger.columns import DivisionField, key_column
from guitu.rights.policy import AVOIDED, TELL


class Breach(models.Model):
    """One incident: what the law wants told, and when the authority was told. No person stands here."""

    id = key_column()
    number = models.TextField(unique=True, db_comment="事件编号")
    unit = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="记录的单位")
    division = DivisionField()
    kinds = ArrayField(models.TextField(), db_comment="信息种类代码（rulebook/data/breach）")
    cause = models.TextField(db_comment="原因代码")
    harms = ArrayField(models.TextField(), db_comment="可能的危害代码")
    words = models.TextField(db_comment="发生了什么，本人看得到，不写姓名")
    measures = models.TextField(db_comment="已采取的补救措施")
    advice = models.TextField(db_comment="本人可以做什么")
    contact = models.TextField(db_comment="打给谁、到哪里问")
    noticed_at = models.DateTimeField(db_comment="发现时刻")
    recorded_at = models.DateTimeField(db_comment="记录时刻")
    recorded_by = models.UUIDField(db_comment="记录岗位")
    authority_due_at = models.DateTimeField(db_comment="应通知主管部门的时刻（不含）")
    persons_due_at = models.DateTimeField(db_comment="应决定并通知本人的时刻（不含）")
    authority = models.TextField(blank=True, db_comment="通知了哪个主管部门；空为未通知")
    authority_number = models.TextField(blank=True, db_comment="通知的文号")
    authority_told_at = models.DateTimeField(null=True, db_comment="通知主管部门的时刻")
    authority_told_by = models.UUIDField(null=True, db_comment="记下已通知的岗位")
    outcome = models.TextField(blank=True, db_comment="现行决定 TELL 通知本人 AVOIDED 不通知；空为未决定")

    class Meta:
        db_table = "rights_breach"
        db_table_comment = "个人信息泄露、篡改、丢失事件：内容、时限、通知主管部门"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    authority="", authority_number="", authority_told_at__isnull=True, authority_told_by__isnull=True
                )
                | (
                    Q(authority_told_at__isnull=False, authority_told_by__isnull=False)
                    & ~Q(authority="")
                    & ~Q(authority_number="")
                ),
                name="rights_breach_authority_whole",
            ),
            models.CheckConstraint(
                condition=~Q(kinds=[])
                & ~Q(harms=[])
                & ~Q(words="")
                & ~Q(measures="")
                & ~Q(advice="")
                & ~Q(contact="")
                & Q(outcome__in=["", TELL, AVOIDED]),
                name="rights_breach_whole",
            ),
        ]
        indexes = [models.Index(fields=["authority_due_at"], name="rights_breach_due")]


class BreachPerson(models.Model):
    """That a breach concerns a person; closed to every post, an office is told the count alone."""

    id = key_column()
    breach = models.ForeignKey(Breach, on_delete=models.PROTECT, db_comment="事件")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_comment="人员")
    found_at = models.DateTimeField(db_comment="记下涉及此人的时刻")
    told_at = models.DateTimeField(null=True, db_comment="通知本人的时刻；空为没有通知")

    class Meta:
        db_table = "rights_breach_person"
        db_table_comment = "事件涉及的人：哪个岗位都看不到名单，只看得到人数；本人看得到自己的"
        constraints = [models.UniqueConstraint(fields=["breach", "person"], name="rights_breach_person_once")]
        indexes = [models.Index(fields=["breach"], condition=Q(told_at__isnull=True), name="rights_breach_to_tell")]


class BreachDecision(models.Model):
    """One decision on whether the persons are told; another may follow where the authority requires it."""

    id = key_column()
    breach = models.ForeignKey(Breach, on_delete=models.PROTECT, db_comment="事件")
    division = DivisionField()
    outcome = models.TextField(db_comment="TELL 通知本人 AVOIDED 措施能避免危害，不通知")
    words = models.TextField(db_comment="理由")
    required = models.TextField(blank=True, db_comment="主管部门要求通知的文号；空为没有要求")
    decided_at = models.DateTimeField(db_comment="决定时刻")
    decided_by = models.UUIDField(db_comment="决定岗位，不是记录岗位")
    recorded_by = models.UUIDField(db_comment="记录该事件的岗位")

    class Meta:
        db_table = "rights_breach_decision"
        db_table_comment = "是否把事件通知本人的决定：由记录人以外的人作出，只增不改"
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=[TELL, AVOIDED]) & ~Q(words="") & ~Q(decided_by=F("recorded_by")),
                name="rights_breach_decision_by_two",
            ),
            models.CheckConstraint(condition=Q(required="") | Q(outcome=TELL), name="rights_breach_required_is_told"),
        ]

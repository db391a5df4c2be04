"""What administrators change, and who changed it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from guitu.ledger.columns import key_column

CHANGES = (
    "ACCOUNT_ADDED",
    "ACCOUNT_LOCKED",
    "ACCOUNT_UNLOCKED",
    "PASSWORD_SET",
    "POST_PROPOSED",
    "POST_FILLED",
    "POST_REFUSED",
    "POST_ENDED",
    "UNIT_FOUNDED",
    "UNIT_CHANGED",
    "UNIT_ENDED",
)


class Change(models.Model):
    """A change of accounts, posts or units: by an administrator's post, or from the command line by nobody's post."""

    id = key_column()
    at = models.DateTimeField(db_comment="时刻")
    done_by = models.TextField(db_comment="操作人：岗位任职人姓名；命令行操作为操作系统用户名")
    what = models.TextField(db_comment="变更代码，如 ACCOUNT_ADDED 新账号 POST_FILLED 任职 UNIT_ENDED 单位停用")
    account = models.ForeignKey("access.Account", null=True, on_delete=models.PROTECT, db_comment="账号")
    post = models.ForeignKey("access.Post", null=True, on_delete=models.PROTECT, db_comment="岗位")
    unit = models.ForeignKey("access.Unit", null=True, on_delete=models.PROTECT, db_comment="单位")
    by_post = models.ForeignKey(
        "access.Post", null=True, on_delete=models.PROTECT, related_name="+", db_comment="操作岗位；命令行操作为空"
    )

    class Meta:
        db_table = "access_change"
        db_table_comment = "账号、岗位与单位的变更：只增不改，应用角色不可读写"
        indexes = [models.Index(fields=["at"], name="access_change_at")]
        constraints = [models.CheckConstraint(condition=Q(what__in=CHANGES), name="access_change_what")]


class Commission(models.Model):
    """A dated document by which a county agency commissions a township office with powers of its own."""

    id = key_column()
    unit = models.ForeignKey("access.Unit", on_delete=models.PROTECT, db_comment="受委托的司法所")
    issued_by_unit = models.ForeignKey(
        "access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="委托的县级社区矫正机构"
    )
    number = models.TextField(db_comment="委托文号")
    powers = ArrayField(models.TextField(), db_comment="委托事项（代码表 commission_power）")
    from_on = models.DateField(db_comment="委托起日（含）")
    to_on = models.DateField(null=True, db_comment="委托止日（含）；空为无止期")
    issued_at = models.DateTimeField(db_comment="登记时刻")
    issued_by = models.UUIDField(db_comment="登记岗位")
    revoked_on = models.DateField(null=True, db_comment="撤销后不再有效的第一日")
    revoked_at = models.DateTimeField(null=True, db_comment="撤销登记时刻")
    revoked_by = models.UUIDField(null=True, db_comment="撤销登记岗位")

    class Meta:
        db_table = "access_commission"
        db_table_comment = "司法所委托书：委托事项及起止，批准人由此推出"
        indexes = [models.Index(fields=["unit", "from_on"], name="access_commission_unit")]
        constraints = [
            models.UniqueConstraint(fields=["issued_by_unit", "number"], name="access_commission_number"),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="access_commission_period"
            ),
            models.CheckConstraint(condition=Q(powers__len__gt=0), name="access_commission_powers"),
            models.CheckConstraint(
                condition=Q(revoked_on__isnull=True, revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_on__isnull=False, revoked_at__isnull=False, revoked_by__isnull=False),
                name="access_commission_revoked",
            ),
        ]


class Proposal(models.Model):
    """A post that a system administrator proposes; it is filled only when a security administrator confirms it."""

    id = key_column()
    account = models.ForeignKey("access.Account", on_delete=models.PROTECT, db_comment="拟任职人")
    unit = models.ForeignKey("access.Unit", on_delete=models.PROTECT, db_comment="单位")
    role = models.TextField(db_comment="角色代码")
    title = models.TextField(db_comment="岗位名称")
    from_at = models.DateTimeField(db_comment="任职起")
    to_at = models.DateTimeField(null=True, db_comment="任职止（不含）")
    proposed_by = models.ForeignKey("access.Post", on_delete=models.PROTECT, related_name="+", db_comment="提出的岗位")
    proposed_at = models.DateTimeField(db_comment="提出时刻")
    decision = models.TextField(blank=True, default="", db_comment="空为待定 CONFIRMED 同意 REFUSED 不同意")
    decided_by = models.ForeignKey(
        "access.Post", null=True, on_delete=models.PROTECT, related_name="+", db_comment="决定的岗位"
    )
    decided_at = models.DateTimeField(null=True, db_comment="决定时刻")
    reason = models.TextField(blank=True, default="", db_comment="不同意的理由")
    post = models.ForeignKey("access.Post", null=True, on_delete=models.PROTECT, db_comment="由此设立的岗位")

    class Meta:
        db_table = "access_proposal"
        db_table_comment = "任职提议：系统管理员提出，安全管理员决定"
        indexes = [models.Index(fields=["proposed_at"], name="access_proposal_at")]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision="", decided_by__isnull=True, decided_at__isnull=True, post__isnull=True)
                | Q(decision="REFUSED", decided_by__isnull=False, decided_at__isnull=False, post__isnull=True)
                | Q(decision="CONFIRMED", decided_by__isnull=False, decided_at__isnull=False, post__isnull=False),
                name="access_proposal_decided",
            ),
            models.CheckConstraint(
                condition=Q(to_at__isnull=True) | Q(to_at__gt=F("from_at")), name="access_proposal_period"
            ),
        ]

"""What two administrators of different offices change together, the rule packs that come of it, which roles were
deployed, and impact assessments."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from guitu.ledger.columns import key_column

KINDS = ("RULE_PACK", "DIVISION_LIST", "KEY_ROTATION", "KEY_RETIREMENT", "BACKUP_RECIPIENT")
_UNDECIDED = Q(decided_by__isnull=True, decided_account__isnull=True, decided_role="", decided_at__isnull=True)
_TWO_HANDS = Q(decided_by__isnull=False, decided_account__isnull=False, decided_at__isnull=False)
_ANOTHER = (
    ~Q(decided_account=F("proposed_account"))
    & ~Q(decided_role=F("proposed_role"))
    & ~Q(decided_name=F("proposed_name"))
)


class DualChange(models.Model):
    """A change that binds everybody: proposed by one administrator, confirmed by one of another office, or refused."""

    id = key_column()
    kind = models.TextField(
        db_comment="RULE_PACK规则包 DIVISION_LIST区划表 KEY_ROTATION换用密钥 KEY_RETIREMENT停用密钥"
        " BACKUP_RECIPIENT备份公钥"
    )
    named = models.TextField(db_comment="文件名、密码套件、密钥编号或者备份公钥")
    content = models.TextField(db_comment="规则包原文；密钥变更为空；区划表只存摘要")
    sha256 = models.TextField(db_comment="内容的SHA-256（十六进制）；审核时须与提出时一致")
    differences = models.JSONField(db_comment="提出时显示的差别，审核时重新计算须一致")
    replaces = models.ForeignKey(
        "access.RulePack", null=True, on_delete=models.PROTECT, related_name="+", db_comment="要取代的规则包"
    )
    words = models.TextField(db_comment="提出的理由")
    proposed_by = models.ForeignKey(
        "access.Post", null=True, on_delete=models.PROTECT, related_name="+", db_comment="提出的岗位；紧急办理为空"
    )
    proposed_account = models.UUIDField(null=True, db_comment="提出人的账号")
    proposed_name = models.TextField(db_comment="提出人姓名")
    proposed_role = models.TextField(db_comment="提出人的管理员角色")
    proposed_at = models.DateTimeField(db_comment="提出时刻")
    decision = models.TextField(
        default="", db_comment="空为待审核 CONFIRMED同意 REFUSED不同意 WITHDRAWN撤回 EMERGENCY本机紧急办理"
    )
    decided_by = models.ForeignKey(
        "access.Post", null=True, on_delete=models.PROTECT, related_name="+", db_comment="审核的岗位"
    )
    decided_account = models.UUIDField(null=True, db_comment="审核人的账号")
    decided_name = models.TextField(default="", db_comment="审核人姓名")
    decided_role = models.TextField(default="", db_comment="审核人的管理员角色")
    decided_at = models.DateTimeField(null=True, db_comment="审核时刻")
    reason = models.TextField(default="", db_comment="不同意、撤回的理由")
    done_at = models.DateTimeField(null=True, db_comment="在本机照办的时刻")
    done_by = models.TextField(default="", db_comment="照办的操作系统用户")

    class Meta:
        db_table = "access_dual_change"
        db_table_comment = "双人变更：一名管理员提出，另一类管理员审核；应用角色只读"
        indexes = [models.Index(fields=["proposed_at"], name="access_dual_change_at")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="access_dual_change_kind"),
            # Two accounts, two names, two of the three offices: it binds whoever writes, the owner too.
            models.CheckConstraint(
                condition=(Q(decision="") & _UNDECIDED & Q(proposed_by__isnull=False))
                | (Q(decision="CONFIRMED") & _TWO_HANDS & _ANOTHER & Q(proposed_by__isnull=False))
                | (Q(decision="REFUSED") & _TWO_HANDS & Q(proposed_by__isnull=False) & ~Q(reason=""))
                | (Q(decision="WITHDRAWN") & _TWO_HANDS & Q(decided_account=F("proposed_account")))
                | (Q(decision="EMERGENCY", proposed_by__isnull=True, done_at__isnull=False) & ~Q(words="")),
                name="access_dual_change_two_hands",
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(decision__in=["CONFIRMED", "EMERGENCY"]),
                name="access_dual_change_done",
            ),
        ]


class RoleEdition(models.Model):
    """Which roles and which decision table a deployment brought: one line each time they are others than before."""

    id = key_column()
    at = models.DateTimeField(db_comment="启动时刻")
    roles = models.TextField(db_comment="角色表（docs/roles.md）的SHA-256")
    deployed = models.TextField(db_comment="所部署的权限、决定表和函数的SHA-256")
    roles_before = models.TextField(db_comment="此前的角色表的SHA-256；首次为空")
    deployed_before = models.TextField(db_comment="此前部署的SHA-256；首次为空")

    class Meta:
        db_table = "access_role_edition"
        db_table_comment = "角色和权限的版本：启动时有变化即记一行，只增不改"


class ImpactAssessment(models.Model):
    """个人信息保护影响评估: what a sensitive feature does to people, weighed by one hand and signed by another."""

    id = key_column()
    feature = models.TextField(db_comment="功能代码（规则库 impact/features.yaml）")
    feature_sha256 = models.TextField(db_comment="评估时该功能条目的SHA-256；条目变了，评估即失效")
    processed = models.TextField(db_comment="处理什么信息、谁的、给谁")
    lawful = models.TextField(db_comment="处理目的、方式是否合法、正当、必要")
    effects = models.TextField(db_comment="对个人权益的影响及安全风险")
    measures = models.TextField(db_comment="保护措施是否合法、有效并与风险程度相适应")
    written_by = models.ForeignKey("access.Post", on_delete=models.PROTECT, related_name="+", db_comment="评估的岗位")
    written_account = models.UUIDField(db_comment="评估人的账号")
    written_name = models.TextField(db_comment="评估人姓名")
    written_role = models.TextField(db_comment="评估人的角色")
    written_at = models.DateTimeField(db_comment="提出时刻")
    decision = models.TextField(default="", db_comment="空为待复核 CONFIRMED通过 REFUSED未通过")
    decided_by = models.ForeignKey(
        "access.Post", null=True, on_delete=models.PROTECT, related_name="+", db_comment="复核的岗位"
    )
    decided_account = models.UUIDField(null=True, db_comment="复核人的账号")
    decided_name = models.TextField(default="", db_comment="复核人姓名")
    decided_role = models.TextField(default="", db_comment="复核人的角色")
    decided_at = models.DateTimeField(null=True, db_comment="复核时刻，评估由此生效")
    reason = models.TextField(default="", db_comment="未通过的理由")
    ends_at = models.DateTimeField(null=True, db_comment="有效期止（不含）")
    kept_until = models.DateTimeField(null=True, db_comment="评估报告至少保存到何时")

    class Meta:
        db_table = "access_impact_assessment"
        db_table_comment = "个人信息保护影响评估：敏感功能开启的前提，应用角色只读"
        indexes = [models.Index(fields=["feature", "ends_at"], name="access_impact_feature")]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision="", decided_by__isnull=True, ends_at__isnull=True)
                | (Q(decision="REFUSED") & _TWO_HANDS & ~Q(reason=""))
                | (
                    Q(decision="CONFIRMED", ends_at__gt=F("decided_at"), kept_until__gte=F("ends_at"))
                    & _TWO_HANDS
                    & ~Q(decided_account=F("written_account"))
                    & ~Q(decided_role=F("written_role"))
                    & ~Q(decided_name=F("written_name"))
                ),
                name="access_impact_two_hands",
            ),
        ]


class RulePack(models.Model):
    """A province's values or a calendar year over the national rulebook: loaded once, never edited, only replaced."""

    id = key_column()
    name = models.TextField(db_comment="规则包名称")
    sha256 = models.TextField(unique=True, db_comment="规范文本的SHA-256")
    text = models.TextField(db_comment="规则包原文（YAML）")
    jurisdiction = models.TextField(db_comment="适用地区：CN 或六位区划代码")
    kept_files = models.JSONField(
        default=list, db_comment="档案保存多久：从哪日到哪日、至少多长，数据库据此拒绝提前删除；没有规定的为空"
    )
    loaded_at = models.DateTimeField(db_comment="装载时刻")
    loaded_by = models.UUIDField(db_comment="装载岗位")
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, db_comment="所取代的规则包")
    dual_change = models.OneToOneField(
        "access.DualChange", null=True, on_delete=models.PROTECT, db_comment="据以装载的双人变更；早先装载的为空"
    )

    class Meta:
        db_table = "access_rule_pack"
        db_table_comment = "规则包：地方数值与放假年历，只装载、只取代，不修改"

"""Changes that take two administrators, editions of the roles, impact assessments."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0021_first_day"),
    ]

    operations = [
        migrations.CreateModel(
            name="RoleEdition",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_comment="主键：应用生成的随机编号",
                        default=uuid.uuid4,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField(db_comment="启动时刻")),
                ("roles", models.TextField(db_comment="角色表（docs/roles.md）的SHA-256")),
                ("deployed", models.TextField(db_comment="所部署的权限、决定表和函数的SHA-256")),
                ("roles_before", models.TextField(db_comment="此前的角色表的SHA-256；首次为空")),
                ("deployed_before", models.TextField(db_comment="此前部署的SHA-256；首次为空")),
            ],
            options={
                "db_table": "access_role_edition",
                "db_table_comment": "角色和权限的版本：启动时有变化即记一行，只增不改",
            },
        ),
        migrations.CreateModel(
            name="DualChange",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_comment="主键：应用生成的随机编号",
                        default=uuid.uuid4,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "kind",
                    models.TextField(
                        db_comment="RULE_PACK规则包 DIVISION_LIST区划表 KEY_ROTATION换用密钥 KEY_RETIREMENT停用密钥"
                    ),
                ),
                ("named", models.TextField(db_comment="文件名、密码套件或者密钥编号")),
                ("content", models.TextField(db_comment="规则包原文；密钥变更为空；区划表只存摘要")),
                ("sha256", models.TextField(db_comment="内容的SHA-256（十六进制）；审核时须与提出时一致")),
                ("differences", models.JSONField(db_comment="提出时显示的差别，审核时重新计算须一致")),
                ("words", models.TextField(db_comment="提出的理由")),
                ("proposed_account", models.UUIDField(db_comment="提出人的账号", null=True)),
                ("proposed_name", models.TextField(db_comment="提出人姓名")),
                ("proposed_role", models.TextField(db_comment="提出人的管理员角色")),
                ("proposed_at", models.DateTimeField(db_comment="提出时刻")),
                (
                    "decision",
                    models.TextField(
                        db_comment="空为待审核 CONFIRMED同意 REFUSED不同意 WITHDRAWN撤回 EMERGENCY本机紧急办理",
                        default="",
                    ),
                ),
                ("decided_account", models.UUIDField(db_comment="审核人的账号", null=True)),
                ("decided_name", models.TextField(db_comment="审核人姓名", default="")),
                ("decided_role", models.TextField(db_comment="审核人的管理员角色", default="")),
                ("decided_at", models.DateTimeField(db_comment="审核时刻", null=True)),
                ("reason", models.TextField(db_comment="不同意、撤回的理由", default="")),
                ("done_at", models.DateTimeField(db_comment="在本机照办的时刻", null=True)),
                ("done_by", models.TextField(db_comment="照办的操作系统用户", default="")),
                (
                    "decided_by",
                    models.ForeignKey(
                        db_comment="审核的岗位",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.post",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        db_comment="提出的岗位；紧急办理为空",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.post",
                    ),
                ),
                (
                    "replaces",
                    models.ForeignKey(
                        db_comment="要取代的规则包",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.rulepack",
                    ),
                ),
            ],
            options={
                "db_table": "access_dual_change",
                "db_table_comment": "双人变更：一名管理员提出，另一类管理员审核；应用角色只读",
            },
        ),
        migrations.AddField(
            model_name="rulepack",
            name="dual_change",
            field=models.OneToOneField(
                db_comment="据以装载的双人变更；早先装载的为空",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="access.dualchange",
            ),
        ),
        migrations.CreateModel(
            name="ImpactAssessment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_comment="主键：应用生成的随机编号",
                        default=uuid.uuid4,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("feature", models.TextField(db_comment="功能代码（规则库 impact/features.yaml）")),
                ("feature_sha256", models.TextField(db_comment="评估时该功能条目的SHA-256；条目变了，评估即失效")),
                ("processed", models.TextField(db_comment="处理什么信息、谁的、给谁")),
                ("lawful", models.TextField(db_comment="处理目的、方式是否合法、正当、必要")),
                ("effects", models.TextField(db_comment="对个人权益的影响及安全风险")),
                ("measures", models.TextField(db_comment="保护措施是否合法、有效并与风险程度相适应")),
                ("written_account", models.UUIDField(db_comment="评估人的账号")),
                ("written_name", models.TextField(db_comment="评估人姓名")),
                ("written_role", models.TextField(db_comment="评估人的角色")),
                ("written_at", models.DateTimeField(db_comment="提出时刻")),
                ("decision", models.TextField(db_comment="空为待复核 CONFIRMED通过 REFUSED未通过", default="")),
                ("decided_account", models.UUIDField(db_comment="复核人的账号", null=True)),
                ("decided_name", models.TextField(db_comment="复核人姓名", default="")),
                ("decided_role", models.TextField(db_comment="复核人的角色", default="")),
                ("decided_at", models.DateTimeField(db_comment="复核时刻，评估由此生效", null=True)),
                ("reason", models.TextField(db_comment="未通过的理由", default="")),
                ("ends_at", models.DateTimeField(db_comment="有效期止（不含）", null=True)),
                ("kept_until", models.DateTimeField(db_comment="评估报告至少保存到何时", null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        db_comment="复核的岗位",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.post",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        db_comment="评估的岗位",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.post",
                    ),
                ),
            ],
            options={
                "db_table": "access_impact_assessment",
                "db_table_comment": "个人信息保护影响评估：敏感功能开启的前提，应用角色只读",
            },
        ),
        migrations.AddIndex(
            model_name="dualchange",
            index=models.Index(fields=["proposed_at"], name="access_dual_change_at"),
        ),
        migrations.AddConstraint(
            model_name="dualchange",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ("RULE_PACK", "DIVISION_LIST", "KEY_ROTATION", "KEY_RETIREMENT"))),
                name="access_dual_change_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="dualchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decision", ""),
                        ("decided_account__isnull", True),
                        ("decided_at__isnull", True),
                        ("decided_by__isnull", True),
                        ("decided_role", ""),
                        ("proposed_by__isnull", False),
                    ),
                    models.Q(
                        ("decision", "CONFIRMED"),
                        ("decided_account__isnull", False),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        models.Q(("decided_account", models.F("proposed_account")), _negated=True),
                        models.Q(("decided_role", models.F("proposed_role")), _negated=True),
                        models.Q(("decided_name", models.F("proposed_name")), _negated=True),
                        ("proposed_by__isnull", False),
                    ),
                    models.Q(
                        ("decision", "REFUSED"),
                        ("decided_account__isnull", False),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("proposed_by__isnull", False),
                        models.Q(("reason", ""), _negated=True),
                    ),
                    models.Q(
                        ("decision", "WITHDRAWN"),
                        ("decided_account__isnull", False),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("decided_account", models.F("proposed_account")),
                    ),
                    models.Q(
                        ("decision", "EMERGENCY"),
                        ("done_at__isnull", False),
                        ("proposed_by__isnull", True),
                        models.Q(("words", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="access_dual_change_two_hands",
            ),
        ),
        migrations.AddConstraint(
            model_name="dualchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("done_at__isnull", True), ("decision__in", ["CONFIRMED", "EMERGENCY"]), _connector="OR"
                ),
                name="access_dual_change_done",
            ),
        ),
        migrations.AddIndex(
            model_name="impactassessment",
            index=models.Index(fields=["feature", "ends_at"], name="access_impact_feature"),
        ),
        migrations.AddConstraint(
            model_name="impactassessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_by__isnull", True), ("decision", ""), ("ends_at__isnull", True)),
                    models.Q(
                        ("decision", "REFUSED"),
                        ("decided_account__isnull", False),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        models.Q(("reason", ""), _negated=True),
                    ),
                    models.Q(
                        ("decision", "CONFIRMED"),
                        ("ends_at__gt", models.F("decided_at")),
                        ("kept_until__gte", models.F("ends_at")),
                        ("decided_account__isnull", False),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        models.Q(("decided_account", models.F("written_account")), _negated=True),
                        models.Q(("decided_role", models.F("written_role")), _negated=True),
                        models.Q(("decided_name", models.F("written_name")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="access_impact_two_hands",
            ),
        ),
    ]

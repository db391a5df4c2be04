"""Terminals for administration: registered, assessed by another office, recognised by a passkey made on them."""

import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0026_unusual_sign_ins"),
    ]

    operations = [
        migrations.AddField(
            model_name="entering",
            name="passkey",
            field=models.ForeignKey(
                db_comment="出示的不出设备、验证了本人的通行密钥",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="access.passkey",
            ),
        ),
        migrations.AddField(
            model_name="installation",
            name="terminals_from",
            field=models.DateTimeField(db_comment="从何时起管理须在经评估的管理终端上办；演示为空，不要求", null=True),
        ),
        migrations.AddField(
            model_name="session",
            name="at_machine",
            field=models.BooleanField(db_comment="在本机命令行签发", db_default=False),
        ),
        migrations.AddField(
            model_name="session",
            name="passkey",
            field=models.ForeignKey(
                db_comment="凭哪个管理终端上的通行密钥登录；空为不是",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="access.passkey",
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="passkey_at",
            field=models.DateTimeField(db_comment="最近一次出示这个通行密钥的时刻", null=True),
        ),
        migrations.CreateModel(
            name="Terminal",
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
                ("asset_number", models.TextField(db_comment="资产编号")),
                ("name", models.TextField(db_comment="名称")),
                ("registered_at", models.DateTimeField(db_comment="登记时刻")),
                ("ended_at", models.DateTimeField(db_comment="停用时刻；停用后不再启用", null=True)),
                (
                    "account",
                    models.ForeignKey(
                        db_comment="专用人的账号", on_delete=django.db.models.deletion.PROTECT, to="access.account"
                    ),
                ),
                (
                    "registered_by",
                    models.ForeignKey(
                        db_comment="登记的岗位",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.post",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_comment="所属单位", on_delete=django.db.models.deletion.PROTECT, to="access.unit"
                    ),
                ),
            ],
            options={
                "db_table": "access_terminal",
                "db_table_comment": "管理终端：三员办管理的事所用的专用设备；应用角色不可读写，只经函数",
            },
        ),
        migrations.AddField(
            model_name="passkey",
            name="terminal",
            field=models.ForeignKey(
                db_comment="在哪台管理终端上建立；空为不是管理终端的",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="access.terminal",
            ),
        ),
        migrations.CreateModel(
            name="TerminalAssessment",
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
                ("holder_account", models.UUIDField(db_comment="评估时的专用人账号")),
                ("holder_name", models.TextField(db_comment="评估时的专用人姓名")),
                (
                    "passkeys",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(),
                        db_comment="评估时当面核对过的通行密钥；此后建立的不算",
                        size=None,
                    ),
                ),
                ("findings", models.JSONField(db_comment="各检查项（规则库 sign_in/terminals.yaml）是否符合")),
                ("words", models.TextField(db_comment="说明；有不符合的须写明")),
                ("assessed_account", models.UUIDField(db_comment="评估人的账号")),
                ("assessed_name", models.TextField(db_comment="评估人姓名")),
                ("assessed_role", models.TextField(db_comment="评估人的管理员角色")),
                ("at", models.DateTimeField(db_comment="评估时刻")),
                ("ends_at", models.DateTimeField(db_comment="有效期止（不含）；空为未通过", null=True)),
                ("withdrawn_at", models.DateTimeField(db_comment="撤销时刻", null=True)),
                ("withdrawn_name", models.TextField(db_comment="撤销人姓名", default="")),
                ("reason", models.TextField(db_comment="撤销的理由", default="")),
                (
                    "assessed_by",
                    models.ForeignKey(
                        db_comment="评估的岗位",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.post",
                    ),
                ),
                (
                    "terminal",
                    models.ForeignKey(
                        db_comment="管理终端", on_delete=django.db.models.deletion.PROTECT, to="access.terminal"
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        db_comment="撤销的岗位",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.post",
                    ),
                ),
            ],
            options={
                "db_table": "access_terminal_assessment",
                "db_table_comment": "管理终端的安全评估：评估人不是专用人；应用角色不可读写，只经函数",
            },
        ),
        migrations.AddIndex(
            model_name="terminal",
            index=models.Index(fields=["account"], name="access_terminal_account"),
        ),
        migrations.AddConstraint(
            model_name="terminal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("asset_number", ""), _negated=True), models.Q(("name", ""), _negated=True)
                ),
                name="access_terminal_named",
            ),
        ),
        migrations.AddConstraint(
            model_name="terminal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("unit", "asset_number"),
                name="access_terminal_once",
            ),
        ),
        migrations.AddIndex(
            model_name="terminalassessment",
            index=models.Index(fields=["terminal", "-at"], name="access_terminal_assessed"),
        ),
        migrations.AddConstraint(
            model_name="terminalassessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("assessed_account", models.F("holder_account")), _negated=True),
                    models.Q(("assessed_name", models.F("holder_name")), _negated=True),
                ),
                name="access_terminal_two_hands",
            ),
        ),
        migrations.AddConstraint(
            model_name="terminalassessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ends_at__isnull", True), ("words__gt", "")),
                    models.Q(("ends_at__gt", models.F("at")), ("passkeys__len__gt", 0)),
                    _connector="OR",
                ),
                name="access_terminal_result",
            ),
        ),
        migrations.AddConstraint(
            model_name="terminalassessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reason", ""), ("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)),
                    models.Q(("reason__gt", ""), ("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)),
                    _connector="OR",
                ),
                name="access_terminal_withdrawn",
            ),
        ),
    ]

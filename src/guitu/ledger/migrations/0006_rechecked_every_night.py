import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0005_erasures"),
    ]

    operations = [
        migrations.CreateModel(
            name="Recheck",
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
                ("begun_at", models.DateTimeField(db_comment="开始时刻（UTC）")),
                ("ended_at", models.DateTimeField(db_comment="查完时刻（UTC）；未查完为空", null=True)),
                ("next_tile", models.BigIntegerField(db_comment="下一个待查的0层块", default=0)),
                ("leaves", models.BigIntegerField(db_comment="已查叶数", default=0)),
                ("wrong", models.BigIntegerField(db_comment="发现不符的件数", default=0)),
            ],
            options={
                "db_table": "ledger_recheck",
                "db_table_comment": "夜间复核：每轮从头到尾查一遍日志，分批进行",
            },
        ),
        migrations.CreateModel(
            name="Finding",
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
                ("at", models.DateTimeField(db_comment="发现时刻（UTC）")),
                (
                    "code",
                    models.TextField(
                        db_comment="代码，如 CONTENT_CHANGED 内容与承诺不符 WITNESS_STALE 见证方久未共同签署"
                    ),
                ),
                ("which", models.TextField(db_comment="条目编号、叶数、块、见证方；不含个人信息")),
                ("since", models.DateTimeField(db_comment="自何时起；不适用为空", null=True)),
            ],
            options={
                "db_table": "ledger_finding",
                "db_table_comment": "日志的异常：只增不改，告知系统管理员和审计管理员",
                "constraints": [models.UniqueConstraint(fields=("code", "which"), name="ledger_finding_once")],
            },
        ),
    ]

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0007_rows_against_the_log"),
    ]

    operations = [
        migrations.CreateModel(
            name="Ending",
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
                ("record_class", models.TextField(db_comment="处理记录的类别代码（rulebook/data/retention）")),
                ("rule", models.TextField(db_comment="按哪一条规则")),
                ("before", models.DateTimeField(db_comment="早于这一时刻的保存期满（UTC）")),
                ("at", models.DateTimeField(db_comment="删除的时刻（UTC）")),
                ("first_at", models.DateTimeField(db_comment="所删最早一条的时刻")),
                ("last_at", models.DateTimeField(db_comment="所删最晚一条的时刻")),
                ("lines", models.BigIntegerField(db_comment="删除了多少条")),
                ("digest", models.BinaryField(db_comment="所删各条的SHA-256，按编号排列后的SHA-256")),
                ("in_transaction", models.BigIntegerField(db_comment="数据库事务号：只有登记它的事务可以删除")),
            ],
            options={
                "db_table": "ledger_ending",
                "db_table_comment": "期满删除的证明：类别、规则、条数、起止、摘要；只增不改",
                "indexes": [models.Index(fields=["record_class", "-before"], name="ledger_ending_class")],
            },
        ),
        migrations.AddField(
            model_name="payloadgone",
            name="ending_id",
            field=models.UUIDField(db_comment="随哪一次期满删除而去；空为删除个人信息的决定", null=True),
        ),
        migrations.AddIndex(
            model_name="payloadgone",
            index=models.Index(fields=["ending_id"], name="ledger_payload_gone_ending"),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0006_rechecked_every_night"),
    ]

    operations = [
        migrations.CreateModel(
            name="PayloadGone",
            fields=[
                (
                    "entry_id",
                    models.UUIDField(db_comment="台账条目编号（无外键）", primary_key=True, serialize=False),
                ),
            ],
            options={
                "db_table": "ledger_payload_gone",
                "db_table_comment": "依法删除了内容的条目：内容缺失而不在此列的，复核指名",
            },
        ),
        migrations.CreateModel(
            name="NotedTrace",
            fields=[
                (
                    "trace_id",
                    models.UUIDField(db_comment="留痕编号（无外键）", primary_key=True, serialize=False),
                ),
                ("batch", models.UUIDField(db_comment="批次：台账条目的业务事件编号")),
                ("at", models.DateTimeField(db_comment="留痕的时刻")),
                ("digest", models.BinaryField(db_comment="留痕全部各列的SHA-256")),
            ],
            options={
                "db_table": "ledger_noted_trace",
                "db_table_comment": "成批记入台账的留痕及其摘要：只增不改",
                "indexes": [
                    models.Index(fields=["batch"], name="ledger_noted_trace_batch"),
                    models.Index(fields=["at"], name="ledger_noted_trace_at"),
                ],
            },
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0008_endings"),
    ]

    operations = [
        migrations.AddField(
            model_name="pending",
            name="in_transaction",
            field=models.BigIntegerField(db_comment="写下这一条的数据库事务号", null=True),
        ),
        migrations.AddIndex(
            model_name="pending",
            index=models.Index(fields=["in_transaction"], name="ledger_pending_transaction"),
        ),
        migrations.CreateModel(
            name="Owed",
            fields=[
                ("pk", models.CompositePrimaryKey("in_transaction", "subject_id", primary_key=True, serialize=False)),
                ("in_transaction", models.BigIntegerField(db_comment="数据库事务号")),
                ("subject_id", models.UUIDField(db_comment="写了谁的行；全零为不写人员的行")),
                ("of_table", models.TextField(db_comment="写了哪一张表")),
            ],
            options={
                "db_table": "ledger_owed",
                "db_table_comment": "事务之内：写过而尚欠台账条目的人员；提交时须已记入，随即清空",
            },
        ),
        migrations.RunSQL(
            "ALTER TABLE ledger_pending ALTER COLUMN in_transaction SET DEFAULT pg_current_xact_id()::text::bigint;"
            " ALTER TABLE ledger_owed SET UNLOGGED",
            reverse_sql="ALTER TABLE ledger_pending ALTER COLUMN in_transaction DROP DEFAULT",
        ),
    ]

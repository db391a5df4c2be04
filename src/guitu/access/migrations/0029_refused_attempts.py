"""What a trace says of an attempt that was refused. The comments alone are written: Django would alter the type beside
them, which PostgreSQL refuses for a column that a trigger names."""

from django.db import migrations, models

OUTCOME = "ALLOWED 允许 DENIED 拒绝 UNKNOWN 查无 ASKED 先问理由，没有打开 REFUSED 没有办成"
WORDS = "理由说明；改换目的时为原目的；没有办成的为原因代码"


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0028_backup_recipient"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(model_name="trace", name="outcome", field=models.TextField(db_comment=OUTCOME)),
                migrations.AlterField(
                    model_name="trace", name="words", field=models.TextField(db_comment=WORDS, db_default="")
                ),
            ],
            database_operations=[
                migrations.RunSQL(
                    f"COMMENT ON COLUMN access_trace.outcome IS '{OUTCOME}';"
                    f"COMMENT ON COLUMN access_trace.words IS '{WORDS}'",
                    migrations.RunSQL.noop,
                )
            ],
        ),
    ]

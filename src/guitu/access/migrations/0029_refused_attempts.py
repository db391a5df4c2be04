from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0028_backup_recipient"),
    ]

    operations = [
        migrations.AlterField(
            model_name="trace",
            name="outcome",
            field=models.TextField(
                db_comment="ALLOWED 允许 DENIED 拒绝 UNKNOWN 查无 ASKED 先问理由，没有打开 REFUSED 没有办成"
            ),
        ),
        migrations.AlterField(
            model_name="trace",
            name="words",
            field=models.TextField(
                db_comment="理由说明；改换目的时为原目的；没有办成的为原因代码", db_default=""
            ),
        ),
    ]

from django.db import migrations, models

KINDS = ("RULE_PACK", "DIVISION_LIST", "KEY_ROTATION", "KEY_RETIREMENT", "BACKUP_RECIPIENT")


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0027_terminals"),
    ]

    operations = [
        migrations.AlterField(
            model_name="dualchange",
            name="kind",
            field=models.TextField(
                db_comment="RULE_PACK规则包 DIVISION_LIST区划表 KEY_ROTATION换用密钥 KEY_RETIREMENT停用密钥"
                " BACKUP_RECIPIENT备份公钥"
            ),
        ),
        migrations.AlterField(
            model_name="dualchange",
            name="named",
            field=models.TextField(db_comment="文件名、密码套件、密钥编号或者备份公钥"),
        ),
        migrations.RemoveConstraint(model_name="dualchange", name="access_dual_change_kind"),
        migrations.AddConstraint(
            model_name="dualchange",
            constraint=models.CheckConstraint(condition=models.Q(("kind__in", KINDS)), name="access_dual_change_kind"),
        ),
    ]

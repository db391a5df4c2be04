from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0012_addressed_roles"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="mandate", name="access_mandate_scope"),
        migrations.AlterField(
            model_name="mandate",
            name="scope",
            field=models.TextField(
                db_comment="READ 只看 SPEAK 看并可代为表示 ATTEND 只看请其到场的事，看不到本人的路"
            ),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(
                condition=models.Q(("scope__in", ["READ", "SPEAK", "ATTEND"])), name="access_mandate_scope"
            ),
        ),
    ]

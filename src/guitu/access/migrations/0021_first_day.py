"""The first day of a demonstration is kept, so that an interrupted filling goes on as it was begun."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0020_watching"),
    ]

    operations = [
        migrations.AddField(
            model_name="installation",
            name="filled_from",
            field=models.DateField(db_comment="演示的第一天（上海）；填到一半中断的，再填仍按这一天", null=True),
        ),
    ]

"""For which of its purposes a session sees nobody: noted when it is minted, so that no statement has to ask."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0018_exports")]

    operations = [
        migrations.AddField(
            model_name="session",
            name="blind",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(),
                db_comment="其中按决定表一个人也看不到的目的，签发时记入",
                default=list,
                size=None,
            ),
        ),
    ]

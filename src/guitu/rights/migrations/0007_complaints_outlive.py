"""A complaint that waits for its answer outlives the erasure of whoever made it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Let a complaint stand without its person."""

    dependencies = [("rights", "0006_breaches"), ("people", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="complaint",
            name="person",
            field=models.ForeignKey(
                db_comment="人员；没有答复时本人已被删除的为空",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="people.person",
            ),
        ),
    ]

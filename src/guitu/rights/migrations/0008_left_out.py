"""What whoever decides about a copy leaves out of it: passages in which others spoke."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    """Passages stand with the request that was granted in part."""

    dependencies = [("rights", "0007_complaints_outlive")]

    operations = [
        migrations.AddField(
            model_name="request",
            name="left_out",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(),
                db_comment="部分同意的副本里不给的段落：表.列:行号",
                default=list,
                size=None,
            ),
        ),
    ]

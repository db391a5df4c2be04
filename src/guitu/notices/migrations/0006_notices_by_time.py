import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0005_a_matter_passed_on"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="notice",
            index=django.contrib.postgres.indexes.BrinIndex(fields=["at"], name="notices_notice_told_at"),
        ),
    ]

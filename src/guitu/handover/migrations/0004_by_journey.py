"""Disputes are looked up by their matter."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("handover", "0003_meetings"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="dispute",
            index=models.Index(fields=["journey_id"], name="handover_dispute_journey"),
        ),
    ]

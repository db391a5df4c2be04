"""Clocks that wait for a calendar, by the rulebook they were counted with: those counted by the present one are passed by."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journeys", "0005_provisional_clocks"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="clock", name="journeys_clock_provisional"),
        migrations.AddIndex(
            model_name="clock",
            index=models.Index(
                condition=models.Q(("done_at__isnull", True), ("provisional", True), ("voided_at__isnull", True)),
                fields=["pack"],
                name="journeys_clock_provisional",
            ),
        ),
    ]

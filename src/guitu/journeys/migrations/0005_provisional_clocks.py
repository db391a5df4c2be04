"""The few clocks that wait for a calendar have an index of their own: the tick asks for them every minute."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journeys", "0004_counted_in_the_index"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="clock",
            index=models.Index(
                condition=models.Q(("done_at__isnull", True), ("provisional", True), ("voided_at__isnull", True)),
                fields=["id"],
                name="journeys_clock_provisional",
            ),
        ),
    ]

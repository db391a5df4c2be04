"""The index of open clocks by duty unit holds what a desk's numbers need, so that counting reads no row."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journeys", "0003_unreleased"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="clock", name="journeys_clock_duty_open"),
        migrations.AddIndex(
            model_name="clock",
            index=models.Index(
                condition=models.Q(("done_at__isnull", True), ("voided_at__isnull", True)),
                fields=["duty_unit", "due_at"],
                include=("step", "division", "person"),
                name="journeys_clock_duty_open",
            ),
        ),
    ]

"""Lines about persons, refusals and sign-ins by their moment, newest first: a page of them is walked to, not sorted out."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0031_persons_through_the_interface"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="signin",
            index=models.Index(fields=["-at", "id"], name="access_sign_in_newest"),
        ),
        migrations.AddIndex(
            model_name="trace",
            index=models.Index(
                condition=models.Q(("subjects", []), _negated=True), fields=["-at", "id"], name="access_trace_newest"
            ),
        ),
        migrations.AddIndex(
            model_name="trace",
            index=models.Index(
                condition=models.Q(("outcome__in", ["ALLOWED", "ASKED"]), _negated=True),
                fields=["-at", "id"],
                name="access_trace_refused",
            ),
        ),
    ]

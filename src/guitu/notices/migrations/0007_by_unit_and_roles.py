"""Notices by unit and by which roles they were told to: a role that was told little is not led through what the others were told."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0006_notices_by_time"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                models.F("unit"),
                models.Func(
                    "roles", models.Value(0), function="hash_array_extended", output_field=models.BigIntegerField()
                ),
                name="notices_notice_unit_roles",
            ),
        ),
        migrations.RunSQL("ANALYZE notices_notice", migrations.RunSQL.noop),  # else nothing is known of the hashes
    ]

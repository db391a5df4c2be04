"""Notices by unit, list of roles, code and moment: a page of the list is read where it lies, whatever else the unit was told."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0007_by_unit_and_roles"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                models.F("unit"),
                models.Func(
                    "roles", models.Value(0), function="hash_array_extended", output_field=models.BigIntegerField()
                ),
                models.F("code"),
                models.OrderBy(models.F("at"), descending=True),
                name="notices_notice_heard",
            ),
        ),
        migrations.RemoveIndex(model_name="notice", name="notices_notice_unit_roles"),  # the first half of the new one
        migrations.RunSQL("ANALYZE notices_notice", migrations.RunSQL.noop),
    ]

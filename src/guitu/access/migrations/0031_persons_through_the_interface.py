from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0030_printings"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="trace",
            index=models.Index(
                condition=models.Q(("action", "interface:read")),
                fields=["post_id", "at"],
                name="access_trace_handed_out",
            ),
        ),
    ]

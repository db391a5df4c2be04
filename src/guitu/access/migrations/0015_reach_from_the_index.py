"""The index of persons shown to a unit holds all that the row policies ask, so that they read no row for it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0014_errands"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="reach", name="access_reach_unit_person"),
        migrations.AddIndex(
            model_name="reach",
            index=models.Index(
                fields=["unit", "person_id"], include=("post", "from_at", "to_at"), name="access_reach_unit_person"
            ),
        ),
    ]

"""Few matters are a juvenile's: an index of them alone, for what is asked about them every minute."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One index."""

    dependencies = [("journeys", "0009_permitted_moves")]

    operations = [
        migrations.AddIndex(
            model_name="journey",
            index=models.Index(
                condition=models.Q(("marks__overlap", ["juvenile", "minor_at_offence"])),
                fields=["person"],
                name="journeys_journey_sheltered",
            ),
        ),
    ]

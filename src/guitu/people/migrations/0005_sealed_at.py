"""When a file was sealed: from then on the decision table answers for the state sealed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0004_joining_and_transfers")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="sealed_at",
            field=models.DateTimeField(db_comment="封存时刻；空为未封存", null=True),
        ),
    ]

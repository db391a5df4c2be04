import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0023_holding_back"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="signin",
            index=django.contrib.postgres.indexes.BrinIndex(fields=["at"], name="access_sign_in_at"),
        ),
    ]

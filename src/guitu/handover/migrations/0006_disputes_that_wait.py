"""Disputes that wait for a ruling have an index of their own: they are counted on every page of a supervisor."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('handover', '0005_referrals'),
        ('people', '0005_sealed_at'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='dispute',
            index=models.Index(condition=models.Q(('outcome', '')), fields=['superior', 'opened_at', 'id'], include=('person', 'division'), name='handover_dispute_waiting'),
        ),
    ]

"""Two indexes less to write for every notice: a unit's notices have one by unit and moment; none is looked for by post."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0015_beats'),
        ('notices', '0002_told_steps'),
    ]

    operations = [
        migrations.AlterField(
            model_name='notice',
            name='post',
            field=models.ForeignKey(db_comment='限定的岗位；空为全单位', db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.post'),
        ),
        migrations.AlterField(
            model_name='notice',
            name='unit',
            field=models.ForeignKey(db_comment='收通知的单位；发给本人的为空', db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.unit'),
        ),
    ]

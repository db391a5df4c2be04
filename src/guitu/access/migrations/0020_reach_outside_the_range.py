"""Where a shown person stands: the row policies then ask only for those outside a unit's own range."""

import django.db.models.deletion
import guitu.ledger.columns
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0019_blind_purposes'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='reach',
            name='access_reach_unit_person',
        ),
        migrations.AddField(
            model_name='reach',
            name='person_division',
            field=guitu.ledger.columns.DivisionField(db_comment='人员所在区划，随人员变动；由触发器和外键保持', null=True),
        ),
        migrations.AlterField(
            model_name='reach',
            name='post',
            field=models.ForeignKey(db_comment='限定岗位；空为全单位', db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='access.post'),
        ),
        migrations.AlterField(
            model_name='reach',
            name='unit',
            field=models.ForeignKey(db_comment='可见方单位', db_index=False, on_delete=django.db.models.deletion.PROTECT, to='access.unit'),
        ),
        migrations.AddIndex(
            model_name='reach',
            index=models.Index(fields=['unit', 'person_division'], include=('person_id', 'post', 'relation', 'from_at', 'to_at'), name='access_reach_outside'),
        ),
        migrations.AddIndex(
            model_name='reach',
            index=models.Index(fields=['person_id', 'unit'], name='access_reach_person_unit'),
        ),
    ]

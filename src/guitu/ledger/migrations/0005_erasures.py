import uuid

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0004_witnessed'),
    ]

    operations = [
        migrations.CreateModel(
            name='Erasure',
            fields=[
                ('id', models.UUIDField(db_comment='主键：应用生成的随机编号', default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('person_id', models.UUIDField(db_comment='被删除人员的随机编号：恢复旧备份后据此再次删除')),
                ('ground', models.TextField(db_comment='依据代码')),
                ('approved_by', models.UUIDField(db_comment='批准的岗位')),
                ('at', models.DateTimeField(db_comment='登记时刻（UTC）')),
            ],
            options={
                'db_table': 'ledger_erasure',
                'db_table_comment': '删除登记：只有编号，只增不改；随备份带走，恢复后重放',
                'indexes': [models.Index(fields=['person_id'], name='ledger_erasure_person')],
            },
        ),
    ]

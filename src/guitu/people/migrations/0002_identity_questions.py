import django.db.models.deletion
import guitu.ledger.columns
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0001_initial'),
        ('people', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Match',
            fields=[
                ('id', models.UUIDField(db_comment='主键：应用生成的随机编号', default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('division', guitu.ledger.columns.DivisionField(db_comment='责任单位区划（12位），行级策略按此取范围')),
                ('asking_division', guitu.ledger.columns.DivisionField(db_comment='名册所属单位区划（12位）')),
                ('row_key', models.UUIDField(db_comment='名册行的标识：单位、证件与姓名的密钥摘要，重复导入不重复提问')),
                ('sealed_row', models.BinaryField(db_comment='名册行内容的密文（AES-GCM）')),
                ('release_on', models.DateField(db_comment='名册所载释放日')),
                ('rule', models.TextField(db_comment='疑似规则代码')),
                ('for_superior', models.BooleanField(db_comment='须由共同上级的身份核对岗判定')),
                ('raised_at', models.DateTimeField(db_comment='提问时刻')),
                ('raised_by', models.UUIDField(db_comment='提问岗位')),
                ('left_open_at', models.DateTimeField(db_comment='最近一次“先核对”的时刻', null=True)),
                ('left_open_by', models.UUIDField(db_comment='最近一次“先核对”的岗位', null=True)),
                ('decision', models.TextField(blank=True, db_comment='判定：same 同一人 other 不是 superseded 随同一行的判定了结；空为待判定')),
                ('decided_at', models.DateTimeField(db_comment='判定时刻', null=True)),
                ('decided_by', models.UUIDField(db_comment='判定岗位', null=True)),
                ('former_release_on', models.DateField(db_comment='判定前的释放日，撤回时还原；空为没有改动', null=True)),
            ],
            options={
                'db_table': 'people_match',
                'db_table_comment': '疑似同一人：名册行与已有人员的核对',
            },
        ),
        migrations.AddIndex(
            model_name='fact',
            index=models.Index(condition=models.Q(('item', 'name')), fields=['value'], name='people_fact_names'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(fields=['birth_date'], name='people_person_birth'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(fields=['name'], name='people_person_name'),
        ),
        migrations.AddField(
            model_name='match',
            name='person',
            field=models.ForeignKey(db_comment='已有档案的人员', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person'),
        ),
        migrations.AddField(
            model_name='match',
            name='result_person',
            field=models.ForeignKey(db_comment='判定后这一行归于的人员', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person'),
        ),
        migrations.AddField(
            model_name='match',
            name='unit',
            field=models.ForeignKey(db_comment='名册所属单位', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.unit'),
        ),
        migrations.AddIndex(
            model_name='match',
            index=models.Index(fields=['unit', 'decision', 'release_on'], name='people_match_unit_open'),
        ),
        migrations.AddConstraint(
            model_name='match',
            constraint=models.UniqueConstraint(fields=('row_key', 'person'), name='people_match_once'),
        ),
        migrations.AddConstraint(
            model_name='match',
            constraint=models.CheckConstraint(condition=models.Q(('decision__in', ['', 'same', 'other', 'superseded'])), name='people_match_decision'),
        ),
        migrations.AddConstraint(
            model_name='match',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('decision', '')), models.Q(models.Q(('decision', ''), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='people_match_decided'),
        ),
        migrations.AddConstraint(
            model_name='match',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('left_open_at__isnull', True), ('left_open_by__isnull', True)), models.Q(('left_open_at__isnull', False), ('left_open_by__isnull', False)), _connector='OR'), name='people_match_left_open'),
        ),
    ]

"""Documents, attachments, service, numbers, look-ups from outside."""

import django.contrib.postgres.fields
import django.db.models.deletion
import guitu.ledger.columns
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('access', '0004_roles_and_three_administrators'),
        ('people', '0002_identity_questions'),
    ]

    operations = [
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.UUIDField(db_comment='主键：应用生成的随机编号', default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('division', guitu.ledger.columns.DivisionField(db_comment='责任单位区划（12位），行级策略按此取范围')),
                ('kind', models.TextField(db_comment='文书种类代码')),
                ('version', models.TextField(db_comment='模板版本')),
                ('number', models.TextField(db_comment='文号，如〔2026〕桐监释通字第0001号')),
                ('year', models.PositiveSmallIntegerField(db_comment='编号年份（北京时间）')),
                ('sequence', models.PositiveIntegerField(db_comment='当年本单位本种类的顺序号，连续不空')),
                ('issued_at', models.DateTimeField(db_comment='签发时刻')),
                ('issued_by', models.UUIDField(db_comment='签发岗位')),
                ('digest', models.BinaryField(db_comment='PDF明文的SHA-256')),
                ('seal', models.BinaryField(db_comment='本安装的Ed25519签名')),
                ('code_index', models.BinaryField(db_comment='查验码的密钥摘要', unique=True)),
                ('body', models.BinaryField(db_comment='PDF密文（AES-GCM）')),
                ('size', models.PositiveIntegerField(db_comment='PDF字节数')),
                ('journey_id', models.UUIDField(db_comment='所属流程；空为不属于流程', null=True)),
                ('event_id', models.UUIDField(db_comment='起因事件编号，重复提交不重复制发')),
                ('by_hand', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), db_comment='字库暂缺、须手写补全的字', default=list, size=None)),
                ('completed_at', models.DateTimeField(db_comment='手写补全时刻', null=True)),
                ('completed_by', models.UUIDField(db_comment='手写补全岗位', null=True)),
                ('person', models.ForeignKey(db_comment='人员；空为不涉及个人的文书', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('supersedes', models.ForeignKey(db_comment='所取代的前一份', null=True, on_delete=django.db.models.deletion.PROTECT, to='papers.document')),
                ('unit', models.ForeignKey(db_comment='签发单位', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.unit')),
            ],
            options={
                'db_table': 'papers_document',
                'db_table_comment': '签发的文书：编号、盖章签名、加密、不可改',
            },
        ),
        migrations.CreateModel(
            name='LookUp',
            fields=[
                ('id', models.UUIDField(db_comment='主键：应用生成的随机编号', default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(db_comment='查验时刻')),
                ('address', models.TextField(db_comment='网络地址的密钥摘要')),
                ('found', models.BooleanField(db_comment='是否查到')),
            ],
            options={
                'db_table': 'papers_look_up',
                'db_table_comment': '对外查验的次数，用于限速',
                'indexes': [models.Index(fields=['address', 'at'], name='papers_look_up_address')],
            },
        ),
        migrations.CreateModel(
            name='Service',
            fields=[
                ('id', models.UUIDField(db_comment='主键：应用生成的随机编号', default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('division', guitu.ledger.columns.DivisionField(db_comment='责任单位区划（12位），行级策略按此取范围')),
                ('served_to', models.TextField(db_comment='受送达人或者单位')),
                ('method', models.TextField(db_comment='送达方式代码')),
                ('at', models.DateTimeField(db_comment='送达时刻')),
                ('post_id', models.UUIDField(db_comment='送达岗位')),
                ('event_id', models.UUIDField(db_comment='起因事件编号，重复提交不重复登记', unique=True)),
                ('document', models.ForeignKey(db_comment='文书', on_delete=django.db.models.deletion.PROTECT, to='papers.document')),
                ('person', models.ForeignKey(db_comment='人员', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
            ],
            options={
                'db_table': 'papers_service',
                'db_table_comment': '送达记录',
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.UUIDField(db_comment='主键：应用生成的随机编号', default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('division', guitu.ledger.columns.DivisionField(db_comment='责任单位区划（12位），行级策略按此取范围')),
                ('kind', models.TextField(db_comment='文书种类代码')),
                ('source', models.TextField(db_comment='来源：谁给的')),
                ('file_name', models.TextField(db_comment='文件名')),
                ('mime', models.TextField(db_comment='按内容认出的类型')),
                ('size', models.PositiveIntegerField(db_comment='字节数')),
                ('digest', models.BinaryField(db_comment='明文的SHA-256')),
                ('body', models.BinaryField(db_comment='密文（AES-GCM）')),
                ('post_id', models.UUIDField(db_comment='收件岗位')),
                ('at', models.DateTimeField(db_comment='收件时刻')),
                ('event_id', models.UUIDField(db_comment='起因事件编号，重复提交不重复收件', unique=True)),
                ('person', models.ForeignKey(db_comment='人员', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person')),
                ('unit', models.ForeignKey(db_comment='收件单位', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.unit')),
            ],
            options={
                'db_table': 'papers_attachment',
                'db_table_comment': '收到的文件：加密',
                'indexes': [models.Index(fields=['person', 'at'], name='papers_attachment_person')],
            },
        ),
        migrations.CreateModel(
            name='Counter',
            fields=[
                ('id', models.UUIDField(db_comment='主键：应用生成的随机编号', default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('division', guitu.ledger.columns.DivisionField(db_comment='签发单位区划（12位）')),
                ('kind', models.TextField(db_comment='文书种类代码')),
                ('year', models.PositiveSmallIntegerField(db_comment='年份（北京时间）')),
                ('last', models.PositiveIntegerField(db_comment='已用的最后一个顺序号')),
                ('unit', models.ForeignKey(db_comment='签发单位', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.unit')),
            ],
            options={
                'db_table': 'papers_counter',
                'db_table_comment': '文号：每单位每种类每年连续编号',
                'constraints': [models.UniqueConstraint(fields=('unit', 'kind', 'year'), name='papers_counter_once')],
            },
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(fields=['person', 'issued_at'], name='papers_document_person'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(fields=['unit', 'issued_at'], name='papers_document_unit'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(condition=models.Q(models.Q(('by_hand', []), _negated=True), ('completed_at__isnull', True)), fields=['unit', 'issued_at'], name='papers_document_by_hand'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.UniqueConstraint(fields=('unit', 'kind', 'year', 'sequence'), name='papers_document_number'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.UniqueConstraint(fields=('event_id', 'kind'), name='papers_document_once'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('completed_at__isnull', True), ('completed_by__isnull', True)), models.Q(('completed_at__isnull', False), ('completed_by__isnull', False)), _connector='OR'), name='papers_document_completed'),
        ),
        migrations.AddIndex(
            model_name='service',
            index=models.Index(fields=['document', 'at'], name='papers_service_document'),
        ),
    ]

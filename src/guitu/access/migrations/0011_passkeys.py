import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0010_recovery_renewed'),
    ]

    operations = [
        migrations.CreateModel(
            name='Challenge',
            fields=[
                ('id', models.UUIDField(db_comment='主键：应用生成的随机编号', default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('challenge', models.BinaryField(db_comment='随机质询')),
                ('use', models.TextField(db_comment='ADD 建立 FACTOR 口令之后 ALONE 单独登录')),
                ('bound_to', models.BinaryField(db_comment='所属会话、办理中的登录或浏览器的令牌的SHA-256')),
                ('created_at', models.DateTimeField(db_comment='生成时刻')),
                ('expires_at', models.DateTimeField(db_comment='失效时刻，过后即删')),
                ('used_at', models.DateTimeField(db_comment='用掉或作废时刻', null=True)),
            ],
            options={
                'db_table': 'access_challenge',
                'db_table_comment': '通行密钥的质询：一次有效，只认提出它的那个会话或浏览器；应用角色不可读写',
                'indexes': [models.Index(fields=['expires_at'], name='access_challenge_expires')],
                'constraints': [models.CheckConstraint(condition=models.Q(('use__in', ['ADD', 'FACTOR', 'ALONE'])), name='access_challenge_use'), models.UniqueConstraint(condition=models.Q(('used_at__isnull', True)), fields=('bound_to', 'use'), name='access_challenge_one_open')],
            },
        ),
        migrations.CreateModel(
            name='Passkey',
            fields=[
                ('id', models.UUIDField(db_comment='主键：应用生成的随机编号', default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('credential_id', models.BinaryField(db_comment='凭据编号，由设备生成', unique=True)),
                ('public_key', models.BinaryField(db_comment='公钥（COSE）')),
                ('sign_count', models.BigIntegerField(db_comment='设备上次报告的使用次数；倒退即拒绝，设备不计数的为0')),
                ('name', models.TextField(db_comment='持有人起的名称')),
                ('created_at', models.DateTimeField(db_comment='建立时刻')),
                ('used_at', models.DateTimeField(db_comment='最近一次使用时刻', null=True)),
                ('ended_at', models.DateTimeField(db_comment='停用时刻', null=True)),
                ('account', models.ForeignKey(db_comment='账号', on_delete=django.db.models.deletion.PROTECT, to='access.account')),
            ],
            options={
                'db_table': 'access_passkey',
                'db_table_comment': '通行密钥：只存公钥；应用角色不可读写',
                'indexes': [models.Index(fields=['account', 'created_at'], name='access_passkey_account')],
            },
        ),
        migrations.RemoveConstraint(
            model_name='signin',
            name='access_sign_in_outcome',
        ),
        migrations.AddConstraint(
            model_name='signin',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['SUCCEEDED', 'FAILED', 'CODE_FAILED', 'CODE_USED', 'LOCKED', 'REFUSED', 'RECOVERY_USED', 'PASSWORD_CHANGED', 'FACTOR_ADDED', 'FACTOR_REMOVED', 'PASSKEY_ADDED', 'PASSKEY_REMOVED', 'PASSKEY_USED', 'PASSKEY_FAILED', 'RECOVERY_RENEWED'])), name='access_sign_in_outcome'),
        ),
    ]

"""How far a post has read everything: one row, where there was one for each notice."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0015_beats'),
        ('notices', '0003_fewer_indexes'),
    ]

    operations = [
        migrations.CreateModel(
            name='ReadUpTo',
            fields=[
                ('post', models.OneToOneField(db_comment='岗位', on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='access.post')),
                ('until', models.DateTimeField(db_comment='这一时刻及以前告知的视为已读')),
                ('at', models.DateTimeField(db_comment='标为已读的时刻')),
            ],
            options={
                'db_table': 'notices_read_up_to',
                'db_table_comment': '岗位全部已读到哪一时刻：只向后移',
            },
        ),
    ]

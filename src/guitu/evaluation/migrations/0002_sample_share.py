from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('evaluation', '0001_commissioned_evaluations'),
    ]

    operations = [
        migrations.AddField(
            model_name='evaluation',
            name='sample_share',
            field=models.PositiveSmallIntegerField(db_comment='样本最多占抽样框的百分之几，委托时的规则值', default=50),
            preserve_default=False,
        ),
    ]

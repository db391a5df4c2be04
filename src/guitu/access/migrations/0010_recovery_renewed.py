from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0009_proposals'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='signin',
            name='access_sign_in_outcome',
        ),
        migrations.AddConstraint(
            model_name='signin',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['SUCCEEDED', 'FAILED', 'CODE_FAILED', 'CODE_USED', 'LOCKED', 'REFUSED', 'RECOVERY_USED', 'PASSWORD_CHANGED', 'FACTOR_ADDED', 'FACTOR_REMOVED', 'PASSKEY_ADDED', 'PASSKEY_REMOVED', 'RECOVERY_RENEWED'])), name='access_sign_in_outcome'),
        ),
    ]

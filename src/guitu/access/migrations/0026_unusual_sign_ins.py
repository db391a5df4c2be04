"""A sign-in from an unusual network or hour leaves a line of its own; a session knows from where it is used."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0025_sessions_by_expiry")]

    operations = [
        migrations.AddField(
            "session",
            "network",
            models.TextField(db_default="", db_comment="使用会话的网络（地址的前若干位）；空为不看"),
        ),
        migrations.RemoveConstraint(model_name="signin", name="access_sign_in_outcome"),
        migrations.AddConstraint(
            model_name="signin",
            constraint=models.CheckConstraint(condition=models.Q(("outcome__in", ["SUCCEEDED", "FAILED", "CODE_FAILED", "CODE_USED", "LOCKED", "REFUSED", "RECOVERY_USED", "PASSWORD_CHANGED", "FACTOR_ADDED", "FACTOR_REMOVED", "PASSKEY_ADDED", "PASSKEY_REMOVED", "PASSKEY_USED", "PASSKEY_FAILED", "RECOVERY_RENEWED", "UNUSUAL"])), name="access_sign_in_outcome"),
        ),
    ]

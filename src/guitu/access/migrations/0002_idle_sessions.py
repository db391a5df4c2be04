"""Sessions end when they stand idle. Sessions from before keep their absolute end only."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]

    operations = [
        migrations.AddField(
            "session",
            "last_seen_at",
            models.DateTimeField(null=True, db_comment="最近一次使用，最多每分钟记一次"),
        ),
        migrations.AddField("session", "idle", models.DurationField(null=True, db_comment="闲置多久即结束")),
        migrations.RunSQL(
            "UPDATE access_session SET last_seen_at = created_at, idle = expires_at - created_at", migrations.RunSQL.noop
        ),
        migrations.AlterField(
            "session", "last_seen_at", models.DateTimeField(db_comment="最近一次使用，最多每分钟记一次")
        ),
        migrations.AlterField("session", "idle", models.DurationField(db_comment="闲置多久即结束")),
    ]

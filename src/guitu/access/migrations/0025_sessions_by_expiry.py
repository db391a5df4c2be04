from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0024_sign_ins_by_time"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="session",
            index=models.Index(fields=["expires_at"], name="access_session_expires"),
        ),
    ]

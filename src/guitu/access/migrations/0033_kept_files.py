"""What the database holds by itself: how long a pack keeps files, and which mandates end with minority."""

from django.db import migrations, models
from django.db.models import Q

from guitu.access.rule_packs import kept_files


def fill_packs(apps, schema_editor):
    """Packs loaded before are asked once; the table is frozen for whoever serves."""
    packs = list(apps.get_model("access", "RulePack").objects.all())
    if not packs:
        return
    schema_editor.execute("ALTER TABLE access_rule_pack DISABLE TRIGGER USER")
    for pack in packs:
        pack.kept_files = kept_files(pack.name, pack.text)
        pack.save(update_fields=["kept_files"])
    schema_editor.execute("ALTER TABLE access_rule_pack ENABLE TRIGGER USER")


def fill_mandates(apps, schema_editor):
    """Mandates given before that end with minority and are not told yet; where the function is not made, none are."""
    schema_editor.execute(
        """
        DO $$ BEGIN IF to_regprocedure('people_of_age_from(date)') IS NOT NULL THEN
          ALTER TABLE access_mandate DISABLE TRIGGER USER;
          UPDATE access_mandate m SET with_minority = true FROM people_person q
           WHERE q.id = m.person_id AND m.ended_at IS NULL AND m.to_at = people_of_age_from(q.birth_date);
          ALTER TABLE access_mandate ENABLE TRIGGER USER;
        END IF; END $$
        """
    )


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0032_newest_first"),
    ]

    operations = [
        migrations.AddField(
            model_name="rulepack",
            name="kept_files",
            field=models.JSONField(
                default=list,
                db_comment="档案保存多久：从哪日到哪日、至少多长，数据库据此拒绝提前删除；没有规定的为空",
            ),
        ),
        migrations.AddField(
            model_name="mandate",
            name="with_minority",
            field=models.BooleanField(db_comment="因本人成年而到期", db_default=False),
        ),
        migrations.AddIndex(
            model_name="mandate",
            index=models.Index(
                fields=["to_at"], condition=Q(ended_at__isnull=True, with_minority=True), name="access_mandate_of_age"
            ),
        ),
        migrations.RunPython(fill_packs, migrations.RunPython.noop),
        migrations.RunPython(fill_mandates, migrations.RunPython.noop),
    ]

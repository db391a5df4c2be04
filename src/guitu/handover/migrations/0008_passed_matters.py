"""A matter passed on is named so: a referral is the word for a partner unit (support)."""

from django.db import migrations, models

_SIDES = models.Q(("side__in", ["TAKEN", "DUTY"]))
_WHOSE = models.Q(("whose__in", ["OPEN", "SUPERIOR", "RULED"]))
_WHOLE = models.Q(
    models.Q(("answered_at__isnull", True), ("kind", ""), ("outcome", "")),
    models.Q(("answered_at__isnull", False), ("kind__in", ["done", "declined", "not_possible"])),
    _connector="OR",
)


def _constraints(prefix: str) -> list[models.BaseConstraint]:
    return [
        models.UniqueConstraint(fields=("request_id", "side"), name=f"{prefix}_halves"),
        models.CheckConstraint(condition=_SIDES, name=f"{prefix}_side"),
        models.CheckConstraint(condition=_WHOSE, name=f"{prefix}_whose"),
        models.CheckConstraint(condition=_WHOLE, name=f"{prefix}_answered_whole"),
    ]


def _renamed(old: models.BaseConstraint, new: models.BaseConstraint) -> migrations.SeparateDatabaseAndState:
    rename = 'ALTER TABLE handover_passed_matter RENAME CONSTRAINT "{}" TO "{}"'
    return migrations.SeparateDatabaseAndState(
        database_operations=[migrations.RunSQL(rename.format(old.name, new.name), rename.format(new.name, old.name))],
        state_operations=[
            migrations.RemoveConstraint(model_name="passedmatter", name=old.name),
            migrations.AddConstraint(model_name="passedmatter", constraint=new),
        ],
    )


class Migration(migrations.Migration):

    dependencies = [
        ("handover", "0007_handing_on"),
    ]

    operations = [
        migrations.RenameModel("Referral", "PassedMatter"),
        migrations.AlterModelTable("PassedMatter", "handover_passed_matter"),
        migrations.RenameIndex("PassedMatter", new_name="handover_passed_matter_unit", old_name="handover_referral_unit"),
        migrations.RenameIndex("PassedMatter", new_name="handover_passed_matter_climbs", old_name="handover_referral_climbs"),
        *[
            _renamed(old, new)
            for old, new in zip(
                _constraints("handover_referral"), _constraints("handover_passed_matter"), strict=True
            )
        ],
    ]

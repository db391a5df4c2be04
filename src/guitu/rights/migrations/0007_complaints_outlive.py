"""A complaint that waits for its answer outlives the erasure of whoever made it."""

import django.db.models.deletion
from django.db import migrations, models

COMMENT = "人员；没有答复时本人已被删除的为空"


class Migration(migrations.Migration):
    """Let a complaint stand without its person."""

    dependencies = [("rights", "0006_breaches"), ("people", "0001_initial")]

    operations = [
        # Written out: a change of the comment would alter the column's type too, which a table with policies refuses.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="complaint",
                    name="person",
                    field=models.ForeignKey(
                        db_comment=COMMENT,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
            ],
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE rights_complaint ALTER COLUMN person_id DROP NOT NULL;"
                    f" COMMENT ON COLUMN rights_complaint.person_id IS '{COMMENT}'",
                    "ALTER TABLE rights_complaint ALTER COLUMN person_id SET NOT NULL;"
                    " COMMENT ON COLUMN rights_complaint.person_id IS '人员'",
                ),
            ],
        ),
    ]

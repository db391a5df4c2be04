"""Lists of rights requests are walked in their order; what was said lately is found by its moment."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("rights", "0004_worsening")]

    operations = [
        migrations.AddIndex(
            model_name="request",
            index=models.Index(F("decided_at").desc(nulls_first=True), "due_at", "id", name="rights_request_order"),
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(
                fields=["division", "decided_at", "due_at"],
                include=["outcome", "kind", "person"],
                name="rights_request_desk",
            ),
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(fields=["asked_at"], condition=Q(kind="OBJECTION"), name="rights_request_objected"),
        ),
        migrations.AddIndex(
            model_name="complaint", index=models.Index(fields=["taken_at"], name="rights_complaint_taken")
        ),
    ]

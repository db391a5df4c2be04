"""Each paper says itself which items it shows, so that the database can ask the decision table about them (ADR 0055)."""

import django.contrib.postgres.fields
from django.db import migrations, models


def fill(apps, schema_editor):
    """What the papers that are here show: by the manifests, as papers.reading has read them until now."""
    from guitu.papers.reading import items_filed, items_shown
    from guitu.rulebook.clocks import legal_day

    document, attachment = apps.get_model("papers", "Document"), apps.get_model("papers", "Attachment")
    of_documents, of_files = {}, {}
    for one, kind, version, at in document.objects.values_list("id", "kind", "version", "issued_at").iterator():
        of_documents.setdefault(items_shown(kind, version, on=legal_day(at)), []).append(one)
    for one, kind in attachment.objects.values_list("id", "kind").iterator():
        of_files.setdefault(items_filed(kind), []).append(one)
    for model, found in ((document, of_documents), (attachment, of_files)):
        table = schema_editor.quote_name(model._meta.db_table)
        schema_editor.execute(
            f"ALTER TABLE {table} DISABLE TRIGGER USER"
        )  # nothing is written of anybody: no entry is owed
        for items, ids in found.items():
            model.objects.filter(id__in=ids).update(shows=list(items))
        schema_editor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _shows(comment):
    return django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), db_comment=comment, default=list)


class Migration(migrations.Migration):
    dependencies = [
        ("papers", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="document",
            name="shows",
            field=_shows("所载的L3、L4数据项，签发时定"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="attachment",
            name="shows",
            field=_shows("按种类视为所载的L3、L4数据项，收件时定"),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]

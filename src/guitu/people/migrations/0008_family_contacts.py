"""Family contacts by name: who bears the name of an officer is found from the name (access/sql/watching.sql)."""

from django.db import migrations, models

MADE = """
CREATE FUNCTION people_family_contact(value text) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RETURN value::jsonb ->> 'family_contact';
EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
  RETURN NULL;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0007_asked_by_the_superior"),
    ]

    operations = [
        migrations.RunSQL(MADE, "DROP FUNCTION people_family_contact(text)"),
        migrations.AddIndex(
            model_name="fact",
            index=models.Index(
                models.Func("value", function="people_family_contact", output_field=models.TextField()),
                condition=models.Q(("item", "contacts"), ("to_at__isnull", True)),
                name="people_fact_family",
            ),
        ),
    ]

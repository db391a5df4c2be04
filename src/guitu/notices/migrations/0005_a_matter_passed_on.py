"""The notice of a matter passed on is named so: a referral is the word for a partner unit (support)."""

from django.db import migrations

_TABLES = ("notices_notice", "notices_switched_off", "notices_failure")
_RENAME = "UPDATE {} SET code = '{}' WHERE code = '{}'"
_NEW, _OLD = "REQUEST_PASSED_ON", "REQUEST_REFERRED"


class Migration(migrations.Migration):

    dependencies = [
        ("notices", "0004_read_up_to"),
    ]

    operations = [
        migrations.RunSQL(_RENAME.format(table, _NEW, _OLD), _RENAME.format(table, _OLD, _NEW)) for table in _TABLES
    ]

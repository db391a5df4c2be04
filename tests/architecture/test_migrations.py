"""Every migration can be taken back, or says why not."""

from importlib import import_module

from django.db import migrations, models

from tests.architecture.source import modules

WHY_NOT = "Not reversible:"


def one_way(migration: type[migrations.Migration], docstring: str) -> list[str]:
    """The operations that cannot be taken back, unless the file says why."""
    if WHY_NOT in docstring:
        return []
    return [type(operation).__name__ for operation in migration.operations if not operation.reversible]


def test_every_migration_can_be_taken_back_or_says_why_not():
    names = [module.name for module in modules() if ".migrations." in module.name]
    assert len(names) >= 6, "the check looks in the wrong place"
    found = {}
    for name in names:
        module = import_module(name)
        stuck = one_way(module.Migration, module.__doc__ or "")
        if stuck:
            found[name] = stuck
    assert found == {}


def _trespasser() -> type[migrations.Migration]:
    class Migration(migrations.Migration):
        operations = [  # noqa: RUF012 - as Django writes it
            migrations.RunSQL("UPDATE people_person SET name = ''"),
            migrations.RunPython(lambda apps, editor: None),
            migrations.AddField("person", "extra", models.TextField()),
        ]

    return Migration


def test_a_one_way_migration_is_noticed():
    assert one_way(_trespasser(), "") == ["RunSQL", "RunPython"]
    assert one_way(_trespasser(), "Not reversible: the old names are gone.") == []

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


ALTERED_BEFORE = {
    "guitu.access.migrations.0002_idle_sessions",
    "guitu.access.migrations.0006_persons_sign_in",
    "guitu.access.migrations.0007_places_of_units",
    "guitu.access.migrations.0012_addressed_roles",
    "guitu.access.migrations.0013_asked_to_attend",
    "guitu.access.migrations.0016_looking_with_a_reason",
    "guitu.access.migrations.0020_reach_outside_the_range",
    "guitu.access.migrations.0028_backup_recipient",
    "guitu.exchange.migrations.0004_results_after_under_way",
    "guitu.handover.migrations.0005_referrals",
    "guitu.journeys.migrations.0002_steps_beside_the_state",
    "guitu.notices.migrations.0003_fewer_indexes",
    "guitu.people.migrations.0007_asked_by_the_superior",
}
"""Those that altered columns which no policy and no trigger named then; installations have taken them."""


def altering(migration: type[migrations.Migration]) -> bool:
    """Whether it alters a column of the database by Django's AlterField, which states the type anew."""
    return any(isinstance(operation, migrations.AlterField) for operation in migration.operations)


def test_no_new_migration_states_the_type_of_an_installed_column_anew():
    """A column that a policy or a trigger names refuses it and the upgrade fails; the statements are written out."""
    names = [module.name for module in modules() if ".migrations." in module.name]
    assert {name for name in names if altering(import_module(name).Migration)} == ALTERED_BEFORE


def test_control_a_migration_that_alters_a_column_is_noticed_and_one_written_out_is_not():
    alters = migrations.AlterField("complaint", "person", models.TextField(null=True))
    written = migrations.SeparateDatabaseAndState([migrations.RunSQL("SELECT 1", "SELECT 1")], [alters])
    assert [altering(type("M", (migrations.Migration,), {"operations": [one]})) for one in (alters, written)] == [
        True,
        False,
    ]

"""``guitu keys …``: the half of key rotation that needs the database; the files belong to the launcher."""

from __future__ import annotations

import getpass
import json
import uuid
from typing import Annotated

import typer

from guitu.web.command_line.answering import PROBLEM
from guitu.web.command_line.owner import as_owner

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None, help="密钥轮换 · rotation of keys")
ROTATED, RETIRED = "ledger:key:rotated", "ledger:key:retired"
KeyArgument = Annotated[str, typer.Argument(metavar="KEY", help="密钥编号")]


@app.callback()
def keys() -> None:
    """密钥轮换 · rotation of keys."""


def _record(act: str, event: uuid.UUID, facts: dict[str, str]) -> None:
    """In the ledger once, whatever is interrupted: an act of the machine, without a post."""
    from django.db import connection, transaction

    from guitu.ledger.queries import is_recorded
    from guitu.web.clock import now

    with transaction.atomic(), connection.cursor() as cursor:
        if not is_recorded(act, event):
            cursor.execute(
                "SELECT ledger_keep(%s::text, %s::uuid, %s::timestamptz, NULL, NULL, NULL, '', '{}', %s::jsonb)",
                [act, event, now(), json.dumps(facts | {"done_by": getpass.getuser()})],
            )


@app.command("record-rotation", hidden=True)
def record_rotation(
    key: KeyArgument, suite: str, event: uuid.UUID, approved_by: Annotated[str, typer.Argument()] = ""
) -> None:
    """把一次轮换记入台账 · record a rotation; asked for by the launcher before the key is put to use."""
    with as_owner():
        _record(ROTATED, event, {"key": key, "suite": suite, "approved_by": approved_by})


@app.command("record-retirement", hidden=True)
def record_retirement(key: KeyArgument) -> None:
    """没有值再用这把密钥时，把停用记入台账 · record that a key is retired, unless a value names it."""
    with as_owner():
        from guitu.ledger.resealing import used_labels
        from guitu.web.sealed_columns import SEALED

        left = sum(number for label, number in used_labels(SEALED).items() if label.rpartition("/")[2] == key)
        if left:
            typer.echo(f"{left} 个值仍以 {key} 加密 · {left} values still name {key}", err=True)
            raise typer.Exit(PROBLEM)
        _record(RETIRED, uuid.uuid5(uuid.NAMESPACE_OID, f"retired:{key}"), {"key": key})


@app.command()
def used() -> None:
    """各密钥下有多少值 · how many values stand under each key."""
    with as_owner():
        from guitu.ledger.keys import current_label
        from guitu.ledger.resealing import used_labels
        from guitu.web.sealed_columns import SEALED

        now_used = current_label()
        for label, number in sorted(used_labels(SEALED).items()):
            typer.echo(f"{label}\t{number}{' · 现用 current' if label == now_used else ''}")


@app.command()
def reseal() -> None:
    """以现用密钥重新加密全部密文和盲索引，可随时中断再来 · seal everything anew; may be interrupted and run again."""
    with as_owner():
        from guitu.ledger.resealing import reseal as seal_anew
        from guitu.web.sealed_columns import SEALED

        made = seal_anew(SEALED, noted=lambda table, done: typer.echo(f"{table}\t{done}"))
    typer.echo(
        f"重新加密 {made.sealed} 个值，打不开 {made.unopened} 个\n"
        f"{made.sealed} sealed anew, {made.unopened} do not open"
    )
    if made.first_unopened:
        typer.echo("\t".join(made.first_unopened), err=True)
        raise typer.Exit(PROBLEM)

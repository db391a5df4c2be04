"""``guitu keys …``: the half of key rotation that needs the database; the files belong to the launcher."""

from __future__ import annotations

import getpass
import uuid
from typing import Annotated

import typer

from guitu.web.command_line.answering import PROBLEM, REFUSED
from guitu.web.command_line.owner import as_owner

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None, help="密钥轮换 · rotation of keys")
ROTATED, RETIRED, RECIPIENT = "ledger:key:rotated", "ledger:key:retired", "ledger:recipient:set"
ACTS = {"KEY_ROTATION": ROTATED, "KEY_RETIREMENT": RETIRED, "BACKUP_RECIPIENT": RECIPIENT}
KeyArgument = Annotated[str, typer.Argument(metavar="KEY", help="密钥编号")]


@app.callback()
def keys() -> None:
    """密钥轮换 · rotation of keys."""


@app.command("ordered", hidden=True)
def ordered(kind: str, named: str, event: uuid.UUID) -> None:
    """两名管理员是否已同意 · whether two administrators have confirmed this, or it is recorded already."""
    with as_owner():
        from guitu.access.dual_changes_at_machine import NotConfirmed
        from guitu.access.dual_changes_at_machine import ordered as is_ordered
        from guitu.ledger.queries import is_recorded, was_ever_recorded

        first = kind == "BACKUP_RECIPIENT" and not was_ever_recorded(RECIPIENT)
        try:
            if not first and not is_recorded(ACTS[kind], event):
                is_ordered(kind, named)
        except NotConfirmed as refusal:
            raise typer.Exit(REFUSED) from refusal


def _carry_out(act: str, event: uuid.UUID, kind: str, named: str, *, emergency: str, facts: dict[str, str]) -> None:
    """Record once, whatever is interrupted, that the machine acts on what two hands confirmed."""
    from guitu.access.dual_changes_at_machine import NotConfirmed, carry_out
    from guitu.web.clock import now

    try:
        carry_out(
            act,
            event,
            kind=kind,
            named=named,
            emergency=emergency,
            facts=facts,
            done_by=getpass.getuser(),
            at=now(),
        )
    except NotConfirmed as refusal:
        raise typer.Exit(REFUSED) from refusal


@app.command("record-rotation", hidden=True)
def record_rotation(
    key: KeyArgument, suite: str, event: uuid.UUID, emergency: Annotated[str, typer.Argument()] = ""
) -> None:
    """把一次轮换记入台账 · record a rotation; asked for by the launcher before the key is put to use."""
    with as_owner():
        facts = {"key": key, "suite": suite}
        _carry_out(ROTATED, event, "KEY_ROTATION", suite, emergency=emergency, facts=facts)


@app.command("record-retirement", hidden=True)
def record_retirement(key: KeyArgument, emergency: Annotated[str, typer.Argument()] = "") -> None:
    """没有值再用这把密钥时，把停用记入台账 · record that a key is retired, unless a value names it."""
    with as_owner():
        from guitu.ledger.resealing import used_labels
        from guitu.web.sealed_columns import SEALED

        left = sum(number for label, number in used_labels(SEALED).items() if label.rpartition("/")[2] == key)
        if left:
            typer.echo(f"{left} 个值仍以 {key} 加密 · {left} values still name {key}", err=True)
            raise typer.Exit(PROBLEM)
        event = uuid.uuid5(uuid.NAMESPACE_OID, f"retired:{key}")
        _carry_out(RETIRED, event, "KEY_RETIREMENT", key, emergency=emergency, facts={"key": key})


@app.command("record-recipient", hidden=True)
def record_recipient(key: KeyArgument, event: uuid.UUID, emergency: Annotated[str, typer.Argument()] = "") -> None:
    """把换用备份公钥记入台账 · record to which public key backups are sealed; the first needs no two hands."""
    with as_owner():
        from guitu.ledger.operations import record_at_machine
        from guitu.ledger.queries import was_ever_recorded
        from guitu.web.clock import now

        if was_ever_recorded(RECIPIENT):
            _carry_out(RECIPIENT, event, "BACKUP_RECIPIENT", key, emergency=emergency, facts={"key": key})
        else:
            record_at_machine("ledger:recipient:set", event_id=event, at=now(), key=key, done_by=getpass.getuser())


@app.command("record-copy", hidden=True)
def record_copy(what: str, of: str) -> None:
    """把备份、密钥副本的制作和导入记入台账 · record a backup, a copy of the keys, or that one was brought in."""
    with as_owner():
        from guitu.ledger import registers
        from guitu.ledger.operations import record_at_machine
        from guitu.web.clock import now

        told = {"of": of, "done_by": getpass.getuser()}
        if what == "BACKUP":
            event, at = uuid.uuid4(), now()
            record_at_machine("ledger:backup:made", event_id=event, at=at, **told)
            registers.mark(event, at=at)
        elif what == "KEYS":
            record_at_machine("ledger:keys:copied", event_id=uuid.uuid4(), at=now(), **told)
        else:
            record_at_machine("ledger:keys:brought_in", event_id=uuid.uuid4(), at=now(), **told)


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

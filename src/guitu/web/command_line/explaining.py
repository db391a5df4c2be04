"""``access explain …``: whether a post sees one item of one person for a purpose, and by which line of the table."""

from __future__ import annotations

import datetime
import getpass
import os
import uuid
from typing import Annotated, Any

import typer

from guitu.web.command_line.answering import as_json, fail

YES, NO = 0, 1


def explain(
    post: Annotated[str, typer.Option(help="岗位编号，或 登录名:单位编码:角色 · id, or login:unit:role")],
    person: Annotated[str, typer.Option(help="人员的 uuid 或印制编号 · uuid or printed number")],
    item: Annotated[str, typer.Option(help="核心数据项代码 · code of a core item")],
    purpose: Annotated[str, typer.Option(help="目的代码 · code of a purpose")],
    json_output: Annotated[bool, typer.Option("--json", help="机器可读 · as JSON")] = False,
) -> None:
    """这个岗位为这个目的看不看得到这个人的这一项，依哪一行；不显示值 · who sees what of whom, and by which line.

    Asked as the very post, through the cage: a person it does not see is unknown. Exit code 0 for yes, 1 for no.
    """
    told = _ask(post, person, item, purpose)
    typer.echo(as_json(told) if json_output else "\n".join(_sentences(told)))
    raise typer.Exit(YES if told["seen"] else NO)


def _ask(post: str, person: str, item: str, purpose: str) -> dict[str, Any]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guitu.settings.demo")
    import django

    django.setup()
    from django.conf import settings
    from django.db import transaction

    from guitu.access.at_the_machine import PostNotInOffice, PurposeNotAllowed, acting_in_post
    from guitu.access.deciding import sight_of
    from guitu.access.operations import ask
    from guitu.access.roles import ROLES
    from guitu.people.queries import id_of_number
    from guitu.rights.sealed_queries import open_by
    from guitu.rulebook.book import load_national
    from guitu.web.clock import now
    from guitu.web.templatetags.guitu_words import legal_day

    if item not in load_national().items:
        fail(f"没有数据项 {item}", f"there is no item {item}")
    try:
        with acting_in_post(
            post,
            purpose,
            done_by=getpass.getuser(),
            at=now(),
            lasts=datetime.timedelta(hours=settings.GUITU_SESSION_HOURS),
        ) as state:
            with transaction.atomic(durable=True):
                person_id = _as_id(person) or id_of_number(person)
                if person_id is not None:
                    ask("person:list", [person_id])
                sight = sight_of([person_id] if person_id else [])
                query = open_by(person_id, item) if person_id else None
            told = _told(sight, person_id, item)
            if told.get("relation") == "lawful_query":
                told |= {"seen": query is not None, "query": query[0] if query else None}
                told["until"] = query[1].isoformat() if query else None
            if told["effect"] == "unknown":
                told |= _nobody(state.session.role, purpose, legal_day(now()))
            told["permission"] = "person:reveal" in ROLES[state.session.role].may
    except PostNotInOffice:
        fail("没有这个在任的岗位", "no such post is in office")
    except PurposeNotAllowed:
        fail("这个岗位的角色没有这个目的", "the role of this post has no such purpose")
    if told["effect"] == "reveal" and not told.pop("permission"):
        told |= {"seen": False, "lacks": "person:reveal"}
    told.pop("permission", None)
    return {"post": post, "person": person, "item": item, "purpose": purpose, **told}


def _told(sight: Any, person_id: uuid.UUID | None, item: str) -> dict[str, Any]:
    """The answer of the table, as data; whoever is out of sight is unknown."""
    held = sight.standings.get(person_id) if person_id else None
    if held is None:
        return {"seen": False, "effect": "unknown"}
    found = sight.of(person_id, item)
    line = found.line
    answer = {
        "seen": found.effect in {"allow", "mask", "reveal"},
        "effect": found.effect,
        "mask": found.mask,
        "relation": held.relation,
        "state": held.state,
        "on": held.on.isoformat(),
        "line": line.id if line else None,
    }
    return answer | (_cited(line) if line is not None else {})


def _cited(line: Any) -> dict[str, Any]:
    """A line of the table with its place and basis."""
    return {
        "line": line.id,
        "zh": line.word.zh,
        "en": line.word.en,
        "where": f"decision_table/{line.file}:{line.line}",
        "basis": [f"{one.source} {one.article}" for one in line.basis],
        "retention": line.retention,
    }


def _nobody(role: str, purpose: str, day: datetime.date) -> dict[str, Any]:
    """The line by which this role is shown nobody for this purpose, whoever is asked about; else nothing."""
    from guitu.rulebook.decision_table import decision_table

    held = [
        line
        for line in decision_table().lines
        if role in line.roles and purpose in line.purposes and line.holds_on(day)
    ]
    return _cited(held[0]) if held and all(line.effect == "deny" for line in held) else {}


def _sentences(told: dict[str, Any]) -> list[str]:
    from guitu.rulebook.decision_table import decision_table

    words = decision_table().words
    if told["effect"] == "unknown" and "line" in told:
        return ["为这个目的，这个岗位一个人也看不到 · for this purpose the post sees nobody", *_by_line(told)]
    if told["effect"] == "unknown":
        return ["查无此人（不在这个岗位的可见范围，或者不存在）", "unknown: not within the post's sight, or nobody"]
    relation, state = words["relations"][told["relation"]], words["states"][told["state"]]
    effect = words["effects"][told["effect"]]
    lines = [
        f"{'看得到' if told['seen'] else '看不到'} · {'yes' if told['seen'] else 'no'}",
        f"关系：{relation.zh} · {relation.en}",
        f"档案：{state.zh} · {state.en}",
        f"决定：{effect.zh} · {effect.en}",
    ]
    if told["mask"]:
        mask = words["masks"][told["mask"]]
        lines.append(f"遮盖：{mask.zh} · {mask.en}")
    if told["line"] is None:
        return [*lines, "没有一行写到，所以不可看 · no line stands, so it is not seen"]
    lines += _by_line(told)
    if "query" in told:
        lines.append(_by_query(told))
    if told.get("lacks"):
        lines.append(f"这个岗位的角色没有权限 {told['lacks']} · the role lacks the permission {told['lacks']}")
    return lines


def _by_line(told: dict[str, Any]) -> list[str]:
    return [
        f"依据行：{told['line']}（{told['where']}） {told['zh']}",
        f"by line {told['line']}: {told['en']}",
        f"法律依据 · basis: {', '.join(told['basis'])}",
    ]


def _by_query(told: dict[str, Any]) -> str:
    if told["query"] is None:
        return "没有一件已同意、未到期的依法查询写了这一项 · no granted query that is open names this item"
    number, until = told["query"], told["until"]
    return f"凭依法查询 {number}，到 {until} 为止 · by the granted query {number}, until {until}"


def _as_id(written: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(written)
    except ValueError:
        return None

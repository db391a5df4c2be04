"""``guitu rule …``: look at the rules, check a folder of records, ask when a clock ends."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from guitu.rulebook import Due, RefusalError, Rule, Rulebook, RulebookError, load_national
from guitu.rulebook.checking import check_folder
from guitu.rulebook.records import KINDS
from guitu.web.command_line import divisions
from guitu.web.command_line.answering import PROBLEM, REFUSED, as_json, fail, refusal_json, refuse, stop_for
from guitu.web.rule_questions import ask_due, both_languages

app = typer.Typer(
    no_args_is_help=True, add_completion=False, rich_markup_mode=None, help="规则：查看、核查、计算到期 · the rulebook"
)
app.add_typer(divisions.app, name="divisions")
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
_FLAG_COLUMNS = 2


def _book() -> Rulebook:
    try:
        return load_national()
    except RulebookError as error:
        stop_for(error)


@app.command("list")
def list_rules(
    kind: Annotated[str | None, typer.Option(help="deadline、term、counter 或 norm")] = None,
    json_output: JsonOption = False,
) -> None:
    """列出全部规则 · list the rules."""
    if kind is not None and kind not in KINDS:
        listed = "、".join(KINDS)
        fail(f"没有“{kind}”这一类规则，只有：{listed}", f"no such kind of rule: {kind}; there are: {', '.join(KINDS)}")
    rules = [rule for rule in _book().rules.values() if kind in (None, rule.kind)]
    if json_output:
        typer.echo(as_json([_row(rule) for rule in rules]))
        return
    for rule in rules:
        mark = "已核" if rule.verified else "待核"
        typer.echo(f"{rule.id}\t{rule.kind}\t{mark}\t{rule.name_zh} · {rule.name_en}")


@app.command()
def show(rule_id: Annotated[str, typer.Argument(metavar="ID")], json_output: JsonOption = False) -> None:
    """显示一条规则 · show one rule with its values and citations."""
    book = _book()
    try:
        record = book.describe(rule_id)
    except RefusalError as error:
        refuse(error, json_output, rule=rule_id)
    if json_output:
        typer.echo(as_json(record))
        return
    typer.echo("\n".join(f"{sentence.zh}\n  {sentence.en}" for sentence in book.explain(rule_id)))


@app.command()
def check(folder: Annotated[Path, typer.Argument(metavar="DIR")], json_output: JsonOption = False) -> None:
    """核查一个目录的规则文件或补充包 · check a folder of records, or of packs over the national rulebook."""
    if not folder.is_dir():
        fail(f"目录不存在：{folder}", f"no such folder: {folder}")
    checked = check_folder(folder)
    if json_output:
        typer.echo(
            as_json(
                {
                    "files": checked.files,
                    "rules": checked.rules,
                    "sha256": checked.sha256,
                    "problems": [
                        {"file": found.file, "line": found.line, "zh": found.zh, "en": found.en}
                        for found in checked.problems
                    ],
                }
            )
        )
    else:
        for found in checked.problems:
            typer.echo(str(found))
        if not checked.problems:
            typer.echo(
                f"通过：{checked.files} 个文件，{checked.rules} 条规则"
                f" · clean: {checked.files} files, {checked.rules} rules"
            )
    if checked.problems:
        raise typer.Exit(PROBLEM)


@app.command()
def due(  # noqa: PLR0917 - one parameter for each option of the verb
    rule_id: Annotated[str | None, typer.Argument(metavar="[ID]")] = None,
    start: Annotated[
        str | None, typer.Option("--from", help="起算时刻；无时区者为北京时间 · start, Asia/Shanghai")
    ] = None,
    custody: Annotated[bool, typer.Option("--custody", help="涉及在押，不顺延 · a person is in custody")] = False,
    province: Annotated[str | None, typer.Option(help="六位区划代码 · six-digit code")] = None,
    fact: Annotated[list[str] | None, typer.Option(help="名称=值，选择变体 · name=value")] = None,
    travel_days: Annotated[int, typer.Option(min=0, help="路途日数，不计算在内 · days on the road")] = 0,
    batch: Annotated[Path | None, typer.Option(help="TSV 文件：编号、起算、标记 · id, start, flags")] = None,
    json_output: JsonOption = False,
) -> None:
    """计算到期 · when does the clock of a rule end?"""
    book = _book()
    if batch is not None:
        if rule_id is not None or start is not None or custody or province or fact or travel_days:
            fail(
                "用 --batch 时，编号、起算和标记都写在文件里",
                "with --batch the ids, starts and flags stand in the file",
            )
        _answer_batch(book, batch, json_output)
        return
    if rule_id is None or start is None:
        fail("须给出规则编号和 --from，或 --batch", "give a rule id and --from, or --batch")
    flags = [*(fact or []), f"travel_days={travel_days}"]
    if custody:
        flags.append("custody")
    if province is not None:
        flags.append(f"province={province}")
    try:
        answer = ask_due(book, rule_id, start, flags)
    except RefusalError as error:
        refuse(error, json_output, rule=rule_id)
    except ValueError as error:
        fail(*both_languages(error))
    typer.echo(as_json(answer.as_json()) if json_output else "\n".join(_told(book, answer)))


def _answer_batch(book: Rulebook, batch: Path, json_output: bool) -> None:
    """One answer for each line, in order; leaves with 1 if a line cannot be read, else 2 if one is refused."""
    if not batch.is_file():
        fail(f"文件不存在：{batch}", f"no such file: {batch}")
    try:
        text = batch.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        fail(f"文件不是 UTF-8 文本：{batch}", f"not UTF-8 text: {batch}")
    broken = refused = False
    lines = []
    for number, line in enumerate(io.StringIO(text, newline=None), start=1):
        cells = [cell.strip() for cell in line.split("\t")]
        if not line.strip() or line.startswith("#") or (number == 1 and cells[0] == "id"):
            continue
        rule_id, start = cells[0], cells[1] if len(cells) > 1 else ""
        flags = [flag for cell in cells[_FLAG_COLUMNS:] for flag in cell.replace(",", " ").split()]
        try:
            answer = ask_due(book, rule_id, start, flags)
            lines.append(as_json(answer.as_json()) if json_output else f"{rule_id}\t{start}\t{_ends(answer)}")
        except RefusalError as error:
            refused = True
            told = as_json(refusal_json(error, rule=rule_id)) if json_output else f"{rule_id}\t{start}\t{error}"
            lines.append(told)
        except ValueError as error:
            broken = True
            zh, en = both_languages(error)
            known = {"rule": rule_id, "line": number, "problem": "unreadable", "message_zh": zh, "message_en": en}
            lines.append(as_json(known) if json_output else f"{rule_id}\t{start}\t{error}")
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    if broken or refused:
        raise typer.Exit(PROBLEM if broken else REFUSED)


def _ends(answer: Due) -> str:
    told = []
    for zh, en, moment in (("法定", "statutory", answer.statutory), ("承诺", "service", answer.service)):
        if moment is not None:
            end = moment.due_on.isoformat() if moment.due_on else moment.due_at.isoformat()
            told.append(f"{zh} {en} {end}")
    if answer.provisional:
        told.append("暂定 provisional")
    return "; ".join(told) or "未规定日数 no number of days"


def _told(book: Rulebook, answer: Due) -> Iterable[str]:
    rule = book.rule(answer.rule)
    yield f"{rule.id} {rule.name_zh} · {rule.name_en}"
    yield f"到期 due: {_ends(answer)}"
    for step in answer.steps:
        yield f"- {step.zh}\n  {step.en}"
    for citation in answer.basis:
        source = book.sources[citation.source]
        article = f"第{citation.article}条 art. {citation.article}" if citation.article else ""
        yield f"依据 basis: {source.zh} · {source.en} {article}".rstrip()
    if not answer.verified:
        yield "此规则尚待与正式文本核对 · not yet compared with the official text"


def _row(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "kind": rule.kind,
        "name_zh": rule.name_zh,
        "name_en": rule.name_en,
        "bearer": rule.bearer,
        "standing": rule.standing,
        "verified": rule.verified,
        "jurisdiction": rule.jurisdiction,
    }

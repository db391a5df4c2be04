"""The verbs of ``./guitu``; every other verb belongs to ``guitu.web.command_line``. Standard library at import."""

import datetime
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from zoneinfo import ZoneInfo

from guitu.launcher.arguments import Arguments, day, port_number
from guitu.launcher.home import current_home
from guitu.launcher.speech import LauncherError, complain

USAGE = """\
归途 Guitu

  ./guitu up [--host H] [--port P] [--persons N | --no-demo] [--detach]  启动 · start (Ctrl-C 停止 stops)
  ./guitu down                                              停止 · stop
  ./guitu status [--json]                                   状态 · what runs
  ./guitu prepare [--no-demo] [--erasures FILE | --erasures-lost WHY]  只准备不启动 · prepare without serving
  ./guitu doctor [--json]                                   体检 · what is missing, and the remedy
  ./guitu test [--full] [--tests-only] [-- PYTEST-ARGUMENTS]  全部检验 · every check and test
  ./guitu keys recipient --to FILE | --public age1…         备份公钥 · the public key of backups
  ./guitu keys export --to FILE | keys import FILE          数据密钥的副本 · the copy of the field keys
  ./guitu keys rotate [--suite intl|gm] | reseal | used | retire KEY  密钥轮换 · rotation of keys
  ./guitu backup [--to DIR]                                 备份(加密) · back up, sealed
  ./guitu restore FILE --identity FILE [--into GUITU_HOME] [--replace]
      [--erasures FILE | --erasures-lost WHY]               恢复 · restore
  ./guitu demo load | demo reset [--yes]                    演示数据 · the demonstration's people
  ./guitu demo generate --persons N [--seed S] [--into GUITU_HOME] [--reset]  生成虚构省 · a fictional province
  ./guitu components [--to FILE]                            组件清单(CycloneDX) · what the tree is put together from
  ./guitu weaknesses FILE… [--on DAY] [--json]              比对带入的漏洞信息 · compare carried-in known weaknesses
  ./guitu manage …                                          Django 管理命令 · management commands
  ./guitu verify BUNDLE [--policy FILE]                     离线核验凭证包 · verify a bundle, no database, no network
  ./guitu rule | code | roster | access | ledger | export …   业务命令 · the house's own verbs (docs/cli.md)

  GUITU_HOME  (默认 default ./var)  数据、密钥、日志 · data, keys, logs
"""


def main(arguments: Sequence[str]) -> int:
    """Run one verb; returns the exit code (0 clean, 1 problems, 2 refused)."""
    if not arguments or arguments[0] in {"help", "--help", "-h"}:
        sys.stdout.write(USAGE)
        return 0
    verb, rest = arguments[0], list(arguments[1:])
    try:
        if verb in {"up", "supervise"}:
            return _up(verb, rest)
        if verb == "down":
            _parser(verb).parse_args(rest)
            from guitu.launcher.keeper import down

            return down(current_home())
        if verb == "status":
            from guitu.launcher.keeper import status

            return status(current_home(), as_json=_json_wanted(verb, rest))
        if verb == "doctor":
            from guitu.launcher.doctor import doctor

            return doctor(current_home(), as_json=_json_wanted(verb, rest))
        if verb == "prepare":
            return _prepare(verb, rest)
        if verb == "test":
            from guitu.launcher.suite import run_suite

            return run_suite(current_home(), rest)
        if verb in {"components", "weaknesses"}:
            return _components(verb, rest)
        if verb in {"backup", "restore", "keys", "demo"}:
            from guitu.launcher.keeping import keep_data

            return keep_data(verb, rest)
        from guitu.launcher.passing import pass_on

        return pass_on(current_home(), list(arguments))
    except LauncherError as error:
        return complain(error)


def end_in_order() -> None:
    """Let a request to stop (SIGTERM, SIGHUP) unwind what runs, so that servers and steps begun here end with it.

    ``up`` and ``supervise`` answer these signals in their own way and replace this.
    """

    def unwind(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, unwind)


def _parser(verb: str) -> Arguments:
    return Arguments(prog=f"./guitu {verb}")


def _json_wanted(verb: str, rest: list[str]) -> bool:
    parser = _parser(verb)
    parser.add_argument("--json", action="store_true")
    return bool(parser.parse_args(rest).json)


def _prepare(verb: str, rest: list[str]) -> int:
    from guitu.launcher.preparation import prepare_alone

    parser = _parser(verb)
    parser.add_argument("--no-demo", action="store_true")
    parser.add_argument("--erasures", type=Path, metavar="FILE", help="别处保存的删除登记 · a register kept elsewhere")
    parser.add_argument("--erasures-lost", metavar="WHY", help="没有登记的理由，记入台账 · why without; recorded")
    given = parser.parse_args(rest)
    return prepare_alone(current_home(), demo=not given.no_demo, erasures=given.erasures, lost=given.erasures_lost)


def _components(verb: str, rest: list[str]) -> int:
    from guitu.launcher.components import print_components
    from guitu.launcher.home import tree_root

    parser = _parser(verb)
    if verb == "components":
        parser.add_argument("--to", type=Path, metavar="FILE")
        return print_components(tree_root(), to=parser.parse_args(rest).to)
    from guitu.launcher.weaknesses import weaknesses

    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
    parser.add_argument("--on", type=day, metavar="YYYY-MM-DD")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(rest)
    today = given.on or datetime.datetime.now(ZoneInfo("Asia/Shanghai")).date()
    return weaknesses(tree_root(), given.files, today=today, as_json=given.json)


def _up(verb: str, rest: list[str]) -> int:
    from guitu.launcher import province
    from guitu.launcher.keeper import up
    from guitu.launcher.running import Wishes
    from guitu.launcher.supervisor import Supervisor

    parser = _parser(verb)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=port_number)
    parser.add_argument("--no-demo", action="store_true")
    if verb == "up":
        parser.add_argument("--detach", action="store_true")
        parser.add_argument("--persons", help="people of the province beside the county, at the first start")
    given = parser.parse_args(rest)
    if verb == "up" and given.persons is not None:
        os.environ[province.SETTING] = given.persons
        province.wanted()
    wishes = Wishes(host=given.host, port=given.port, demo=not given.no_demo)
    if verb == "supervise":
        keeper = os.environ.pop("GUITU_KEEPER", None)
        return Supervisor(current_home(), wishes, keeper_pid=int(keeper) if keeper else None).run()
    return up(current_home(), wishes, detach=given.detach)

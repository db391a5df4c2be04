"""How the installation runs: processes, queues, the log, disk and calendar; for the system administrator."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from guitu.access.beats import Running, running
from guitu.access.rule_packs import active_book
from guitu.papers import scanning
from guitu.web.clock import now
from guitu.web.full_disk import nearly_full
from guitu.web.permits import Request, reads
from guitu.web.shell import frame, show
from guitu.web.templatetags.guitu_words import legal_day

GIGABYTE = 1_000_000_000
MEGABYTE = 1_000_000


def _process_words() -> dict[str, tuple[str, str]]:
    return {
        "tick": (_("时钟"), _("时限、到期移交、通知")),
        "worker": (_("后台任务"), _("较长的名册核对与导入")),
        "sequencer": (_("定序"), _("把台账条目编入日志并签署检查点")),
    }


def _fault_words() -> dict[str, str]:
    return {
        "": "",
        "LOG_BROKEN": _("日志与已签的检查点不符，不再签署"),
        "ROLLED_BACK": _("见证方所见多于本日志或拒绝，本日志可能是旧备份，暂不签署"),
        "WITNESS": _("有见证方没有共同签署"),
        "POLICY": _("见证策略文件读不出，日志先不签署"),
        "UNCONFIRMED": _("等见证方确认本日志不是旧副本，暂不签署"),
    }


def _recheck_words() -> dict[str, str]:
    return {
        "": _("与承诺、日志树和检查点全部相符"),
        "UNDER_WAY": _("正在分批复核"),
        "LOG_CHANGED": _("发现不符，见下"),
    }


def _queue_words() -> dict[str, str]:
    return {
        "errands_waiting": _("等待或正在办理的后台任务"),
        "errands_stopped": _("没有办成的后台任务"),
        "messages_waiting": _("待发的短信和邮件"),
        "messages_given_up": _("多次不成、不再发的短信和邮件"),
        "notices_failed": _("没有写成的通知（会再试）"),
        "time_left": _("到时没有办成的事（每分钟再试）"),
        "time_no_superior": _("找不到共同上级、没有交出去的复核（每分钟再试）"),
        "clocks_provisional": _("暂定的时限（放假安排未公布）"),
        "log_waiting": _("待编入日志的台账条目"),
    }


@reads("installation:watch")
def installation(request: Request) -> HttpResponse:
    """Processes with their last round, what waits, the log's last checkpoint, disk and announced holidays."""
    moment = now()
    told = running()
    lines = {line.what: line for line in told}
    signed, rechecked = lines.get("log_signed"), lines.get("log_rechecked")
    free, whole = _disk()
    return show(
        request,
        "administration/running.html",
        frame(request, _("运行情况"), current="installation"),
        processes=[_process(name, words, lines.get(name)) for name, words in _process_words().items()],
        queues=[(label, lines[what]) for what, label in _queue_words().items()],
        signed=signed,
        rechecked=rechecked,
        recheck_word=_recheck_words()[rechecked.fault] if rechecked else "",
        found=[line for line in told if line.what == "log_finding"],
        database=_size(lines["database_bytes"].number or 0),
        disk_free=_size(free),
        disk_whole=_size(whole),
        scanner=scanning.is_named(),
        disk_low=nearly_full(free=free, whole=whole, percent=settings.GUITU_DISK_PERCENT),
        announced=_announced(legal_day(moment).year),
        year=legal_day(moment).year,
        packs_url=reverse("packs"),
    )


def _process(name: str, words: tuple[str, str], line: Running | None) -> dict[str, Any]:
    """One process; silent is who has not finished a round for longer than the settings allow."""
    silent = line is None or line.at is None or now() - line.at > timedelta(seconds=settings.GUITU_BEAT_SECONDS)
    return {
        "name": words[0],
        "does": words[1],
        "at": line.at if line else None,
        "number": line.number if line else None,
        "silent": silent,
        "fault": _fault_words()[line.fault] if line else "",
        "log": f"logs/{name}.log",
    }


def _disk() -> tuple[int, int]:
    usage = shutil.disk_usage(settings.HOME)
    return usage.free, usage.total


def _size(number: int) -> str:
    return f"{number / GIGABYTE:.1f} GB" if number >= GIGABYTE else f"{number / MEGABYTE:.0f} MB"


def _announced(year: int) -> list[tuple[int, bool]]:
    """This year and the next, and whether their holidays are known."""
    calendar = active_book().calendar
    return [(one, calendar.year(one) is not None) for one in (year, year + 1)]

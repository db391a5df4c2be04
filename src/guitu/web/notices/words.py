"""From a notice's code and facts to a sentence for its reader; a person is named only to those who may list persons."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime

from django.utils.translation import gettext as _

from guitu.access.deciding import names_in_sight
from guitu.access.operations import ask
from guitu.access.queries import units_named
from guitu.access.roles import ROLES
from guitu.journeys.queries import withheld
from guitu.notices.queries import NoticeView
from guitu.people.queries import numbers_of
from guitu.rulebook.book import Rulebook, load_national
from guitu.rulebook.notice import PERSON
from guitu.web.permits import Request
from guitu.web.queue_rows import code_word, shown_due
from guitu.web.shell import english
from guitu.web.templatetags.guitu_words import iso_day, iso_minute


def sentences(request: Request, notices: Iterable[NoticeView]) -> list[str]:
    """Each notice as a sentence in the language of the page. Leaves the line of a list read for the names shown."""
    rows, book = list(notices), load_national()
    units = {uuid.UUID(row.facts[name]) for row in rows for name in _of_kind(book, row.code, "unit")}
    held = units_named(units)
    words = {str(unit.id): unit.name_en if english() else unit.name for unit in held.values()}
    names = _names(request, {row.person_id for row in rows if row.person_id})
    return [_sentence(book, row, names, words) for row in rows]


def _names(request: Request, persons: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    if not persons or "person:list" not in ROLES[request.acting_session.role].may:
        return {}
    seen = list(numbers_of(persons - withheld(persons)))
    ask("person:list", seen)
    return names_in_sight(seen)


def _of_kind(book: Rulebook, code: str, kind: str) -> list[str]:
    return [name for name, held in book.notices[code].facts.items() if held == kind]


def _sentence(book: Rulebook, row: NoticeView, names: dict[uuid.UUID, str], units: dict[str, str]) -> str:
    notice = book.notices[row.code]
    words = {name: _word(book, kind, row.facts[name], units) for name, kind in notice.facts.items()}
    words[PERSON] = names.get(row.person_id, "") if row.person_id else ""
    words[PERSON] = words[PERSON] or _("一名返回人员")
    return (notice.en if english() else notice.zh).format(**words)


def _word(book: Rulebook, kind: str, value: str, units: dict[str, str]) -> str:
    if kind == "rule":
        rule = book.rules.get(value)
        return value if rule is None else (rule.name_en if english() else rule.name_zh)
    if kind == "part":
        return part_word(book, value)
    if kind == "office":
        return code_word("office", value)
    if kind == "unit":
        return units.get(value, _("某单位"))
    if kind == "day":
        return iso_day(date.fromisoformat(value))
    return _moment(datetime.fromisoformat(value)) if kind == "moment" else value


def part_word(book: Rulebook, part: str) -> str:
    """The name of a state or step of a journey."""
    for journey in book.journeys.values():
        words = {found.id: (found.zh, found.en) for found in journey.states}
        words |= {found.id: (found.zh, found.en) for found in journey.steps}
        if part in words:
            return words[part][english()]
    return part


def _moment(due_at: datetime) -> str:
    """An exclusive end as people write it: the last day at 24:00, or the minute."""
    shown = shown_due(due_at)
    if isinstance(shown, datetime):
        return iso_minute(shown)
    return f"{iso_day(shown)} 24:00" if shown else ""


def kind_words() -> dict[str, str]:
    """What each notice is about, for filters and choices."""
    return {
        "CLOCK_DUE_SOON": _("快到期"),
        "CLOCK_LAPSED": _("本单位逾期"),
        "CLOCK_ESCALATED": _("逾期督办"),
        "DOSSIER_SENT": _("收到材料"),
        "DOSSIER_ACKNOWLEDGED": _("材料已签收"),
        "DOSSIER_REFUSED": _("材料被退回"),
        "PERSON_REGISTERED": _("已登记"),
        "RELEASE_DAY_CHANGED": _("释放日变更"),
        "RESPONSIBILITY_RECEIVED": _("责任转入"),
        "RESPONSIBILITY_PASSED": _("责任转出"),
        "REQUEST_TAKEN": _("窗口转来的事"),
        "REQUEST_FIRST_ANSWERED": _("窗口的事：首次答复"),
        "REQUEST_ANSWERED": _("窗口的事：已答复"),
        "REQUEST_NOT_DONE": _("窗口的事：不办或不能办"),
        "REQUEST_HANDED_ON": _("首问的事：又转交了"),
        "REQUEST_LATE": _("窗口的事：逾期"),
        "REQUEST_ESCALATED": _("窗口的事：逾期督办"),
        "REQUEST_PASSED_ON": _("窗口转来的事：请认人"),
        "LETTER_ARRIVED": _("来函"),
        "LETTER_RECEIVED": _("去函：已签收"),
        "LETTER_UNDER_WAY": _("去函：办理中"),
        "LETTER_ANSWERED": _("去函：已答复"),
        "LETTER_RETURNED": _("去函：被退回"),
        "LETTER_LATE": _("去函：逾期未答"),
        "PICK_UP_DECLINED": _("谢绝接送"),
        "LOG_CHANGED": _("台账被改动"),
        "LOG_BROKEN": _("日志停止签署"),
        "LOG_WITNESS_STALE": _("见证方久未签署"),
        "LOG_WITNESS_REFUSES": _("见证方拒绝签署"),
        "DISK_LOW": _("磁盘将满"),
        "HELP_AGREED": _("同意帮教协议"),
        "HELP_CHANGE_ASKED": _("要改帮教协议"),
        "HELP_DECLINED": _("不要帮教"),
        "MARKS_TAKEN_BACK": _("特别情形收回"),
        "KEY_PERSON_NAMED": _("列为重点对象：必接必送"),
        "MEETING_ASKED": _("申请会见"),
        "MEETING_GIVEN": _("会见已排定"),
        "MEETING_REFUSED": _("会见未能安排"),
        "REFERRAL_MADE": _("转介来的人"),
        "REFERRAL_ANSWERED": _("转介已答复"),
        "REFERRAL_LATE": _("转介逾期未答"),
        "REFERRAL_WITHDRAWN": _("本人收回同意"),
        "EXPORT_ASKED": _("导出：请审批"),
        "EXPORT_APPROVED": _("导出：已批准"),
        "EXPORT_REFUSED": _("导出：未批准"),
        "GLASS_BROKEN": _("紧急查阅：请审查"),
        "GLASS_BROKEN_HERE": _("紧急查阅：本单位的人"),
        "GLASS_JUSTIFIED": _("紧急查阅：正当"),
        "GLASS_UNJUSTIFIED": _("紧急查阅：不正当"),
        "GLASS_REVIEW_LATE": _("紧急查阅：逾期未审"),
        "COMPLAINT_LATE": _("投诉逾期未答复"),
        "COMPLAINT_ESCALATED": _("投诉逾期：报到上一级"),
        "WORSENING_TO_REVIEW": _("有一件待复核"),
        "SEALED_QUERY_TO_DECIDE": _("封存档案的查询：请决定"),
        "FILE_TO_SEAL": _("未成年人案件：请封存"),
        "FILE_TO_SEAL_LATE": _("未成年人案件：逾期未封存"),
        "SEALING_TO_CORRECT": _("封存的更正：请决定"),
        "SEALED_QUERY_COPIED": _("封存档案的查询：抄送"),
        "SEALED_DECISION_LATE": _("封存档案的事：逾期未决定"),
        "BREACH_TO_DECIDE": _("信息安全事件：请决定"),
        "BREACH_AUTHORITY_LATE": _("信息安全事件：逾期未通知主管部门"),
        "BREACH_DECISION_LATE": _("信息安全事件：逾期未决定"),
        "MANDATE_OF_AGE": _("本人成年，委托终止"),
        "BREACH_TELL_PERSON": _("信息安全事件：请告知本人"),
        "SIGN_IN_UNUSUAL": _("不同平常的登录"),
        "TERMINAL_DUE": _("管理终端快到期"),
        "LOOKS_SPEAK": _("查阅超过指标"),
        "RIGHT_ASKED": _("权利请求"),
        "RIGHT_LATE": _("权利请求：逾期"),
        "RIGHT_ESCALATED": _("权利请求：逾期督办"),
        "EVALUATION_CONTACT_ASKED": _("评估谈话：请安排"),
        "EVALUATION_CONTACT_ANSWERED": _("评估谈话：已答复"),
    }


def own_kind_words() -> dict[str, str]:
    """What each notice to the person concerned is about."""
    return {
        "OWN_REQUEST_ANSWERED": _("窗口的事：已答复"),
        "OWN_REQUEST_LATE": _("窗口的事：我们迟了"),
        "OWN_WORDS_ANSWERED": _("您说的话：已答复"),
        "OWN_RIGHT_LATE": _("您的请求：我们迟了"),
        "OWN_COPY_READY": _("您要的副本做好了"),
        "OWN_RELEASE_DAY_CHANGED": _("释放日变更"),
        "OWN_HELP_PROPOSED": _("帮教协议：请您看"),
        "OWN_MANDATE_OF_AGE": _("您已成年，委托结束"),
        "OWN_BREACH": _("您的信息安全"),
        "OWN_PICK_UP_PLANNED": _("接送已约好"),
    }

"""What stands around every page: unit, post and purpose, the menu of the role's desk, the place in the house."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from guitu.access.queries import units_named
from guitu.access.roles import PURPOSES, ROLES
from guitu.notices.queries import BELL_MOST, unread
from guitu.web.clock import now
from guitu.web.permits import Request
from guitu.web.refusals import english

__all__ = ["english", "frame", "say", "show"]


@dataclass(frozen=True)
class Entry:
    """One entry of the menu: the permission without which it does not exist, its words, address and icon."""

    permission: str
    label: str
    name: str
    icon: str


MENU: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    (
        gettext_noop("办理"),
        (
            Entry("return:register", gettext_noop("衔接工作台"), "county-desk", "desk"),
            Entry("support:record", gettext_noop("今天"), "worker-desk", "clock"),
            Entry("matter:take", gettext_noop("一窗受理"), "window", "window"),
            Entry("matter:take", gettext_noop("受理登记"), "window-list", "list"),
            Entry("dossier:send", gettext_noop("释放工作台"), "prison-desk", "desk"),
            Entry("referral:answer", gettext_noop("合作单位工作台"), "partner-desk", "desk"),
            Entry("offer:keep", gettext_noop("本单位的资源"), "partner-offers", "list"),
            Entry("offer:read", gettext_noop("帮扶资源"), "offers", "people"),
            Entry("roster:import", gettext_noop("导入名册"), "roster", "in"),
            Entry("step:answer", gettext_noop("未成年人"), "juveniles", "people"),
            Entry("letter:read", gettext_noop("来函"), "letters", "in"),
            Entry("letter:send", gettext_noop("发出的函"), "letters-sent", "file"),
            Entry("paper:read", gettext_noop("文书"), "unit-papers", "file"),
            Entry("rights:read", gettext_noop("权利请求"), "rights", "check"),
            Entry("sealed:list", gettext_noop("封存与查询"), "sealed-queries", "file"),
            Entry("complaint:read", gettext_noop("投诉"), "complaints", "in"),
            Entry("worsening:read", gettext_noop("投诉以后的复核"), "worsened", "check"),
            Entry("person:identify", gettext_noop("身份核对"), "identity", "people"),
            Entry("board:read", gettext_noop("衔接看板"), "board", "desk"),
            Entry("evaluation:work", gettext_noop("受托评估"), "evaluator-desk", "check"),
            Entry("evaluation:commission", gettext_noop("第三方评估"), "evaluations", "check"),
            Entry("evaluation:answer", gettext_noop("评估结果"), "evaluated", "check"),
            Entry("contact:arrange", gettext_noop("评估谈话"), "talks", "people"),
            Entry("export:ask", gettext_noop("导出"), "exports", "file"),
            Entry("export:approve", gettext_noop("导出登记"), "export-decisions", "list"),
            Entry("audit:read", gettext_noop("导出登记"), "export-audit", "list"),
            Entry("glass:break", gettext_noop("紧急查阅"), "emergency", "warn"),
            Entry("glass:review", gettext_noop("紧急查阅审查"), "emergency-reviews", "check"),
            Entry("looks:watch", gettext_noop("谁在查阅"), "watch", "people"),
            Entry("breach:read", gettext_noop("信息安全事件"), "breaches", "warn"),
            Entry("looks:held", gettext_noop("暂不显示的查阅"), "holds", "list"),
            Entry("audit:read", gettext_noop("暂不显示的查阅"), "holds-audit", "list"),
            Entry("commission:keep", gettext_noop("司法所委托"), "commissions", "list"),
            Entry("definition:change", gettext_noop("流程定义"), "older-definitions", "list"),
            Entry("unit:list", gettext_noop("单位与岗位"), "units", "people"),
            Entry("unit:list", gettext_noop("任职提议"), "proposals", "check"),
            Entry("change:read", gettext_noop("双人变更"), "dual-changes", "check"),
            Entry("terminal:read", gettext_noop("管理终端"), "terminals", "desk"),
            Entry("impact:read", gettext_noop("影响评估"), "impact", "check"),
            Entry("account:list", gettext_noop("账号"), "accounts", "person"),
            Entry("audit:read", gettext_noop("审计"), "audit", "list"),
            Entry("installation:watch", gettext_noop("运行情况"), "installation", "check"),
        ),
    ),
    (
        gettext_noop("依据"),
        (
            Entry("rule:read", gettext_noop("规则库"), "rules", "list"),
            Entry("rule:read", gettext_noop("责任清单"), "responsibilities", "check"),
            Entry("rule:read", gettext_noop("决定表"), "decisions", "people"),
            Entry("rule:load", gettext_noop("规则包与放假年历"), "packs", "in"),
        ),
    ),
)


class Bilingual(Protocol):
    """Whatever says itself in both languages: a word, a sentence, a refusal."""

    @property
    def zh(self) -> str:
        """In Chinese."""

    @property
    def en(self) -> str:
        """In English."""


def say(word: Bilingual) -> str:
    """What is said in both languages, in the language of the page."""
    return word.en if english() else word.zh


def frame(
    request: Request, title: str, *, current: str, crumbs: tuple[tuple[str, str], ...] = (), facts: str = ""
) -> dict[str, Any]:
    """The context of the shell for this page; `current` is the name of the menu entry it belongs to."""
    session = request.acting_session
    role = ROLES[session.role]
    unit_name, post_title = session.unit_name, session.post_title
    if english():
        unit_name, post_title = units_named({session.unit_id})[session.unit_id].name_en, role.word.en
    menu = []
    for heading, entries in MENU:
        shown = [
            {
                "label": _(entry.label),
                "url": reverse(entry.name),
                "icon": entry.icon,
                "current": entry.name == current,
            }
            for entry in entries
            if entry.permission in role.may and not session.confined
        ]
        if shown:
            menu.append({"heading": _(heading), "entries": shown})
    return {
        "title": title,
        "facts": facts,
        "crumbs": [{"label": unit_name, "url": reverse("home")}]
        + [{"label": label, "url": url} for label, url in crumbs]
        + [{"label": title, "url": ""}],
        "menu": menu,
        "unit_name": unit_name,
        "post_name": post_title + " · " + unit_name,
        "purpose_name": say(PURPOSES[request.purpose]),
        "user_name": session.account_name,
        "may": role.may,
        "switch_url": reverse("post"),
        "account_url": reverse("account"),
        "notices_url": reverse("notices"),
        "notices_count": _bell(),
        "search_url": reverse("search") if "person:search" in role.may else "",
        "lang": "en" if english() else "zh",
    }


def _bell() -> str:
    count = unread()
    return f"{BELL_MOST}+" if count > BELL_MOST else str(count)


def show(request: Request, template: str, page: dict[str, Any], **context: Any) -> HttpResponse:
    """Render a page inside the shell, completely, while the transaction is still open."""
    return render(request, template, {"page": page, "now": now(), **context})

"""Invented people, places and moments for the style page. No person, place or number here is real."""

from __future__ import annotations

import datetime as dt
from typing import Any

from guitu.web.templatetags.guitu_words import LEGAL_ZONE

NOW = dt.datetime(2026, 11, 18, 9, 24, tzinfo=LEGAL_ZONE)
RULES = "/rules/"


def at(month: int, day: int, hour: int, minute: int = 0) -> dt.datetime:
    """Return a moment of the sample year in legal time."""
    return dt.datetime(2026, month, day, hour, minute, tzinfo=LEGAL_ZONE)


def on(month: int, day: int, year: int = 2026) -> dt.date:
    """Return a legal day, by default of the sample year."""
    return dt.date(year, month, day)


def clock(rule: str, due: dt.date | dt.datetime | None, **more: Any) -> dict[str, Any]:
    """Return a clock as components take it, with the rule linked to its text."""
    return {"due": due, "rule": rule, "rule_url": f"{RULES}{rule}", **more}


CLOCKS: list[dict[str, Any]] = [
    clock("RS-17", on(11, 16)),
    clock("RS-14", at(11, 15, 10)),
    clock("RS-14", at(11, 18, 16), note="48小时内签收"),
    clock("RS-16", on(11, 18)),
    clock("RS-16", at(11, 23, 8, 30)),
    clock("RS-16", on(12, 2)),
    clock("RS-15", on(11, 12), done=on(11, 10)),
    clock("RS-15", on(11, 12), done=on(11, 14)),
    clock("CAL-3", on(2, 16, 2027), provisional=True, note="放假安排未公布"),
    clock("RS-13", None, note="等法院送达裁定"),
    clock("RS-13", None, state="open", text="不可能，不算逾期", note="短刑期，来不及评估"),
]

OWNERS: list[dict[str, Any]] = [
    {"unit": "雁回镇司法所", "who": "周予安 · 首问", "since": on(11, 9)},
    {"unit": "望舒区司法局", "state": "interim", "named_by": "云汀市司法局", "since": on(11, 10)},
    {"unit": "桐岭监狱", "state": "handing", "since": on(11, 17)},
    {"unit": "", "who": "已报省司法厅", "since": on(11, 10)},
]


def road(now_at: int) -> list[dict[str, Any]]:
    """Return the eight steps with step `now_at` open; the fifth is marked as not applicable beyond it."""
    notes = {
        1: "桐岭监狱 · 09-22",
        2: "已签收 · 10-19",
        3: "进行中 · 11-23到期",
        4: "青榆县司法局",
        5: "雁回镇司法所",
        6: "以协议为准",
        7: "以协议为准",
        8: "本人可评",
    }
    return [
        {
            "number": number,
            "state": "done" if number < now_at else "now" if number == now_at else "to_come",
            "note": notes[number],
        }
        for number in range(1, 9)
    ]


ROAD_WITH_GAP = [{**step, "state": "not_applicable", "note": ""} if step["number"] == 1 else step for step in road(4)]

ANSWERS: dict[str, Any] = {
    "owner": {"unit": "青榆县司法局", "who": "林知遥 · 首问", "since": on(11, 13)},
    "clock": clock("RS-16", at(11, 23, 8, 30), note="11-23 08:30到狱门"),
    "missing": ["派车（无行程单）", "5天用药清单（监狱医务）"],
    "if_late": "11-22 16:00仍缺，自动报云汀市司法局；不影响按时释放",
    "action": {"label": "安排接回", "url": "#pickup"},
}

COUNTS: list[dict[str, Any]] = [
    {
        "label": "先办：已逾期",
        "value": 3,
        "url": "#late",
        "first": True,
        "parts": [{"text": "最长2天23小时"}, {"text": "已报市局", "value": 1, "url": "#reported"}],
    },
    {
        "label": "待签收",
        "value": 6,
        "url": "#sign",
        "parts": [{"text": "逾期", "value": 1, "url": "#a"}, {"text": "今天到期", "value": 1, "url": "#b"}],
    },
    {
        "label": "待接回",
        "value": 4,
        "url": "#pickup",
        "parts": [{"text": "逾期", "value": 0, "url": ""}, {"text": "必接必送", "value": 2, "url": "#c"}],
    },
    {
        "label": "待登记",
        "value": 7,
        "url": "#register",
        "parts": [{"text": "逾期", "value": 2, "url": "#d"}, {"text": "今天到期", "value": 0, "url": ""}],
    },
    {
        "label": "待安置",
        "value": 0,
        "url": "#settle",
        "parts": [{"text": "本周办结", "value": 11, "url": "#e"}],
    },
]

TABS: list[dict[str, Any]] = [
    {"label": "全部", "url": "?queue=all", "count": 26, "current": True},
    {"label": "待签收", "url": "?queue=sign", "count": 6},
    {"label": "待接回", "url": "?queue=pickup", "count": 4},
    {"label": "待登记", "url": "?queue=register", "count": 7},
    {"label": "待安置", "url": "?queue=settle", "count": 9},
    {"label": "本周办结", "url": "?queue=done", "count": 11},
]


def row(
    name: str,
    step: int,
    release: tuple[dt.date | None, str],
    clock_of_row: dict[str, Any],
    owner: tuple[str, str, dt.date],
    *,
    tags: list[dict[str, Any]],
    missing: list[str],
    label: str,
) -> dict[str, Any]:
    """Return one row of a work list as the panic table takes it."""
    return {
        "name": name,
        "url": "#person",
        "tags": tags,
        "step": {"at": step},
        "release": {"on": release[0], "note": release[1]},
        "clock": clock_of_row,
        "owner": {"unit": owner[0], "who": owner[1], "since": owner[2]},
        "missing": missing,
        "action": {"label": label, "url": "#act"},
    }


FREE = {"text": "刑满释放"}
MUST = {"text": "必接必送", "kind": "strong"}

GROUPS: list[dict[str, Any]] = [
    {
        "key": "late",
        "count": 3,
        "rows": [
            row(
                "陈柏舟",
                2,
                (on(12, 14), "刑满 · 判决书"),
                clock("RS-14·服务", at(11, 15, 10)),
                ("青榆县司法局", "林知遥", on(11, 13)),
                tags=[FREE],
                missing=["签收或退回"],
                label="签收",
            ),
            row(
                "龙䶮",
                4,
                (on(11, 9), "刑满 · 已释放"),
                clock("RS-17", on(11, 16)),
                ("雁回镇司法所", "周予安", on(11, 9)),
                tags=[MUST, {"text": "三无"}],
                missing=["首次走访记录", "身份证补办"],
                label="催办",
            ),
            row(
                "阿尔斯兰·吐尔逊江·买买提依明",
                4,
                (on(11, 10), "假释 · 裁定书"),
                clock("CC-RECV-02b", on(11, 16)),
                ("青榆县司法局", "社区矫正科 许令仪", on(11, 11)),
                tags=[{"grade": "orange", "until": on(12, 8)}],
                missing=["回执未发出"],
                label="发回执",
            ),
        ],
    },
    {
        "key": "today",
        "count": 2,
        "rows": [
            row(
                "潘岳清",
                2,
                (on(12, 18), "刑满 · 判决书"),
                clock("RS-14·服务", at(11, 18, 16), note="48小时内签收"),
                ("青榆县司法局", "林知遥", on(11, 16)),
                tags=[MUST, {"text": "有照护需要"}],
                missing=["签收或退回"],
                label="签收",
            ),
            row(
                "沈砚秋",
                5,
                (on(11, 10), "刑满 · 已释放"),
                clock("服务时限", on(11, 18), note="8天内落实"),
                ("柳坞镇司法所", "郑书瑶", on(11, 11)),
                tags=[FREE],
                missing=["租房协议"],
                label="查看",
            ),
        ],
    },
    {
        "key": "soon",
        "count": 3,
        "rows": [
            row(
                "欧阳𬱖",
                5,
                (on(11, 12), "刑满 · 已释放"),
                clock("服务时限", on(11, 20), note="8天内落实"),
                ("青榆街道司法所", "孟千帆", on(11, 13)),
                tags=[FREE, {"text": "生僻字"}],
                missing=["失业登记"],
                label="查看",
            ),
            row(
                "唐若笙",
                4,
                (on(11, 12), "保外就医 · 决定书"),
                clock("CC-RECV-06", on(11, 22)),
                ("桐岭监狱", "刑罚执行科 侯知白", on(11, 12)),
                tags=[{"text": "暂予监外执行"}, {"grade": "yellow"}],
                missing=[],
                label="查看",
            ),
            row(
                "罗砚",
                4,
                (None, "假释 · 裁定书"),
                clock("服务时限", on(11, 23), note="评估应于11-23"),
                ("柳坞镇司法所", "郑书瑶", on(11, 17)),
                tags=[{"grade": "none"}, {"text": "不是低风险"}],
                missing=["县级风险评估", "家庭住址核实"],
                label="开始评估",
            ),
        ],
    },
]


def page(title: str, facts: str, *, english: bool) -> dict[str, Any]:
    """Return the shell's page contract for the invented county."""
    return {
        "title": title,
        "facts": facts,
        "crumbs": [
            {"label": "青榆县", "url": "#county"},
            {"label": "样式页", "url": "?"},
            {"label": title, "url": ""},
        ],
        "menu": [
            {
                "heading": "办理",
                "entries": [
                    {"label": "衔接工作台", "url": "?page=desk", "icon": "desk", "count": 26, "late": 3},
                    {"label": "组件与状态", "url": "?", "icon": "list"},
                    {"label": "人员", "url": "#people", "icon": "people", "count": 214},
                ],
            },
            {
                "heading": "样张",
                "entries": [
                    {"label": "社工手机页", "url": "?page=phone", "icon": "phone"},
                    {"label": "我的路", "url": "?page=person", "icon": "person"},
                    {"label": "打印样张", "url": "?page=sheet", "icon": "print"},
                    {"label": "凭条", "url": "?page=slip", "icon": "file"},
                ],
            },
        ],
        "unit_name": "青榆县司法局",
        "post_name": "安置帮教岗 · 青榆县司法局",
        "purpose_name": "监地衔接：接收刑满释放与假释人员",
        "user_name": "林知遥",
        "notices_count": 5,
        "switch_url": "#switch",
        "search_url": "#search",
        "lang": "en" if english else "zh-hans",
    }


def _marked(shell: dict[str, Any], name: str) -> dict[str, Any]:
    address = f"?page={name}" if name else "?"
    for group in shell["menu"]:
        for entry in group["entries"]:
            entry["current"] = entry["url"] == address
    return shell


def context(name: str, *, english: bool) -> dict[str, Any]:
    """Return the whole context of the style page or of the sample page `name`."""
    from guitu.web.style_page import records

    titles = {
        "": ("组件与状态", "颜色只说风险，墨色只说时间，黛色只说操作与进度。"),
        "desk": ("衔接工作台", "2026年11月18日 星期三 · 工作日"),
        "phone": ("今天 11月18日 周三", ""),
        "person": ("我的路", ""),
        "sheet": ("今日清单", "2026年11月18日 星期三 · 3件逾期，2件今天到期"),
        "slip": ("受理凭条", ""),
    }
    title, facts = titles[name]
    return {
        "now": NOW,
        "page": {**_marked(page(title, facts, english=english), name), **records.page_changes(name)},
        "clocks": CLOCKS,
        "owners": OWNERS,
        "grades": ["red", "orange", "yellow", "blue", "green", "none"],
        "provisional_until": on(12, 17),
        "resolved_on": on(11, 12),
        "road": road(3),
        "road_gap": ROAD_WITH_GAP,
        "answers": ANSWERS,
        "counts": COUNTS,
        "tabs": TABS,
        "groups": GROUPS,
        **records.RECORDS,
    }

"""Invented records, papers and decisions for the style page."""

from __future__ import annotations

import datetime as dt
from typing import Any

from guitu.web.templatetags.guitu_words import LEGAL_ZONE


def _on(month: int, day: int) -> dt.date:
    return dt.date(2026, month, day)


def _at(month: int, day: int, hour: int, minute: int) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, minute, tzinfo=LEGAL_ZONE)


PURPOSES = [
    {"value": "pickup", "label": "接送：核对释放当天去向"},
    {"value": "visit", "label": "走访：上门见面"},
]

DECISION_OPTIONS = [
    {
        "value": "keep",
        "label": "不退，先签收再请补件",
        "effect": "时限照走；对方5天内补齐",
        "rule": "RS-14",
        "rule_url": "/rules/RS-14",
    },
    {"value": "return", "label": "退回，写明理由", "effect": "报云汀市司法局裁定，5个工作日"},
]

ERRORS = [
    {"target": "p1", "text": "9行要改正", "more": "身份号码3处，日期4处，公式1处，释放日早于入监日1处"},
    {"target": "p2", "text": "4行要决定", "more": "疑似同一人3处，上月名册有而本月没有1处"},
]

IMPORT_ROWS = [
    {
        "place": "12月 第18行",
        "name": "程望野",
        "column": "身份证号",
        "value": "910***********3000",
        "why": "末三位为000，像是Excel把18位数字四舍五入了",
        "remedy": "查档案上的号码，重新填；填前把该列设为“文本”",
        "field": "r18",
        "placeholder": "18位，末位可为X",
        "error": "还没有填",
    },
    {
        "place": "12月 第31行",
        "name": "古丽扎尔·叶尔兰·赛里克别克",
        "column": "身份证号",
        "value": "910***********72lX",
        "why": "第17位是小写字母l，应为数字",
        "remedy": "多半是1；核对后填写",
        "field": "r31",
        "placeholder": "18位，末位可为X",
    },
    {
        "place": "1月 第9行",
        "name": "温如是",
        "column": "出生日期",
        "value": "1985-06-11",
        "why": "与身份号码里的1985-11-06不一致；系统不替您改",
        "remedy": "两者必有一错，选一个，另一个记为更正",
        "field": "r9",
        "options": [{"value": "a", "label": "06-11"}, {"value": "b", "label": "11-06"}],
    },
]

MATCH_ROWS = [
    {"name": "姓名", "left": "吕思齐", "right": "吕思斉", "difference": "异体字"},
    {"name": "出生日期", "left": "1990-04-17", "right": "1990-04-17"},
    {
        "name": "身份号码",
        "left": "910***********0619",
        "right": "910***********0691",
        "difference": "末段两位互换",
        "masked": True,
    },
    {"name": "户籍地", "left": "枕溪县", "right": "枕溪县"},
]

DAY = [
    {"ok": True, "time": "08:30", "place": "监狱正门交接", "why": "林知遥、周予安到场，双方当场确认"},
    {"ok": True, "time": "09:40", "place": "乘车到青榆县城", "why": "县局派车，96公里，约1小时50分"},
    {
        "ok": False,
        "time": "12:10",
        "place": "雁回镇司法所登记",
        "why": "12:00–14:00午休，没有人。改14:10，或请所里留人",
        "remedy": {"label": "改14:10", "url": "#move", "solid": "yes"},
    },
    {
        "ok": False,
        "time": "",
        "place": "药",
        "why": "随身药到12-25；最近门诊12-28，中间空3天",
        "remedy": {"label": "加药量", "url": "#dose"},
    },
]

CHECKS = [
    {
        "ok": False,
        "name": "家庭接纳意见",
        "why": "退回原因。雁回镇司法所11-17已电话征询，可直接引用",
        "remedy": {"label": "引用", "url": "#quote", "solid": "yes"},
    },
    {"ok": True, "name": "技能与证书", "why": "中式面点师（初级），原件随身"},
    {
        "icon": "clock",
        "name": "首次见面",
        "why": "释放次日起算 · 政策",
        "clock": {"due": _on(11, 24), "rule": "RS-17", "rule_url": "/rules/RS-17"},
    },
]

STEPPER = [
    {"number": 1, "label": "信息核查", "note": "雁回镇核实 09-30", "state": "done"},
    {"number": 2, "label": "出监评估", "note": "10-20，早于服务时限", "state": "done"},
    {"number": 3, "label": "发送档案", "note": "被退回，待答复", "state": "now"},
    {"number": 4, "label": "县签收", "note": "发送后48小时", "state": "to_come"},
    {"number": 5, "label": "约定接送", "note": "释放前7天定下", "state": "to_come"},
    {"number": 6, "label": "释放与交接", "note": "12-23 双方确认", "state": "to_come"},
]

PERSON_STEPS = [
    {
        "number": 1,
        "title": "回家前的准备",
        "promise": "11月10日前办好",
        "term": "出监评估、信息推送、接送交接",
        "state": "done",
    },
    {"number": 4, "title": "登记、办证件", "promise": "11月13日办好", "term": "接收登记", "state": "done"},
    {"number": 5, "title": "住下来", "promise": "今天要有着落，郑书瑶负责", "term": "安置", "state": "now"},
    {"number": 6, "title": "工作、看病、学手艺", "promise": "您愿意，我们就帮", "term": "帮扶", "state": "to_come"},
    {"number": 7, "title": "常联系", "promise": "", "term": "跟进", "state": "declined"},
    {"number": 8, "title": "您来评一评", "promise": "好不好，您说了算", "term": "评价", "state": "to_come"},
]

MET = [
    {"value": "met", "label": "见到了"},
    {"value": "absent", "label": "没见到"},
    {"value": "moved", "label": "改日子"},
]
PRESSING = [
    {"value": "home", "label": "住处", "chosen": True},
    {"value": "income", "label": "收入"},
    {"value": "papers", "label": "证件", "chosen": True},
    {"value": "health", "label": "健康"},
    {"value": "family", "label": "家人"},
    {"value": "fine", "label": "都还好"},
]

VISITS: dict[str, dict[str, Any]] = {
    "late": {"due": _on(11, 16), "rule": "RS-17", "rule_url": "/rules/RS-17"},
    "soon": {"due": _on(11, 20), "rule": "RS-15", "rule_url": "/rules/RS-15"},
    "done": {"due": _on(11, 18), "done": _at(11, 18, 9, 10)},
}

SLIP: dict[str, Any] = {
    "matters": ["⑦ 临时、过渡住宿", "⑥ 帮教协议"],
    "answers": [{"when": "今天20:00", "what": "住宿"}, {"when": "11月30日 星期一", "what": "协议"}],
}

RATES = [
    {"name": "① 出监评估", "late": 6, "soon": 31, "ok": 244, "all": 281},
    {"name": "② 信息推送", "late": 11, "soon": 24, "ok": 132, "all": 167},
    {"name": "③ 接送交接", "late": 1, "soon": 18, "ok": 29, "all": 48},
    {"name": "④ 接收登记", "late": 9, "soon": 22, "ok": 47, "all": 78},
]

SWATCHES = [
    ("墨 时间", "#17202c"),
    ("淡墨 说明", "#576273"),
    ("黛 操作、进度", "#3f3b8f"),
    ("黛底 当前", "#f3f2fa"),
    ("胭脂 填错、退回", "#96174f"),
    ("底", "#f4f5f7"),
]

RECORDS: dict[str, Any] = {
    "purposes": PURPOSES,
    "decision_options": DECISION_OPTIONS,
    "errors": ERRORS,
    "import_rows": IMPORT_ROWS,
    "match_rows": MATCH_ROWS,
    "day": DAY,
    "checks": CHECKS,
    "stepper": STEPPER,
    "person_steps": PERSON_STEPS,
    "met": MET,
    "pressing": PRESSING,
    "visits": VISITS,
    "slip": SLIP,
    "rates": RATES,
    "largest": 281,
    "swatches": SWATCHES,
    "fact_on": _on(10, 12),
    "fact_review_on": _on(5, 18),
    "delivered_on": _on(10, 16),
    "signed_at": _at(10, 19, 11, 20),
    "choice_three": [
        {"value": "same", "label": "同一个人"},
        {"value": "other", "label": "不是"},
        {"value": "open", "label": "现在定不了"},
    ],
    "release_kinds": [
        {"value": "", "label": "全部"},
        {"value": "term", "label": "刑满释放"},
        {"value": "parole", "label": "假释"},
        {"value": "outside", "label": "暂予监外执行"},
    ],
}


def page_changes(name: str) -> dict[str, Any]:
    """Return what the sample page `name` changes in the shell's page contract."""
    if name == "phone":
        entries = [
            {"label": "今天", "url": "?page=phone", "icon": "desk", "current": True},
            {"label": "人员", "url": "#people", "icon": "people"},
            {"label": "受理", "url": "#window", "icon": "window"},
            {"label": "我", "url": "#me", "icon": "person"},
        ]
        return {
            "post_name": "社工 · 雁回镇司法所",
            "purpose_name": "走访与帮扶",
            "user_name": "周予安",
            "notices_count": 1,
            "menu": [{"heading": "", "entries": entries}],
        }
    if name == "person":
        return {"for_person": True, "menu": [], "user_name": ""}
    if name == "slip":
        return {"paper": "slip"}
    return {}

"""Roles as classes a supervisor can read: what each may do, and for which purposes.

`may` lists permissions ``resource:action`` from `PERMISSIONS`; `purposes` lists codes from `PURPOSES`, the first being
the one a working session begins with. `access compile` copies both into the database, where they are asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Word:
    """A code with its Chinese and English words."""

    zh: str
    en: str


PERMISSIONS: dict[str, Word] = {
    "roster:import": Word("导入释放名册", "import a release roster"),
    "roster:check": Word("核对名册文件", "check a roster file"),
    "person:open": Word("打开人员档案", "open a person's file"),
    "person:list": Word("查看人员清单", "list persons"),
    "person:reveal": Word("查看敏感数据项", "reveal a sensitive item"),
    "person:identify": Word("判定是否同一人", "decide whether two records are one person"),
    "dossier:send": Word("发送档案材料", "send a dossier"),
    "dossier:answer": Word("签收或退回档案材料", "acknowledge or refuse a dossier"),
    "return:register": Word("登记返回人员", "register a returned person"),
    "board:read": Word("查看监督看板", "read the supervisor board"),
    "unit:list": Word("查看单位与岗位", "list units and posts"),
    "rule:load": Word("装载规则包", "load a rule pack"),
    "rule:read": Word("查看规则库", "read the rulebook"),
}

PURPOSES: dict[str, Word] = {
    "PREPARE_RETURN": Word("出监准备：名册、评估与送交", "Preparing the return: roster, assessment, sending"),
    "RECEIVE_RETURN": Word("监地衔接：接收返回人员", "Linkage: receiving those who return"),
    "SUPERVISE_LINKAGE": Word("衔接监督：时限与责任", "Overseeing the linkage: clocks and responsibility"),
    "CHECK_IDENTITY": Word("身份核对：是不是同一个人", "Identity check: whether two records are one person"),
    "CLOCK": Word("时限运行", "Running the clocks"),
    "ADMINISTER": Word("系统管理：单位、岗位与规则", "Administration: units, posts and rules"),
}


class Role:
    """What a post of this role may do."""

    code: ClassVar[str]
    word: ClassVar[Word]
    may: ClassVar[frozenset[str]] = frozenset()
    purposes: ClassVar[tuple[str, ...]] = ()
    desk: ClassVar[str]


class PrisonLiaison(Role):
    """监狱协作专员: keeps the roster, sends dossiers, answers refusals."""

    code = "PRISON_LIAISON"
    word = Word("监狱协作专员", "Prison liaison officer")
    may = frozenset(
        {
            "roster:import",
            "roster:check",
            "person:open",
            "person:list",
            "person:reveal",
            "person:identify",
            "dossier:send",
            "rule:read",
        }
    )
    purposes = ("PREPARE_RETURN",)
    desk = "prison_desk"


class CountyOfficer(Role):
    """县级衔接岗: acknowledges, registers, settles."""

    code = "COUNTY_OFFICER"
    word = Word("县级安置帮教岗", "County resettlement officer")
    may = frozenset({"person:open", "person:list", "person:reveal", "dossier:answer", "return:register", "rule:read"})
    purposes = ("RECEIVE_RETURN",)
    desk = "county_desk"


class Supervisor(Role):
    """市、省监督岗: sees lateness and responsibility, opens no sensitive value."""

    code = "SUPERVISOR"
    word = Word("衔接监督岗", "Linkage supervisor")
    may = frozenset({"person:list", "board:read", "rule:read"})
    purposes = ("SUPERVISE_LINKAGE",)
    desk = "supervisor_desk"


class IdentityDesk(Role):
    """身份核对岗: decides where the two records lie with units that do not see each other's."""

    code = "IDENTITY_DESK"
    word = Word("身份核对岗", "Identity desk")
    may = frozenset({"person:identify", "rule:read"})
    purposes = ("CHECK_IDENTITY",)
    desk = "identity_desk"


class SystemAdministrator(Role):
    """系统管理员: units and posts; sees no person."""

    code = "SYSTEM_ADMINISTRATOR"
    word = Word("系统管理员", "System administrator")
    may = frozenset({"unit:list", "rule:read", "rule:load"})
    purposes = ("ADMINISTER",)
    desk = "administration"


class Tick(Role):
    """时钟 the machine post of the tick: recounts clocks, passes responsibility at release; opens no file."""

    code = "TICK"
    word = Word("时钟", "Clock")
    purposes = ("CLOCK",)
    desk = ""


MACHINES: tuple[type[Role], ...] = (Tick,)
"""Posts that no person can hold; they have no sign-in and no desk."""

ROLES: dict[str, type[Role]] = {
    role.code: role for role in (PrisonLiaison, CountyOfficer, Supervisor, IdentityDesk, SystemAdministrator)
}

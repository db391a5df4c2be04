"""Roles as classes a supervisor can read: what each may do, and for which purposes.

`may` lists permissions ``resource:action`` from `PERMISSIONS`; `purposes` lists codes from `PURPOSES`, the first being
the one a working session begins with; `sees` says over which divisions a session of the role reaches; `seats` in which
kinds of unit a post of the role may be. `access compile` copies all but the seats into the database, where they are
asked.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import ClassVar


class Sees(enum.StrEnum):
    """Over which divisions a session of a role reaches; persons shown to the unit or the post come on top."""

    OWN = "OWN"
    """The unit's own range."""
    SUPERIOR = "SUPERIOR"
    """The range of the unit above: for an overseer that stands beside the office it oversees."""
    ASSIGNED = "ASSIGNED"
    """No range, and nothing that is shown to the whole unit: only persons assigned to this very post."""


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
    "item:record": Word("记录数据项的新值", "record a newer value of an item"),
    "person:identify": Word("判定是否同一人", "decide whether two records are one person"),
    "dossier:send": Word("发送档案材料", "send a dossier"),
    "dossier:answer": Word("签收或退回档案材料", "acknowledge or refuse a dossier"),
    "return:register": Word("登记返回人员", "register a returned person"),
    "paper:issue": Word("制发与送达文书", "issue and serve documents"),
    "paper:read": Word("阅看文书", "read documents"),
    "paper:attach": Word("存入收到的文件", "keep files received"),
    "dossier:contest": Word("对退回提出异议", "contest a refusal"),
    "receiver:name": Word("确定接收单位", "name the receiving unit"),
    "ruling:make": Word("裁定接收争议", "rule on a dispute about who receives"),
    "step:answer": Word("办理途中步骤", "answer a step of the road"),
    "step:request": Word("受理事项和会见申请", "take up a matter or a meeting"),
    "pick_up:plan": Word("排定接送并确认交接", "plan a pick-up and confirm the meeting"),
    "person:release": Word("发给释放证明", "hand over the certificate of release"),
    "matter:allot": Word("分派司法所和承办人", "allot to a township office and a worker"),
    "support:record": Word("记录帮扶、安置和回访", "record help, placement and follow-up"),
    "journey:end": Word("记录去世、另案羁押、未到", "record death, other detention, non-arrival"),
    "board:read": Word("查看监督看板", "read the supervisor board"),
    "sign_in:issue": Word("签发本人登录码", "issue a person's sign-in code"),
    "mandate:record": Word("登记与终止委托", "record and end mandates"),
    "statement:answer": Word("答复本人的意见", "answer what the person said"),
    "commission:keep": Word("登记与撤销司法所委托", "keep commissions of township offices"),
    "my_road:speak_for": Word("代为记录本人的意见", "record what the person said"),
    "my_road:read": Word("看自己的路", "see one's own road"),
    "my_road:speak": Word("表示意愿、提出更正与意见", "state a wish, ask for a correction, say a word"),
    "unit:list": Word("查看单位与岗位", "list units and posts"),
    "post:propose": Word("提议任职", "propose a post"),
    "post:confirm": Word("审核任职提议", "confirm or refuse a proposed post"),
    "post:end": Word("结束任职", "end a post"),
    "account:list": Word("查看账号", "list accounts"),
    "account:add": Word("新建账号", "add an account"),
    "account:lock": Word("停用、启用与解锁账号", "lock and unlock accounts"),
    "account:reset": Word("发放首次口令", "hand out a first password"),
    "audit:read": Word("查看变更、登录与拒绝记录", "read changes, sign-ins and refusals"),
    "token:issue": Word("签发与结束接口令牌", "issue and end tokens of the interface"),
    "rule:load": Word("装载规则包", "load a rule pack"),
    "rule:read": Word("查看规则库", "read the rulebook"),
}

PURPOSES: dict[str, Word] = {
    "PREPARE_RETURN": Word("出监准备：名册、评估与送交", "Preparing the return: roster, assessment, sending"),
    "RECEIVE_RETURN": Word("监地衔接：接收返回人员", "Linkage: receiving those who return"),
    "SUPERVISE_LINKAGE": Word("衔接监督：时限与责任", "Overseeing the linkage: clocks and responsibility"),
    "CHECK_IDENTITY": Word("身份核对：是不是同一个人", "Identity check: whether two records are one person"),
    "FOLLOW_UP": Word("帮扶随访：本岗位承办的人", "Follow-up: the persons assigned to this post"),
    "OWN_AFFAIRS": Word("办自己的事", "One's own affairs"),
    "OVERSEE": Word("法律监督：检察", "Legal oversight by the procuratorate"),
    "CLOCK": Word("时限运行", "Running the clocks"),
    "SECURE": Word("安全管理：授权与账号", "Security: grants of posts and accounts"),
    "AUDIT": Word("安全审计：变更、登录与拒绝", "Audit: changes, sign-ins and refusals"),
    "ADMINISTER": Word("系统管理：单位、岗位与规则", "Administration: units, posts and rules"),
}


class Role:
    """What a post of this role may do."""

    code: ClassVar[str]
    word: ClassVar[Word]
    may: ClassVar[frozenset[str]] = frozenset()
    purposes: ClassVar[tuple[str, ...]] = ()
    sees: ClassVar[Sees] = Sees.OWN
    seats: ClassVar[frozenset[str]] = frozenset()
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
            "item:record",
            "person:identify",
            "dossier:send",
            "paper:issue",
            "paper:read",
            "paper:attach",
            "sign_in:issue",
            "mandate:record",
            "statement:answer",
            "dossier:contest",
            "receiver:name",
            "step:answer",
            "step:request",
            "person:release",
            "journey:end",
            "my_road:speak_for",
            "rule:read",
        }
    )
    purposes = ("PREPARE_RETURN",)
    seats = frozenset({"prison"})
    desk = "prison_desk"


class PrisonLeader(Role):
    """监狱领导: sees how the own prison's releases stand, opens files, reveals nothing."""

    code = "PRISON_LEADER"
    word = Word("监狱领导", "Prison leader")
    may = frozenset({"person:open", "person:list", "board:read", "rule:read"})
    purposes = ("SUPERVISE_LINKAGE",)
    seats = frozenset({"prison"})
    desk = "supervisor_desk"


class DetentionOfficer(Role):
    """看守所协作专员: what the liaison does in a prison, for short sentences served in a detention house."""

    code = "DETENTION_OFFICER"
    word = Word("看守所协作专员", "Detention-house liaison officer")
    may = PrisonLiaison.may
    purposes = ("PREPARE_RETURN",)
    seats = frozenset({"detention_house"})
    desk = "prison_desk"


class CountyOfficer(Role):
    """县级衔接岗: acknowledges, registers, settles."""

    code = "COUNTY_OFFICER"
    word = Word("县级安置帮教岗", "County resettlement officer")
    may = frozenset(
        {
            "person:open",
            "person:list",
            "person:reveal",
            "item:record",
            "dossier:answer",
            "return:register",
            "paper:issue",
            "paper:read",
            "paper:attach",
            "sign_in:issue",
            "mandate:record",
            "statement:answer",
            "step:answer",
            "step:request",
            "pick_up:plan",
            "matter:allot",
            "support:record",
            "journey:end",
            "my_road:speak_for",
            "rule:read",
        }
    )
    purposes = ("RECEIVE_RETURN",)
    seats = frozenset({"county"})
    desk = "county_desk"


class CountyHead(Role):
    """县司法局负责人: answers for the county's work, opens files, reveals nothing."""

    code = "COUNTY_HEAD"
    word = Word("县司法局负责人", "Head of the county justice department")
    may = frozenset({"person:open", "person:list", "board:read", "commission:keep", "rule:read"})
    purposes = ("SUPERVISE_LINKAGE",)
    seats = frozenset({"county"})
    desk = "supervisor_desk"


class TownshipOfficer(Role):
    """司法所工作人员: receives and registers whom the county has allocated to the office."""

    code = "TOWNSHIP_OFFICER"
    word = Word("司法所工作人员", "Township justice officer")
    may = frozenset(
        {
            "person:open",
            "person:list",
            "person:reveal",
            "item:record",
            "return:register",
            "paper:issue",
            "paper:read",
            "paper:attach",
            "sign_in:issue",
            "mandate:record",
            "statement:answer",
            "step:answer",
            "step:request",
            "pick_up:plan",
            "support:record",
            "journey:end",
            "my_road:speak_for",
            "rule:read",
        }
    )
    purposes = ("RECEIVE_RETURN",)
    seats = frozenset({"judicial_office"})
    desk = "county_desk"


class SocialWorker(Role):
    """社会工作者: accompanies the persons assigned to the own post, sees nobody else."""

    code = "SOCIAL_WORKER"
    word = Word("社会工作者", "Social worker")
    may = frozenset({"person:open", "person:list", "step:answer", "support:record", "rule:read"})
    purposes = ("FOLLOW_UP",)
    sees = Sees.ASSIGNED
    seats = frozenset({"judicial_office", "social_organisation", "correction_centre", "workstation"})
    desk = "worker_desk"


class Counsellor(Role):
    """心理咨询师: counsels the persons assigned to the own post, sees nobody else."""

    code = "COUNSELLOR"
    word = Word("心理咨询师", "Counsellor")
    may = frozenset({"person:open", "person:list", "step:answer", "support:record", "rule:read"})
    purposes = ("FOLLOW_UP",)
    sees = Sees.ASSIGNED
    seats = frozenset({"county", "judicial_office", "social_organisation", "correction_centre"})
    desk = "worker_desk"


class Supervisor(Role):
    """市、省监督岗: sees lateness and responsibility, opens no sensitive value."""

    code = "SUPERVISOR"
    word = Word("衔接监督岗", "Linkage supervisor")
    may = frozenset({"person:list", "board:read", "receiver:name", "ruling:make", "rule:read"})
    purposes = ("SUPERVISE_LINKAGE",)
    seats = frozenset({"nation", "province", "city"})
    desk = "supervisor_desk"


class Procuratorate(Role):
    """检察机关监督岗: oversees the office of its own level, opens files, changes and reveals nothing."""

    code = "PROCURATORATE"
    word = Word("检察监督岗", "Procuratorial oversight")
    may = frozenset({"person:open", "person:list", "board:read", "rule:read"})
    purposes = ("OVERSEE",)
    sees = Sees.SUPERIOR
    seats = frozenset({"procuratorate"})
    desk = "supervisor_desk"


class IdentityDesk(Role):
    """身份核对岗: decides where the two records lie with units that do not see each other's."""

    code = "IDENTITY_DESK"
    word = Word("身份核对岗", "Identity desk")
    may = frozenset({"person:identify", "rule:read"})
    purposes = ("CHECK_IDENTITY",)
    seats = frozenset({"nation", "province", "city"})
    desk = "identity_desk"


_ADMINISTERED = frozenset({"nation", "province", "city", "county", "prison", "detention_house"})


class SystemAdministrator(Role):
    """系统管理员: units, proposals of posts, rule packs and calendars; sees no person and grants nothing alone."""

    code = "SYSTEM_ADMINISTRATOR"
    word = Word("系统管理员", "System administrator")
    may = frozenset({"unit:list", "post:propose", "post:end", "account:list", "account:add", "rule:read", "rule:load"})
    purposes = ("ADMINISTER",)
    seats = _ADMINISTERED
    desk = "administration"


class SecurityAdministrator(Role):
    """安全管理员: confirms or refuses what the system administrator proposes; sees no person."""

    code = "SECURITY_ADMINISTRATOR"
    word = Word("安全管理员", "Security administrator")
    may = frozenset(
        {
            "unit:list",
            "post:confirm",
            "post:end",
            "account:list",
            "account:lock",
            "account:reset",
            "token:issue",
            "rule:read",
        }
    )
    purposes = ("SECURE",)
    seats = _ADMINISTERED
    desk = "administration"


class AuditAdministrator(Role):
    """审计管理员: reads what the other two did and who was turned away; changes nothing, sees no person."""

    code = "AUDIT_ADMINISTRATOR"
    word = Word("审计管理员", "Audit administrator")
    may = frozenset({"unit:list", "audit:read", "rule:read"})
    purposes = ("AUDIT",)
    seats = _ADMINISTERED
    desk = "audit"


class Tick(Role):
    """时钟 the machine post of the tick: recounts clocks, passes responsibility at release; opens no file."""

    code = "TICK"
    word = Word("时钟", "Clock")
    purposes = ("CLOCK",)
    desk = ""


class Person(Role):
    """本人: sees the own road and nobody else's, says what they want; signs in with their printed number."""

    code = "PERSON"
    word = Word("本人", "The person")
    may = frozenset({"my_road:read", "my_road:speak"})
    purposes = ("OWN_AFFAIRS",)
    sees = Sees.ASSIGNED
    seats = frozenset({"own"})
    desk = "my_road"


class Representative(Role):
    """受托人: sees one person's road while the mandate lasts, and speaks for them if the mandate says so."""

    code = "REPRESENTATIVE"
    word = Word("受托人", "Representative")
    may = Person.may
    purposes = ("OWN_AFFAIRS",)
    sees = Sees.ASSIGNED
    seats = frozenset({"own"})
    desk = "my_road"


MACHINES: tuple[type[Role], ...] = (Tick,)
"""Posts that no person can hold; they have no sign-in and no desk."""

SEPARATED: tuple[type[Role], ...] = (SystemAdministrator, SecurityAdministrator, AuditAdministrator)
"""三员分立: no account holds two of these at the same time; the database refuses it."""

_ALL: tuple[type[Role], ...] = (
    PrisonLiaison,
    PrisonLeader,
    DetentionOfficer,
    CountyOfficer,
    CountyHead,
    TownshipOfficer,
    SocialWorker,
    Counsellor,
    Supervisor,
    Procuratorate,
    IdentityDesk,
    *SEPARATED,
    Person,
    Representative,
)
ROLES: dict[str, type[Role]] = {role.code: role for role in _ALL}

"""Roles as classes a supervisor can read: what each may do, and for which purposes.

`may` lists permissions ``resource:action`` from `PERMISSIONS`; `seats` in which kinds of unit a post of it may be.
`purposes` (the first being the one a working session begins with) and `sees` (over which divisions a session reaches)
stand in the decision table, rulebook/data/decision_table/roles.yaml, and nowhere else. `access compile` copies all but
the seats into the database, where they are asked.
"""

from __future__ import annotations

import enum
from typing import ClassVar

from guitu.access.permissions import PERMISSIONS, PURPOSES, Word
from guitu.rulebook.decision_table import decision_table
from guitu.rulebook.errors import RulebookError

__all__ = ["MACHINES", "PERMISSIONS", "PURPOSES", "ROLES", "SEPARATED", "Role", "Sees", "Tick", "Word"]


class Sees(enum.StrEnum):
    """Over which divisions a session of a role reaches; persons shown to the unit or the post come on top."""

    OWN = "OWN"
    """The unit's own range."""
    SUPERIOR = "SUPERIOR"
    """The range of the unit above: for an overseer that stands beside the office it oversees."""
    ASSIGNED = "ASSIGNED"
    """No range, and nothing that is shown to the whole unit: only persons assigned to this very post."""
    ADDRESSED = "ADDRESSED"
    """No range and no person: only rows that are addressed to the unit, as long as they are."""


class Role:
    """What a post of this role may do."""

    code: ClassVar[str]
    word: ClassVar[Word]
    may: ClassVar[frozenset[str]] = frozenset()
    purposes: ClassVar[tuple[str, ...]]
    sees: ClassVar[Sees]
    seats: ClassVar[frozenset[str]] = frozenset()
    desk: ClassVar[str]

    def __init_subclass__(cls) -> None:
        sight = decision_table().sights.get(cls.code)
        if sight is None:
            zh, en = f"缺少角色 {cls.code} 的一行", f"the role {cls.code} has no line"
            raise RulebookError("decision_table/roles.yaml", 1, zh, en)
        for purpose in sight.purposes:
            if purpose not in PURPOSES:
                zh, en = f"没有目的“{purpose}”", f"there is no purpose {purpose!r}"
                raise RulebookError(f"decision_table/{sight.file}", sight.line, zh, en)
        cls.purposes, cls.sees = sight.purposes, Sees(sight.sees)


_ON_THE_ROAD = frozenset(
    {
        "person:open",
        "person:list",
        "person:search",
        "person:reveal",
        "item:record",
        "paper:issue",
        "paper:read",
        "paper:attach",
        "sign_in:issue",
        "mandate:record",
        "statement:answer",
        "step:answer",
        "step:request",
        "journey:end",
        "my_road:speak_for",
        "letter:send",
        "offer:read",
        "referral:make",
        "rule:read",
    }
) | {"glass:break", "export:ask", "interface:read", "complaint:take", "matter:take"}
"""What every desk may that works on a person's road, before the release and after it."""
_RIGHTS = frozenset({"rights:read", "rights:decide", "rights:build"})
"""What an officer may where requests about a person's own data are answered; only a head has anything erased."""
_RECEIVING = _ON_THE_ROAD | {"return:register", "pick_up:plan", "support:record", "contact:arrange"}
"""What comes on top where the person returns to."""
_BREACHES = frozenset({"breach:read", "breach:record", "breach:decide"})
"""A breach of personal data: who answers for the work records it, another of them decides who is told."""
_REVIEWING = frozenset({"glass:review", "export:approve", "looks:watch", "looks:review", "looks:held"})


class PrisonLiaison(Role):
    """监狱协作专员: keeps the roster, sends dossiers, answers refusals."""

    code = "PRISON_LIAISON"
    word = Word("监狱协作专员", "Prison liaison officer")
    may = (
        _ON_THE_ROAD
        | _RIGHTS
        | {
            "rights:hand_over",
            "roster:import",
            "roster:check",
            "person:identify",
            "dossier:send",
            "dossier:contest",
            "receiver:name",
            "person:release",
            "assessment:make",
            "assessment:read",
        }
    )
    seats = frozenset({"prison"})
    desk = "prison_desk"


class PrisonLeader(Role):
    """监狱领导: sees how the own prison's releases stand, opens files, reveals nothing."""

    code = "PRISON_LEADER"
    word = Word("监狱领导", "Prison leader")
    may = _REVIEWING | {"person:open", "person:list", "person:search", "board:read", "rule:read"}
    may |= _RIGHTS | {"rights:erase", "definition:change", "matter:take", "looks:hold_back"} | _BREACHES
    seats = frozenset({"prison"})
    desk = "supervisor_desk"


class DetentionOfficer(Role):
    """看守所协作专员: what the liaison does in a prison, for short sentences served in a detention house."""

    code = "DETENTION_OFFICER"
    word = Word("看守所协作专员", "Detention-house liaison officer")
    may = PrisonLiaison.may | {"definition:change"}
    seats = frozenset({"detention_house"})
    desk = "prison_desk"


class CountyOfficer(Role):
    """县级衔接岗: acknowledges, registers, settles."""

    code = "COUNTY_OFFICER"
    word = Word("县级安置帮教岗", "County resettlement officer")
    may = (
        _RECEIVING
        | _RIGHTS
        | {"rights:hand_over", "dossier:answer", "matter:allot", "assessment:read", "evaluation:answer"}
        | {"sealing:seal", "sealed:ask", "sealed:list", "sealed:read"}
    )
    seats = frozenset({"county"})
    desk = "county_desk"


class CountyHead(Role):
    """县司法局负责人: answers for the county's work, opens files, reveals nothing."""

    code = "COUNTY_HEAD"
    word = Word("县司法局负责人", "Head of the county justice department")
    may = PrisonLeader.may | {"commission:keep", "evaluation:answer", "sealed:list", "sealed:decide"}
    seats = frozenset({"county"})
    desk = "supervisor_desk"


class TownshipOfficer(Role):
    """司法所工作人员: receives and registers whom the county has allocated to the office."""

    code = "TOWNSHIP_OFFICER"
    word = Word("司法所工作人员", "Township justice officer")
    may = _RECEIVING
    seats = frozenset({"judicial_office"})
    desk = "county_desk"


class SocialWorker(Role):
    """社会工作者: accompanies the persons assigned to the own post, sees nobody else."""

    code = "SOCIAL_WORKER"
    word = Word("社会工作者", "Social worker")
    may = frozenset({"person:open", "person:list", "person:search", "step:answer", "support:record", "matter:take"})
    may |= {"offer:read", "referral:make", "rule:read"}
    seats = frozenset({"judicial_office", "social_organisation", "correction_centre", "workstation"})
    desk = "worker_desk"


class Counsellor(Role):
    """心理咨询师: counsels the persons assigned to the own post, sees nobody else."""

    code = "COUNSELLOR"
    word = Word("心理咨询师", "Counsellor")
    may = SocialWorker.may
    seats = frozenset({"county", "judicial_office", "social_organisation", "correction_centre"})
    desk = "worker_desk"


class Partner(Role):
    """合作单位: publishes what it offers and answers who was referred to it; sees nobody else and nobody's file."""

    code = "PARTNER"
    word = Word("合作单位", "Partner")
    may = frozenset({"offer:keep", "referral:answer", "rule:read"})
    seats = frozenset({"social_organisation", "employer"})
    desk = "partner_desk"


class PoliceStation(Role):
    """公安派出所: reads and answers the letters to the own station; sees no person and no file."""

    code = "POLICE_STATION"
    word = Word("公安派出所", "Police station")
    may = frozenset({"letter:read", "letter:answer", "rule:read", "matter:take"})
    seats = frozenset({"police_station", "police"})
    desk = "letters_desk"


class DepartmentClerk(Role):
    """部门经办: as the police station, in a department, or where the procuratorate takes in its letters."""

    code = "DEPARTMENT_CLERK"
    word = Word("部门经办", "Department clerk")
    may = PoliceStation.may
    seats = frozenset({"civil_affairs", "human_resources", "health", "education", "medical_insurance", "procuratorate"})
    desk = "letters_desk"


class DecidingOrgan(Role):
    """社区矫正决定机关: the court or prison bureau that decided parole or temporary execution; its letters only."""

    code = "DECIDING_ORGAN"
    word = Word("社区矫正决定机关", "Deciding organ")
    may = PoliceStation.may - {"matter:take"}
    seats = frozenset({"court", "prison_bureau"})
    desk = "letters_desk"


class Supervisor(Role):
    """市、省监督岗: sees lateness and responsibility, opens no sensitive value."""

    code = "SUPERVISOR"
    word = Word("衔接监督岗", "Linkage supervisor")
    may = frozenset({"person:list", "board:read", "receiver:name", "ruling:make", "evaluation:commission", "rule:read"})
    may |= _REVIEWING | {"export:ask", "interface:read", "person:search", "matter:take", "rights:read", "rights:decide"}
    may |= {"looks:hold_review", "worsening:read", "worsening:decide"}
    may |= {"impact:read", "impact:write"} | _BREACHES
    seats = frozenset({"nation", "province", "city"})
    desk = "supervisor_desk"


class Evaluator(Role):
    """第三方评估岗: counts, samples and verifies within a commission, under codes; sees no person and no file."""

    code = "EVALUATOR"
    word = Word("第三方评估岗", "Third-party evaluator")
    may = frozenset({"evaluation:work", "rule:read"})
    seats = frozenset({"evaluator"})
    desk = "evaluator_desk"


class Procuratorate(Role):
    """检察机关监督岗: oversees the office of its own level, opens files, changes and reveals nothing."""

    code = "PROCURATORATE"
    word = Word("检察监督岗", "Procuratorial oversight")
    may = frozenset({"person:open", "person:list", "board:read", "rule:read", "complaint:read", "complaint:answer"})
    seats = frozenset({"procuratorate"})
    desk = "supervisor_desk"
    may |= {"sealed:list", "sealed:read", "person:search", "looks:held", "looks:hold_back", "looks:hold_review"}


class IdentityDesk(Role):
    """身份核对岗: decides where the two records lie with units that do not see each other's."""

    code = "IDENTITY_DESK"
    word = Word("身份核对岗", "Identity desk")
    may = frozenset({"person:identify", "rule:read"})
    seats = frozenset({"nation", "province", "city"})
    desk = "identity_desk"


_TWO_HANDS = frozenset({"change:read", "change:decide", "key:change", "impact:read", "terminal:read", "terminal:keep"})
"""What two of the three offices hold alike; the database asks for one hand of each."""
_ADMINISTERED = frozenset({"nation", "province", "city", "county", "prison", "detention_house"})


class SystemAdministrator(Role):
    """系统管理员: units, proposals of posts, rule packs and calendars; sees no person and grants nothing alone."""

    code = "SYSTEM_ADMINISTRATOR"
    word = Word("系统管理员", "System administrator")
    may = frozenset({"unit:list", "post:propose", "post:end", "account:list", "account:add", "installation:watch"})
    may |= {"rule:read", "rule:load"} | _TWO_HANDS
    seats = _ADMINISTERED
    desk = "administration"


class SecurityAdministrator(Role):
    """安全管理员: confirms or refuses what the system administrator proposes; sees no person."""

    code = "SECURITY_ADMINISTRATOR"
    word = Word("安全管理员", "Security administrator")
    may = frozenset({"unit:list", "post:confirm", "post:end", "account:list", "account:lock", "account:reset"})
    may |= {"token:issue", "rule:read", "impact:confirm", "breach:read", "breach:record"} | _TWO_HANDS
    seats = _ADMINISTERED
    desk = "administration"


class AuditAdministrator(Role):
    """审计管理员: reads what the other two did and who was turned away; changes nothing, sees no person."""

    code = "AUDIT_ADMINISTRATOR"
    word = Word("审计管理员", "Audit administrator")
    may = frozenset(
        {"unit:list", "audit:read", "looks:watch", "rule:read", "change:read", "impact:read", "terminal:read"}
    )
    seats = _ADMINISTERED
    desk = "audit"


class Tick(Role):
    """时钟 the machine post of the tick: recounts clocks, passes responsibility at release; opens no file."""

    code = "TICK"
    word = Word("时钟", "Clock")
    desk = ""


class Person(Role):
    """本人: sees the own road and nobody else's, says what they want; signs in with their printed number."""

    code = "PERSON"
    word = Word("本人", "The person")
    may = frozenset({"my_road:read", "my_road:speak", "complaint:make", "rights:fetch"})
    seats = frozenset({"own"})
    desk = "my_road"


class Representative(Role):
    """受托人: sees one person's road while the mandate lasts, and speaks for them if the mandate says so."""

    code = "REPRESENTATIVE"
    word = Word("受托人", "Representative")
    may = Person.may - {"rights:fetch"}
    seats = frozenset({"own"})
    desk = "my_road"


class Companion(Role):
    """矫正小组成员、监护人: one page about one person, no file: what the own post is asked to attend."""

    code = "COMPANION"
    word = Word("矫正小组成员或监护人", "Correction-group member or guardian")
    may = frozenset({"asked:read", "asked:answer"})
    seats = frozenset({"own"})
    desk = "asked"


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
    Partner,
    PoliceStation,
    DepartmentClerk,
    DecidingOrgan,
    Supervisor,
    Evaluator,
    Procuratorate,
    IdentityDesk,
    *SEPARATED,
    Person,
    Representative,
    Companion,
)
ROLES: dict[str, type[Role]] = {role.code: role for role in _ALL}

for _sight in decision_table().sights.values():
    if _sight.role not in {*ROLES, *(machine.code for machine in MACHINES)}:
        _zh, _en = f"没有角色“{_sight.role}”", f"there is no role {_sight.role!r}"
        raise RulebookError(f"decision_table/{_sight.file}", _sight.line, _zh, _en)

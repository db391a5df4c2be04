"""The tables of this room, private to it. A package, so that each file stays short; Django finds them all from here."""

from __future__ import annotations

from guitu.access.models.administration import Change, Commission, Proposal
from guitu.access.models.beats import Beat
from guitu.access.models.clients import ApiCall, ApiClient, ApiToken
from guitu.access.models.decisions import Decision
from guitu.access.models.dual_changes import DualChange, ImpactAssessment, RoleEdition, RulePack
from guitu.access.models.errands import Errand
from guitu.access.models.exports import Export, Printing
from guitu.access.models.holding_back import LookHold
from guitu.access.models.looking import Glass, LookReason
from guitu.access.models.passkeys import Challenge, Passkey, RecoveryCode
from guitu.access.models.persons import KeptForm, Mandate, SignInCode
from guitu.access.models.posts import (
    Account,
    Entering,
    Installation,
    PastPassword,
    Permission,
    Post,
    Reach,
    RolePurpose,
    RoleRange,
    SecondFactor,
    Session,
    SignIn,
    Trace,
    Unit,
)
from guitu.access.models.terminals import Terminal, TerminalAssessment
from guitu.access.models.watching import ReadingReview

__all__ = [
    "Account",
    "ApiCall",
    "ApiClient",
    "ApiToken",
    "Beat",
    "Challenge",
    "Change",
    "Commission",
    "Decision",
    "DualChange",
    "Entering",
    "Errand",
    "Export",
    "Glass",
    "ImpactAssessment",
    "Installation",
    "KeptForm",
    "LookHold",
    "LookReason",
    "Mandate",
    "Passkey",
    "PastPassword",
    "Permission",
    "Post",
    "Printing",
    "Proposal",
    "Reach",
    "ReadingReview",
    "RecoveryCode",
    "RoleEdition",
    "RolePurpose",
    "RoleRange",
    "RulePack",
    "SecondFactor",
    "Session",
    "SignIn",
    "SignInCode",
    "Terminal",
    "TerminalAssessment",
    "Trace",
    "Unit",
]

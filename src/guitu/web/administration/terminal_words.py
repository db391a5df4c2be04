"""What is said of terminals for administration: where one stands, and what a session lacks that may not administer."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from guitu.rulebook.terminals import terminal_rules


def state_word(state: str) -> str:
    """Where a terminal stands, in the language of the page; empty `state` is an assessment that holds."""
    return {
        "": _("评估有效"),
        "NOT_ASSESSED": _("还没有评估"),
        "WITHDRAWN": _("评估已撤销"),
        "FAILED": _("评估未通过"),
        "LAPSED": _("评估已到期"),
        "NO_TERMINAL": _("已停用"),
    }[state]


def is_due(state: str, ends_at: datetime | None, *, at: datetime) -> bool:
    """Whether an assessment that holds ends within the days in which its holder is warned."""
    return not state and ends_at is not None and ends_at - terminal_rules().warn <= at


def missing_word(missing: str) -> str:
    """What an administrator's session lacks, and what to do about it, in the language of the page."""
    return {
        "NO_TERMINAL": _("您还没有登记管理终端。请安全管理员或者系统管理员登记。"),
        "NO_PASSKEY": _("您的管理终端上还没有通行密钥。请坐到那台终端前，在“我的账号”里建立，再请人评估。"),
        "OTHER_WAY": _(
            "这次不是用管理终端上的通行密钥登录的，或者设备没有验证您本人。请在管理终端上用通行密钥重新登录。"
        ),
        "SHOW_AGAIN": _("验证本人已经过了规定的时间。请在管理终端上用通行密钥重新登录。"),
        "NOT_ASSESSED": _("这台管理终端还没有评估。请另一类管理员当面评估。"),
        "NOT_SEEN": _("这个通行密钥是上次评估以后建立的，还没有当面核对。请另一类管理员重新评估。"),
        "FAILED": _("这台管理终端的评估没有通过。请改正以后再请人评估。"),
        "LAPSED": _("这台管理终端的评估已经到期。请另一类管理员重新评估。"),
        "WITHDRAWN": _("这台管理终端的评估已被撤销。请问安全管理员。"),
    }[missing]

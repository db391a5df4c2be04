"""What administrators change, and who changed it. Private to this room; Django finds the tables from `models`."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from guitu.ledger.columns import key_column

CHANGES = (
    "ACCOUNT_ADDED",
    "ACCOUNT_LOCKED",
    "ACCOUNT_UNLOCKED",
    "PASSWORD_SET",
    "POST_PROPOSED",
    "POST_FILLED",
    "POST_REFUSED",
    "POST_ENDED",
    "UNIT_FOUNDED",
    "UNIT_CHANGED",
    "UNIT_ENDED",
)


class Change(models.Model):
    """A change of accounts, posts or units: by an administrator's post, or from the command line by nobody's post."""

    id = key_column()
    at = models.DateTimeField(db_comment="时刻")
    done_by = models.TextField(db_comment="操作人：岗位任职人姓名；命令行操作为操作系统用户名")
    what = models.TextField(db_comment="变更代码，如 ACCOUNT_ADDED 新账号 POST_FILLED 任职 UNIT_ENDED 单位停用")
    account = models.ForeignKey("access.Account", null=True, on_delete=models.PROTECT, db_comment="账号")
    post = models.ForeignKey("access.Post", null=True, on_delete=models.PROTECT, db_comment="岗位")
    unit = models.ForeignKey("access.Unit", null=True, on_delete=models.PROTECT, db_comment="单位")
    by_post = models.ForeignKey(
        "access.Post", null=True, on_delete=models.PROTECT, related_name="+", db_comment="操作岗位；命令行操作为空"
    )

    class Meta:
        db_table = "access_change"
        db_table_comment = "账号、岗位与单位的变更：只增不改，应用角色不可读写"
        indexes = [models.Index(fields=["at"], name="access_change_at")]
        constraints = [models.CheckConstraint(condition=Q(what__in=CHANGES), name="access_change_what")]

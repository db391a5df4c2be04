"""Work that a post has handed to the worker: one act, about one thing of its own, in its own post and purpose."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from guitu.ledger.columns import key_column


class Errand(models.Model):
    """One act that takes longer than a page may: given by a post at work, done in that post, for that purpose alone."""

    id = key_column()
    post = models.ForeignKey("access.Post", on_delete=models.PROTECT, related_name="+", db_comment="交办岗位")
    purpose = models.TextField(db_comment="交办时的目的代码")
    action = models.TextField(db_comment="交办的权限代码；办理时只能行使这一项")
    about = models.UUIDField(db_comment="办理对象编号（如名册草稿）")
    given_at = models.DateTimeField(db_comment="交办时刻")
    expires_at = models.DateTimeField(db_comment="过时不再办理")
    session = models.OneToOneField(
        "access.Session", null=True, on_delete=models.PROTECT, db_comment="最近一次办理所用的会话"
    )
    tries = models.PositiveSmallIntegerField(default=0, db_comment="已开始办理的次数")
    rows_done = models.PositiveIntegerField(default=0, db_comment="已处理行数，仅供显示进度")
    rows_all = models.PositiveIntegerField(default=0, db_comment="总行数，仅供显示进度")
    ended_at = models.DateTimeField(null=True, db_comment="办结或停办时刻")
    outcome = models.TextField(blank=True, db_comment="DONE 办结；其他为停办原因代码；空为未结")

    class Meta:
        db_table = "access_errand"
        db_table_comment = "交后台办理的事项：以交办岗位和目的办理，只限一项权限；应用角色不可直接读写"
        indexes = [models.Index(fields=["post", "given_at"], name="access_errand_post")]
        constraints = [
            models.UniqueConstraint(
                fields=["about", "action"], condition=Q(ended_at__isnull=True), name="access_errand_open_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, outcome="") | (Q(ended_at__isnull=False) & ~Q(outcome="")),
                name="access_errand_outcome_whole",
            ),
        ]

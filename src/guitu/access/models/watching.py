"""What reviews of unusual reading found (docs/trust.md)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from guitu.ledger.columns import key_column


class ReadingReview(models.Model):
    """What somebody who answers for a post found about its reading in a window; never rewritten."""

    id = key_column()
    post = models.ForeignKey("access.Post", on_delete=models.PROTECT, related_name="+", db_comment="被审查的岗位")
    unit = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="该岗位的单位")
    since = models.DateTimeField(db_comment="所审查期间起")
    until = models.DateTimeField(db_comment="所审查期间止（不含）")
    indicators = ArrayField(models.TextField(), db_comment="当时超过的指标代码")
    counts = ArrayField(models.IntegerField(), db_comment="各指标当时的数，与指标依次对应")
    outcome = models.TextField(db_comment="结论：JUSTIFIED 正当 UNJUSTIFIED 不正当 TRAINING 须培训提醒")
    words = models.TextField(db_comment="审查意见")
    reviewed_at = models.DateTimeField(db_comment="审查时刻")
    reviewed_by = models.UUIDField(db_comment="审查岗位")

    class Meta:
        db_table = "access_reading_review"
        db_table_comment = "对不寻常查阅的审查结论：只增不改，应用角色不可读写"
        indexes = [models.Index(fields=["post", "reviewed_at"], name="access_reading_review_post")]
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="access_reading_review_time"),
            models.CheckConstraint(
                condition=Q(outcome__in=["JUSTIFIED", "UNJUSTIFIED", "TRAINING"]), name="access_reading_review_outcome"
            ),
        ]

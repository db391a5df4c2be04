"""The answer that a file on which a juvenile's mark stands is not to be sealed. Private to this room."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from guitu.ledger.columns import key_column


class NotSealed(models.Model):
    """That a file on which a juvenile's mark stands is not to be sealed: on which ground and document, and why.

    Read and written by the database's functions alone.
    """

    id = key_column()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_comment="人员")
    number = models.TextField(unique=True, db_comment="登记编号")
    unit = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_comment="登记单位")
    ground = models.TextField(db_comment="不封存的情形代码（rulebook/data/sealing）")
    document = models.TextField(db_comment="所依据的文书的文号")
    words = models.TextField(db_comment="理由")
    answered_at = models.DateTimeField(db_comment="登记时刻")
    answered_by = models.UUIDField(db_comment="登记岗位")

    class Meta:
        db_table = "rights_not_sealed"
        db_table_comment = "不予封存的登记"
        constraints = [
            models.CheckConstraint(condition=~Q(document="") & ~Q(words=""), name="rights_not_sealed_whole"),
        ]

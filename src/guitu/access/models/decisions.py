"""The decision table as the database holds it: compiled from the rulebook, one row per cell that is not a plain no."""

from __future__ import annotations

from django.db import models


class Decision(models.Model):
    """What a role sees of an item for a purpose, by relation and state of the file. Never edited by hand."""

    id = models.BigAutoField(primary_key=True, db_comment="序号")
    role = models.TextField(db_comment="角色代码")
    purpose = models.TextField(db_comment="目的代码")
    relation = models.TextField(db_comment="与人员的关系代码")
    state = models.TextField(db_comment="档案状态代码")
    item = models.TextField(db_comment="核心数据项代码")
    effect = models.TextField(db_comment="allow 照看 mask 遮盖 reveal 逐项打开 two_persons 两人 deny 不可看")
    mask = models.TextField(blank=True, db_comment="遮盖规则；不遮盖为空")
    line = models.TextField(db_comment="决定表的行号")
    from_on = models.DateField(db_comment="生效日（法定日）")
    to_on = models.DateField(null=True, db_comment="失效日（不含）；空为一直有效")

    class Meta:
        db_table = "access_decision"
        db_table_comment = "决定表：由规则库编译而来，一格一行；没有的格不可看"
        constraints = [
            models.UniqueConstraint(
                fields=["role", "purpose", "relation", "state", "item", "from_on"], name="access_decision_once"
            )
        ]

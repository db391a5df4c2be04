"""Other systems that call the interface: clients, their tokens, the calls they may repeat."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from guitu.ledger.columns import key_column


class ApiClient(models.Model):
    """An account that stands for another system: it holds posts like anybody, and never signs in with a password."""

    id = key_column()
    account = models.OneToOneField("access.Account", on_delete=models.PROTECT, db_comment="该系统的账号")
    made_at = models.DateTimeField(db_comment="登记时刻")
    done_by = models.TextField(db_comment="登记人：操作系统用户名")

    class Meta:
        db_table = "access_api_client"
        db_table_comment = "对接系统：以机器岗位办事的账号，不能用口令登录"


class ApiToken(models.Model):
    """A token of one machine post for one purpose. The acting session behind it is asked at every call."""

    id = key_column()
    session = models.OneToOneField("access.Session", on_delete=models.PROTECT, db_comment="背后的办理会话")
    name = models.TextField(db_comment="用途说明")
    purpose = models.TextField(db_comment="唯一的目的代码")
    issued_at = models.DateTimeField(db_comment="签发时刻")
    issued_by = models.UUIDField(null=True, db_comment="签发岗位；命令行签发时为空")
    issued_at_machine_by = models.TextField(blank=True, db_comment="命令行签发人：操作系统用户名")
    ended_by = models.UUIDField(null=True, db_comment="结束岗位；命令行结束或未结束时为空")
    ended_at_machine_by = models.TextField(blank=True, db_comment="命令行结束人：操作系统用户名")
    minute_at = models.DateTimeField(null=True, db_comment="最近调用所在的一分钟")
    minute_calls = models.PositiveIntegerField(default=0, db_comment="这一分钟内的调用次数")
    calls = models.PositiveBigIntegerField(default=0, db_comment="累计调用次数")

    class Meta:
        db_table = "access_api_token"
        db_table_comment = "接口令牌：一个机器岗位、一个目的；令牌本身只在会话表存哈希，应用角色不可读写"


class ApiCall(models.Model):
    """A call that changes something, under the key its sender chose: the first answer is given again."""

    id = key_column()
    token = models.ForeignKey(ApiToken, on_delete=models.PROTECT, db_comment="所用令牌")
    key_hash = models.BinaryField(db_comment="幂等键的SHA-256")
    request_digest = models.BinaryField(db_comment="请求（方法、地址、内容）的SHA-256")
    claimed_at = models.DateTimeField(db_comment="首次到达时刻")
    expires_at = models.DateTimeField(db_comment="保留至")
    answered_at = models.DateTimeField(null=True, db_comment="首次答复时刻；空为办理中或中断")
    status = models.PositiveSmallIntegerField(null=True, db_comment="首次答复的状态码")
    sealed_answer = models.BinaryField(null=True, db_comment="首次答复（加密）")

    class Meta:
        db_table = "access_api_call"
        db_table_comment = "接口办理请求：同一幂等键只办一次，重复请求给首次答复，到期删除；应用角色不可读写"
        indexes = [models.Index(fields=["expires_at"], name="access_api_call_expires")]
        constraints = [
            models.UniqueConstraint(fields=["token", "key_hash"], name="access_api_call_once"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, status__isnull=True, sealed_answer__isnull=True)
                | Q(answered_at__isnull=False, status__isnull=False, sealed_answer__isnull=False),
                name="access_api_call_answer_whole",
            ),
        ]

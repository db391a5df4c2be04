"""How a person and whoever speaks for them come in: one-time codes, mandates; forms kept when a session ended."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from guitu.ledger.columns import DivisionField, key_column


class Mandate(models.Model):
    """Somebody may see one person's road, or also speak for them, from a document until a day."""

    id = key_column()
    person_id = models.UUIDField(db_comment="委托的本人")
    division = DivisionField(db_comment="登记单位区划（12位）")
    post = models.OneToOneField("access.Post", on_delete=models.PROTECT, db_comment="受托人的岗位，期间与委托相同")
    sealed_name = models.BinaryField(db_comment="受托人姓名（加密）")
    relation = models.TextField(db_comment="与本人的关系代码")
    scope = models.TextField(db_comment="READ 只看 SPEAK 看并可代为表示 ATTEND 只看请其到场的事，看不到本人的路")
    document = models.TextField(db_comment="依据的文书：名称与编号")
    from_at = models.DateTimeField(db_comment="委托起")
    to_at = models.DateTimeField(db_comment="委托止（不含）")
    recorded_at = models.DateTimeField(db_comment="登记时刻")
    recorded_by = models.UUIDField(db_comment="登记岗位")
    ended_at = models.DateTimeField(null=True, db_comment="提前终止的时刻")
    ended_by = models.UUIDField(null=True, db_comment="提前终止的岗位")
    with_minority = models.BooleanField(db_default=False, db_comment="因本人成年而到期")

    class Meta:
        db_table = "access_mandate"
        db_table_comment = "委托：受托人在期间内看一个人的路，或代为表示；应用角色不可读写"
        indexes = [
            models.Index(fields=["person_id", "from_at"], name="access_mandate_person"),
            models.Index(
                fields=["to_at"], condition=Q(ended_at__isnull=True, with_minority=True), name="access_mandate_of_age"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(scope__in=["READ", "SPEAK", "ATTEND"]), name="access_mandate_scope"),
            models.CheckConstraint(condition=Q(to_at__gt=F("from_at")), name="access_mandate_period"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="access_mandate_ended",
            ),
        ]


class SignInCode(models.Model):
    """A code handed over once, with which a person or their representative comes in and sets a PIN of their own."""

    id = key_column()
    account = models.ForeignKey("access.Account", on_delete=models.PROTECT, db_comment="账号")
    digest = models.BinaryField(db_comment="登录码的带密钥摘要")
    channel = models.TextField(db_comment="SLIP 打印凭条当面交 SMS 短信")
    told_to = models.TextField(blank=True, db_comment="短信发往的号码末四位；凭条为空")
    issued_at = models.DateTimeField(db_comment="签发时刻")
    issued_by = models.UUIDField(db_comment="签发岗位")
    expires_at = models.DateTimeField(db_comment="失效时刻")
    failed_count = models.PositiveSmallIntegerField(default=0, db_comment="试错次数")
    device = models.BinaryField(null=True, db_comment="首次使用的设备标识的SHA-256；此后只认这台设备")
    bound_at = models.DateTimeField(null=True, db_comment="首次使用时刻")
    used_at = models.DateTimeField(null=True, db_comment="用完（已设自己的PIN）时刻")
    ended_at = models.DateTimeField(null=True, db_comment="作废时刻：试错过多、另发新码或发送失败")

    class Meta:
        db_table = "access_sign_in_code"
        db_table_comment = "一次性登录码：只存摘要，一次有效；应用角色不可读写"
        indexes = [models.Index(fields=["account", "issued_at"], name="access_sign_in_code_account")]
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(used_at__isnull=True, ended_at__isnull=True),
                name="access_sign_in_code_one_open",
            ),
            models.CheckConstraint(condition=Q(channel__in=["SLIP", "SMS"]), name="access_sign_in_code_channel"),
            models.CheckConstraint(
                condition=Q(device__isnull=True, bound_at__isnull=True)
                | Q(device__isnull=False, bound_at__isnull=False),
                name="access_sign_in_code_bound",
            ),
        ]


class KeptForm(models.Model):
    """What somebody had written when their session ended: encrypted, for the same account only, for a day."""

    id = key_column()
    account = models.ForeignKey("access.Account", on_delete=models.PROTECT, db_comment="填写人的账号")
    page = models.TextField(db_comment="填写时所在的页面地址")
    address = models.TextField(db_comment="表单提交的地址")
    sealed_fields = models.BinaryField(db_comment="填写的文字（加密）")
    kept_at = models.DateTimeField(db_comment="留存时刻")
    expires_at = models.DateTimeField(db_comment="删除时刻")

    class Meta:
        db_table = "access_kept_form"
        db_table_comment = "会话结束时留住的表单文字：只还给同一账号，用后或到期即删；应用角色不可读写"
        indexes = [
            models.Index(fields=["account", "kept_at"], name="access_kept_form_account"),
            models.Index(fields=["expires_at"], name="access_kept_form_expires"),
        ]

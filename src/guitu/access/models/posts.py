"""Units, accounts, posts, acting sessions, reach, trace; the compiled roles; what happens at the door."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models
from django.db.models import F, Q

from guitu.access.roles import SEPARATED
from guitu.ledger.columns import DivisionField, key_column
from guitu.rulebook.opening_hours import PATTERN


class Installation(models.Model):
    """One row: what this installation is, written once at creation."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, db_comment="恒为1")
    kind = models.TextField(db_comment="DEMONSTRATION 演示 或 REAL 正式；创建后不可改")
    created_at = models.DateTimeField(db_comment="创建时刻")
    filled_at = models.DateTimeField(null=True, db_comment="演示人员建成时刻")
    filled_from = models.DateField(null=True, db_comment="演示的第一天（上海）；填到一半中断的，再填仍按这一天")
    terminals_from = models.DateTimeField(
        null=True, db_comment="从何时起管理须在经评估的管理终端上办；演示为空，不要求"
    )

    class Meta:
        db_table = "access_installation"
        db_table_comment = "本安装的性质：演示或正式"
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="access_installation_single"),
            models.CheckConstraint(condition=Q(kind__in=["DEMONSTRATION", "REAL"]), name="access_installation_kind"),
        ]


class Unit(models.Model):
    """An office: in the tree of divisions, or (prisons, detention houses, departments) in its reserved range."""

    id = key_column()
    code = models.TextField(unique=True, db_comment="单位编码")
    kind = models.TextField(db_comment="单位类别")
    name = models.TextField(db_comment="名称")
    name_en = models.TextField(db_comment="英文名称")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, db_comment="上级单位")
    division = DivisionField(db_comment="本单位区划（12位）")
    division_end = DivisionField(db_comment="区划范围上界（不含）")
    phone = models.TextField(blank=True, db_comment="值班电话")
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, db_comment="纬度（度）；空为未知")
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, db_comment="经度（度）；空为未知")
    opening_hours = models.TextField(blank=True, default="", db_comment="开放时间，如 mon-fri 09:00-17:00；空为未知")
    from_at = models.DateTimeField(db_comment="启用时刻")
    to_at = models.DateTimeField(null=True, db_comment="停用时刻（不含）")
    successor = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+", db_comment="停用后承接的单位"
    )

    class Meta:
        db_table = "access_unit"
        db_table_comment = "单位：国家、省、市、县、司法所，监狱、看守所、部门与社会组织"
        indexes = [models.Index(fields=["division"], name="access_unit_division")]
        constraints = [
            models.CheckConstraint(condition=Q(division__lt=F("division_end")), name="access_unit_range"),
            models.CheckConstraint(
                condition=Q(to_at__isnull=True, successor__isnull=True)
                | (Q(to_at__isnull=False, successor__isnull=False) & ~Q(successor=F("id"))),
                name="access_unit_succeeded",
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
                name="access_unit_place",
            ),
            models.CheckConstraint(
                condition=Q(opening_hours="") | Q(opening_hours__regex=PATTERN), name="access_unit_hours"
            ),
        ]


class Account(models.Model):
    """Somebody who can sign in; rights come from posts, never from the account."""

    id = key_column()
    login = models.TextField(unique=True, db_comment="登录名")
    name = models.TextField(db_comment="姓名")
    password = models.TextField(db_comment="口令的散列")
    active = models.BooleanField(default=True, db_comment="是否可登录")
    failed_count = models.PositiveSmallIntegerField(default=0, db_comment="连续失败次数")
    locked_until = models.DateTimeField(null=True, db_comment="锁定至")
    password_set_at = models.DateTimeField(null=True, db_comment="口令设定时刻；空为从未设定")
    must_change = models.BooleanField(default=False, db_comment="下次登录是否须先改口令")
    for_person = models.BooleanField(default=False, db_comment="本人或受托人的账号：登录名是印制编号，口令是PIN")

    class Meta:
        db_table = "access_account"
        db_table_comment = "账号：只证明是谁，不给权限"


class Post(models.Model):
    """An account in a unit and role, from one moment to another."""

    id = key_column()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, db_comment="任职人")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, db_comment="单位")
    role = models.TextField(db_comment="角色代码")
    title = models.TextField(db_comment="岗位名称")
    from_at = models.DateTimeField(db_comment="任职起")
    to_at = models.DateTimeField(null=True, db_comment="任职止（不含）")

    class Meta:
        db_table = "access_post"
        db_table_comment = "岗位：人员、单位、角色与任期"
        indexes = [models.Index(fields=["unit", "role"], name="access_post_unit_role")]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_at__isnull=True) | Q(to_at__gt=F("from_at")), name="access_post_period"
            ),
            # 三员分立: one account never holds two of the three administrators' roles at overlapping times.
            ExclusionConstraint(
                name="access_post_one_of_three",
                expressions=[
                    ("account", "="),
                    ("role", "<>"),
                    (models.Func("from_at", "to_at", function="TSTZRANGE", output_field=DateTimeRangeField()), "&&"),
                ],
                condition=Q(role__in=[role.code for role in SEPARATED]),
            ),
        ]


class Session(models.Model):
    """An acting session. Neither readable nor writable for the application role."""

    id = key_column()
    token_hash = models.BinaryField(unique=True, db_comment="令牌的SHA-256")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, db_comment="岗位")
    purposes = ArrayField(models.TextField(), db_comment="允许的目的，由角色推出")
    chosen = models.TextField(db_default="", db_comment="本次办理选定的目的；空为尚未选定")
    blind = ArrayField(models.TextField(), default=list, db_comment="其中按决定表一个人也看不到的目的，签发时记入")
    low = DivisionField(db_comment="可见区划下界（含）")
    high = DivisionField(db_comment="可见区划上界（不含）")
    created_at = models.DateTimeField(db_comment="签发时刻")
    expires_at = models.DateTimeField(db_comment="失效时刻")
    last_seen_at = models.DateTimeField(db_comment="最近一次使用，最多每分钟记一次")
    idle = models.DurationField(db_comment="闲置多久即结束")
    network = models.TextField(db_default="", db_comment="使用会话的网络（地址的前若干位）；空为不看")
    passkey = models.ForeignKey(
        "access.Passkey", null=True, on_delete=models.PROTECT, db_comment="凭哪个管理终端上的通行密钥登录；空为不是"
    )
    passkey_at = models.DateTimeField(null=True, db_comment="最近一次出示这个通行密钥的时刻")
    at_machine = models.BooleanField(db_default=False, db_comment="在本机命令行签发")
    ended_at = models.DateTimeField(null=True, db_comment="结束时刻")

    class Meta:
        db_table = "access_session"
        db_table_comment = "办理会话：令牌只存哈希，应用角色不可读写"
        indexes = [models.Index(fields=["expires_at"], name="access_session_expires")]


class Reach(models.Model):
    """A person shown to a unit (or one post) outside its range: receiver, sender, assigned, overseer."""

    id = key_column()
    person_id = models.UUIDField(db_comment="人员")
    # The trigger fills it before the row is written; the type of the column knows no empty text.
    person_division = DivisionField(  # type: ignore[misc]
        null=True, db_comment="人员所在区划，随人员变动；由触发器和外键保持"
    )
    division = DivisionField(db_comment="可见方单位区划")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, db_index=False, db_comment="可见方单位")
    post = models.ForeignKey(
        Post, null=True, on_delete=models.PROTECT, db_index=False, db_comment="限定岗位；空为全单位"
    )
    relation = models.TextField(
        db_comment="关系：receiver 接收 sender 送出 assigned 承办 oversight 监督 self 本人 mandate 受托 break_glass紧急"
    )
    from_at = models.DateTimeField(db_comment="起")
    to_at = models.DateTimeField(null=True, db_comment="止（不含）")

    class Meta:
        db_table = "access_reach"
        db_table_comment = "可见范围：交接、共享、承办、监督"
        indexes = [
            # The row policies ask at every statement for a unit's persons outside its range: the index alone answers.
            models.Index(
                fields=["unit", "person_division"],
                include=["person_id", "post", "relation", "from_at", "to_at"],
                name="access_reach_outside",
            ),
            models.Index(fields=["person_id", "unit"], name="access_reach_person_unit"),
            models.Index(fields=["post"], name="access_reach_post"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(post__isnull=False) | ~Q(relation__in=["self", "mandate"]), name="access_reach_own_post"
            ),
            models.UniqueConstraint(
                fields=["person_id"], condition=Q(relation="self", to_at__isnull=True), name="access_reach_one_self"
            ),
        ]


class Trace(models.Model):
    """Who asked for or read what, why, and whether it was allowed; written only by the database's own functions."""

    id = key_column()
    at = models.DateTimeField(db_comment="时刻")
    post_id = models.UUIDField(db_comment="岗位")
    unit_id = models.UUIDField(db_comment="单位")
    purpose = models.TextField(db_comment="目的代码")
    action = models.TextField(db_comment="权限代码 资源:行为")
    subjects = ArrayField(models.UUIDField(), db_comment="涉及人员")
    fields = ArrayField(models.TextField(), db_comment="所见的未脱敏L3/L4数据项")
    outcome = models.TextField(
        db_comment="ALLOWED 允许 DENIED 拒绝 UNKNOWN 查无 ASKED 先问理由，没有打开 REFUSED 没有办成"
    )
    reason = models.TextField(db_default="", db_comment="查阅理由或紧急情形代码；在办范围内为空")
    words = models.TextField(db_default="", db_comment="理由说明；改换目的时为原目的；没有办成的为原因代码")
    glass_id = models.UUIDField(null=True, db_comment="凭哪一次紧急查阅；空为不是")

    class Meta:
        db_table = "access_trace"
        indexes = [
            GinIndex(fields=["subjects"], name="access_trace_subjects"),
            models.Index(fields=["post_id", "at"], name="access_trace_post_at"),
            BrinIndex(fields=["at"], name="access_trace_at"),
            models.Index(
                fields=["post_id", "at"], condition=Q(action="interface:read"), name="access_trace_handed_out"
            ),
            models.Index(fields=["-at", "id"], condition=~Q(subjects=[]), name="access_trace_newest"),
            models.Index(
                fields=["-at", "id"], condition=~Q(outcome__in=["ALLOWED", "ASKED"]), name="access_trace_refused"
            ),
        ]
        db_table_comment = "查阅与请求留痕：只增不改"


class Permission(models.Model):
    """Compiled from access/roles.py: what a role may do. Never edited by hand."""

    id = models.BigAutoField(primary_key=True, db_comment="序号")
    role = models.TextField(db_comment="角色代码")
    action = models.TextField(db_comment="权限代码")

    class Meta:
        db_table = "access_permission"
        db_table_comment = "角色的权限（由角色类编译而来）"
        constraints = [models.UniqueConstraint(fields=["role", "action"], name="access_permission_once")]


class RolePurpose(models.Model):
    """Compiled from access/roles.py: for which purposes a role may act."""

    id = models.BigAutoField(primary_key=True, db_comment="序号")
    role = models.TextField(db_comment="角色代码")
    purpose = models.TextField(db_comment="目的代码")
    position = models.PositiveSmallIntegerField(db_comment="次序，0为默认")

    class Meta:
        db_table = "access_role_purpose"
        db_table_comment = "角色可用的目的（由角色类编译而来）"
        constraints = [models.UniqueConstraint(fields=["role", "purpose"], name="access_role_purpose_once")]


class RoleRange(models.Model):
    """Compiled from access/roles.py: over which divisions a session of a role reaches."""

    id = models.BigAutoField(primary_key=True, db_comment="序号")
    role = models.TextField(unique=True, db_comment="角色代码")
    sees = models.TextField(
        db_comment="OWN 本单位范围 SUPERIOR 上级单位范围 ASSIGNED 无范围，只看分给本岗位的人 ADDRESSED 只看写给本单位的"
    )

    class Meta:
        db_table = "access_role_range"
        db_table_comment = "角色的可见区划（由角色类编译而来）"
        constraints = [
            models.CheckConstraint(
                condition=Q(sees__in=["OWN", "SUPERIOR", "ASSIGNED", "ADDRESSED"]), name="access_role_range_sees"
            )
        ]


class SignIn(models.Model):
    """What happened at the door, for the holder of the account and for the auditor. What was typed is never kept."""

    id = key_column()
    at = models.DateTimeField(db_comment="时刻")
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, db_comment="账号；登录名不存在时为空")
    outcome = models.TextField(db_comment="结果代码")
    address = models.TextField(db_comment="来源网络地址")

    class Meta:
        db_table = "access_sign_in"
        db_table_comment = "登录记录：成功、失败、锁定与口令、第二重验证的变更；只增不改，应用角色不可读写"
        indexes = [
            models.Index(fields=["account", "at"], name="access_sign_in_account_at"),
            models.Index(fields=["address", "at"], name="access_sign_in_address_at"),
            BrinIndex(fields=["at"], name="access_sign_in_at"),
            models.Index(fields=["-at", "id"], name="access_sign_in_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    outcome__in=[
                        "SUCCEEDED",
                        "FAILED",
                        "CODE_FAILED",
                        "CODE_USED",
                        "LOCKED",
                        "REFUSED",
                        "RECOVERY_USED",
                        "PASSWORD_CHANGED",
                        "FACTOR_ADDED",
                        "FACTOR_REMOVED",
                        "PASSKEY_ADDED",
                        "PASSKEY_REMOVED",
                        "PASSKEY_USED",
                        "PASSKEY_FAILED",
                        "RECOVERY_RENEWED",
                        "UNUSUAL",
                    ]
                ),
                name="access_sign_in_outcome",
            )
        ]


class Entering(models.Model):
    """A sign-in under way: the password was right, something is still asked for. Opens nothing by itself."""

    id = key_column()
    token_hash = models.BinaryField(unique=True, db_comment="令牌的SHA-256")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, db_comment="账号")
    created_at = models.DateTimeField(db_comment="口令通过时刻")
    expires_at = models.DateTimeField(db_comment="失效时刻")
    code_at = models.DateTimeField(null=True, db_comment="第二重验证通过时刻")
    passkey = models.ForeignKey(
        "access.Passkey", null=True, on_delete=models.PROTECT, db_comment="出示的不出设备、验证了本人的通行密钥"
    )
    sign_in_code = models.ForeignKey(
        "access.SignInCode", null=True, on_delete=models.PROTECT, db_comment="凭哪个一次性登录码进来；用口令时为空"
    )
    ended_at = models.DateTimeField(null=True, db_comment="用完时刻")

    class Meta:
        db_table = "access_entering"
        db_table_comment = "办理中的登录：口令已过，等待验证码或新口令；应用角色不可读写"


class PastPassword(models.Model):
    """The digest of a password that was set, so that the last ones are not taken again."""

    id = key_column()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, db_comment="账号")
    password = models.TextField(db_comment="口令的散列")
    set_at = models.DateTimeField(db_comment="设定时刻")

    class Meta:
        db_table = "access_past_password"
        db_table_comment = "用过的口令（散列），防止重复使用；应用角色不可读写"
        indexes = [models.Index(fields=["account", "set_at"], name="access_past_password_account")]


class SecondFactor(models.Model):
    """A one-time code generator of an account (RFC 6238); its secret is encrypted under the field keys."""

    id = key_column()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, db_comment="账号")
    sealed_secret = models.BinaryField(db_comment="密钥（加密）")
    created_at = models.DateTimeField(db_comment="生成时刻")
    confirmed_at = models.DateTimeField(null=True, db_comment="用一个验证码确认的时刻；空为未启用")
    last_step = models.BigIntegerField(default=0, db_comment="最近用过的时间步，同一验证码不可再用")
    ended_at = models.DateTimeField(null=True, db_comment="停用时刻")

    class Meta:
        db_table = "access_second_factor"
        db_table_comment = "第二重验证（动态验证码）；应用角色不可读写"
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(ended_at__isnull=True), name="access_second_factor_one"
            )
        ]

"""The impact assessments of a demonstration: one for each sensitive feature, written and signed by two named posts."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from guitu.access import impact
from guitu.access.acting import ActingSession, acting

_MARK = uuid.UUID("c7d6f0ae-3f0b-4b7c-9f35-7b1f5f2f7a10")
_TEXTS = {
    impact.EVALUATION_SAMPLE: (
        "县里已办结衔接事项的编号、办理步骤和距释放的天数；不含姓名、证件号码、电话、罪名。",
        "核实自报数字是否真实，只能由机关以外的人核；抽样只给编号，够用而不多给。",
        "评估方可能由天数和县名猜到是谁；本人可能不愿被问起。",
        "少于下限的小组不出数；评估方看不到任何人；谈话须本人愿意；每次查阅本人都看得到。",
    ),
    impact.EXPORT_ABOVE_LIMIT: (
        "本单位名单上人员的姓名、编号、到期事项，由经办人导出为表格，会商时使用。",
        "会商要用纸面名单，逐个打开来不及；只导出本单位名单上的列，目的写明。",
        "文件离开系统后无法收回，丢失会让许多人的身份泄露。",
        "超过限额须领导批准；文件加密、带暗记、一天后删除；名单上的人看得到被导出。",
    ),
    impact.API_TOKENS: (
        "向其他机关的系统提供本岗位可见范围内的事项和时限，按决定表脱敏。",
        "省去重复录入；令牌只有一个目的，范围和岗位一样大，不多给。",
        "对方系统保管不善，会成批泄露；令牌被偷会被冒用。",
        "令牌到期自停、限速、逐次留痕；内容只存散列；安全管理员随时可以结束。",
    ),
    impact.TEXT_MESSAGES: (
        "工作人员的手机号码和一句“有几件事待办”，经短信服务商发送；不发给本人。",
        "时限短，人不在系统前也要知道；短信只写件数，不写姓名和事由。",
        "服务商看得到号码；收到短信说明在办这类工作。",
        "号码加密保存；内容没有个人信息；每人可以关闭；合同约定不得留存。",
    ),
    impact.PARTNER_SHARING: (
        "本人同意提供的称呼、电话和技能，给愿意帮助的用人单位和社会组织。",
        "没有联系方式就谈不上帮扶；只给三项，犯罪记录、刑期、评估一概不给。",
        "单位可能由转介本身猜到本人的过去，影响就业。",
        "本人书面或当面同意，可以随时撤回，撤回后单位即看不到；词语检查拦住过去的事。",
    ),
}


def load(author: ActingSession, second: ActingSession, *, at: datetime) -> None:
    """Write and sign an assessment of every feature from `at` on; done again it changes nothing."""
    for feature, texts in _TEXTS.items():
        mark = uuid.uuid5(_MARK, feature)
        with acting(author, author.purposes[0]):
            impact.write(mark, feature, dict(zip(impact.PARTS, texts, strict=True)), at=at)
        with acting(second, second.purposes[0]):
            impact.decide(mark, confirmed=True, at=at + timedelta(hours=1))

"""The words of access: every permission ``resource:action`` and every purpose, in both languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    """A code with its Chinese and English words."""

    zh: str
    en: str


PERMISSIONS: dict[str, Word] = {
    "roster:import": Word("导入释放名册", "import a release roster"),
    "roster:check": Word("核对名册文件", "check a roster file"),
    "person:open": Word("打开人员档案", "open a person's file"),
    "person:list": Word("查看人员清单", "list persons"),
    "person:search": Word("查找人员", "search for a person"),
    "person:reveal": Word("查看敏感数据项", "reveal a sensitive item"),
    "item:record": Word("记录数据项的新值", "record a newer value of an item"),
    "person:identify": Word("判定是否同一人", "decide whether two records are one person"),
    "dossier:send": Word("发送档案材料", "send a dossier"),
    "dossier:answer": Word("签收或退回档案材料", "acknowledge or refuse a dossier"),
    "return:register": Word("登记返回人员", "register a returned person"),
    "paper:issue": Word("制发与送达文书", "issue and serve documents"),
    "paper:read": Word("阅看文书", "read documents"),
    "paper:attach": Word("存入收到的文件", "keep files received"),
    "dossier:contest": Word("对退回提出异议", "contest a refusal"),
    "receiver:name": Word("确定接收单位", "name the receiving unit"),
    "ruling:make": Word("裁定接收争议", "rule on a dispute about who receives"),
    "step:answer": Word("办理途中步骤", "answer a step of the road"),
    "matter:take": Word("窗口受理和答复事项", "take and answer matters at the counter"),
    "step:request": Word("途中步骤和会见申请", "ask for a step of the road or a meeting"),
    "pick_up:plan": Word("排定接送并确认交接", "plan a pick-up and confirm the meeting"),
    "person:release": Word("发给释放证明", "hand over the certificate of release"),
    "matter:allot": Word("分派司法所和承办人", "allot to a township office and a worker"),
    "support:record": Word("记录帮扶、安置和回访", "record help, placement and follow-up"),
    "offer:keep": Word("发布和维护本单位的帮扶资源", "publish and keep the own offers"),
    "offer:read": Word("查看合作单位的帮扶资源", "read the offers of partners"),
    "referral:make": Word("把本人转介给合作单位", "refer a person to a partner"),
    "referral:answer": Word("阅看和答复转介", "read and answer referrals"),
    "letter:send": Word("发函给有关单位、请人到场", "write to other organs and ask people to attend"),
    "letter:read": Word("阅看发给本单位的函", "read letters to the own unit"),
    "letter:answer": Word("签收、答复、退回来函", "acknowledge, answer and return letters"),
    "asked:read": Word("看请我到场的事", "see what one is asked to attend"),
    "asked:answer": Word("答复能不能到场", "say whether one can attend"),
    "definition:change": Word("把在办流程移到现行流程定义", "move running journeys to the definition in force"),
    "journey:end": Word("记录去世、另案羁押、未到", "record death, other detention, non-arrival"),
    "assessment:make": Word("出具出监评估", "make an assessment before release"),
    "assessment:read": Word("阅看出监评估", "read an assessment before release"),
    "board:read": Word("查看监督看板", "read the supervisor board"),
    "sign_in:issue": Word("签发本人登录码", "issue a person's sign-in code"),
    "mandate:record": Word("登记与终止委托", "record and end mandates"),
    "statement:answer": Word("答复本人的意见", "answer what the person said"),
    "rights:read": Word("查看权利请求", "see requests about one's own data"),
    "rights:decide": Word("决定权利请求", "decide requests about one's own data"),
    "rights:build": Word("制作本人的副本", "have a person's copy made"),
    "rights:hand_over": Word("打印和当面交付本人的副本", "print a person's copy and hand it over"),
    "rights:erase": Word("决定删除并交办", "decide an erasure and have it carried out"),
    "complaint:make": Word("向检察院投诉", "complain to the procuratorate"),
    "complaint:take": Word("代收给检察院的信封", "take in an envelope for the procuratorate"),
    "complaint:read": Word("看给本院的投诉", "read complaints to the own procuratorate"),
    "complaint:answer": Word("答复投诉", "answer complaints"),
    "commission:keep": Word("登记与撤销司法所委托", "keep commissions of township offices"),
    "evaluation:commission": Word("委托与结束第三方评估", "commission and end evaluations by a third party"),
    "evaluation:work": Word("统计、抽样与核实（不见人）", "count, sample and verify, seeing no person"),
    "evaluation:answer": Word("看本县评估结果并答复", "see the own county's result and answer it"),
    "contact:arrange": Word("安排本人与评估方谈话", "arrange that a person talks to an evaluator"),
    "my_road:speak_for": Word("代为记录本人的意见", "record what the person said"),
    "my_road:read": Word("看自己的路", "see one's own road"),
    "my_road:speak": Word("表示意愿、提出更正与意见", "state a wish, ask for a correction, say a word"),
    "unit:list": Word("查看单位与岗位", "list units and posts"),
    "post:propose": Word("提议任职", "propose a post"),
    "post:confirm": Word("审核任职提议", "confirm or refuse a proposed post"),
    "post:end": Word("结束任职", "end a post"),
    "account:list": Word("查看账号", "list accounts"),
    "account:add": Word("新建账号", "add an account"),
    "account:lock": Word("停用、启用与解锁账号", "lock and unlock accounts"),
    "account:reset": Word("发放首次口令", "hand out a first password"),
    "audit:read": Word("查看变更、登录与拒绝记录", "read changes, sign-ins and refusals"),
    "installation:watch": Word(
        "看运行情况：进程、排队、日志", "watch how the installation runs: processes, queues, log"
    ),
    "token:issue": Word("签发与结束接口令牌", "issue and end tokens of the interface"),
    "glass:break": Word("紧急查阅不在可见范围的一人", "look at one person outside the reach in an emergency"),
    "glass:review": Word("审查紧急查阅", "review emergency looks"),
    "looks:watch": Word("查看谁查阅了什么", "see who read what"),
    "looks:review": Word("审查不寻常的查阅", "review unusual reading"),
    "export:ask": Word("导出清单", "export a list"),
    "export:approve": Word("审批超量导出", "approve exports above the limit"),
    "rule:load": Word("装载规则包", "load a rule pack"),
    "rule:read": Word("查看规则库", "read the rulebook"),
}

PURPOSES: dict[str, Word] = {
    "PREPARE_RETURN": Word("出监准备：名册、评估与送交", "Preparing the return: roster, assessment, sending"),
    "RECEIVE_RETURN": Word("监地衔接：接收返回人员", "Linkage: receiving those who return"),
    "SUPERVISE_LINKAGE": Word("衔接监督：时限与责任", "Overseeing the linkage: clocks and responsibility"),
    "CHECK_IDENTITY": Word("身份核对：是不是同一个人", "Identity check: whether two records are one person"),
    "FOLLOW_UP": Word("帮扶随访：本岗位承办的人", "Follow-up: the persons assigned to this post"),
    "GIVE_HELP": Word("合作帮扶：本单位的资源和转来的人", "Giving help: the own offers and who was referred"),
    "ANSWER_LETTERS": Word("办理来函：只看发给本单位的函", "Letters: what was addressed to the own unit"),
    "ATTEND": Word("应邀到场：只看请我做的事", "Asked to attend: only what one is asked"),
    "EVALUATE": Word(
        "第三方评估：不见人的统计与核实", "Third-party evaluation: counting and verifying, no person seen"
    ),
    "OWN_AFFAIRS": Word("办自己的事", "One's own affairs"),
    "REVIEW_LOOKS": Word("审查查阅和导出：紧急查阅、超量导出", "Reviewing looks and exports"),
    "OVERSEE": Word("法律监督：检察", "Legal oversight by the procuratorate"),
    "CLOCK": Word("时限运行", "Running the clocks"),
    "SECURE": Word("安全管理：授权与账号", "Security: grants of posts and accounts"),
    "AUDIT": Word("安全审计：变更、登录与拒绝", "Audit: changes, sign-ins and refusals"),
    "ADMINISTER": Word("系统管理：单位、岗位与规则", "Administration: units, posts and rules"),
}

"""Which role opens which address, which post sees which person: the table that is written by hand."""

import uuid

from tests.factories import rosters
from tests.web.peopled import (
    AT_FOREIGN,
    AT_SIBLING,
    HOME_FOREIGN,
    KEPT,
    REGISTERED,
    SENT,
    SIXTY,
)
from tests.web.sealed_addresses import SEALED, SEALED_UNKNOWN, SEALED_WRITES

LIAISON, COUNTY, SUPERVISOR = "PRISON_LIAISON", "COUNTY_OFFICER", "SUPERVISOR"
IDENTITY, SYSTEM = "IDENTITY_DESK", "SYSTEM_ADMINISTRATOR"
SECURITY, AUDIT = "SECURITY_ADMINISTRATOR", "AUDIT_ADMINISTRATOR"
LEADER, DETENTION, HEAD = "PRISON_LEADER", "DETENTION_OFFICER", "COUNTY_HEAD"
TOWNSHIP, WORKER, COUNSELLOR, PROCURATOR = "TOWNSHIP_OFFICER", "SOCIAL_WORKER", "COUNSELLOR", "PROCURATORATE"
PARTNER, EVALUATOR = "PARTNER", "EVALUATOR"
STATION, CLERK, DECIDING, COMPANION = "POLICE_STATION", "DEPARTMENT_CLERK", "DECIDING_ORGAN", "COMPANION"
ADDRESSEES = {STATION, CLERK, DECIDING}
PERSON, REPRESENTATIVE = "PERSON", "REPRESENTATIVE"
THEMSELVES = {PERSON, REPRESENTATIVE}
SENDERS = {LIAISON, DETENTION}
OPENERS = SENDERS | {COUNTY, LEADER, HEAD, TOWNSHIP, WORKER, COUNSELLOR, PROCURATOR}
REVEALERS = SENDERS | {COUNTY, TOWNSHIP}
LISTERS = OPENERS | {SUPERVISOR}
COUNTERS = REVEALERS | {LEADER, HEAD, WORKER, COUNSELLOR, SUPERVISOR, STATION, CLERK}
BOARD = {SUPERVISOR, LEADER, HEAD, PROCURATOR}
ADMINISTRATORS = {SYSTEM, SECURITY, AUDIT}
EVERYBODY = LISTERS | {IDENTITY} | ADMINISTRATORS | {PARTNER, EVALUATOR} | ADDRESSEES
DECIDERS_OF_RIGHTS = SENDERS | {COUNTY, LEADER, HEAD, SUPERVISOR}
HELPERS = {COUNTY, TOWNSHIP, WORKER, COUNSELLOR}
ROLE_OF = {
    "prison": LIAISON,
    "other-prison": LIAISON,
    "county": COUNTY,
    "county-second": COUNTY,
    "sibling": COUNTY,
    "foreign": COUNTY,
    "prison-head": SUPERVISOR,
    "county-watch": SUPERVISOR,
    "city": SUPERVISOR,
    "other-city": SUPERVISOR,
    "province": SUPERVISOR,
    "identity": IDENTITY,
    "system": SYSTEM,
    "security": SECURITY,
    "audit": AUDIT,
    "prison-leader": LEADER,
    "detention": DETENTION,
    "county-head": HEAD,
    "township": TOWNSHIP,
    "township-second": TOWNSHIP,
    "worker": WORKER,
    "counsellor": COUNSELLOR,
    "procurator": PROCURATOR,
    "employer": PARTNER,
    "evaluator": EVALUATOR,
    "station": STATION,
    "civil-affairs": CLERK,
    "court": DECIDING,
    "companion": COMPANION,
    "person": PERSON,
    "representative": REPRESENTATIVE,
}

# Which roles may open which address; an address that is not here is public.
MAY = {
    "county-desk": LISTERS,
    "prison-desk": LISTERS,
    "roster": SENDERS,
    "roster-template": SENDERS,
    "roster-check": SENDERS,
    "roster-report": SENDERS,
    "roster-correct": SENDERS,
    "roster-mapping": SENDERS,
    "roster-remarks": SENDERS,
    "roster-take-in": SENDERS,
    "roster-again": SENDERS,
    "person": OPENERS,
    "person-looks": OPENERS,
    "papers": REVEALERS,
    "paper": REVEALERS,
    "paper-attach": REVEALERS,
    "paper-serve": REVEALERS,
    "paper-complete": REVEALERS,
    "attachment": REVEALERS,
    "unit-papers": REVEALERS,
    "papers-print": REVEALERS,
    "reveal": REVEALERS,
    "reveal-open": REVEALERS,
    "item-history": OPENERS,
    "item-record": REVEALERS,
    "item-recorded": REVEALERS,
    "send": SENDERS,
    "answer": {COUNTY},
    "register": {COUNTY, TOWNSHIP},
    "assessment": SENDERS | {COUNTY},
    "assessment-form": SENDERS,
    "assessment-save": SENDERS,
    "person-sign-in": REVEALERS,
    "person-sign-in-issue": REVEALERS,
    "mandate-record": REVEALERS,
    "mandate-end": REVEALERS,
    "statement-for": REVEALERS,
    "help-propose": HELPERS,
    "help-answer-for": REVEALERS,
    "statement-answer": REVEALERS,
    "rights": DECIDERS_OF_RIGHTS,
    "rights-erasures": DECIDERS_OF_RIGHTS,
    "rights-due": {LEADER, HEAD},
    "rights-expire": {LEADER, HEAD},
    "rights-request": DECIDERS_OF_RIGHTS,
    "rights-decide": DECIDERS_OF_RIGHTS,
    "rights-again": DECIDERS_OF_RIGHTS,
    "rights-print": SENDERS | {COUNTY},
    "rights-handed": SENDERS | {COUNTY},
    "rights-take": REVEALERS,
    "rights-taken": REVEALERS,
    "my-complaints": THEMSELVES,
    "my-complain": THEMSELVES,
    "complaints": {PROCURATOR},
    "complaint": {PROCURATOR},
    "complaint-answer": {PROCURATOR},
    "complaint-envelope": REVEALERS,
    "complaint-taken": REVEALERS,
    "my-copy": THEMSELVES,
    "my-road": THEMSELVES,
    "my-notices": THEMSELVES,
    "my-looks": THEMSELVES,
    "my-paper": THEMSELVES,
    "my-say": THEMSELVES,
    "my-say-send": THEMSELVES,
    "my-mandate-end": THEMSELVES,
    "my-referral-withdraw": THEMSELVES,
    "my-agreement-answer": THEMSELVES,
    "offers": SENDERS | HELPERS,
    "refer": SENDERS | HELPERS,
    "refer-send": SENDERS | HELPERS,
    "referral-withdraw": SENDERS | HELPERS,
    "partner-desk": {PARTNER},
    "partner-referral": {PARTNER},
    "partner-answer": {PARTNER},
    "partner-offers": {PARTNER},
    "offer": {PARTNER},
    "offer-form": {PARTNER},
    "offer-publish": {PARTNER},
    "offer-change": {PARTNER},
    "offer-end": {PARTNER},
    "window": COUNTERS,
    "window-list": COUNTERS,
    "window-person": COUNTERS,
    "window-take": COUNTERS,
    "window-taken": COUNTERS,
    "window-request": COUNTERS,
    "window-first-answer": COUNTERS,
    "window-answer": COUNTERS,
    "window-elsewhere": COUNTERS,
    "window-refer": COUNTERS,
    "window-referred": COUNTERS,
    "window-referrals": COUNTERS,
    "window-referral": COUNTERS,
    "window-recognise": COUNTERS,
    "window-referral-first": COUNTERS,
    "window-referral-onward": COUNTERS,
    "window-referral-answer": COUNTERS,
    "juveniles": OPENERS,
    "letters": ADDRESSEES,
    "letter": ADDRESSEES,
    "letter-receive": ADDRESSEES,
    "letter-answer": ADDRESSEES,
    "letter-return": ADDRESSEES,
    "letters-sent": REVEALERS,
    "letter-draft": REVEALERS,
    "letter-send": REVEALERS,
    "letter-of": REVEALERS,
    "asked": {COMPANION},
    "asked-answer": {COMPANION},
    "search": LISTERS,
    "sent": LISTERS,
    "allot-desk": {COUNTY},
    "allot": {COUNTY},
    "worker-desk": HELPERS,
    "worker-record": HELPERS,
    "worker-save": HELPERS,
    "step-answer": SENDERS | HELPERS,
    "step-request": REVEALERS,
    "ask-verification": SENDERS | HELPERS,
    "marks": SENDERS | HELPERS,
    "effective": SENDERS | HELPERS,
    "pick-up": {COUNTY, TOWNSHIP},
    "pick-up-decline": {COUNTY, TOWNSHIP},
    "hand-over": SENDERS | HELPERS,
    "meeting-ask": REVEALERS,
    "meeting-slot": SENDERS | HELPERS,
    "meeting-refuse": SENDERS | HELPERS,
    "meeting-minutes": SENDERS | HELPERS,
    "release": SENDERS,
    "not-arrived": REVEALERS,
    "end": REVEALERS,
    "receiver-lost": SENDERS | {SUPERVISOR},
    "receiver-name": SENDERS | {SUPERVISOR},
    "contest": SENDERS,
    "help-agree": HELPERS,
    "help-decline": HELPERS,
    "place": HELPERS,
    "visit": HELPERS,
    "board": BOARD,
    "no-receiver": SENDERS | {SUPERVISOR},
    "disputes": {SUPERVISOR},
    "dispute": {SUPERVISOR},
    "rule-dispute": {SUPERVISOR},
    "responsibilities": EVERYBODY,
    "units": ADMINISTRATORS,
    "unit": ADMINISTRATORS,
    "post-propose": {SYSTEM},
    "post-end": {SYSTEM, SECURITY},
    "proposals": ADMINISTRATORS,
    "proposal-decide": {SECURITY},
    "accounts": {SYSTEM, SECURITY},
    "accounts-add": {SYSTEM},
    "accounts-lock": {SECURITY},
    "accounts-slip": {SECURITY},
    "audit": {AUDIT},
    "installation": {SYSTEM},
    "evaluations": {SUPERVISOR},
    "evaluation-commission": {SUPERVISOR},
    "evaluation-result": {SUPERVISOR},
    "evaluation-end": {SUPERVISOR},
    "evaluator-desk": {EVALUATOR},
    "evaluator-figures": {EVALUATOR},
    "evaluator-sheet": {EVALUATOR},
    "evaluator-draw": {EVALUATOR},
    "evaluator-matter": {EVALUATOR},
    "evaluator-verify": {EVALUATOR},
    "evaluator-talk": {EVALUATOR},
    "evaluated": {COUNTY, HEAD},
    "evaluated-result": {COUNTY, HEAD},
    "evaluated-reply": {COUNTY, HEAD},
    "talks": {COUNTY, TOWNSHIP},
    "talk-answer": {COUNTY, TOWNSHIP},
    "exports": REVEALERS | {SUPERVISOR},
    "export-ask": REVEALERS | {SUPERVISOR},
    "export-make": REVEALERS | {SUPERVISOR},
    "export-fetch": REVEALERS | {SUPERVISOR},
    "export-decisions": {LEADER, HEAD, SUPERVISOR},
    "export-decide": {LEADER, HEAD, SUPERVISOR},
    "export-audit": {AUDIT},
    **{name: {LEADER, HEAD, SUPERVISOR, AUDIT} for name in ("watch", "watch-reads", "watch-indicators", "watch-post")},
    "watch-review": {LEADER, HEAD, SUPERVISOR},
    "worsened": {SUPERVISOR},
    "worsened-decide": {SUPERVISOR},
    "holds": {LEADER, HEAD, SUPERVISOR, PROCURATOR},
    **{name: {LEADER, HEAD, PROCURATOR} for name in ("hold-decide", "hold-lengthen")},
    "hold-review": {SUPERVISOR, PROCURATOR},
    "holds-audit": {AUDIT},
    "emergency": REVEALERS,
    "emergency-break": REVEALERS,
    "emergency-reviews": {LEADER, HEAD, SUPERVISOR},
    "emergency-review": {LEADER, HEAD, SUPERVISOR},
    "commissions": {HEAD},
    "commission-issue": {HEAD},
    "commission-revoke": {HEAD},
    "older-definitions": {HEAD, LEADER, DETENTION},
    "hindered-journeys": {HEAD, LEADER, DETENTION},
    "definition-move": {HEAD, LEADER, DETENTION},
    "identity": SENDERS | {IDENTITY},
    "identity-files": SENDERS | {IDENTITY},
    "identity-join": SENDERS | {IDENTITY},
    "identity-separate": SENDERS | {IDENTITY},
    "identity-question": SENDERS | {IDENTITY},
    "identity-decide": SENDERS | {IDENTITY},
    "identity-take-back": SENDERS | {IDENTITY},
    "rules": EVERYBODY,
    "decisions": EVERYBODY,
    "rule": EVERYBODY,
    "packs": {SYSTEM},
    "pack-propose": {SYSTEM},
    "impact": ADMINISTRATORS | {SUPERVISOR},
    "impact-assessment": ADMINISTRATORS | {SUPERVISOR},
    "impact-form": {SUPERVISOR},
    "impact-save": {SUPERVISOR},
    "impact-decide": {SECURITY},
    "dual-changes": ADMINISTRATORS,
    "dual-change": ADMINISTRATORS,
    "dual-change-key": {SYSTEM, SECURITY},
    "dual-change-decide": {SYSTEM, SECURITY},
} | SEALED
PUBLIC_ADDRESSES = {"home", "health", "sign-in", "sign-in-step", "demo-sign-in", "sign-out", "post", "language"}
PUBLIC_ADDRESSES |= {"verify", "verify-code", "style", "api-openapi", "api-docs"}
PUBLIC_ADDRESSES |= {"log-checkpoint", "log-tile", "looks-held-back"}
PUBLIC_ADDRESSES |= {"sign-in-person", "sign-in-passkey", "sign-in-passkey-options"}
# Addresses about the own account: whoever is signed in may, and the database goes by the token.
OWN_ADDRESSES = {"account", "account-end-others", "account-end-session", "account-password", "account-factor"}
OWN_ADDRESSES |= {"account-factor-confirm", "account-factor-end", "account-recovery-codes"}
OWN_ADDRESSES |= {"account-passkey-options", "account-passkey-add", "account-passkey-end"}
OWN_ADDRESSES |= {"account-looks", "account-notices", "notices", "notices-read"}
OWN_ADDRESSES |= {"kept", "kept-again", "kept-discard", "look-reason"}
OWN_PAGES = {"account", "account-looks", "notices", "kept", "kept-again"}
ROSTER_WRITES = {"roster-check", "roster-correct", "roster-mapping", "roster-take-in", "roster-again"}
FILES = "/prison/identity/files/"
OF_A_QUESTION = {"identity-question", "identity-decide", "identity-take-back"}
QUESTION = "/prison/identity/00000000-0000-0000-0000-000000000009/"
ABOUT_A_PERSON_WRITES = {"reveal-open", "item-recorded", "send", "answer", "register"}
ABOUT_A_PERSON_WRITES |= {"person-sign-in-issue", "mandate-record", "mandate-end", "statement-for", "statement-answer"}
EMERGENCY_WRITES = {"emergency-break", "emergency-review"}
EXPORT_WRITES = {"export-ask", "export-make", "export-fetch", "export-decide"}
COMMISSION_WRITES = {"commission-issue", "commission-revoke"}
# Acts about the road of a person; a form without a mark is none of ours and changes nothing.
OF_THE_ROAD = {"marks", "effective", "pick-up", "hand-over", "release", "not-arrived", "end", "contest", "place"}
OF_THE_ROAD |= {"ask-verification", "receiver-lost", "receiver-name", "help-agree", "help-decline", "visit"}
OF_THE_ROAD |= {"step-request", "rule-dispute", "assessment-save", "pick-up-decline"}
OF_THE_ROAD |= {"meeting-ask", "meeting-slot", "meeting-refuse", "meeting-minutes"}
OF_ONE_IN_WORDS = {"window-recognise", "window-referral-first", "window-referral-answer", "window-referral-onward"}
OF_A_REFERRAL = {"window-referral", *OF_ONE_IN_WORDS}
OF_A_REQUEST = {"window-request", "window-first-answer", "window-answer"}
OF_THE_ROAD |= {"complaint-taken", "seal"}
OF_THE_ROAD |= {"rights-taken", "rights-decide", "rights-again", "rights-print", "rights-handed"}
OF_A_REQUEST |= {"rights-request", "rights-decide", "rights-again", "rights-print", "rights-handed"}
OF_THE_ROAD |= {"window-take", "window-first-answer", "window-answer"}
OF_A_PARTNER = {"partner-referral", "partner-answer", "referral-withdraw"}
OF_THE_ROAD |= {"help-propose", "help-answer-for", "refer-send", "referral-withdraw", "partner-answer"}
OF_A_LETTER = {"letter", "letter-of", "letter-receive", "letter-answer", "letter-return", "asked-answer"}
OF_THE_ROAD |= {"letter-receive", "letter-answer", "letter-return", "letter-send", "asked-answer"}
OF_A_STEP = {"step-answer", "worker-save"}
OF_THE_ROAD |= OF_A_STEP
ABOUT_A_PERSON_WRITES |= OF_THE_ROAD
# What is read of a road where the step is not open, no dispute waits and no report was made.
NOT_HERE = {"worker-record", "dispute", "assessment"}
NOT_HERE |= {"letter", "letter-of", "letter-draft", "rights-request"}
NOT_HERE |= {"window-taken", "window-request", "partner-referral"}
WRITES = {"allot", "identity-decide", "identity-take-back", "pack-propose", *ABOUT_A_PERSON_WRITES, *ROSTER_WRITES}
WRITES |= {"my-complain", "complaint-answer", "my-copy", "rights-expire", "watch-review"}
HOLD_WRITES = {"hold-decide", "hold-lengthen", "hold-review"}
WRITES |= HOLD_WRITES | {"worsened-decide"}
WRITES |= {"my-say-send", "my-mandate-end", "my-referral-withdraw", "my-agreement-answer"}
OFFER_WRITES = {"offer-publish", "offer-change", "offer-end"}
WRITES |= OFFER_WRITES
WRITES |= {"identity-join", "identity-separate"} | COMMISSION_WRITES | EMERGENCY_WRITES | EXPORT_WRITES
EVALUATION_WRITES = {"evaluator-verify", "evaluator-talk", "evaluated-reply"}
WRITES |= {"definition-move"} | EVALUATION_WRITES
WRITES |= {"evaluation-commission", "evaluation-end", "evaluator-draw", "talk-answer"}
REFERRAL_WRITES = {"window-refer", *OF_ONE_IN_WORDS}
STAFFING_WRITES = {"post-propose", "post-end", "proposal-decide", "accounts-add", "accounts-lock", "accounts-slip"}
WRITES |= STAFFING_WRITES | REFERRAL_WRITES | {"dual-change-key", "dual-change-decide", "impact-save", "impact-decide"}
PAPER_WRITES = {"paper-attach", "paper-serve", "paper-complete"}
WRITES |= PAPER_WRITES | SEALED_WRITES
PUBLIC_WRITES = {"demo-sign-in", "sign-out", "language", "sign-in-passkey", "sign-in-passkey-options"}
OF_AN_ITEM = {"reveal", "reveal-open", "item-history", "item-record", "item-recorded"}
ABOUT_A_PERSON = ("person", "person-looks", "papers", *sorted(OF_AN_ITEM), "send", "answer", "register")
ABOUT_A_PERSON += ("assessment-form", "window-person", "refer", "rights-take", "complaint-envelope", "seal-form")
ABOUT_A_PERSON += ("person-sign-in", "person-sign-in-issue", "mandate-record", "mandate-end")
ABOUT_A_PERSON += ("statement-for", "statement-answer", *sorted(OF_THE_ROAD), *sorted(NOT_HERE))

# Which of these persons each post sees: sender, receiver, and whoever stands above the unit now responsible.
WALKED = (KEPT, SENT, REGISTERED, AT_SIBLING, AT_FOREIGN, HOME_FOREIGN)
SEES = {
    "prison": {KEPT, SENT, REGISTERED, AT_SIBLING},
    "other-prison": {AT_FOREIGN, HOME_FOREIGN},
    "county": {SENT, REGISTERED},
    "county-second": {SENT, REGISTERED},
    "sibling": {AT_SIBLING},
    "foreign": {AT_FOREIGN, HOME_FOREIGN},
    "prison-head": {KEPT, SENT, REGISTERED, AT_SIBLING},
    "county-watch": {SENT, REGISTERED},
    "city": {REGISTERED},
    "other-city": {HOME_FOREIGN},
    "province": set(WALKED),
    "identity": set(),
    "system": set(),
    "security": set(),
    "audit": set(),
    "prison-leader": {KEPT, SENT, REGISTERED, AT_SIBLING},
    "detention": set(),
    "county-head": {SENT, REGISTERED},
    "township": set(),
    "township-second": set(),
    "worker": set(),
    "counsellor": set(),
    "procurator": {REGISTERED},
    "employer": set(),
    "evaluator": set(),
    "station": set(),
    "civil-affairs": set(),
    "court": set(),
    "companion": set(),
    "person": set(),
    "representative": set(),
}

ONE_ROW = rosters.workbook(rosters.row("苏望舒", release=SIXTY[0].release, order="901"))
# No such question is open, nothing is chosen, no pack is handed in: what may be done finds nothing to do it with.
PAPER = f"/persons/{uuid.UUID(int=1)}/papers/{uuid.UUID(int=2)}/"
# Nobody of that number is known, no form was filled in, nothing is ticked.
PAPERS_HERE = {"paper": 404, "attachment": 404, "papers-print": 422} | dict.fromkeys(sorted(PAPER_WRITES), 404)
UNKNOWN_HERE = {**PAPERS_HERE, "identity-question": 404, "identity-decide": 422, "identity-take-back": 404}
UNKNOWN_HERE |= {"identity-join": 400, "identity-separate": 400, "allot": 400}
UNKNOWN_HERE |= (
    dict.fromkeys(sorted(EVALUATION_WRITES), 400)
    | {"evaluator-verify": 404}
    | {"evaluation-commission": 400, "talk-answer": 404}
)
UNKNOWN_HERE |= dict.fromkeys(("evaluation-result", "evaluation-end", "evaluator-figures", "evaluator-sheet"), 404)
UNKNOWN_HERE |= dict.fromkeys(("evaluator-draw", "evaluator-matter", "evaluated-result"), 404)
UNKNOWN_HERE |= dict.fromkeys(sorted(REFERRAL_WRITES), 400) | {"window-referred": 404, "window-referral": 404}
UNKNOWN_HERE |= {"my-complain": 400, "complaint": 404, "complaint-answer": 400}
UNKNOWN_HERE |= {"my-copy": 400, "rights-expire": 400, "emergency-break": 400, "emergency-review": 400}
UNKNOWN_HERE |= dict.fromkeys(sorted(EXPORT_WRITES), 400)
UNKNOWN_HERE |= {"my-paper": 404, "my-say-send": 400, "my-mandate-end": 400, "my-referral-withdraw": 400}
UNKNOWN_HERE |= {"my-agreement-answer": 400, "hindered-journeys": 404, "definition-move": 400}
UNKNOWN_HERE |= dict.fromkeys(sorted(OFFER_WRITES), 400) | {"offer": 404}
UNKNOWN_HERE |= {"impact-save": 400, "impact-assessment": 404, "impact-decide": 400}
UNKNOWN_HERE |= {"pack-propose": 422, "dual-change": 404, "dual-change-key": 400, "dual-change-decide": 400}
UNKNOWN_HERE |= {"commission-issue": 400, "commission-revoke": 404}
UNKNOWN_HERE |= dict.fromkeys(sorted(STAFFING_WRITES), 422) | dict.fromkeys(("accounts-add", "post-propose"), 400)
UNKNOWN_HERE |= dict.fromkeys(sorted({*HOLD_WRITES, "worsened-decide"}), 400) | SEALED_UNKNOWN
UNKNOWN_HERE |= {"roster-again": 404, "watch-post": 404, "watch-review": 400}
OF_ONE_PRISON = {"roster-report", "roster-remarks", "roster-correct", "roster-take-in"}

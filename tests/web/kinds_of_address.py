"""What kind each address is, and what it answers where there is nothing to do: beside the table of who may."""

import uuid

from tests.factories import rosters
from tests.web.peopled import SIXTY
from tests.web.sealed_addresses import SEALED_UNKNOWN, SEALED_WRITES

PUBLIC_ADDRESSES = {"home", "health", "sign-in", "sign-in-step", "demo-sign-in", "sign-out", "post", "language"}
PUBLIC_ADDRESSES |= {"verify", "verify-code", "style", "api-openapi", "api-docs"}
PUBLIC_ADDRESSES |= {"log-checkpoint", "log-tile", "looks-held-back"}
PUBLIC_ADDRESSES |= {"sign-in-person", "sign-in-passkey", "sign-in-passkey-options"}
# Addresses about the own account: whoever is signed in may, and the database goes by the token.
OWN_ADDRESSES = {"account", "account-end-others", "account-end-session", "account-password", "account-factor"}
OWN_ADDRESSES |= {"account-factor-confirm", "account-factor-end", "account-recovery-codes"}
OWN_ADDRESSES |= {"account-passkey-options", "account-passkey-add", "account-passkey-end"}
OWN_ADDRESSES |= {"account-looks", "account-notices", "notices", "notices-read", "searched"}
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
OF_ONE_IN_WORDS = {"window-recognise", "window-passed-first", "window-passed-answer", "window-passed-onward"}
OF_A_PASSED_MATTER = {"window-passed", *OF_ONE_IN_WORDS}
OF_A_REQUEST = {"window-request", "window-first-answer", "window-answer"}
OF_THE_ROAD |= {"complaint-taken", "seal", "seal-decline", "papers-make"}
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
BREACH_WRITES = {"breach-record", "breach-concern", "breach-authority", "breach-decide"}
WRITES |= HOLD_WRITES | BREACH_WRITES | {"worsened-decide"}
WRITES |= {"my-say-send", "my-mandate-end", "my-referral-withdraw", "my-agreement-answer"}
OFFER_WRITES = {"offer-publish", "offer-change", "offer-end"}
WRITES |= OFFER_WRITES
WRITES |= {"identity-join", "identity-separate"} | COMMISSION_WRITES | EMERGENCY_WRITES | EXPORT_WRITES
EVALUATION_WRITES = {"evaluator-verify", "evaluator-talk", "evaluated-reply"}
WRITES |= {"definition-move"} | EVALUATION_WRITES
WRITES |= {"evaluation-commission", "evaluation-end", "evaluator-draw", "talk-answer"}
PASSED_WRITES = {"window-pass-on", *OF_ONE_IN_WORDS}
STAFFING_WRITES = {"post-propose", "post-end", "proposal-decide", "accounts-add", "accounts-lock", "accounts-slip"}
WRITES |= STAFFING_WRITES | PASSED_WRITES | {"dual-change-key", "dual-change-decide", "impact-save", "impact-decide"}
TERMINAL_WRITES = {"terminal-add", "terminal-assess", "terminal-withdraw"}
WRITES |= TERMINAL_WRITES
PAPER_WRITES = {"paper-attach", "paper-serve", "paper-complete"}
WRITES |= PAPER_WRITES | SEALED_WRITES
PUBLIC_WRITES = {"demo-sign-in", "sign-out", "language", "sign-in-passkey", "sign-in-passkey-options"}
OF_AN_ITEM = {"reveal", "reveal-open", "item-history", "item-record", "item-recorded"}
ABOUT_A_PERSON = ("person", "person-looks", "papers", *sorted(OF_AN_ITEM), "send", "answer", "register")
ABOUT_A_PERSON += ("assessment-form", "window-person", "refer", "rights-take", "complaint-envelope", "seal-form")
ABOUT_A_PERSON += ("person-sign-in", "person-sign-in-issue", "mandate-record", "mandate-end")
ABOUT_A_PERSON += ("statement-for", "statement-answer", *sorted(OF_THE_ROAD), *sorted(NOT_HERE))

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
UNKNOWN_HERE |= dict.fromkeys(sorted(PASSED_WRITES), 400) | {"window-passed-slips": 404, "window-passed": 404}
UNKNOWN_HERE |= {"my-complain": 400, "complaint": 404, "complaint-answer": 400}
UNKNOWN_HERE |= {"my-copy": 400, "rights-expire": 400, "emergency-break": 400, "emergency-review": 400}
UNKNOWN_HERE |= dict.fromkeys(sorted(EXPORT_WRITES), 400)
UNKNOWN_HERE |= {"proof": 404, "my-proof": 404}
UNKNOWN_HERE |= {"my-paper": 404, "my-say-send": 400, "my-mandate-end": 400, "my-referral-withdraw": 400}
UNKNOWN_HERE |= {"my-agreement-answer": 400, "hindered-journeys": 404, "definition-move": 400}
UNKNOWN_HERE |= dict.fromkeys(sorted(OFFER_WRITES), 400) | {"offer": 404}
UNKNOWN_HERE |= {"impact-save": 400, "impact-assessment": 404, "impact-decide": 400}
UNKNOWN_HERE |= {"pack-propose": 422, "dual-change": 404, "dual-change-key": 400, "dual-change-decide": 400}
UNKNOWN_HERE |= dict.fromkeys(sorted(TERMINAL_WRITES), 400) | {"terminal": 404}
UNKNOWN_HERE |= {"commission-issue": 400, "commission-revoke": 404}
UNKNOWN_HERE |= dict.fromkeys(sorted(STAFFING_WRITES), 422) | dict.fromkeys(("accounts-add", "post-propose"), 400)
UNKNOWN_HERE |= dict.fromkeys(sorted({*HOLD_WRITES, *BREACH_WRITES, "worsened-decide"}), 400) | SEALED_UNKNOWN
UNKNOWN_HERE |= {"roster-again": 404, "watch-post": 404, "watch-review": 400}
OF_ONE_PRISON = {"roster-report", "roster-remarks", "roster-correct", "roster-take-in"}

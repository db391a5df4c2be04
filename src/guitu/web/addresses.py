"""Every address of the window. Each view declares its permission; see permits."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, path

from guitu.web import published_log, refusals, search_form
from guitu.web.account import passkeys as account_passkeys
from guitu.web.account import views as account
from guitu.web.administration import accounts, audit, dual_changes, posts, running, terminals
from guitu.web.administration import views as administration
from guitu.web.api.addresses import urlpatterns as interface
from guitu.web.assessments import views as assessments
from guitu.web.breaches import views as breaches
from guitu.web.commissions import views as commissions
from guitu.web.complaints import views as complaints
from guitu.web.complaints import worsened
from guitu.web.county_desk import allotting
from guitu.web.county_desk import views as county
from guitu.web.definitions import views as definitions
from guitu.web.entrance import passkeys as entrance_passkeys
from guitu.web.entrance import steps
from guitu.web.entrance import views as entrance
from guitu.web.entrance.person_sign_in import person_sign_in
from guitu.web.evaluation import answering, commissioning, working
from guitu.web.identity_desk import files as identity_files
from guitu.web.identity_desk import views as identity
from guitu.web.impact import views as impact
from guitu.web.juveniles import views as juveniles
from guitu.web.kept import views as kept
from guitu.web.letters import asked as letters_asked
from guitu.web.letters import desk as letters_desk
from guitu.web.letters import sending as letters_sending
from guitu.web.looking import emergency, exports, giving, holding_back, watching
from guitu.web.my_road import agreement as my_agreement
from guitu.web.my_road import papers as my_papers
from guitu.web.my_road import referrals as my_referrals
from guitu.web.my_road import rights as my_rights
from guitu.web.my_road import views as my_road
from guitu.web.notices import views as notices
from guitu.web.papers import person as person_papers
from guitu.web.papers import unit as unit_papers
from guitu.web.papers import verifying
from guitu.web.partner_desk import offers as partner_offers
from guitu.web.partner_desk import views as partner
from guitu.web.permits import public
from guitu.web.person_file import (
    acts,
    declining,
    help_acts,
    item_pages,
    looks,
    meeting,
    proof,
    receiver_acts,
    referring,
    search,
    step_acts,
)
from guitu.web.person_file import said as person_said
from guitu.web.person_file import sign_in as person_access
from guitu.web.person_file import views as person
from guitu.web.prison_desk import long_roster, sent
from guitu.web.prison_desk import views as prison
from guitu.web.rights_desk import expiring
from guitu.web.rights_desk import views as rights
from guitu.web.rules import decisions
from guitu.web.rules import views as rules
from guitu.web.sealed import register as sealing
from guitu.web.sealed import views as sealed
from guitu.web.style_page.views import style_page
from guitu.web.supervisor_desk import disputes, responsibilities
from guitu.web.supervisor_desk import views as supervisor
from guitu.web.window import answers as window_answers
from guitu.web.window import counter, elsewhere, passed_acts
from guitu.web.worker_desk import views as worker

urlpatterns: list[URLPattern] = [
    path("", entrance.home, name="home"),
    path("healthz", entrance.health, name="health"),
    path("sign-in/", entrance.sign_in, name="sign-in"),
    path("demo-sign-in/", entrance.demo_sign_in, name="demo-sign-in"),
    path("sign-in/step/", steps.step, name="sign-in-step"),
    path("sign-in/person/", person_sign_in, name="sign-in-person"),
    path("sign-in/passkey/", entrance_passkeys.passkey, name="sign-in-passkey"),
    path("sign-in/passkey/options/", entrance_passkeys.options, name="sign-in-passkey-options"),
    path("sign-out/", entrance.sign_out, name="sign-out"),
    path("post/", entrance.post, name="post"),
    path("account/", account.account, name="account"),
    path("account/sessions/end-others/", account.end_others, name="account-end-others"),
    path("account/sessions/<uuid:session_id>/end/", account.end_session, name="account-end-session"),
    path("account/password/", account.password, name="account-password"),
    path("account/second-factor/", account.offer_factor, name="account-factor"),
    path("account/second-factor/confirm/", account.confirm_factor, name="account-factor-confirm"),
    path("account/second-factor/end/", account.give_up_factor, name="account-factor-end"),
    path("account/passkeys/options/", account_passkeys.options, name="account-passkey-options"),
    path("account/passkeys/add/", account_passkeys.add, name="account-passkey-add"),
    path("account/passkeys/<uuid:passkey_id>/end/", account_passkeys.end, name="account-passkey-end"),
    path("account/recovery-codes/", account.renew_recovery_codes, name="account-recovery-codes"),
    path("account/looks/", watching.own_looks, name="account-looks"),
    path("account/notices/", account.choose_notices, name="account-notices"),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.mark_read, name="notices-read"),
    path("kept/", kept.kept, name="kept"),
    path("kept/<uuid:form_id>/", kept.again, name="kept-again"),
    path("kept/<uuid:form_id>/discard/", kept.discard, name="kept-discard"),
    path("i18n/setlang/", entrance.language, name="language"),
    path("searched/", search_form.send, name="searched"),
    path("county/", county.desk, name="county-desk"),
    path("county/allot/", allotting.desk, name="allot-desk"),
    path("county/allot/save/", allotting.allot, name="allot"),
    path("worker/", worker.today, name="worker-desk"),
    path("worker/<uuid:person_id>/<slug:step>/", worker.record, name="worker-record"),
    path("worker/<uuid:person_id>/<slug:step>/save/", worker.save, name="worker-save"),
    path("prison/", prison.desk, name="prison-desk"),
    path("prison/sent/", sent.sent, name="sent"),
    path("prison/roster/", prison.roster, name="roster"),
    path("prison/roster/template/", prison.roster_template, name="roster-template"),
    path("prison/roster/check/", prison.check, name="roster-check"),
    path("prison/roster/<uuid:draft_id>/", prison.report, name="roster-report"),
    path("prison/roster/<uuid:draft_id>/correct/", prison.correct, name="roster-correct"),
    path("prison/roster/<uuid:draft_id>/mapping/", prison.map_headings, name="roster-mapping"),
    path("prison/roster/<uuid:draft_id>/remarks/", prison.remarked, name="roster-remarks"),
    path("prison/roster/<uuid:draft_id>/take-in/", prison.take_in, name="roster-take-in"),
    path("prison/roster/<uuid:draft_id>/again/", long_roster.again, name="roster-again"),
    path("prison/identity/", identity.desk, name="identity"),
    path("prison/identity/files/", identity_files.two_files, name="identity-files"),
    path("prison/identity/files/join/", identity_files.join, name="identity-join"),
    path("prison/identity/files/<uuid:join_id>/separate/", identity_files.separate, name="identity-separate"),
    path("prison/identity/<uuid:question_id>/", identity.question, name="identity-question"),
    path("prison/identity/<uuid:question_id>/decide/", identity.decide, name="identity-decide"),
    path("prison/identity/<uuid:question_id>/take-back/", identity.take_back, name="identity-take-back"),
    path("persons/<uuid:person_id>/", person.person, name="person"),
    path("persons/<uuid:person_id>/looks/", looks.looks, name="person-looks"),
    path("persons/<uuid:person_id>/proof/<uuid:entry_id>/", proof.proof, name="proof"),
    path("exports/", exports.own, name="exports"),
    path("exports/ask/", exports.ask, name="export-ask"),
    path("exports/make/", exports.make, name="export-make"),
    path("exports/fetch/", exports.fetch, name="export-fetch"),
    path("exports/decisions/", exports.decisions, name="export-decisions"),
    path("exports/decisions/decide/", exports.decide, name="export-decide"),
    path("exports/audit/", exports.audited, name="export-audit"),
    path("emergency/", emergency.emergency, name="emergency"),
    path("emergency/open/", emergency.break_glass, name="emergency-break"),
    path("emergency/reviews/", emergency.reviews, name="emergency-reviews"),
    path("emergency/reviews/decide/", emergency.review, name="emergency-review"),
    path("persons/<uuid:person_id>/look/", giving.give, name="look-reason"),
    path("persons/<uuid:person_id>/items/<slug:item>/", item_pages.reveal, name="reveal"),
    path("persons/<uuid:person_id>/items/<slug:item>/open/", item_pages.opened, name="reveal-open"),
    path("persons/<uuid:person_id>/items/<slug:item>/history/", item_pages.history, name="item-history"),
    path("persons/<uuid:person_id>/items/<slug:item>/record/", item_pages.record_form, name="item-record"),
    path("persons/<uuid:person_id>/items/<slug:item>/record/save/", item_pages.record, name="item-recorded"),
    path("persons/<uuid:person_id>/send/", acts.send, name="send"),
    path("persons/<uuid:person_id>/answer/", acts.answer, name="answer"),
    path("persons/<uuid:person_id>/register/", acts.register, name="register"),
    path("persons/<uuid:person_id>/steps/take-up/", step_acts.request_step, name="step-request"),
    path("persons/<uuid:person_id>/steps/<slug:step>/", step_acts.answer, name="step-answer"),
    path("persons/<uuid:person_id>/ask-verification/", step_acts.ask_verification, name="ask-verification"),
    path("persons/<uuid:person_id>/marks/", step_acts.marks, name="marks"),
    path("persons/<uuid:person_id>/effective/", step_acts.effective, name="effective"),
    path("persons/<uuid:person_id>/pick-up/", step_acts.pick_up, name="pick-up"),
    path("persons/<uuid:person_id>/pick-up/decline/", declining.decline, name="pick-up-decline"),
    path("persons/<uuid:person_id>/meeting/ask/", meeting.ask, name="meeting-ask"),
    path("persons/<uuid:person_id>/meeting/time/", meeting.slot, name="meeting-slot"),
    path("persons/<uuid:person_id>/meeting/refuse/", meeting.refuse, name="meeting-refuse"),
    path("persons/<uuid:person_id>/meeting/minutes/", meeting.minutes, name="meeting-minutes"),
    path("persons/<uuid:person_id>/hand-over/", step_acts.hand_over, name="hand-over"),
    path("persons/<uuid:person_id>/release/", step_acts.release, name="release"),
    path("persons/<uuid:person_id>/not-arrived/", step_acts.not_arrived, name="not-arrived"),
    path("persons/<uuid:person_id>/end/", step_acts.end, name="end"),
    path("persons/<uuid:person_id>/receiver/lost/", receiver_acts.lost, name="receiver-lost"),
    path("persons/<uuid:person_id>/receiver/", receiver_acts.named, name="receiver-name"),
    path("persons/<uuid:person_id>/contest/", receiver_acts.contest, name="contest"),
    path("persons/<uuid:person_id>/assessment/", assessments.report, name="assessment"),
    path("persons/<uuid:person_id>/assessment/make/", assessments.form, name="assessment-form"),
    path("persons/<uuid:person_id>/assessment/save/", assessments.save, name="assessment-save"),
    path("persons/<uuid:person_id>/help/agree/", help_acts.agree, name="help-agree"),
    path("persons/<uuid:person_id>/help/decline/", help_acts.decline, name="help-decline"),
    path("persons/<uuid:person_id>/help/place/", help_acts.place, name="place"),
    path("persons/<uuid:person_id>/help/visit/", help_acts.visit, name="visit"),
    path("persons/<uuid:person_id>/papers/", person_papers.listed, name="papers"),
    path("persons/<uuid:person_id>/papers/keep/", person_papers.attach, name="paper-attach"),
    path("persons/<uuid:person_id>/papers/<uuid:document_id>/", person_papers.document, name="paper"),
    path("persons/<uuid:person_id>/papers/make/", person_papers.make_up, name="papers-make"),
    path("persons/<uuid:person_id>/papers/<uuid:document_id>/served/", person_papers.served, name="paper-serve"),
    path("persons/<uuid:person_id>/papers/<uuid:document_id>/by-hand/", person_papers.completed, name="paper-complete"),
    path("persons/<uuid:person_id>/files/<uuid:attachment_id>/", person_papers.attachment, name="attachment"),
    path("letters/", letters_desk.listed, name="letters"),
    path("letters/sent/", letters_sending.sent, name="letters-sent"),
    path("letters/<uuid:person_id>/<uuid:letter_id>/", letters_desk.letter, name="letter"),
    path("letters/<uuid:person_id>/<uuid:letter_id>/receive/", letters_desk.receive, name="letter-receive"),
    path("letters/<uuid:person_id>/<uuid:letter_id>/answer/", letters_desk.answer, name="letter-answer"),
    path("letters/<uuid:person_id>/<uuid:letter_id>/return/", letters_desk.send_back, name="letter-return"),
    path("persons/<uuid:person_id>/letters/<slug:kind>/", letters_sending.draft, name="letter-draft"),
    path("persons/<uuid:person_id>/letters/<slug:kind>/send/", letters_sending.send, name="letter-send"),
    path("persons/<uuid:person_id>/letter/<uuid:letter_id>/", letters_sending.letter_of, name="letter-of"),
    path("asked/", letters_asked.asked, name="asked"),
    path("asked/<uuid:person_id>/<uuid:letter_id>/", letters_asked.reply, name="asked-answer"),
    path("persons/<uuid:person_id>/refer/", referring.form, name="refer"),
    path("persons/<uuid:person_id>/refer/send/", referring.send, name="refer-send"),
    path("persons/<uuid:person_id>/refer/<uuid:referral_id>/withdraw/", referring.withdraw, name="referral-withdraw"),
    path("offers/", partner_offers.open_here, name="offers"),
    path("partner/", partner.desk, name="partner-desk"),
    path("partner/offers/", partner_offers.listed, name="partner-offers"),
    path("partner/offers/new/", partner_offers.new, name="offer-form"),
    path("partner/offers/publish/", partner_offers.publish, name="offer-publish"),
    path("partner/offers/<uuid:offer_id>/", partner_offers.one, name="offer"),
    path("partner/offers/<uuid:offer_id>/change/", partner_offers.change, name="offer-change"),
    path("partner/offers/<uuid:offer_id>/end/", partner_offers.end, name="offer-end"),
    path("partner/<uuid:person_id>/<uuid:referral_id>/", partner.referral, name="partner-referral"),
    path("partner/<uuid:person_id>/<uuid:referral_id>/answer/", partner.answer, name="partner-answer"),
    path("papers/", unit_papers.listed, name="unit-papers"),
    path("papers/print/", unit_papers.printed, name="papers-print"),
    path("verify/", verifying.verify, name="verify"),
    path("verify/<str:code>/", verifying.verify, name="verify-code"),
    path("persons/<uuid:person_id>/sign-in/", person_access.sign_in_page, name="person-sign-in"),
    path("persons/<uuid:person_id>/sign-in/issue/", person_access.issue, name="person-sign-in-issue"),
    path("persons/<uuid:person_id>/mandates/record/", person_access.record_mandate, name="mandate-record"),
    path("persons/<uuid:person_id>/mandates/<uuid:mandate_id>/end/", person_access.end_mandate, name="mandate-end"),
    path("persons/<uuid:person_id>/help/propose/", help_acts.propose, name="help-propose"),
    path("persons/<uuid:person_id>/help/answer-for/", help_acts.answer_for, name="help-answer-for"),
    path("persons/<uuid:person_id>/statements/", person_said.record_for, name="statement-for"),
    path("persons/<uuid:person_id>/statements/<uuid:statement_id>/", person_said.answer, name="statement-answer"),
    path("my/", my_road.my_road, name="my-road"),
    path("my/notices/", my_road.notices, name="my-notices"),
    path("my/looks/", my_road.looks, name="my-looks"),
    path("my/proof/<uuid:entry_id>/", proof.own_proof, name="my-proof"),
    path("my/papers/<uuid:document_id>/", my_papers.paper, name="my-paper"),
    path("my/say/", my_road.say_form, name="my-say"),
    path("my/say/send/", my_road.say_it, name="my-say-send"),
    path("my/agreement/<uuid:proposal_id>/answer/", my_agreement.answer, name="my-agreement-answer"),
    path("my/referrals/<uuid:referral_id>/withdraw/", my_referrals.withdraw, name="my-referral-withdraw"),
    path("my/mandates/<uuid:mandate_id>/end/", my_road.end_mandate, name="my-mandate-end"),
    path("my/copies/<uuid:request_id>/<slug:form>/", my_rights.copy, name="my-copy"),
    path("my/complaints/", complaints.own_list, name="my-complaints"),
    path("my/complaints/send/", complaints.complain, name="my-complain"),
    path("complaints/", complaints.listed, name="complaints"),
    path("complaints/<uuid:complaint_id>/", complaints.one, name="complaint"),
    path("complaints/<uuid:complaint_id>/answer/", complaints.answer, name="complaint-answer"),
    path("my/breaches/", breaches.own, name="my-breaches"),
    path("breaches/", breaches.listed, name="breaches"),
    path("breaches/record/", breaches.record, name="breach-record"),
    path("breaches/concern/", breaches.concern, name="breach-concern"),
    path("breaches/authority/", breaches.authority, name="breach-authority"),
    path("breaches/decide/", breaches.decide, name="breach-decide"),
    path("worsened/", worsened.listed, name="worsened"),
    path("worsened/decide/", worsened.decide, name="worsened-decide"),
    path("complaints/envelope/<uuid:person_id>/", complaints.envelope, name="complaint-envelope"),
    path("complaints/envelope/<uuid:person_id>/taken/", complaints.take_envelope, name="complaint-taken"),
    path("persons/<uuid:person_id>/seal/", sealing.seal_form, name="seal-form"),
    path("persons/<uuid:person_id>/seal/done/", sealing.seal, name="seal"),
    path("persons/<uuid:person_id>/seal/not/", sealing.decline, name="seal-decline"),
    path("sealed/", sealed.listed, name="sealed-queries"),
    path("sealed/ask/", sealed.ask_form, name="sealed-ask-form"),
    path("sealed/ask/send/", sealed.ask, name="sealed-ask"),
    path("sealed/<uuid:query_id>/", sealed.one, name="sealed-query"),
    path("sealed/<uuid:query_id>/decide/", sealed.decide, name="sealed-decide"),
    path("sealed/<uuid:query_id>/look/", sealed.look, name="sealed-look"),
    path("sealed/register/<uuid:sealing_id>/", sealing.one, name="sealing"),
    path("sealed/register/<uuid:sealing_id>/correct/", sealing.correct, name="sealing-correct"),
    path("sealed/register/<uuid:sealing_id>/decide/", sealing.decide, name="sealing-decide"),
    path("rights/", rights.listed, name="rights"),
    path("rights/due/", expiring.listed, name="rights-due"),
    path("rights/due/erase/", expiring.decide, name="rights-expire"),
    path("rights/erasures/", rights.erasures, name="rights-erasures"),
    path("rights/<uuid:person_id>/take/", rights.take_form, name="rights-take"),
    path("rights/<uuid:person_id>/take/send/", rights.take, name="rights-taken"),
    path("rights/<uuid:person_id>/<uuid:request_id>/", rights.one, name="rights-request"),
    path("rights/<uuid:person_id>/<uuid:request_id>/decide/", rights.decide, name="rights-decide"),
    path("rights/<uuid:person_id>/<uuid:request_id>/again/", rights.again, name="rights-again"),
    path("rights/<uuid:person_id>/<uuid:request_id>/print/", rights.print_out, name="rights-print"),
    path("rights/<uuid:person_id>/<uuid:request_id>/handed/", rights.handed, name="rights-handed"),
    path("juveniles/", juveniles.listed, name="juveniles"),
    path("search/", search.search, name="search"),
    path("window/", counter.counter, name="window"),
    path("window/taken/", window_answers.listed, name="window-list"),
    path("window/elsewhere/", elsewhere.elsewhere, name="window-elsewhere"),
    path("window/elsewhere/take/", elsewhere.take_in_words, name="window-pass-on"),
    path("window/elsewhere/taken/<uuid:mark>/", elsewhere.passed_slips, name="window-passed-slips"),
    path("window/elsewhere/list/", passed_acts.listed, name="window-passed-list"),
    path("window/elsewhere/<uuid:request_id>/", passed_acts.one, name="window-passed"),
    path("window/elsewhere/<uuid:request_id>/recognise/", passed_acts.recognise, name="window-recognise"),
    path("window/elsewhere/<uuid:request_id>/onward/", passed_acts.onward, name="window-passed-onward"),
    path("window/elsewhere/<uuid:request_id>/first/", passed_acts.first_answer, name="window-passed-first"),
    path("window/elsewhere/<uuid:request_id>/answer/", passed_acts.answer, name="window-passed-answer"),
    path("window/<uuid:person_id>/", counter.person, name="window-person"),
    path("window/<uuid:person_id>/take/", counter.take, name="window-take"),
    path("window/<uuid:person_id>/taken/<uuid:mark>/", counter.taken, name="window-taken"),
    path("window/<uuid:person_id>/<uuid:request_id>/", window_answers.one, name="window-request"),
    path("window/<uuid:person_id>/<uuid:request_id>/first/", window_answers.first_answer, name="window-first-answer"),
    path("window/<uuid:person_id>/<uuid:request_id>/answer/", window_answers.answer, name="window-answer"),
    path("board/", supervisor.board, name="board"),
    path("board/no-receiver/", disputes.no_receiver, name="no-receiver"),
    path("board/disputes/", disputes.waiting, name="disputes"),
    path("board/disputes/<uuid:person_id>/", disputes.dispute, name="dispute"),
    path("board/disputes/<uuid:person_id>/rule/", disputes.rule, name="rule-dispute"),
    path("responsibilities/", responsibilities.responsibilities, name="responsibilities"),
    path("units/", administration.units, name="units"),
    path("units/<uuid:unit_id>/", administration.unit, name="unit"),
    path("units/<uuid:unit_id>/propose/", posts.propose, name="post-propose"),
    path("posts/<uuid:post_id>/end/", posts.end, name="post-end"),
    path("proposals/", posts.proposals, name="proposals"),
    path("proposals/<uuid:proposal_id>/decide/", posts.decide, name="proposal-decide"),
    path("terminals/", terminals.register, name="terminals"),
    path("terminals/add/", terminals.add, name="terminal-add"),
    path("terminals/<uuid:terminal_id>/", terminals.terminal, name="terminal"),
    path("terminals/<uuid:terminal_id>/assess/", terminals.assess, name="terminal-assess"),
    path("terminals/<uuid:terminal_id>/withdraw/", terminals.withdraw, name="terminal-withdraw"),
    path("dual-changes/", dual_changes.changes, name="dual-changes"),
    path("dual-changes/key/", dual_changes.propose_key, name="dual-change-key"),
    path("dual-changes/<uuid:change_id>/", dual_changes.change, name="dual-change"),
    path("dual-changes/<uuid:change_id>/decide/", dual_changes.decide, name="dual-change-decide"),
    path("impact/", impact.listed, name="impact"),
    path("impact/save/", impact.save, name="impact-save"),
    path("impact/<uuid:assessment_id>/", impact.one, name="impact-assessment"),
    path("impact/<uuid:assessment_id>/decide/", impact.decide, name="impact-decide"),
    path("impact/<str:feature>/write/", impact.form, name="impact-form"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/add/", accounts.add, name="accounts-add"),
    path("accounts/<uuid:account_id>/lock/", accounts.lock, name="accounts-lock"),
    path("accounts/<uuid:account_id>/password/", accounts.slip, name="accounts-slip"),
    path("audit/", audit.audit, name="audit"),
    path("watch/", watching.unusual, name="watch"),
    path("watch/reads/", watching.reads_page, name="watch-reads"),
    path("watch/indicators/", watching.indicators, name="watch-indicators"),
    path("watch/<uuid:post_id>/", watching.of_post, name="watch-post"),
    path("watch/<uuid:post_id>/review/", watching.review, name="watch-review"),
    path("looks-held/", holding_back.holds, name="holds"),
    path("looks-held/decide/", holding_back.decide, name="hold-decide"),
    path("looks-held/lengthen/", holding_back.lengthen, name="hold-lengthen"),
    path("looks-held/review/", holding_back.review, name="hold-review"),
    path("looks-held/audit/", holding_back.audited, name="holds-audit"),
    path("looks-held-back/", holding_back.held_back, name="looks-held-back"),
    path("installation/", running.installation, name="installation"),
    path("evaluations/", commissioning.listed, name="evaluations"),
    path("evaluations/commission/", commissioning.commission, name="evaluation-commission"),
    path("evaluations/<uuid:evaluation_id>/", commissioning.result, name="evaluation-result"),
    path("evaluations/<uuid:evaluation_id>/end/", commissioning.end, name="evaluation-end"),
    path("evaluator/", working.desk, name="evaluator-desk"),
    path("evaluator/<uuid:evaluation_id>/", working.figures, name="evaluator-figures"),
    path("evaluator/<uuid:evaluation_id>/sheet/", working.sheet, name="evaluator-sheet"),
    path("evaluator/<uuid:evaluation_id>/draw/", working.draw, name="evaluator-draw"),
    path("evaluator/<uuid:evaluation_id>/<str:code>/", working.matter, name="evaluator-matter"),
    path("evaluator/<uuid:evaluation_id>/<str:code>/verify/", working.verify, name="evaluator-verify"),
    path("evaluator/<uuid:evaluation_id>/<str:code>/talk/", working.ask_for_talk, name="evaluator-talk"),
    path("evaluated/", answering.listed, name="evaluated"),
    path("evaluated/<uuid:evaluation_id>/", answering.result, name="evaluated-result"),
    path("evaluated/<uuid:evaluation_id>/reply/", answering.reply, name="evaluated-reply"),
    path("talks/", answering.talks, name="talks"),
    path("talks/<uuid:person_id>/<uuid:contact_id>/", answering.answer, name="talk-answer"),
    path("definitions/", definitions.older, name="older-definitions"),
    path("definitions/move/", definitions.move, name="definition-move"),
    path("definitions/<str:digest>/", definitions.hindered, name="hindered-journeys"),
    path("commissions/", commissions.kept, name="commissions"),
    path("commissions/issue/", commissions.issue, name="commission-issue"),
    path("commissions/<uuid:commission_id>/revoke/", commissions.revoke, name="commission-revoke"),
    path("log/checkpoint", published_log.checkpoint, name="log-checkpoint"),
    path("log/tile/<path:place>", published_log.tile, name="log-tile"),
    path("rules/", rules.rules, name="rules"),
    path("rules/decisions/", decisions.decisions, name="decisions"),
    path("rules/packs/", rules.packs, name="packs"),
    path("rules/packs/propose/", rules.propose_pack, name="pack-propose"),
    path("rules/<str:rule_id>/", rules.rule, name="rule"),
    *interface,
]
if settings.GUITU_DEMONSTRATION:
    urlpatterns.append(path("style/", public(style_page), name="style"))

handler400 = refusals.bad_request
handler403 = refusals.forbidden
handler404 = refusals.not_found
handler500 = refusals.failed

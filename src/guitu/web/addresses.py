"""Every address of the window. Each view declares its permission; see permits."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, path

from guitu.web import refusals
from guitu.web.account import views as account
from guitu.web.administration import views as administration
from guitu.web.commissions import views as commissions
from guitu.web.api.addresses import urlpatterns as interface
from guitu.web.county_desk import views as county
from guitu.web.entrance import steps
from guitu.web.entrance import views as entrance
from guitu.web.identity_desk import views as identity
from guitu.web.permits import public
from guitu.web.person_file import acts, item_pages, search
from guitu.web.person_file import views as person
from guitu.web.prison_desk import views as prison
from guitu.web.rules import views as rules
from guitu.web.style_page.views import style_page
from guitu.web.supervisor_desk import views as supervisor

urlpatterns: list[URLPattern] = [
    path("", entrance.home, name="home"),
    path("healthz", entrance.health, name="health"),
    path("sign-in/", entrance.sign_in, name="sign-in"),
    path("demo-sign-in/", entrance.demo_sign_in, name="demo-sign-in"),
    path("sign-in/step/", steps.step, name="sign-in-step"),
    path("sign-out/", entrance.sign_out, name="sign-out"),
    path("post/", entrance.post, name="post"),
    path("account/", account.account, name="account"),
    path("account/sessions/end-others/", account.end_others, name="account-end-others"),
    path("account/sessions/<uuid:session_id>/end/", account.end_session, name="account-end-session"),
    path("account/password/", account.password, name="account-password"),
    path("account/second-factor/", account.offer_factor, name="account-factor"),
    path("account/second-factor/confirm/", account.confirm_factor, name="account-factor-confirm"),
    path("account/second-factor/end/", account.give_up_factor, name="account-factor-end"),
    path("i18n/setlang/", entrance.language, name="language"),
    path("county/", county.desk, name="county-desk"),
    path("prison/", prison.desk, name="prison-desk"),
    path("prison/roster/", prison.roster, name="roster"),
    path("prison/roster/template/", prison.roster_template, name="roster-template"),
    path("prison/roster/check/", prison.check, name="roster-check"),
    path("prison/roster/<uuid:draft_id>/", prison.report, name="roster-report"),
    path("prison/roster/<uuid:draft_id>/correct/", prison.correct, name="roster-correct"),
    path("prison/roster/<uuid:draft_id>/mapping/", prison.map_headings, name="roster-mapping"),
    path("prison/roster/<uuid:draft_id>/remarks/", prison.remarked, name="roster-remarks"),
    path("prison/roster/<uuid:draft_id>/take-in/", prison.take_in, name="roster-take-in"),
    path("prison/identity/", identity.desk, name="identity"),
    path("prison/identity/<uuid:question_id>/", identity.question, name="identity-question"),
    path("prison/identity/<uuid:question_id>/decide/", identity.decide, name="identity-decide"),
    path("prison/identity/<uuid:question_id>/take-back/", identity.take_back, name="identity-take-back"),
    path("persons/<uuid:person_id>/", person.person, name="person"),
    path("persons/<uuid:person_id>/items/<slug:item>/", item_pages.reveal, name="reveal"),
    path("persons/<uuid:person_id>/items/<slug:item>/open/", item_pages.opened, name="reveal-open"),
    path("persons/<uuid:person_id>/items/<slug:item>/history/", item_pages.history, name="item-history"),
    path("persons/<uuid:person_id>/items/<slug:item>/record/", item_pages.record_form, name="item-record"),
    path("persons/<uuid:person_id>/items/<slug:item>/record/save/", item_pages.record, name="item-recorded"),
    path("persons/<uuid:person_id>/send/", acts.send, name="send"),
    path("persons/<uuid:person_id>/answer/", acts.answer, name="answer"),
    path("persons/<uuid:person_id>/register/", acts.register, name="register"),
    path("search/", search.search, name="search"),
    path("board/", supervisor.board, name="board"),
    path("units/", administration.units, name="units"),
    path("commissions/", commissions.kept, name="commissions"),
    path("commissions/issue/", commissions.issue, name="commission-issue"),
    path("commissions/<uuid:commission_id>/revoke/", commissions.revoke, name="commission-revoke"),
    path("rules/", rules.rules, name="rules"),
    path("rules/packs/", rules.packs, name="packs"),
    path("rules/packs/load/", rules.load_pack, name="pack-load"),
    path("rules/<str:rule_id>/", rules.rule, name="rule"),
    *interface,
]
if settings.GUITU_DEMONSTRATION:
    urlpatterns.append(path("style/", public(style_page), name="style"))

handler400 = refusals.bad_request
handler403 = refusals.forbidden
handler404 = refusals.not_found
handler500 = refusals.failed

"""Every address of the window says who may open it, and every operation of the platforms asks before it acts."""

import ast
from types import SimpleNamespace

from django.urls import URLPattern, URLResolver, get_resolver, include, path

from guitu.access.roles import PERMISSIONS
from guitu.web.api.bearer import Bearer
from guitu.web.permits import BEARER, PUBLIC, SIGNED_IN, public
from tests.architecture.source import Module, at, dotted, modules, sample

PLATFORMS = (
    "guitu.prison.operations", "guitu.prison.drafts", "guitu.prison.identity", "guitu.prison.joining",
    "guitu.prison.assessing", "guitu.support.operations", "guitu.evaluation.operations",
    "guitu.support.offers", "guitu.support.referrals",
    *(f"guitu.handover.{name}" for name in (
        "operations", "steps", "rulings", "pick_ups", "declining", "releases", "allotting", "ends", "meetings",
        "window", "request_answers", "late_requests", "passed_matters", "handing_on", "speaking",
        "letters", "letter_answers", "redefining", "issuing",
    )),
)  # fmt: skip
# Public functions of the platforms that do not ask, and why.
# fmt: off
ASKED_BEFORE = {
    "guitu.support.operations.write_agreement": "inside the transaction of a caller that has asked and begun",
    "guitu.support.operations.close_proposal": "inside the transaction of a caller that has asked and begun",
    "guitu.prison.operations.compare": "inside the caller's own transaction, which has asked already",
    "guitu.handover.passed_matters.held": "inside the caller's own transaction, which has asked already",
    "guitu.handover.issuing.issue_with_dossier": "inside the transaction of a caller that has asked",
    "guitu.handover.issuing.issue_answer": "inside the transaction of a caller that has asked",
    "guitu.handover.issuing.lacking_documents": "computed from what the row policy has shown",
    "guitu.handover.steps.not_before_release": "inside the caller's own transaction, which has asked already",
    "guitu.handover.passed_matters.require_open": "inside the caller's own transaction, which has asked already",
    "guitu.handover.handing_on.way_of": "opens what the row policy has shown already",
    "guitu.handover.handing_on.way_sealed_as": "a name, computed",
    "guitu.prison.operations.remembered_mapping": "the acting unit's own headings; no person stands in them",
    "guitu.prison.operations.persons_by_number": "a read inside the caller's transaction, under the row policy",
    "guitu.prison.operations.take_in_open_draft": "inside the worker's transaction (`at_length`), which has asked",
    "guitu.prison.operations.register_rows": "inside the transaction of an import or a decision, which asked",
    "guitu.prison.operations.start_journeys": "inside the transaction of an import or a decision, which asked",
    **dict.fromkeys(
        (
            "guitu.handover.releases.release_by_time", "guitu.handover.releases.pass_responsibility_at_release",
            "guitu.handover.rulings.open_lapsed_disputes", "guitu.handover.late_requests.tell_late_requests",
            "guitu.support.operations.end_terms", "guitu.support.referrals.tell_late_referrals",
            "guitu.handover.letters.tell_late_letters",
        ),
        "the tick's: only guitu_job can mint the machine token",
    ),
    **dict.fromkeys(
        (
            "guitu.handover.window.check", "guitu.handover.window.routed", "guitu.handover.window.first_answer_due",
            "guitu.handover.window.province_of", "guitu.handover.request_answers.carry_back",
            "guitu.handover.passed_matters.said_by",
        ),
        "a part of taking or answering a matter, which has asked",
    ),
    **dict.fromkeys(
        (
            "guitu.handover.declining.declined_by_own_word", "guitu.support.operations.help_declined_by_own_word",
        ),
        "inside `support.own_word`, after the statement, which asks as the person or for them",
    ),
    **dict.fromkeys(
        (
            "guitu.handover.steps.write_answer", "guitu.handover.steps.write_marks",
            "guitu.handover.steps.correct_marks",
            "guitu.handover.releases.count_as_released", "guitu.handover.releases.pass_on",
            "guitu.handover.request_answers.step_answered", "guitu.handover.rulings.is_ruled",
            "guitu.handover.request_answers.waits_for_step", "guitu.prison.assessing.grade_held",
            "guitu.prison.identity.row_of", "guitu.prison.identity.may_decide", "guitu.prison.identity.pair",
            "guitu.prison.identity.person_of",
            "guitu.prison.joining.side_by_side", "guitu.prison.joining.proposals",
            "guitu.handover.letters.draft", "guitu.handover.letters.proposed", "guitu.handover.letters.kinds_open",
            "guitu.handover.letters.lines_of", "guitu.handover.meetings.meetings_of",
        ),
        "inside the transaction of an act or a page, which has asked",
    ),
    **dict.fromkeys(
        (
            "guitu.handover.meetings.sealed_as", "guitu.handover.pick_ups.contacts_of",
            "guitu.handover.request_answers.answer_of", "guitu.handover.request_answers.first_answer_of",
            "guitu.handover.window.words_of", "guitu.prison.assessing.sealed_as",
            "guitu.handover.letters.letter_id", "guitu.handover.letters.fact_word",
            "guitu.handover.passed_matters.said_of", "guitu.support.referrals.particulars_of",
            "guitu.support.referrals.words_of", "guitu.support.referrals.speaker_of",
        ),
        "names what a ciphertext is bound to; reads nothing",
    ),
    **dict.fromkeys(
        (
            "guitu.support.offers.codes", "guitu.support.offers.banned_words", "guitu.support.offers.region_of",
            "guitu.support.offers.places_of", "guitu.support.offers.is_open", "guitu.support.offers.lies_within",
            "guitu.support.offers.places_left", "guitu.support.offers.offers_open", "guitu.support.offers.own_offers",
            "guitu.support.offers.own_offer_counts", "guitu.support.offers.own_offer",
            "guitu.support.offers.offers_named", "guitu.support.referrals.first_day_of_training",
        ),
        "a read inside an act or a page that has asked; an offer holds no person",
    ),
    "guitu.prison.drafts.keep": "`check` has asked for the same file just before",
    "guitu.prison.drafts.open_draft": "the page asks; the row policy shows the acting unit its own drafts only",
    "guitu.prison.drafts.spend": "`import_roster` has asked; own drafts only",
    "guitu.prison.drafts.imported_lately": "the page asks; file names and counts of the acting unit, no person",
}
# fmt: on
ASKING = {"access.require", "access.ask"}


def undeclared(patterns: list[URLPattern | URLResolver], prefix: str = "") -> list[str]:
    """The addresses whose view declares no permission that exists."""
    found = []
    for entry in patterns:
        address = f"{prefix}{entry.pattern}"
        if isinstance(entry, URLResolver):
            found += undeclared(entry.url_patterns, address)
        elif getattr(entry.callback, "permission", None) == BEARER:
            found += [address for one in entry.callback.operations if not _asks_of_a_token(one)]
        elif getattr(entry.callback, "permission", None) not in {PUBLIC, SIGNED_IN, *PERMISSIONS}:
            found.append(address)
    return found


def _asks_of_a_token(operation) -> bool:
    """Whether an operation of the interface lets in nobody but tokens whose post holds a known permission."""
    return [getattr(one, "permission", None) in PERMISSIONS for one in operation.auth_callbacks] == [True]


def silent_operations(module: Module) -> list[str]:
    """Public functions that act or read for a desk and ask neither themselves nor by another of the module."""
    asking = {
        function.name
        for function in module.tree.body
        if isinstance(function, ast.FunctionDef) and _calls(function, ASKING)
    }
    return [
        at(module, function)
        for function in module.tree.body
        if isinstance(function, ast.FunctionDef)
        and not function.name.startswith("_")
        and f"{module.name}.{function.name}" not in ASKED_BEFORE
        and not _calls(function, ASKING | asking)
    ]


def _calls(function: ast.FunctionDef, names: set[str]) -> bool:
    return any(isinstance(node, ast.Call) and dotted(node.func) in names for node in ast.walk(function))


def test_every_address_declares_its_permission():
    patterns = get_resolver().url_patterns
    assert len(patterns) > 10, "the check looks in the wrong place"
    assert undeclared(patterns) == []


def test_an_address_without_a_permission_is_noticed():
    def forgotten(request):
        raise AssertionError("never called")

    def invented(request):
        raise AssertionError("never called")

    def open_to_all(request):
        raise AssertionError("never called")

    def of_the_interface(request):
        raise AssertionError("never called")

    of_the_interface.permission = BEARER
    of_the_interface.operations = [
        SimpleNamespace(auth_callbacks=[]),
        SimpleNamespace(auth_callbacks=[Bearer("rule:read")]),
    ]
    assert undeclared([path("api/", of_the_interface)]) == ["api/"]
    invented.permission = "everything:do"
    inner = [path("inner/", forgotten), path("open/", public(open_to_all))]
    assert undeclared([path("outer/", include(inner)), path("invented/", invented)]) == ["outer/inner/", "invented/"]


def test_every_operation_of_the_platforms_asks_first():
    known = {module.name: module for module in modules()}
    assert [place for name in PLATFORMS for place in silent_operations(known[name])] == []


def test_no_exception_names_an_operation_that_is_gone():
    known = {f"{m.name}.{node.name}" for m in modules() for node in m.tree.body if isinstance(node, ast.FunctionDef)}
    assert set(ASKED_BEFORE) - known == set()


def test_an_operation_that_does_not_ask_is_noticed():
    text = "def release(person_id, *, at):\n    Person.objects.update(at=at)\n"
    assert silent_operations(sample(text, "guitu.prison.operations")) == ["guitu.prison.operations:1"]
    asking = "def release(person_id, *, at):\n    access.require('person:release', [person_id])\n"
    assert silent_operations(sample(asking, "guitu.prison.operations")) == []

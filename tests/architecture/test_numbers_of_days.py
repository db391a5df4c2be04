"""A number of days is a rule: it stands in the rulebook with its source, not in the code."""

import ast
import re

import pytest

from tests.architecture.source import Module, calls, modules, sample, within

NAMED_DAYS = re.compile(r"(?i)(^|_)(days|weeks|months)$")
# Where the code may say a number of days, how often, and why.
ALLOWED = {
    "guitu.rulebook.calendar": (1, "the step from one day to the next"),
    "guitu.rulebook.clocks": (1, "the step from one day to the next"),
    "guitu.rulebook.counting": (2, "the step from one day to the next; what half a month means"),
    "guitu.web.desk_page": (1, "today ends where tomorrow begins"),
    "guitu.papers.queries": (1, "a day ends where the next one begins"),
    "guitu.web.administration.audit": (2, "a day ends where the next begins; how much a list shows at first"),
    "guitu.web.administration.posts": (1, "a last day ends where the next one begins"),
    "guitu.web.queue_rows": (1, "a day that ends at midnight is shown as the day before"),
    "guitu.web.templatetags.guitu_words": (1, "from when a remaining time is coloured: display, nothing hangs on it"),
}
# Invented people with invented dates; no clock of a real person is counted there.
INVENTED = (
    "guitu.web.demonstration",
    "guitu.web.demonstration_partners",
    "guitu.web.demonstration_people",
    "guitu.web.demonstration_road",
    "guitu.web.demonstration_evaluation",
    "guitu.web.generation",
    "guitu.web.style_page",
)


def numbers_of_days(module: Module) -> list[str]:
    """Every number of days, weeks or months that the code itself states."""
    found = []
    for words, call in calls(module):
        if words.rsplit(".", 1)[-1] in {"timedelta", "relativedelta"}:
            stated = [word.value for word in call.keywords if word.arg in {"days", "weeks", "months", "years"}]
            stated += call.args[:1]
            if any(_has_number(value) for value in stated):
                found.append(f"{module.name}:{call.lineno}")
    for node in ast.walk(module.tree):
        targets: list[ast.expr] = []
        value: ast.expr | None = None
        if isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif isinstance(node, ast.AnnAssign):
            targets, value = [node.target], node.value
        names = [target.id for target in targets if isinstance(target, ast.Name)]
        if isinstance(value, ast.Constant) and _has_number(value) and any(NAMED_DAYS.search(name) for name in names):
            found.append(f"{module.name}:{node.lineno}")
    return found


def _has_number(value: ast.expr) -> bool:
    return any(
        isinstance(node, ast.Constant) and type(node.value) in {int, float} and node.value != 0
        for node in ast.walk(value)
    )


def test_no_number_of_days_stands_in_the_code():
    trespasses = []
    for module in modules():
        if within(module.name, INVENTED):
            continue
        found = numbers_of_days(module)
        if len(found) > ALLOWED.get(module.name, (0, ""))[0]:
            trespasses += found
    assert trespasses == []


def test_no_exception_has_outlived_its_reason():
    known = {module.name: module for module in modules()}
    stated = {name: len(numbers_of_days(known[name])) if name in known else 0 for name in ALLOWED}
    assert stated == {name: most for name, (most, _) in ALLOWED.items()}


@pytest.mark.parametrize(
    "text",
    [
        "due = released + timedelta(days=30)",
        "due = released + dt.timedelta(30)",
        "due = released - datetime.timedelta(weeks=2)",
        "due = released + timedelta(days=5 if parole else 10)",
        "due = released + relativedelta(months=1)",
        "WITHIN_DAYS = 30",
        "notice_days: int = 10",
    ],
)
def test_a_number_of_days_in_the_code_is_noticed(text):
    assert numbers_of_days(sample(text)) == ["guitu.people.operations:1"]


@pytest.mark.parametrize(
    "text", ["span = timedelta(days=limit.value)", "span = timedelta(seconds=5)", "total_days = 0", "HOURS_OF_DAY = 24"]
)
def test_a_length_taken_from_the_rulebook_passes(text):
    assert numbers_of_days(sample(text)) == []

"""Whatever the window lets be written about a person is recorded in the ledger: every public operation, as it reads."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import cache

from tests.architecture.source import Module, dotted, modules, sample, within

ROOMS = ("people", "journeys", "exchange", "papers", "handover", "support", "evaluation", "prison", "rights")
HOLDING = tuple(f"guitu.{room}" for room in ROOMS)
RECORDS = {("guitu.ledger.operations", "record"), ("guitu.ledger.operations", "record_many")}
WRITING = {"create", "bulk_create", "save", "update", "bulk_update", "delete", "get_or_create", "update_or_create"}
STATEMENTS = ("INSERT ", "UPDATE ", "DELETE ")
Function = tuple[str, str]

# What writes a row and is no act about a person, each with the reason.
NO_ACT = {
    "guitu.handover.late_requests.tell_late_requests": "notes that lateness was told; the notice is the trace",
    "guitu.handover.letters.tell_late_letters": "notes that lateness was told; the notice is the trace",
    "guitu.support.referrals.tell_late_referrals": "notes that lateness was told; the notice is the trace",
    "guitu.rights.late.tell_late_requests": "notes that lateness was told; the notice is the trace",
    "guitu.prison.at_length.hand_over": "keeps a draft for the worker; taking it in is recorded",
    "guitu.prison.drafts.correct": "corrects a draft of a roster, which holds nobody yet",
    "guitu.prison.drafts.keep": "keeps a draft of a roster, which holds nobody yet",
    "guitu.prison.operations.remember_mapping": "remembers the headings of a prison's file; about no person",
}
PURE = ("guitu.prison.roster",)


class House:
    """Who calls whom among the functions of these modules, as far as names say it."""

    def __init__(self, read: Iterable[Module]) -> None:
        self.imports: dict[str, dict[str, str]] = {}
        self.bodies: dict[Function, ast.FunctionDef] = {}
        self.classes: dict[str, set[str]] = {}
        for module in read:
            self.imports[module.name] = dict(_imported(module))
            self.classes[module.name] = {node.name for node in module.tree.body if isinstance(node, ast.ClassDef)}
            for node in module.tree.body:
                if isinstance(node, ast.FunctionDef):
                    self.bodies[module.name, node.name] = node
        self.calls = {function: set(self._called(function)) for function in self.bodies}
        self.writers = {one for one in self.bodies if within(one[0], HOLDING) and self.writes(one)}

    def _called(self, function: Function) -> Iterable[Function]:
        body = self.bodies[function]
        own = {node.id for node in ast.walk(body) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        own |= {node.arg for node in ast.walk(body) if isinstance(node, ast.arg)}
        for node in ast.walk(body):
            # A function that is handed on (as an argument, in a table) may be called like one that is called.
            if isinstance(node, ast.Name | ast.Attribute) and _root(node) not in {"", *own}:
                found = self.resolve(function[0], dotted(node))
                if found is not None:
                    yield found

    def resolve(self, module: str, words: str) -> Function | None:
        """The function that these words mean inside a module."""
        first, _, rest = words.partition(".")
        if not rest:
            if (module, first) in self.bodies:
                return module, first
            meant = self.imports.get(module, {}).get(first)
            return self._named(meant) if meant else None
        meant = self.imports.get(module, {}).get(first)
        return self._named(f"{meant}.{rest}") if meant else None

    def _named(self, whole: str) -> Function | None:
        home, _, name = whole.rpartition(".")
        for _ in range(4):  # through the doors of packages, which hand on what their files define
            if (home, name) in self.bodies or (home, name) in RECORDS:
                return home, name
            handed_on = self.imports.get(home, {}).get(name)
            if handed_on is None:
                return None
            home, _, name = handed_on.rpartition(".")
        return None

    def writes(self, function: Function) -> bool:
        """Whether the function itself changes a row."""
        if within(function[0], PURE):
            return False  # a workbook is saved to memory, not a row
        for node in ast.walk(self.bodies[function]):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            words = dotted(node.func)
            if node.func.attr in WRITING and (".objects." in words or _of_rows(node.func)):
                return True
            if node.func.attr in {"execute", "executemany"} and node.args:
                said = node.args[0]
                if isinstance(said, ast.Constant) and str(said.value).lstrip().upper().startswith(STATEMENTS):
                    return True
        return False

    def reached(self, function: Function) -> set[Function]:
        """Everything that the function may call, itself among it."""
        found, next_ones = {function}, [function]
        while next_ones:
            for called in self.calls.get(next_ones.pop(), ()):
                if called not in found:
                    found.add(called)
                    next_ones.append(called)
        return found


def _root(node: ast.expr) -> str:
    """The name at which a chain of names begins; empty where it begins with something else."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _imported(module: Module) -> Iterable[tuple[str, str]]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            for one in node.names:
                yield one.asname or one.name, f"{node.module}.{one.name}"


def _of_rows(called: ast.Attribute) -> bool:
    """``row.save()``, and ``….filter(…).update(…)``: what a name or a query set is asked to write."""
    if called.attr in {"save", "delete"}:
        return True
    inner = called.value
    return isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) and ".objects." in dotted_chain(inner)


def dotted_chain(node: ast.expr) -> str:
    """The names along a chain of calls: ``Journey.objects.filter.exclude``."""
    if isinstance(node, ast.Call):
        return dotted_chain(node.func)
    if isinstance(node, ast.Attribute):
        return f"{dotted_chain(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


@cache
def house() -> House:
    """The whole house."""
    return House(modules())


def operations(read: House) -> set[Function]:
    """The public functions of the rooms that hold persons, called from the window."""
    return {
        called
        for function, all_called in read.calls.items()
        if within(function[0], ("guitu.web",)) and not within(function[0], ("guitu.web.generation",))
        for called in all_called
        if within(called[0], HOLDING) and not called[1].startswith("_")
    }


def unrecorded(read: House, asked: Iterable[Function]) -> list[str]:
    """Of these operations, those that change a row about a person and reach no `record`."""
    found = []
    for operation in asked:
        reached = read.reached(operation)
        if reached & read.writers and not reached & RECORDS:
            found.append(".".join(operation))
    return sorted(found)


def test_every_public_operation_that_writes_to_a_person_records_it() -> None:
    asked = operations(house())
    writing = [one for one in asked if house().reached(one) & house().writers]
    assert len(writing) > 60, "the check looks in the wrong place"
    assert set(unrecorded(house(), asked)) == set(NO_ACT)


def test_an_operation_that_forgets_is_noticed() -> None:
    forgetful = sample(
        "from guitu.people.models import Person\n"
        "from guitu.ledger.operations import record\n"
        "def _write(): Person.objects.filter(id=1).update(number='')\n"
        "def rename(): _write()\n"
        "def rename_and_say():\n    _write()\n    record('people:person:renamed')\n"
    )
    window = sample(
        "from guitu.people import operations\ndef view():\n    operations.rename()\n    operations.rename_and_say()\n",
        "guitu.web.somewhere",
    )
    read = House([forgetful, window])
    assert operations(read) == {("guitu.people.operations", "rename"), ("guitu.people.operations", "rename_and_say")}
    assert unrecorded(read, operations(read)) == ["guitu.people.operations.rename"]

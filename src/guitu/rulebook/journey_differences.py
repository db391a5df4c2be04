"""What two versions of a journey differ in, and what keeps a running one from being moved to the newer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from guitu.rulebook.journey import Journey, Move, State
from guitu.rulebook.steps import DueMoment, Step

POSITION_WORDS = {
    "sending_unit": ("送出单位", "the sending unit"),
    "receiving_unit": ("接收单位", "the receiving unit"),
    "local_unit": ("承办的司法所（未分派的由接收单位）", "the local office, else the receiving unit"),
    "superior_unit": ("共同上级", "the common superior"),
    "clock": ("时限届满", "time alone"),
}
ANCHOR_WORDS = {
    "opened": ("开立", "the opening"),
    "release": ("释放日", "the release day"),
    "state_since": ("进入状态", "entering the state"),
    "event": ("引起它的事", "what opened it"),
    "effective": ("裁定生效日", "the day of effect"),
    "arrival": ("约定到达", "the planned arrival"),
    "agreement": ("协议签订日", "the agreement"),
    "term_end": ("帮教期满", "the end of the term"),
}
_KINDS = {"state": ("状态", "State"), "move": ("动作", "Move"), "step": ("步骤", "Step")}


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: of a ``state``, ``move`` or ``step``; ``change`` is added, removed or changed; said in words."""

    part: str
    id: str
    change: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a running journey cannot be moved to another version."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Walked:
    """What a running journey has come through: its state, the states it was in, the answers given to its steps."""

    state: str
    states: frozenset[str]
    answers: frozenset[tuple[str, str]]


def differences(old: Journey, new: Journey) -> tuple[Difference, ...]:
    """Every difference between two versions: states, then moves, then steps, each with owners and clocks."""
    return (
        *_of_parts("state", old.states, new.states),
        *_of_parts("move", old.moves, new.moves),
        *_of_parts("step", old.steps, new.steps),
    )


def obstacle(walked: Walked, new: Journey) -> Obstacle | None:
    """Why a journey that has come through `walked` cannot go on under `new`; None where it can."""
    states = {state.id: state for state in new.states}
    if walked.state not in states:
        return Obstacle(
            f"新的流程定义里没有现在的状态（{walked.state}）",
            f"The new definition does not know its present state ({walked.state})",
        )
    if states[walked.state].kind == "end":
        return Obstacle("现在的状态在新的流程定义里是办结", "Its present state is an end in the new definition")
    gone = sorted(walked.states - states.keys())
    if gone:
        return Obstacle(
            f"经过的状态（{gone[0]}）在新的流程定义里没有，经过会读不出来",
            f"It came through a state ({gone[0]}) that the new definition does not know; its story could not be told",
        )
    known = {(step.id, outcome.id) for step in new.steps for outcome in step.outcomes}
    lost = sorted(walked.answers - known)
    if lost:
        return Obstacle(
            f"已有的办理结果（{lost[0][0]}：{lost[0][1]}）在新的流程定义里没有",
            f"The new definition does not know an answer that was given ({lost[0][0]}: {lost[0][1]})",
        )
    return None


def _of_parts(
    part: str, old: Collection[State | Move | Step], new: Collection[State | Move | Step]
) -> Iterator[Difference]:
    word_zh, word_en = _KINDS[part]
    before, after = {one.id: one for one in old}, {one.id: one for one in new}
    for one in old:
        if one.id not in after:
            yield Difference(
                part, one.id, "removed", f"{word_zh}“{one.zh}”不再有", f"{word_en} “{one.en}” is no longer there"
            )
    for one in new:
        if one.id not in before:
            yield Difference(part, one.id, "added", f"新增{word_zh}“{one.zh}”", f"{word_en} “{one.en}” is new")
            continue
        former = before[one.id]
        for aspect, was, now in _changes(former, one):
            yield Difference(
                part,
                one.id,
                "changed",
                f"{word_zh}“{one.zh}”的{aspect[0]}：{was[0]} → {now[0]}",
                f"{word_en} “{one.en}”, {aspect[1]}: {was[1]} → {now[1]}",
            )


_Said = tuple[str, str]


def _changes(old: State | Move | Step, new: State | Move | Step) -> Iterator[tuple[_Said, _Said, _Said]]:
    for (aspect, was), (_aspect, now) in zip(_aspects(old), _aspects(new), strict=True):
        if was != now:
            yield aspect, was, now


def _aspects(part: State | Move | Step) -> list[tuple[_Said, _Said]]:
    said: list[tuple[_Said, _Said]] = [(("名称", "name"), (part.zh, part.en))]
    if isinstance(part, State):
        said += [
            (("环节", "stage"), (part.stage, part.stage)),
            (("性质", "kind"), (part.kind, part.kind)),
            (("承办单位", "owner"), _positions([part.owner] if part.owner else [])),
            (("时限", "clocks"), _joined(_due(due) for due in part.due)),
        ]
    elif isinstance(part, Move):
        said += [
            (("起点", "from"), _codes(part.from_)),
            (("终点", "to"), (part.to, part.to)),
            (("由谁办", "made by"), _positions(part.by)),
        ]
    else:
        said += [
            (("环节", "stage"), (part.stage, part.stage)),
            (("承办单位", "owner"), _positions([part.owner])),
            (("由谁办", "answered by"), _positions(part.by)),
            (("何时开启", "opens at"), _codes(part.opens)),
            (("适用的释放类型", "kinds of release"), _codes(part.release_types)),
            (("适用的特别情形", "circumstances"), _codes(part.marks)),
            (("适用的人", "persons"), ("必接必送对象", "key persons") if part.key_person else ("不限", "any")),
            (("时限", "clock"), _due(part.due)),
            (("轮次", "rounds"), _codes(part.rounds)),
            (("结果", "outcomes"), _joined((one.zh, one.en) for one in part.outcomes)),
        ]
    return said


def _positions(names: Iterable[str]) -> _Said:
    return _joined(POSITION_WORDS[name] for name in names)


def _codes(codes: Iterable[str]) -> _Said:
    return _joined((code, code) for code in codes)


def _due(due: DueMoment) -> _Said:
    anchor_zh, anchor_en = ANCHOR_WORDS[due.anchor]
    zh, en = f"{due.rule}（自{anchor_zh}）", f"{due.rule} (from {anchor_en})"
    passed = due.if_passed
    if passed is None:
        return zh, en
    if passed.rule is None or passed.anchor is None:
        return f"{zh}，已过的不能办理", f"{en}, not possible once passed"
    instead = ANCHOR_WORDS[passed.anchor]
    return (
        f"{zh}，已过的按 {passed.rule}（自{instead[0]}）",
        f"{en}, once passed {passed.rule} (from {instead[1]})",
    )


def _joined(words: Iterable[_Said]) -> _Said:
    said = list(words)
    return ("、".join(zh for zh, _ in said) or "无", ", ".join(en for _, en in said) or "none")

"""Small rulebook texts for the tests: one valid text of each kind, to be changed in one place at a time."""

from __future__ import annotations

SOURCES = """\
sources:
  - {id: LAW, zh: 某法, en: A law, in_force_from: 2020-07-01, verified: true, checked_on: 2026-11-22}
  - id: OLD
    zh: 旧办法
    en: Old measures
    in_force_from: 2012-03-01
    in_force_to: 2020-07-01
    verified: true
    checked_on: 2026-11-22
"""

RULE = """\
rules:
  - id: T-1
    name_zh: 补齐文书
    name_en: Complete documents
    kind: deadline
    text_zh: 五日内补齐。
    text_en: Within five days.
    trigger: asked
    clock_start: asked
    values:
      - from: 2020-07-01
        to: null
        statutory: {value: 5, unit: day, roll: next_working_day}
        service: {value: 3, unit: day}
        variants:
          - {id: fast, when: {procedure: fast}, statutory: {value: 2, unit: day}}
    bearer: organ
    range: shorter_only
    responsible: court
    basis: [{source: LAW, article: "20"}]
    standing: law
    evidence: V
    verified: true
    checked_on: 2026-11-22
    applies_to: {measure: [probation], juvenile: any}
    jurisdiction: CN
"""

JOURNEY = """\
journeys:
  - id: small
    zh: 小流程
    en: Small journey
    stages: [{id: one, zh: 一, en: One, number: 1}]
    states:
      - {id: open, zh: 开始, en: Open, stage: one, kind: start}
      - {id: wait, zh: 等待, en: Wait, stage: one, kind: waiting, owner: receiving_unit, due: [{rule: T-1, anchor: state_since}]}
      - {id: done, zh: 结束, en: Done, stage: one, kind: end}
      - {id: dead, zh: 死亡, en: Dead, stage: one, kind: end}
    moves:
      - {id: ask, zh: 请求, en: Ask, from: [open], to: wait, by: [receiving_unit], event: asked}
      - {id: answer, zh: 答复, en: Answer, from: [wait], to: done, by: [sending_unit], needs: [reply], event: answered}
      - {id: death, zh: 死亡, en: Death, from: "*", to: dead, by: [sending_unit, receiving_unit], event: died}
"""  # noqa: E501 - one line a state, as the tests count them

PACK = """\
id: P-910000
zh: 某省补充包
en: Pack of a province
jurisdiction: "910000"
sources:
  - {id: LOCAL-91, zh: 某省细则, en: Local rules, in_force_from: 2022-01-01, verified: false, checked_on: 2026-11-22}
rules:
  - id: T-1
    standing: local
    evidence: P
    verified: false
    checked_on: 2026-11-22
    basis: [{source: LOCAL-91, article: "7"}]
    values:
      - from: 2022-01-01
        statutory: {value: 4, unit: day}
"""


def texts(**changed: str) -> dict[str, str]:
    """The small rulebook, with whole texts replaced (rule=…, sources=…, journey=…)."""
    return {
        "sources.yaml": changed.get("sources", SOURCES),
        "deadlines/small.yaml": changed.get("rule", RULE),
        "journeys/small.yaml": changed.get("journey", JOURNEY),
    }

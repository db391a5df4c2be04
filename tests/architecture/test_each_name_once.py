"""A name stands once in a mapping of a YAML file: of two, YAML readers silently believe the last."""

from pathlib import Path

import pytest
import yaml

from tests.architecture.source import ROOT

FILES = sorted(
    path
    for folder in ("src", "tests", "security", "benchmarks", ".ci", "docs")
    for ending in ("*.yaml", "*.yml")
    for path in (ROOT / folder).rglob(ending)
    if "node_modules" not in path.parts
)


def doubled(text: str) -> list[str]:
    """The names that stand twice in one mapping, with their lines."""
    found, waiting = [], [node for node in yaml.compose_all(text, Loader=yaml.CSafeLoader) if node is not None]
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.MappingNode):
            seen = set()
            for key, value in node.value:
                if isinstance(key, yaml.ScalarNode) and key.value in seen:
                    found.append(f"{key.value} in line {key.start_mark.line + 1}")
                seen.add(key.value if isinstance(key, yaml.ScalarNode) else "")
                waiting += [key, value]
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_name_stands_once(path: Path) -> None:
    assert doubled(path.read_text(encoding="utf-8")) == []


def test_control_two_lines_of_one_name_are_found() -> None:
    assert doubled("tables:\n  one: {app: [SELECT]}\n  two: {}\n  one: {app: []}\n") == ["one in line 4"]
    assert len(FILES) > 50

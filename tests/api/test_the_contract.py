"""The contract: what it promises is what is answered, to the foreseen and to what nobody thought of."""

import json
import os
import re

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from guitu.web.api.addresses import PREFIX, api
from guitu.web.api.contract import described
from guitu.web.wsgi import application
from tests.api.systems import Caller, systems_of

PROMISES = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]
FULL = os.environ.get("GUITU_FULL") == "1"
EXAMPLES = 150 if FULL else 6
"""Requests for each operation and each caller."""


def contract() -> dict:
    """The contract as another system reads it."""
    return json.loads(json.dumps(described(api, PREFIX)))


def _schemas() -> dict[str, dict]:
    return contract()["components"]["schemas"]


def test_the_contract_and_its_page_are_public_and_need_no_network(peopled):
    caller = Caller(None)
    told = caller.client.get("/api/v1/openapi.json")
    assert told.json()["openapi"] == "3.1.0"
    for language in ("zh-hans", "en"):
        answer = Caller(None, language).client.get("/api/v1/docs", headers={"Accept-Language": language})
        page = answer.content.decode().replace("<wbr>", "")
        assert answer.status_code == 200
        assert not re.search(r"(?:src|href)=\"(?:https?:)?//", page)
        for place in contract()["paths"]:
            assert place in page
        assert 'id="problem-not-found"' in page


def test_the_english_page_holds_no_chinese_but_in_examples(peopled):
    page = Caller(None).client.get("/api/v1/docs", headers={"Accept-Language": "en"}).content.decode()
    words = re.sub(r"<pre.*?</pre>|<[^>]*>", " ", page, flags=re.DOTALL)
    assert re.findall("[\u4e00-\u9fff]+", words.split("/api/v1", 1)[1]) == []


@pytest.mark.parametrize("name", sorted(name for name, one in _schemas().items() if one.get("examples")))
def test_every_example_is_accepted_by_its_own_schema(name):
    schemas = _schemas()
    whole = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas}}
    for example in schemas[name]["examples"]:
        jsonschema_rs.validator_for(whole, validate_formats=True).validate(example)
    broken = {**example, next(iter(example)): object}
    with pytest.raises((jsonschema_rs.ValidationError, ValueError, TypeError)):
        jsonschema_rs.validator_for(whole, validate_formats=True).validate(broken)


def test_every_answer_and_content_has_an_example():
    made = contract()
    lacking = []
    for place, way in made["paths"].items():
        for method, told in way.items():
            contents = [answer["content"] for answer in told["responses"].values()]
            contents += [told["requestBody"]["content"]] if "requestBody" in told else []
            for content in contents:
                for kind, one in content.items():
                    name = one["schema"].get("$ref", "").rsplit("/", 1)[-1]
                    if "json" in kind and not made["components"]["schemas"].get(name, {}).get("examples"):
                        lacking.append((method, place, kind))
    assert lacking == []


def test_examples_show_nobody_who_could_be_real():
    text = json.dumps([one["examples"] for one in _schemas().values() if "examples" in one], ensure_ascii=False)
    numbers = re.findall(r"(?<!\d)(?:\d{3}\*+\d{4}|\d{17}[\dX])(?![\dX])", text)
    assert numbers
    assert all(number.startswith("91") for number in numbers)
    assert {code[:2] for code in re.findall(r'"code": "(\d{12})"', text)} == {"91"}


def _schema():
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


def _fuzz(token: str | None, checks: list, *, examples: int) -> int:
    """Send every operation what nobody thought of, with this token; how many requests were sent."""
    wrong = schemathesis.GenerationMode.NEGATIVE
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    sent = 0
    for result in _schema().get_all_operations():
        operation = result.ok()

        @seed(20261122)
        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=False,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.generate],
        )
        @given(case=st.one_of(operation.as_strategy(), operation.as_strategy(generation_mode=wrong)))
        def send(case):
            nonlocal sent
            sent += 1
            case.call_and_validate(headers=headers, checks=checks)

        send()
    return sent


@pytest.mark.parametrize("name", ["prison", "county", "identity", None])
def test_whatever_is_sent_the_answer_is_one_that_was_promised(fresh, name):
    systems = systems_of(fresh)
    token = None if name is None else systems(name).token
    sent = _fuzz(token, PROMISES, examples=EXAMPLES)
    assert sent >= 21 * EXAMPLES / 2


def test_a_broken_promise_is_noticed(fresh, monkeypatch):
    monkeypatch.setattr("guitu.web.api.codes.rule_packs.active_book", lambda: 1 / 0)
    with pytest.raises(FailureGroup) as found:
        _fuzz(systems_of(fresh)("county").token, PROMISES, examples=2)
    assert {type(one).__name__ for one in found.value.exceptions} == {"ServerError", "UndefinedStatusCode"}


def test_no_operation_answers_without_its_token(fresh):
    checked = _fuzz(systems_of(fresh)("county").token, [ignored_auth], examples=2)
    assert checked

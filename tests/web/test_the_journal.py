"""A failure stands in the journal under the number that the user was told, without a word about anybody."""

import json
import logging
import logging.config
import re
from datetime import datetime, timedelta

from django.test import Client

from guitu.ledger.log.policies import PolicyWrong
from guitu.settings import base
from guitu.web.gate import token_cookie
from guitu.web.journal import Line
from guitu.web.person_file import search


def test_the_number_on_the_page_is_in_the_journal_and_no_name_is(house, monkeypatch, caplog) -> None:
    def broken(*_args, **_given):
        raise ValueError("陈柏舟 910121198503121159")

    monkeypatch.setattr(search.persons, "find", broken)
    browser = Client(raise_request_exception=False)
    browser.cookies[token_cookie()] = house.token("county")
    with caplog.at_level(logging.ERROR, logger="guitu.web"):
        answer = browser.get("/search/?q=chen")
    assert answer.status_code == 500
    number = re.search(r"编号([0-9A-F]{8})", answer.content.decode())[1]
    line = next(record.getMessage() for record in caplog.records if record.name == "guitu.web")
    assert number in line
    assert "search" in line
    assert "ValueError" in line
    assert "web/person_file/search.py:" in line
    assert "陈柏舟" not in line
    assert "9101" not in line


def lines_of(record: logging.LogRecord) -> dict[str, str]:
    """The one line of JSON that the journal has of this record."""
    line = Line().format(record)
    assert "\n" not in line
    return json.loads(line)


def recorded(words: str, *args: object, error: BaseException | None = None) -> logging.LogRecord:
    told = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("guitu.worker", logging.ERROR, __file__, 1, words, args, told)


def test_a_line_of_the_journal_is_json_in_utc_and_of_a_failure_holds_kind_and_place_alone() -> None:
    try:
        try:
            int("陈柏舟 910121198503121159")
        except ValueError as inner:
            raise RuntimeError("DETAIL: Failing row contains (陈柏舟)") from inner
    except RuntimeError as error:
        failed = error
    record = recorded("errand %s failed", "7\r\n2026 forged", error=failed)
    told = lines_of(record)
    assert datetime.fromisoformat(told["at"]).utcoffset() == timedelta(0)
    assert abs(datetime.fromisoformat(told["at"]).timestamp() - record.created) < 1
    assert (told["level"], told["by"].partition(":")[0]) == ("ERROR", "guitu.worker")
    assert told["failure"].startswith("RuntimeError < ValueError at ")
    assert not any(word in json.dumps(told, ensure_ascii=False) for word in ("陈柏舟", "9101", "Failing row"))
    of_a_file = lines_of(recorded("the policy", error=PolicyWrong("line 3: no such witness")))
    assert of_a_file["failure"].startswith("PolicyWrong: line 3: no such witness at ")
    control = logging.Formatter().format(record)  # what was written before, and what any other formatter writes
    assert "陈柏舟" in control
    assert "\n" in control


def test_every_logger_of_an_installation_writes_such_lines_and_what_was_turned_away_is_among_them() -> None:
    wanted = base.LOGGING
    made = logging.config.DictConfigurator(wanted).configure_formatter(dict(wanted["formatters"]["line"]))
    assert type(made) is Line
    written = {name for name, one in wanted["handlers"].items() if one["class"] != "logging.NullHandler"}
    assert {wanted["handlers"][name]["formatter"] for name in written} == {"line"}
    assert {wanted["root"]["handlers"][0], wanted["loggers"]["django.security"]["handlers"][0]} == written
    assert wanted["loggers"]["django"]["handlers"] == ["nowhere"]  # its words name addresses
    browser, kept = Client(enforce_csrf_checks=True), logging.getLogger("django.security")
    lines: list[dict[str, str]] = []
    listening = logging.Handler()
    listening.emit = lambda record: lines.append(lines_of(record))  # type: ignore[method-assign]
    kept.addHandler(listening)
    try:
        assert browser.post("/sign-in/", {"login": "陈柏舟"}).status_code == 403
    finally:
        kept.removeHandler(listening)
    assert ["Forbidden" in one["said"] for one in lines] == [True]
    assert "陈柏舟" not in json.dumps(lines, ensure_ascii=False)

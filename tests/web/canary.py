"""The canary: a person of another province, planted in houses of the tests, of whom no answer may hold anything.

It sits in every peopled house, and in the houses of the roads, papers and exports (`planted` in tests/conftest.py).
While a clone is open every answer that a test client gets is heard (pages, the interface, PDF, sheets, headers), every
document that is set, every exported list and every line of the log; when it closes, the rows that hold no person
(notices, errands, traces, sessions) are read.
"""

import functools
import io
import json
import logging
import uuid
import zipfile
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pypdf
import pytest
import yaml
from django.test import Client
from pypdf.errors import PyPdfError

from guitu.handover import exports
from guitu.ledger import keys
from guitu.papers import typesetting
from tests.conftest import ROOT
from tests.factories import rosters
from tests.web.own_lines import first_of_its_session

DIVISION = "929999000000"
PERSON, UNIT, JOURNEY = (uuid.UUID(int=0xFFCA_0A21 << 96 | place) for place in range(3))
NAME, PERSON_NUMBER = "鸣翠金", "K-7777-CANARY"
ID_NUMBER = rosters.number("911399", "19010203", "777")
PHONE, ADDRESS, NOTE = "0000-7777123", "翠鸣岭九百九十九号", "笼中的翠鸟唱到天亮"
MARKS = {"name": NAME, "person number": PERSON_NUMBER, "identity number": ID_NUMBER, "telephone": PHONE}
MARKS |= {"address": ADDRESS, "note": NOTE, "file": str(PERSON)}
"""What sings: by which word it is told, and the value that was planted."""
KEPT_OUT = {told: value for told, value in MARKS.items() if told != "file"}
"""What stands neither in the log nor in a row without persons; a trace names the file that was asked for."""

HEARD: Counter[str] = Counter()
"""How many answers of each kind were listened to in this process."""

_typed: list[str] = []


class Sang(AssertionError):
    """Something of the planted person came out."""


def plant(house, like=None) -> None:
    """Put the person in: the rows that every file has, with values that nobody else has, under a foreign division.

    The rows are those of somebody in the house `like`, or in the same one, but for their values.
    """
    facts = {
        "name": NAME,
        "residence": ADDRESS,
        "employment": NOTE,
        "contacts": json.dumps({"phone": PHONE, "family_contact": NAME, "family_phone": PHONE}, ensure_ascii=False),
    }
    sealed = {"id_doc": ID_NUMBER, "health_needs": NOTE}
    with house.role("guitu_owner") as door, (like or house).role("guitu_owner") as theirs:

        def copy(table: str, where: str, **changed: object) -> None:
            (row,) = theirs.execute(f"SELECT to_jsonb(t) FROM {table} t WHERE {where} LIMIT 1").fetchone()
            own = {"id": str(uuid.uuid4()), "division": DIVISION, "person_id": str(PERSON)} | changed
            door.execute(
                f"INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, %s::jsonb)).*",
                [json.dumps(row | {name: value for name, value in own.items() if name in row})],
            )

        unit = {"code": DIVISION, "division_end": "930000000000", "parent_id": None, "name": "远省测试县司法局"}
        copy("access_unit", "code = '910221000000'", id=str(UNIT), **unit)
        own = {"number": PERSON_NUMBER, "name": NAME, "name_sort": "jin", "name_search": f"{NAME} jin j"}
        copy("people_person", "true", id=str(PERSON), responsible_unit_id=str(UNIT), **own)
        index = "\\x" + keys.blind_index("111", ID_NUMBER).hex()
        value = "\\x" + keys.encrypt(ID_NUMBER, belongs_to=f"{PERSON}:id_doc").hex()
        copy("people_identifier", "true", kind="111", value=value, blind_index=index)
        for item, told in facts.items():
            copy("people_fact", "sealed_value IS NULL AND to_at IS NULL", item=item, value=told)
        for item, told in sealed.items():
            hidden = "\\x" + keys.encrypt(told, belongs_to=f"{PERSON}:{item}").hex()
            copy("people_fact", "sealed_value IS NULL AND to_at IS NULL", item=item, value="", sealed_value=hidden)
        copy("people_responsibility", "upper_inf(period)", unit_id=str(UNIT))
        units = dict.fromkeys(("duty_unit_id", "first_desk_id", "sending_unit_id", "receiving_unit_id"), str(UNIT))
        at_the_end = "local_unit_id IS NULL ORDER BY (state = 'registered') DESC"
        # A road that nobody has walked is ended, so that no clock finds it: its moves are not copied.
        ended = {"state": "completed", "ended_at": "2026-06-15T02:00:00Z"} if like else {}
        copy("journeys_journey", at_the_end, id=str(JOURNEY), **units, **ended)


def _ways(value: str) -> set[bytes]:
    """How a value can stand in an answer: as it is, in JSON, in an address, in the older Chinese writing of sheets."""
    escaped = json.dumps(value)[1:-1]
    ways = {value, escaped, escaped.lower(), quote(value), quote(value).lower()}
    return {way.encode() for way in ways} | {value.encode("gb18030"), value.encode("utf-16-le")}


_WAYS = {told: _ways(value) for told, value in MARKS.items()}


def readable(data: bytes) -> tuple[str, bytes]:
    """The kind of an answer, and it with what is folded up inside (a PDF's text, the parts of a sheet) after it."""
    if data.startswith(b"%PDF"):
        try:
            text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)
        except PyPdfError:
            return "broken", data  # a file that was kept as it came, and only begins like one
        return "pdf", data + "".join(text.split()).encode()
    if data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            return "sheet", b"".join([data, *(readable(parts.read(name))[1] for name in parts.namelist())])
    return ("json" if data[:1] in b"{[" and data else "page"), data


@contextmanager
def typed(*told: str):
    """Inside the block the asker types these values of MARKS; that they come back to who typed them is no leak."""
    _typed.extend(told)
    try:
        yield
    finally:
        del _typed[-len(told) :]


def listen(data: bytes, place: str) -> None:
    """Raise Sang when the data hold something of the planted person."""
    kind, whole = readable(data)
    HEARD[kind] += 1
    sang = [told for told, ways in _WAYS.items() if told not in _typed and any(way in whole for way in ways)]
    if sang:
        raise Sang(f"{place}: {', '.join(sang)}")


class _Ear(logging.Handler):
    """Keeps what a line of the log gave away; asked when the house closes, since a handler must not raise."""

    def __init__(self) -> None:
        super().__init__()
        self.sang: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Listen to one line."""
        line = logging.Formatter("%(message)s").format(record)
        HEARD["line"] += 1
        self.sang += [f"{record.name}: {told}" for told, value in KEPT_OUT.items() if value in line]


def _listen_to_documents_and_lists(patch) -> None:
    """What a document is told is heard before it is set (its text comes from nowhere else), a list as it is written."""
    set_one = typesetting._compile

    def told(template, document, *others):
        listen(json.dumps(document, ensure_ascii=False).encode(), f"the document {template}")
        return set_one(template, document, *others)

    patch.setattr(typesetting, "_compile", told)

    def heard_of(write):
        def written(*told):
            data = write(*told)
            listen(data, "an exported list")
            return data

        return written

    patch.setattr(exports, "as_csv", heard_of(exports.as_csv))
    patch.setattr(exports, "as_xlsx", heard_of(exports.as_xlsx))


@contextmanager
def listening(patch):
    """Listen to every answer of every test client, to documents, exported lists and the log, inside the block."""
    _listen_to_documents_and_lists(patch)
    asked, ear = Client.request, _Ear()

    def request(self, **words):
        answer = asked(self, **words)
        if answer.streaming:
            data = b"".join(answer.streaming_content)
            answer.streaming_content = iter([data])
        else:
            data = answer.content
        place = f"{words.get('REQUEST_METHOD')} {words.get('PATH_INFO')}"
        listen(data, place)
        listen(str(dict(answer.headers)).encode() + answer.cookies.output().encode(), f"{place} (headers)")
        return answer

    patch.setattr(Client, "request", request)
    logging.getLogger().addHandler(ear)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(ear)
    if ear.sang:
        raise Sang(f"the log: {', '.join(ear.sang)}")


@contextmanager
def heard(house):
    """Listen inside the block; at its end read the rows that hold no person."""
    with pytest.MonkeyPatch.context() as patch:
        first_of_its_session(patch, house)
        with listening(patch):
            yield
    assert rows_that_sing(house) == []


@functools.cache
def rows_without_persons() -> list[str]:
    """The tables in which nothing of a person may stand: all but those that the cage gives row policies by person."""
    cage = yaml.safe_load((Path(ROOT) / "src/guitu/access/cage.yaml").read_text(encoding="utf-8"))["tables"]
    held = {"person", "pair", "addressed", "apart"}
    return [name for name, line in cage.items() if line["cage"] not in held and not name.startswith("people_masked")]


def rows_that_sing(house) -> list[str]:
    """Notices, errands, traces and whatever else holds no person, in which the planted person stands all the same."""
    tables = " UNION ALL ".join(
        f"SELECT '{name}' AS place, t::text AS line FROM {name} t" for name in rows_without_persons()
    )
    with house.role("guitu_owner") as door:
        found = door.execute(
            f"SELECT DISTINCT place FROM ({tables}) AS rows, unnest(%s::text[]) AS mark (value)"
            " WHERE position(mark.value in line) > 0 ORDER BY place",
            [list(KEPT_OUT.values())],
        ).fetchall()
    return [place for (place,) in found]

"""The specimens' rows read back as patterns: what belongs to one person alone is a gap, to be filled for another.

Rows are read from the scratch database as guitu_load, whatever tables a road has written: a table that holds a person
is found in the catalogue. Gaps are filled by name (``%(x)s``), so that one person's rows are one formatting.
"""

from __future__ import annotations

import json
import re
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg import Connection, sql

from guitu.handover.pick_ups import contacts_of
from guitu.ledger import keys
from guitu.people import questions
from guitu.web.generation import cast

FIRST = ("people_person", "people_identifier", "people_fact", "people_responsibility", "journeys_journey")
LAST = ("notices_notice", "ledger_entry", "ledger_payload", "ledger_pending")
LEFT_OUT = ("papers_document", "papers_service", "papers_attachment", "people_join", "people_statement")
"""Sealed PDFs of a million people would fill a disk; what is joined or said is a human's act."""
_NULL = "\\N"
_TOKEN = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b91[0-9]{10}\b|\b[FHT][0-9]{8}-[0-9A-Z]{4}-[0-9A-Z]{4}\b"
)
_DOCUMENTS = re.compile(r'"documents":\[[^\]]*\]')
_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"})


class ColumnUnknown(RuntimeError):
    """A specimen has a sealed value in a column that the generator cannot seal anew; the text names it."""


@dataclass
class Sealed:
    """A value to be sealed anew: into which gap, its clear text, and what it is bound to."""

    gap: str
    text: str
    bound: str


@dataclass
class Receipt:
    """A receipt to be signed anew: its gap, its number's pattern, how it came out, and when."""

    gap: str
    number: str
    outcome: str
    ground: str
    at: datetime


@dataclass
class Parcel:
    """A parcel to be sealed anew: patterns of its own and its ends' ids, the gaps, the moment of sending."""

    key: str
    id: str
    sender: str
    receiver: str
    number: str
    sent_at: datetime
    receipt: Receipt | None = None


@dataclass
class Entry:
    """A ledger line to be committed anew: its gap and the pattern of its canonical text."""

    gap: str
    canonical: str


@dataclass
class Asked:
    """An open question whether a roster row is this person: its gaps, the asking unit's id, the row as it is kept."""

    key_gap: str
    row_gap: str
    unit: str
    row: dict[str, Any]


@dataclass
class Specimen:
    """One person's rows as patterns, table by table, and what has to be sealed, signed or committed for each copy."""

    tables: dict[str, str] = field(default_factory=dict)
    facts: dict[str, tuple[str, str]] = field(default_factory=dict)
    sealed: list[Sealed] = field(default_factory=list)
    parcels: list[Parcel] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    numbers: dict[str, str] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)


def escaped(text: str) -> str:
    """A value as it stands in the text form of COPY."""
    return text.translate(_ESCAPES)


def columns_of(held: Connection[Any], table: str) -> list[tuple[str, str]]:
    """Names and types of a table's columns, from the catalogue."""
    rows = held.execute(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = %s::regclass"
        " AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        (table,),
    )
    return [(str(name), str(kind)) for name, kind in rows.fetchall()]


def tables_of_persons(held: Connection[Any]) -> tuple[str, ...]:
    """The tables that hold a person, in an order in which they can be filled."""
    rows = held.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'person_id'"
        " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND NOT a.attisdropped"
        " AND (c.relname NOT LIKE 'access\\_%%' OR c.relname = 'access_reach') ORDER BY c.relname",
        (),
    )
    found = [str(name) for (name,) in rows.fetchall() if name not in (*LEFT_OUT, *FIRST, *LAST)]
    return (*FIRST, *found, *LAST)


def read(held: Connection[Any], numbers: Sequence[str]) -> list[Specimen]:
    """The specimens whose first identity numbers these are, in order.

    Raises ColumnUnknown where a road has written a sealed value that this module does not know.
    """
    digests = [keys.blind_index("resident_id", number) for number in numbers]  # just written, under one key
    found = held.execute(
        "SELECT blind_index, person_id::text FROM people_identifier WHERE blind_index = ANY(%s)", (digests,)
    )
    by_digest = {bytes(digest): person for digest, person in found.fetchall()}
    persons = [by_digest[digest] for digest in digests]
    rows = {table: _rows(held, table, persons) for table in tables_of_persons(held)}
    fixed = {
        str(row[0]) for row in held.execute("SELECT id::text FROM access_unit UNION SELECT id::text FROM access_post")
    }
    return [_Reader(person, fixed).read({table: held[person] for table, held in rows.items()}) for person in persons]


_FROM = {
    "people_person": "id::text AS whose, t.* FROM people_person t WHERE id = ANY(%s::uuid[])",
    "ledger_payload": "subjects[1]::text AS whose, t.* FROM ledger_payload t WHERE subjects[1] = ANY(%s::uuid[])",
    "ledger_entry": "p.subjects[1]::text AS whose, t.* FROM ledger_entry t JOIN ledger_payload p ON p.entry_id = t.id"
    " WHERE p.subjects[1] = ANY(%s::uuid[])",
    "ledger_pending": "p.subjects[1]::text AS whose, t.* FROM ledger_pending t JOIN ledger_payload p"
    " ON p.entry_id = t.entry_id WHERE p.subjects[1] = ANY(%s::uuid[])",
}


def _rows(held: Connection[Any], table: str, persons: list[str]) -> dict[str, list[dict[str, str | None]]]:
    """Every row of these persons as text by column."""
    columns = columns_of(held, table)
    source = _FROM.get(table, f"t.person_id::text AS whose, t.* FROM {table} t WHERE t.person_id = ANY(%s::uuid[])")
    query = sql.SQL("SELECT whose, {} FROM (SELECT {}) held").format(
        sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(name)) for name, _ in columns), sql.SQL(source)
    )
    found: dict[str, list[dict[str, str | None]]] = defaultdict(list)
    for whose, *cells in held.execute(query, (persons,)).fetchall():
        found[str(whose)].append({name: cell for (name, _), cell in zip(columns, cells, strict=True)})
    return found


_SEALED = {
    ("handover_pick_up", "contacts"): contacts_of,
    ("support_agreement", "wishes"): lambda row: f"support:{row}:wishes",
    ("support_agreement", "contacts"): lambda row: f"support:{row}:contacts",
    ("support_placement", "place"): lambda row: f"support:{row}:place",
    ("support_visit", "note"): lambda row: f"support:{row}:note",
}
_OF_PERSON = {
    "number": "number", "name": "name", "name_sort": "name_sort", "name_search": "name_search", "sex": "sex",
    "birth_date": "birth_date",
}  # fmt: skip
_MADE = {("people_identifier", "value"): "document", ("people_identifier", "blind_index"): "document_index"}


class _Reader:
    """Turns one person's rows into patterns."""

    def __init__(self, person: str, fixed: set[str]) -> None:
        own = cast.tokens(cast.SPECIMENS)
        self.known = {
            token: f"%({letter}{place})s"
            for letter, kind in (("u", "unit"), ("p", "post"), ("d", "division"))
            for place, token in enumerate(own[kind])
        }
        self.names = {name: f"%(a{place})s" for place, name in enumerate(own["name"])}
        self.fixed = fixed
        self.ordinals = {person: 0}
        self.made = Specimen()

    def read(self, tables: dict[str, list[dict[str, str | None]]]) -> Specimen:
        for rows in tables.values():
            rows.sort(key=self._lasting)
        self._number_parcels(tables)
        for table, rows in tables.items():
            # Again, now that the rows they refer to have their places: two readings differ by the notice alone.
            rows.sort(key=self._lasting)
            lines = [self._line(table, row) for row in rows]
            if table == "people_fact":
                self.made.tables[table] = "%(facts)s"
            elif lines:
                self.made.tables[table] = "".join(lines)
        return self.made

    def _lasting(self, row: dict[str, str | None]) -> list[str]:
        """What of a row is the same in every walk of the same seed: no random id or number, no ciphertext."""

        def plain(found: re.Match[str]) -> str:
            token = found.group()
            if token in self.known or token in self.fixed:
                return token
            return f"{self.ordinals[token]:06x}" if token in self.ordinals else "?"

        return ["" if value is None or value.startswith("\\x") else _TOKEN.sub(plain, value) for value in row.values()]

    def _number_parcels(self, tables: dict[str, list[dict[str, str | None]]]) -> None:
        for table in ("exchange_parcel", "exchange_receipt"):
            for row in tables.get(table, []):
                number = str(row["number"])
                self.made.numbers[f"n{len(self.made.numbers)}"] = number
                self.known[number] = f"%(n{len(self.made.numbers) - 1})s"

    def pattern(self, text: str) -> str:
        """A text with gaps for everything that is this person's or this cast's alone."""
        return _TOKEN.sub(lambda found: self._gap(found.group()), text.replace("%", "%%"))

    def _gap(self, token: str) -> str:
        held = self.known.get(token)
        if held is not None:
            return held
        if token in self.fixed or "-" not in token or len(token) != 36:
            return token
        place = self.ordinals.setdefault(token, len(self.ordinals))
        return f"%(x)s{place:06x}"

    def _line(self, table: str, row: dict[str, str | None]) -> str:
        if table == "people_fact":
            return self._fact(row)
        if table == "people_match":
            return self._asked(row)
        if table == "exchange_parcel":
            self._parcel(row)
        elif table == "exchange_receipt":
            self._receipt(row)
        cells = []
        for column, value in row.items():
            cells.append(_NULL if value is None else self._cell(table, column, value, row))
        return "\t".join(cells) + "\n"

    def _cell(self, table: str, column: str, value: str, row: dict[str, str | None]) -> str:
        if table == "people_person" and column in _OF_PERSON:
            return f"%({_OF_PERSON[column]})s"
        if (table, column) in _MADE:
            return f"%({_MADE[table, column]})s"
        if table.startswith("ledger_") and column in {"commitment", "salt", "canonical"}:
            return self._ledger(table, column, value, row)
        if table in {"exchange_parcel", "exchange_receipt"} and value.startswith("\\x"):
            return f"%({column}_{self.ordinals[str(row['id'])]})s"
        if value.startswith("\\x"):
            return self._sealed(table, column, value, row)
        return self.pattern(escaped(value))

    def _sealed(self, table: str, column: str, value: str, row: dict[str, str | None]) -> str:
        bound = _SEALED.get((table, column))
        if bound is None:
            raise ColumnUnknown(f"{table}.{column}")
        text = keys.decrypt(bytes.fromhex(value[2:]), belongs_to=bound(row["id"]))
        gap = f"s{len(self.made.sealed)}"
        self.made.sealed.append(Sealed(gap, text, self.pattern(bound(row["id"]))))
        return f"%({gap})s"

    def _ledger(self, table: str, column: str, value: str, row: dict[str, str | None]) -> str:
        entry = self.pattern(str(row["id"] if table == "ledger_entry" else row["entry_id"]))
        gap = entry.removeprefix("%(x)s")
        if column != "canonical":
            return f"%({column}_{gap})s"
        self.made.entries.append(Entry(gap, self.pattern(_DOCUMENTS.sub('"documents":[]', value))))
        return self.pattern(escaped(_DOCUMENTS.sub('"documents":[]', value)))

    def _fact(self, row: dict[str, str | None]) -> str:
        """A fact is kept in two halves, between which stand the two columns of its value, plain and sealed."""
        cells = []
        for column, value in row.items():
            if column == "source":
                cells.append(self.names.get(str(value), escaped(str(value)).replace("%", "%%")))
            else:
                cells.append(_NULL if value is None else self.pattern(escaped(value)))
        place = list(row).index("value")
        if list(row)[place + 1] != "sealed_value":
            raise ColumnUnknown("people_fact.sealed_value does not stand beside value")
        before, after = cells[:place], cells[place + 2 :]
        self.made.facts[str(row["item"])] = ("\t".join(before) + "\t", "\t" + "\t".join(after) + "\n")
        return ""

    def _asked(self, row: dict[str, str | None]) -> str:
        place = len(self.made.asked)
        sealed, bound = bytes.fromhex(str(row["sealed_row"])[2:]), questions.seal_key(uuid.UUID(row["row_key"]))
        kept = json.loads(keys.decrypt(sealed, belongs_to=bound))
        one = Asked(f"row_key_{place}", f"sealed_row_{place}", self.pattern(str(row["unit_id"])), kept)
        self.made.asked.append(one)
        gaps = {"row_key": f"%({one.key_gap})s", "sealed_row": f"%({one.row_gap})s"}
        cells = [
            _NULL if value is None else gaps.get(name) or self.pattern(escaped(value)) for name, value in row.items()
        ]
        return "\t".join(cells) + "\n"

    def _parcel(self, row: dict[str, str | None]) -> None:
        place = self.pattern(str(row["id"]))
        self.made.parcels.append(
            Parcel(
                str(self.ordinals[str(row["id"])]),
                place,
                self.pattern(str(row["sender_id"])),
                self.pattern(str(row["receiver_id"])),
                self.known[str(row["number"])],
                datetime.fromisoformat(str(row["sent_at"])),
            )
        )

    def _receipt(self, row: dict[str, str | None]) -> None:
        self.pattern(str(row["id"]))
        parcel = next(one for one in self.made.parcels if one.key == str(self.ordinals[str(row["parcel_id"])]))
        parcel.receipt = Receipt(
            f"signature_{self.ordinals[str(row['id'])]}",
            self.known[str(row["number"])],
            str(row["outcome"]),
            str(row["ground"]),
            datetime.fromisoformat(str(row["at"])),
        )


def person_prefix(seed: str, index: int) -> str:
    """The first 26 hexadecimal digits, with hyphens, of every id that belongs to person `index` of this seed."""
    made = uuid.uuid5(uuid.NAMESPACE_OID, f"guitu:generated:{seed}:{index}")
    return str(made)[:30]

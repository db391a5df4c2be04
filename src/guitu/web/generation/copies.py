"""One generated person's rows: the gaps of a specimen filled with another identity, sealed and committed anew."""

from __future__ import annotations

import hashlib
import uuid
from functools import lru_cache

from guitu.exchange.operations import receipt_text, sealed_text
from guitu.ledger import keys
from guitu.ledger.operations import canonical
from guitu.people import questions
from guitu.people.facts import item_key, sensitive_items
from guitu.people.names import sort_key
from guitu.people.operations import search_text
from guitu.prison.comparing import row_key_of
from guitu.prison.policy import ID_KIND_DEFAULT, items_of_row
from guitu.web.generation import cast
from guitu.web.generation.identities import Identity, likeness
from guitu.web.generation.scripts import Script
from guitu.web.generation.specimens import Asked, Parcel, Specimen, escaped, person_prefix

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SALT_BYTES = 16


@lru_cache(maxsize=4096)
def _tokens_of(around: cast.Cast) -> dict[str, str]:
    own = cast.tokens(around)
    return {
        f"{letter}{place}": token
        for letter, kind in (("u", "unit"), ("p", "post"), ("d", "division"), ("a", "name"))
        for place, token in enumerate(own[kind])
    }


@lru_cache(maxsize=200_000)
def _spoken(name: str) -> tuple[str, str]:
    return escaped(sort_key(name)), escaped(search_text(name))


@lru_cache(maxsize=1)
def _sensitive() -> frozenset[str]:
    return sensitive_items()


def _hex(data: bytes) -> str:
    return "\\\\x" + data.hex()


def _number_for(prefix: str, gap: str, like: str) -> str:
    """A number of the form of `like` (letter and day kept) that belongs to this person and gap alone."""
    digest = hashlib.sha256(f"{prefix}:{gap}".encode()).digest()
    tail = "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in digest[:8])
    return f"{like[:9]}-{tail[:4]}-{tail[4:]}"


def rows_of(seed: str, who: Identity, road: Script, specimen: Specimen) -> dict[str, str]:
    """Every row of this person in the text form of COPY, table by table."""
    x = person_prefix(seed, who.index)
    person = f"{x}000000"
    fields = who.fields | {"release_date": road.release_on.isoformat()}
    items = items_of_row(fields)
    name_sort, name_search = _spoken(fields["name"])
    held = _tokens_of(who.cast) | {
        "x": x,
        "number": who.printed_number,
        "name": fields["name"],
        "name_sort": name_sort,
        "name_search": name_search,
        "sex": fields["sex"],
        "birth_date": items["birth_date"],
        "document": _hex(keys.encrypt(fields["id_number"], belongs_to=item_key(uuid.UUID(person), "id_doc"))),
        "document_index": _hex(keys.blind_index(ID_KIND_DEFAULT, fields["id_number"])),
    }
    held |= {gap: _number_for(x, gap, like) for gap, like in specimen.numbers.items()}
    held["facts"] = _facts(specimen, items, person) % held
    for one in specimen.sealed:
        held[one.gap] = _hex(keys.encrypt(one.text, belongs_to=one.bound % held))
    if specimen.parcels:
        text = canonical(items)
        for parcel in specimen.parcels:
            _seal(parcel, text, held)
    for asked in specimen.asked:
        _ask(asked, likeness(road.likeness, fields), held)
    for entry in specimen.entries:
        salt = hashlib.sha256(f"{x}{entry.gap}".encode()).digest()[:_SALT_BYTES]
        held[f"salt_{entry.gap}"] = _hex(salt)
        body = (entry.canonical % held).encode()
        held[f"commitment_{entry.gap}"] = _hex(hashlib.sha256(salt + body).digest())
    return {table: pattern % held for table, pattern in specimen.tables.items()}


def _ask(asked: Asked, like: dict[str, str], held: dict[str, str]) -> None:
    told = asked.row["fields"]
    fields = told | {field: like.get(field) for field in told if field in like or field == "skills"}
    mark = row_key_of(uuid.UUID(asked.unit % held), fields)
    held[asked.key_gap] = str(mark)
    held[asked.row_gap] = _hex(questions.sealed_row(mark, asked.row | {"fields": fields}))


def _facts(specimen: Specimen, items: dict[str, str], person: str) -> str:
    lines = []
    for item, value in items.items():
        before, after = specimen.facts[item]
        if item in _sensitive():
            sealed = _hex(keys.encrypt(value, belongs_to=item_key(uuid.UUID(person), item)))
            lines.append(f"{before}\t{sealed}{after}")
        else:
            lines.append(f"{before}{escaped(value).replace('%', '%%')}\t\\N{after}")
    return "".join(lines)


def _seal(parcel: Parcel, text: str, held: dict[str, str]) -> None:
    parcel_id = uuid.UUID(parcel.id % held)
    digest = hashlib.sha256(text.encode()).digest()
    held[f"body_{parcel.key}"] = _hex(keys.encrypt(text, belongs_to=f"parcel:{parcel_id}"))
    held[f"digest_{parcel.key}"] = _hex(digest)
    covered = sealed_text(
        parcel_id,
        sender_id=uuid.UUID(parcel.sender % held),
        receiver_id=uuid.UUID(parcel.receiver % held),
        number=parcel.number % held,
        digest=digest,
        at=parcel.sent_at,
    )
    held[f"seal_{parcel.key}"] = _hex(keys.sign(covered))
    answer = parcel.receipt
    if answer is not None:
        signed = receipt_text(
            parcel_id,
            number=answer.number % held,
            outcome=answer.outcome,
            ground=answer.ground,
            digest=digest,
            at=answer.at,
        )
        held[answer.gap] = _hex(keys.sign(signed))

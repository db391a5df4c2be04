"""A sealed value that the generator cannot seal anew stops it: nobody gets another person's ciphertext."""

import uuid

import pytest

from guitu.ledger import keys
from guitu.web.generation import specimens
from guitu.web.generation.specimens import ColumnUnknown

PERSON, ROW = str(uuid.UUID(int=1)), uuid.UUID(int=2)


def row(column: str, bound: str) -> dict[str, str | None]:
    """A row of this person with one sealed column."""
    sealed = keys.encrypt("原文", belongs_to=bound)
    return {"id": str(ROW), "person_id": PERSON, column: "\\x" + sealed.hex()}


@pytest.mark.parametrize(
    ("table", "column"),
    [("prison_assessment", "health"), ("handover_meeting", "minutes"), ("handover_request", "words")],
)
def test_a_table_that_the_generator_cannot_seal_stops_it(table: str, column: str) -> None:
    with pytest.raises(ColumnUnknown, match=f"{table}.{column}"):
        specimens._Reader(PERSON, set()).read({table: [row(column, "whatever")]})


def test_control_a_known_sealed_column_is_opened_and_bound_to_its_own_row() -> None:
    held = row("note", f"support:{ROW}:note")
    made = specimens._Reader(PERSON, set()).read({"support_visit": [held]})
    assert [(one.text, one.bound) for one in made.sealed] == [("原文", "support:%(x)s000001:note")]
    assert "\\x" not in made.tables["support_visit"]

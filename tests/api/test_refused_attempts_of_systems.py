"""What another system attempts and is refused leaves its line, as on a page; a body that is not whole leaves none."""

import uuid

from guitu.access import acting
from tests.api.systems import problem
from tests.web.peopled import KEPT, SENT

LINES = "SELECT action, subjects, words FROM access_trace WHERE outcome = 'REFUSED' ORDER BY at"


def _lines(house) -> list[tuple]:
    with house.role("guitu_owner") as door:
        return [(action, list(persons), why) for action, persons, why in door.execute(LINES).fetchall()]


def test_what_the_state_of_a_matter_refuses_to_a_system_leaves_its_line(fresh, acting_systems, monkeypatch):
    prison, person = acting_systems("prison"), uuid.UUID(str(fresh.persons[KEPT]))
    before = _lines(fresh)
    assert prison.post("/dossiers", {"person_id": str(person)}).status_code == 201
    assert prison.post("/dossiers", {}).status_code == 422
    county = acting_systems("county")
    refusal = f"/dossiers/{fresh.parcels[SENT]}/refuse"
    assert county.post(refusal, {"ground": "DOCUMENTS_MISSING", "remark": " "}).status_code == 422
    assert _lines(fresh) == before
    with problem(prison.post("/dossiers", {"person_id": str(person)}), 409, "not-possible-now"):
        pass
    assert _lines(fresh) == [*before, ("dossier:send", [person], "MOVE_NOT_ALLOWED")]
    # The control: without the hand that writes it the same refusal leaves nothing.
    monkeypatch.setattr(acting, "_write_down", lambda state: None)
    with problem(prison.post("/dossiers", {"person_id": str(person)}), 409, "not-possible-now"):
        pass
    assert len(_lines(fresh)) == len(before) + 1

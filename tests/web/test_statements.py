"""What the person says is answered once, read by the person, and recorded for them only with the signed sheet."""

import uuid

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.web.peopled import AT_FOREIGN, REGISTERED, SENT
from tests.web.reading import body


def _mark() -> dict[str, str]:
    return {"mark": str(uuid.uuid4())}


def test_what_the_person_says_is_answered_once_and_read_by_the_person(fresh):
    person, county = fresh.client("person"), fresh.client("county")
    said = {"kind": "WORD", "words": "出生日期写错了一天", **_mark()}
    assert person.post("/my/say/send/", said).status_code == 302
    assert person.post("/my/say/send/", said).status_code == 302  # pressed twice
    with fresh.role("guitu_owner") as door:
        ((statement, sealed),) = door.execute("SELECT id, sealed_words FROM people_statement").fetchall()
    assert "出生日期".encode() not in bytes(sealed)
    file = f"/persons/{fresh.persons[SENT]}/"
    assert "出生日期写错了一天" in body(county.get(file))
    address = f"{file}statements/{statement}/"
    assert county.post(address, {"answer": " ", **_mark()}).status_code == 422
    assert county.post(address, {"answer": "已按户口簿更正", **_mark()}).status_code == 302
    assert fresh.client("county-second").post(address, {"answer": "另一个答复", **_mark()}).status_code == 409
    page = body(person.get("/my/"))
    assert "已按户口簿更正" in page
    assert "另一个答复" not in page
    elsewhere = f"/persons/{fresh.persons[AT_FOREIGN]}/statements/{statement}/"
    assert fresh.client("foreign").post(elsewhere, {"answer": "x", **_mark()}).status_code == 404


def test_an_officer_speaks_for_the_person_only_with_the_signed_sheet_and_it_is_stated_as_such(fresh):
    county = fresh.client("county")
    address = f"/persons/{fresh.persons[SENT]}/statements/"
    said = {"kind": "PICK_UP_NO", "words": "", **_mark()}
    assert county.post(address, said).status_code == 422
    sheet = SimpleUploadedFile("签字.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n")
    assert county.post(address, {**said, "sheet": sheet}).status_code == 302
    with fresh.role("guitu_owner") as door:
        row = door.execute("SELECT spoken_by, sheet_id IS NOT NULL FROM people_statement").fetchone()
    assert row == ("OFFICER", True)
    assert "经办人代记，有本人签字" in body(fresh.client("person").get("/my/"))
    assert fresh.client("city").post(address, {**said, "sheet": sheet}).status_code == 403


def test_what_the_person_said_is_read_by_whom_the_table_gives_it_and_not_by_who_sent_them_once(fresh):
    county, prison, file = fresh.client("county"), fresh.client("prison"), f"/persons/{fresh.persons[REGISTERED]}/"
    sheet = SimpleUploadedFile("签字.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n")
    said = {"kind": "WORD", "words": "不想再见原来的管教", "sheet": sheet, **_mark()}
    assert county.post(f"{file}statements/", said).status_code == 302
    assert "不想再见原来的管教" in body(county.get(file))  # the control
    assert prison.post(f"{file}look/", {"reason": "verify", "words": "核对回执", "next": "/"}).status_code == 302
    seen = body(prison.get(file))
    assert REGISTERED in seen
    assert "不想再见原来的管教" not in seen
    assert "按决定表，您的岗位现在不看" in seen
    with fresh.role("guitu_owner") as door:
        looks = door.execute(
            "SELECT p.role, 'plan_consent' = ANY (t.fields) FROM access_trace t JOIN access_post p ON p.id = t.post_id"
            " WHERE t.action = 'person:open' AND t.outcome = 'ALLOWED' AND %s = ANY (t.subjects) ORDER BY t.at",
            [fresh.persons[REGISTERED]],
        ).fetchall()
    assert looks == [("COUNTY_OFFICER", True), ("PRISON_LIAISON", False)]

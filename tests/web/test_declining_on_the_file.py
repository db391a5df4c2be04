"""Declining a pick-up on the file: an offer with nothing behind it; what is missing is said."""

import uuid

from tests.web.peopled import ACKNOWLEDGED
from tests.web.reading import body, page


def test_a_county_records_that_no_pick_up_is_wanted(fresh) -> None:
    person, county = fresh.persons[ACKNOWLEDGED], fresh.client("county")
    shown = page(county.get(f"/persons/{person}/"))
    forms = [form for form, _ in shown.all("form") if form.get("action", "").endswith("/pick-up/decline/")]
    assert len(forms) == 1
    assert "谢绝没有任何不利后果" in body(county.get(f"/persons/{person}/"))
    speakers = {a["value"] for a, _ in shown.all("input", name="spoken_by") if a["id"].startswith("pick-up-declined")}
    assert speakers == {"SELF", "REPRESENTATIVE"}  # an adult has no guardian
    mark = str(uuid.uuid4())
    lacking = county.post(forms[0]["action"], {"mark": mark})
    assert (lacking.status_code, "谁的意思" in body(lacking)) == (422, True)
    done = county.post(forms[0]["action"], {"mark": mark, "spoken_by": "SELF", "words": "弟弟来接"})
    assert done.status_code == 302
    assert "本人：弟弟来接" in body(county.get(f"/persons/{person}/"))


def test_the_sending_side_is_not_offered_the_persons_refusal(peopled) -> None:
    page_of_prison = page(peopled.client("prison").get(f"/persons/{peopled.persons[ACKNOWLEDGED]}/"))
    assert not [form for form, _ in page_of_prison.all("form") if form.get("action", "").endswith("/decline/")]

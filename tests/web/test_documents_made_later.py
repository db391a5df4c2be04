"""A sending whose documents were not kept says so; the unit whose documents they are makes them from what was sent."""

import uuid

import pytest

from tests.web.peopled import ACKNOWLEDGED, REGISTERED
from tests.web.reading import body


@pytest.mark.parametrize("name", [ACKNOWLEDGED, REGISTERED])
def test_documents_that_were_not_kept_are_made_by_whoever_sent_or_answered(fresh, name) -> None:
    person = fresh.persons[name]
    file, papers = f"/persons/{person}/", f"/persons/{person}/papers/"
    prison, county = fresh.client("prison"), fresh.client("county")
    assert "没有存下" not in body(prison.get(file))  # control: everything was kept
    with fresh.role("guitu_owner") as door:
        door.execute("DELETE FROM papers_document WHERE person_id = %s", [person])
    for browser, own in ((prison, "衔接档案、刑满释放人员通知书"), (county, "衔接回执")):
        for address in (file, papers):
            seen = body(browser.get(address))
            assert f"没有存下：{own}" in seen
            assert "还没有制发文书" not in seen
        mark = {"mark": str(uuid.uuid4())}
        assert browser.post(f"{papers}make/", mark)["Location"] == papers
        assert browser.post(f"{papers}make/", mark).status_code == 302  # the same press again
        assert "没有存下" not in body(browser.get(papers))
        assert browser.post(f"{papers}make/", {"mark": str(uuid.uuid4())}).status_code == 409
    with fresh.role("guitu_owner") as door:
        kinds = door.execute("SELECT kind, count(*) FROM papers_document WHERE person_id = %s GROUP BY kind", [person])
        assert dict(kinds.fetchall()) == {"dossier": 1, "release_notice": 1, "aftercare_receipt": 1}
    assert "没有存下的文书按已发送的材料补制" in body(prison.get(file))
    assert fresh.client("foreign").post(f"{papers}make/", {"mark": str(uuid.uuid4())}).status_code == 404

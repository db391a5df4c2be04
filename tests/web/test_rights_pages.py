"""The rights desk in the window: asked on My road or on paper, decided, made while the page waits, handed over."""

import uuid
from urllib.parse import urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile

from guitu.access import errands
from guitu.web import worker
from tests.web.peopled import SENT
from tests.web.reading import body

SHEET = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def mark() -> dict[str, str]:
    return {"mark": str(uuid.uuid4())}


def sheet():
    return SimpleUploadedFile("签字.pdf", SHEET)


def work():
    with errands.worker() as hand:
        return worker.run_once(hand)


def test_a_copy_from_the_word_on_my_road_to_the_file_in_hand(fresh):
    person, head, officer = fresh.client("person"), fresh.client("prison-leader"), fresh.client("prison")
    said = {"kind": "COPY", "words": "", **mark()}
    assert person.post("/my/say/send/", said)["Location"].endswith("#asked")
    assert person.post("/my/say/send/", said).status_code == 302  # pressed twice
    assert "正在看" in body(person.get("/my/"))
    address = f"/rights/{fresh.persons[SENT]}/{said['mark']}/"
    assert address in body(officer.get("/rights/?state=OPEN"))
    assert address in body(officer.get(f"/persons/{fresh.persons[SENT]}/"))  # no second way to answer it
    decision = {"outcome": "REFUSED", "ground": "", "words": "不给", **mark()}
    refused = officer.post(f"{address}decide/", decision)
    assert refused.status_code == 422
    assert "不给" in body(refused)
    assert officer.post(f"{address}decide/", decision | {"outcome": "GRANTED", "words": " "}).status_code == 422
    granted = officer.post(f"{address}decide/", decision | {"outcome": "GRANTED", "words": "同意，做好了通知您。"})
    assert granted["Location"] == address
    waiting = officer.get(address)
    assert waiting["Refresh"] == "2"
    assert head.post(f"{address}decide/", decision | {"ground": "SECRET"} | mark()).status_code == 409  # decided once
    assert work() == errands.DONE
    page = person.get("/my/")
    assert "同意，做好了通知您。" in body(page)
    copy = person.post(f"/my/copies/{said['mark']}/pdf/", mark())
    assert (copy.status_code, copy.content[:4]) == (200, b"%PDF")
    assert person.post(f"/my/copies/{said['mark']}/json/", mark())["Content-Disposition"].startswith("attachment")
    assert person.post(f"/my/copies/{said['mark']}/docx/", mark()).status_code == 404
    assert officer.post(f"{address}print/", mark()).content[:4] == b"%PDF"
    assert officer.post(f"{address}handed/", mark()).status_code == 422
    assert officer.post(f"{address}handed/", {"sheet": sheet(), **mark()})["Location"] == address
    done = officer.get(address)
    assert not done.has_header("Refresh")
    assert "有签收" in body(done)
    assert fresh.client("other-prison").get(address).status_code == 404


def test_an_objection_on_paper_names_the_decision_and_is_not_decided_by_who_made_it(fresh):
    officer, head = fresh.client("prison"), fresh.client("prison-leader")
    take = f"/rights/{fresh.persons[SENT]}/take/"
    form = {"kind": "OBJECTION", "words": "不该送到那个县", "contested": "", **mark()}
    assert officer.post(f"{take}send/", {**form, "sheet": sheet()}).status_code == 422
    page = body(officer.get(take))
    line = next(part for part in page.split("<option ") if "发送" in part)
    form["contested"] = line.split('value="')[1].split('"')[0]
    assert officer.post(f"{take}send/", form).status_code == 422  # without the signed sheet
    taken = officer.post(f"{take}send/", {**form, "sheet": sheet()})
    address = urlsplit(taken["Location"]).path
    assert "您自己作出的决定" in body(officer.get(address))
    file = f'href="/persons/{fresh.persons[SENT]}/"'
    above = body(fresh.client("prison-head").get(address))
    assert "不该送到那个县" in above
    assert file in body(officer.get(address))
    assert file not in above  # who decides above both sides opens no file
    decision = {"outcome": "REFUSED", "ground": "UPHELD", "words": "重新看过，送达地符合规定。", **mark()}
    assert officer.post(f"{address}decide/", decision).status_code == 409
    assert head.post(f"{address}decide/", decision).status_code == 302
    assert "维持原来的决定" in body(fresh.client("person").get("/my/"))
    assert "您不同意的是哪一项" in body(fresh.client("person").get("/my/say/?kind=OBJECTION"))
    missing = fresh.client("person").post("/my/say/send/", {"kind": "OBJECTION", "words": "不同意", **mark()})
    assert missing.status_code == 422
    assert "还没有决定过删除" in body(head.get("/rights/erasures/"))
    deletion = {"kind": "DELETION", "words": "", **mark()}
    assert fresh.client("person").post("/my/say/send/", deletion).status_code == 302
    decide = f"/rights/{fresh.persons[SENT]}/{deletion['mark']}/decide/"
    granted = {"outcome": "GRANTED", "ground": "UNLAWFUL", "words": "同意删除。", **mark()}
    assert "删除了不能恢复" in body(head.post(decide, granted))  # asked a second time, nothing decided
    assert "还没有决定过删除" in body(head.get("/rights/erasures/"))
    assert head.post(decide, granted | {"sure": "yes"}).status_code == 302
    assert head.post(decide, granted | {"sure": "yes"}).status_code == 302  # pressed twice
    assert "正在删除" in body(head.get("/rights/erasures/"))

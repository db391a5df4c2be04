"""Documents in the window: listed, opened with a trace, printed together, kept, served, verified from outside."""

import io
import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from pypdf import PdfReader

from guitu.access.exports import print_together
from guitu.papers import printing
from guitu.rulebook.tries import verify_rules
from guitu.web.templatetags.guitu_words import iso_minute
from tests.web.peopled import LONGEST_NAME, REGISTERED, SENT
from tests.web.reading import body, page

PAPER = re.compile(r"/persons/[0-9a-f-]{36}/papers/[0-9a-f-]{36}/$")
PDF = b"%PDF-1.4\n content"


def papers_of(peopled, name: str) -> str:
    return f"/persons/{peopled.persons[name]}/papers/"


def paper_links(answer) -> dict[str, str]:
    return {text: a["href"] for a, text in page(answer).all("a") if PAPER.search(a.get("href", ""))}


def verification_code(data: bytes) -> str:
    text = "".join(one.extract_text() for one in PdfReader(io.BytesIO(data)).pages)
    return re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", text)[0]


def test_the_file_of_a_person_leads_to_the_documents(peopled):
    answer = peopled.client("county").get(f"/persons/{peopled.persons[REGISTERED]}/")
    assert set(paper_links(answer)) == {"刑满释放人员通知书", "衔接档案", "衔接回执"}
    assert "制发的文书" not in body(peopled.client("prison-leader").get(f"/persons/{peopled.persons[SENT]}/"))


def test_a_document_opens_in_the_browser_and_the_look_names_what_it_shows(peopled):
    browser = peopled.client("county")
    link = paper_links(browser.get(papers_of(peopled, LONGEST_NAME)))["刑满释放人员通知书"]
    answer = browser.get(link)
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (200, "application/pdf", "no-store")
    assert answer["Content-Disposition"].startswith("inline; filename*=utf-8''")
    text = "".join(one.extract_text() for one in PdfReader(io.BytesIO(answer.content)).pages)
    assert LONGEST_NAME in text
    with peopled.role("guitu_owner") as door:
        fields = door.execute(
            "SELECT fields FROM access_trace WHERE action = 'paper:read' AND %s = ANY (subjects) ORDER BY at DESC"
            " LIMIT 1",
            [peopled.persons[LONGEST_NAME]],
        ).fetchone()[0]
    assert {"name", "id_doc", "offence", "residence", "sentence"} <= set(fields)
    assert "sex" not in fields


def give_reason(browser, peopled, name: str) -> None:
    said = {"reason": "verify", "words": "县里来电核对回执", "next": "/"}
    assert browser.post(f"/persons/{peopled.persons[name]}/look/", said).status_code == 302


def newest_line(peopled, name: str) -> tuple[str, list[str]]:
    with peopled.role("guitu_owner") as door:
        return door.execute(
            "SELECT outcome, fields FROM access_trace WHERE action = 'paper:read' AND %s = ANY (subjects)"
            " ORDER BY at DESC LIMIT 1",
            [peopled.persons[name]],
        ).fetchone()


def test_a_paper_opens_only_where_the_table_gives_the_post_every_item_in_it(peopled):
    """Who sent the person reads, once the county is responsible, who it was and not what the papers hold (DT-104)."""
    county, prison = peopled.client("county"), peopled.client("prison")
    links = paper_links(county.get(papers_of(peopled, REGISTERED)))
    assert set(links) == {"刑满释放人员通知书", "衔接档案", "衔接回执"}
    give_reason(prison, peopled, REGISTERED)
    listed = prison.get(papers_of(peopled, REGISTERED))
    assert set(paper_links(listed)) == {"衔接回执"}  # name and day of release, which DT-105 gives
    assert "按决定表，您的岗位现在不看" in body(listed)
    for closed in ("刑满释放人员通知书", "衔接档案"):
        answer = prison.get(links[closed])
        assert (answer.status_code, "按决定表现在不能打开" in body(answer)) == (403, True)
        outcome, fields = newest_line(peopled, REGISTERED)
        assert (outcome, "offence" in fields) == ("DENIED", True)
    assert prison.get(links["衔接回执"]).status_code == 200
    assert newest_line(peopled, REGISTERED) == ("ALLOWED", ["key_dates", "name"])
    ids = [links[one].split("/")[-2] for one in ("衔接回执", "衔接档案")]
    assert prison.get("/papers/print/", {"document": ids}).status_code == 403
    # Control: the office that now answers for the person opens the same paper, and the line names what a dossier holds.
    assert county.get(links["衔接档案"]).status_code == 200
    outcome, fields = newest_line(peopled, REGISTERED)
    assert outcome == "ALLOWED"
    assert {"offence", "psych_summary", "health_needs", "id_doc"} <= set(fields)
    assert "prior_record" not in fields


def test_a_document_is_not_opened_under_another_persons_address(peopled):
    browser = peopled.client("county")
    link = paper_links(browser.get(papers_of(peopled, SENT)))["衔接档案"]
    elsewhere = link.replace(str(peopled.persons[SENT]), str(peopled.persons[REGISTERED]))
    assert browser.get(elsewhere).status_code == 404
    assert peopled.client("sibling").get(link).status_code == 404


def test_the_unit_lists_its_own_documents_by_kind_and_day(peopled):
    browser = peopled.client("county")
    with peopled.role("guitu_owner") as door:
        wanted = door.execute(
            "SELECT count(*) FROM papers_document d JOIN access_unit u ON u.id = d.unit_id"
            " WHERE u.name = '青榆县司法局' AND d.kind = 'aftercare_refusal'"
        ).fetchone()[0]
    answer = browser.get("/papers/", {"kind": "aftercare_refusal", "day": "2026-08-31"})
    shown = page(answer).all("input", name="document")
    assert len(shown) == wanted == 4
    assert f"共{wanted}条" in body(answer)
    assert page(browser.get("/papers/", {"day": "2026-02-30"})).all("input", name="document")
    assert "没有符合条件的文书" in body(browser.get("/papers/", {"day": "2020-01-01"}))


def test_ticked_documents_and_those_of_a_day_print_as_one_file(peopled):
    browser = peopled.client("county")
    boxes = page(browser.get("/papers/", {"kind": "aftercare_refusal"})).all("input", name="document")
    ids = [attributes["value"] for attributes, _ in boxes]
    ticked = browser.get("/papers/print/", {"document": ids[:2]})
    pages = PdfReader(io.BytesIO(ticked.content))
    assert len(pages.pages) == 4
    marked = [one.extract_text() for one in pages.pages[::2]]  # the backs are blank
    assert all("青榆县司法局" in text and "合并打印2份" in text and "2026年9月1日9时00分" in text for text in marked)
    assert "合并打印2份" in pages.metadata.subject
    alone = PdfReader(io.BytesIO(browser.get("/papers/print/", {"document": ids[:1]}).content))
    assert "合并打印" not in alone.pages[0].extract_text()  # the control: one alone is as it was issued
    whole = browser.get("/papers/print/", {"day": "2026-08-31", "kind": "aftercare_refusal"})
    assert len(PdfReader(io.BytesIO(whole.content)).pages) == 8
    with peopled.role("guitu_owner") as door:
        named = door.execute(
            "SELECT cardinality(subjects) FROM access_trace WHERE action = 'paper:read' ORDER BY at DESC LIMIT 1"
        ).fetchone()[0]
    assert named == 4


def figure_of(house, most: int) -> None:
    """What the rulebook's figure for every role would be, as compile writes it."""
    with house.role("guitu_owner") as door:
        door.execute(
            "CREATE OR REPLACE FUNCTION access_export_alone(of_role text) RETURNS TABLE (most integer, within interval)"
            f" LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$ SELECT {most}, interval '24 hours' $$"
        )


def test_papers_printed_together_count_per_account_and_day_however_many_presses_they_are_cut_into(fresh):
    """By the database's count: the fifth person of four is refused in one press, in several, and by SQL."""
    browser, day = fresh.client("county"), {"day": "2026-08-31", "kind": "aftercare_refusal"}
    boxes = page(browser.get("/papers/", day)).all("input", name="document")
    ids = [attributes["value"] for attributes, _ in boxes]
    figure_of(fresh, 3)
    answer = browser.get("/papers/print/", day)
    assert (answer.status_code, "涉及4人" in body(answer)) == (422, True)
    assert "24小时内合并打印的合计不超过3人，您还可打印3人" in body(answer)
    assert "以后这些可以一并打印" not in body(answer)  # four are never three
    assert [browser.get("/papers/print/", {"document": ids[:2]}).status_code for _ in range(3)] == [200] * 3
    answer = browser.get("/papers/print/", {"document": ids[2:]})
    assert (answer.status_code, "您还可打印1人" in body(answer)) == (422, True)
    with fresh.role("guitu_owner") as door:
        ((free,),) = door.execute("SELECT at + interval '24 hours' FROM access_printing")
        ((persons,),) = door.execute("SELECT array_agg(id) FROM people_person")
    assert f"等到{iso_minute(free)}以后这些可以一并打印" in body(answer)
    assert browser.get("/papers/print/", {"document": ids[2:3]}).status_code == 200  # one alone opens as it always does
    with fresh.acting("county"), transaction.atomic():
        told = print_together(persons)
        assert (told.allowed, told.most, told.left) == (False, 3, 1)
        assert print_together(persons[:1]).left == 0
        assert not print_together(persons[1:2]).allowed
    for deed in ("DELETE FROM access_printing", "UPDATE access_printing SET at = at - interval '2 days'"):
        with fresh.acting("county"), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(deed)
    # Control: what was printed longer ago than the rulebook's time counts no more, and the clock's work takes it away.
    with fresh.role("guitu_owner") as door:
        door.execute("UPDATE access_printing SET at = at - interval '24 hours'")
    assert browser.get("/papers/print/", {"document": ids[2:]}).status_code == 200
    with fresh.role("guitu_owner") as door:
        ((kept,),) = door.execute("SELECT count(*) FROM access_printing")
        door.execute("SELECT access_forget_exports(now() + interval '25 hours')")
        assert (kept, door.execute("SELECT count(*) FROM access_printing").fetchone()) == (1, (0,))


def test_a_post_that_reads_no_papers_counts_none(fresh):
    with fresh.acting("counsellor"), pytest.raises(DatabaseError, match="paper:read"), transaction.atomic():
        print_together([])


def test_nothing_ticked_too_much_or_a_foreign_document_is_refused(peopled):
    browser = peopled.client("county")
    assert browser.get("/papers/print/").status_code == 422
    assert browser.get("/papers/print/", {"document": "x"}).status_code == 400
    assert (
        browser.get("/papers/print/", {"document": [uuid.uuid4() for _ in range(printing.MOST + 1)]}).status_code == 422
    )
    foreign = paper_links(peopled.client("prison").get(papers_of(peopled, SENT)))["衔接档案"].split("/")[-2]
    assert peopled.client("sibling").get("/papers/print/", {"document": foreign}).status_code == 404


def keep(browser, address, data=PDF, name="判决书.pdf", **form):
    file = {"file": SimpleUploadedFile(name, data)} if data is not None else {}
    return browser.post(
        f"{address}keep/", {"mark": str(uuid.uuid4()), "kind": "judgment", "source": "法院"} | form | file
    )


def test_a_file_is_kept_and_given_back_as_it_came(fresh):
    browser, address = fresh.client("prison"), papers_of(fresh, SENT)
    assert keep(browser, address).status_code == 302
    link = next(a["href"] for a, text in page(browser.get(address)).all("a") if "/files/" in a.get("href", ""))
    answer = fresh.client("county").get(link)
    assert answer.content == PDF
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert newest_line(fresh, SENT) == ("ALLOWED", ["id_doc", "name", "offence"])
    assert fresh.client("sibling").get(link).status_code == 404
    # Of somebody registered elsewhere the sender neither opens what came in nor reads what it is called.
    kept = papers_of(fresh, REGISTERED)
    assert keep(fresh.client("county"), kept, name="黎平的判决书.pdf").status_code == 302
    give_reason(browser, fresh, REGISTERED)
    listed = body(browser.get(kept))
    assert "黎平的判决书" not in listed
    link = next(a["href"] for a, _ in page(fresh.client("county").get(kept)).all("a") if "/files/" in a.get("href", ""))
    assert browser.get(link).status_code == 403


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"data": None}, "没有选文件"),
        ({"data": b"MZ", "name": "程序.exe"}, "只收PDF、JPEG、PNG文件"),
        ({"data": b"MZ"}, "文件内容与后缀不符"),
        ({"data": PDF + b"0" * 10 * 1024 * 1024}, "超过10兆字节"),
        ({"source": " "}, "请写明文件是谁给的"),
        ({"source": "院" * 201}, "“文件是谁给的”太长了，不超过200字"),
    ],
)
def test_a_file_that_is_not_taken_is_refused_in_words(peopled, given, said):
    answer = keep(peopled.client("prison"), papers_of(peopled, SENT), **given)
    assert answer.status_code == 422
    assert said in body(answer)


def test_a_service_is_recorded_from_the_list(fresh):
    browser, address = fresh.client("prison"), papers_of(fresh, SENT)
    paper = paper_links(browser.get(address))["刑满释放人员通知书"]
    form = {"mark": str(uuid.uuid4()), "served_to": "青榆县公安局", "method": "BY_POST"}
    assert browser.post(f"{paper}served/", form).status_code == 302
    assert "送达青榆县公安局（邮寄）" in body(browser.get(address))
    assert browser.post(f"{paper}served/", form | {"served_to": ""}).status_code == 422


def test_characters_left_open_wait_in_the_list_until_they_are_written_in(fresh):
    browser, address = fresh.client("prison"), papers_of(fresh, SENT)
    paper = paper_links(browser.get(address))["刑满释放人员通知书"]
    with fresh.role("guitu_owner") as door:
        door.execute("UPDATE papers_document SET by_hand = '{\U00020000}' WHERE id = %s", [paper.split("/")[-2]])
    waiting = browser.get("/papers/", {"by_hand": "yes"})
    assert len(page(waiting).all("input", name="document")) == 1
    assert "U+20000" in body(browser.get(address))
    assert "by-hand/" not in body(fresh.client("county").get(address)), "only who issued it confirms"
    assert browser.post(f"{paper}by-hand/", {"mark": str(uuid.uuid4())}).status_code == 302
    assert "已手写补全" in body(browser.get(address))
    assert page(browser.get("/papers/", {"by_hand": "yes"})).all("input", name="document") == []


def test_anybody_verifies_a_paper_by_its_code_in_both_languages_and_reads_no_name(peopled):
    browser = peopled.client("county")
    data = browser.get(paper_links(browser.get(papers_of(peopled, SENT)))["刑满释放人员通知书"]).content
    code = verification_code(data)
    for language, word in (("zh-hans", "有这份文书"), ("en", "This document exists")):
        nobody = peopled.client(None, language=language)
        answer = nobody.get(f"/verify/{code}/")
        assert answer.status_code == 200
        assert word in body(answer)
        assert "桐监释通字" in body(answer)
        assert SENT not in body(answer)
        assert nobody.get("/verify/", {"code": code.lower()}).status_code == 200
    nobody = peopled.client(None)
    same = nobody.post("/verify/", {"code": code, "file": SimpleUploadedFile("a.pdf", data)})
    assert "文件一致" in body(same)
    other = nobody.post("/verify/", {"code": code, "file": SimpleUploadedFile("a.pdf", data + b" ")})
    assert "文件不一致" in body(other)


def test_a_code_that_does_not_exist_is_said_and_guessing_is_slowed_down(fresh):
    nobody = fresh.client(None)
    assert nobody.get("/verify/").status_code == 200
    most = verify_rules().tries
    assert [nobody.get("/verify/2222-2222-2222/").status_code for _ in range(most + 1)] == [*[404] * most, 429]
    assert "请过一会儿再试" in body(nobody.get("/verify/2222-2222-2222/"))

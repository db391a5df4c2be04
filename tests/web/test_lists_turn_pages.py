"""Lists that once showed their first rows only: turning their pages shows each row once, in one order."""

import re
import uuid
from html import unescape

from tests.factories import rosters
from tests.web.peopled import SENT, SIXTY
from tests.web.reading import body, page, total
from tests.web.test_statements import _mark
from tests.web.test_the_walk import _file


def turned(browser, address: str, rows, beside: str = "") -> list[list]:
    """What `rows` finds on each page, the link to the next one followed to the end."""
    made: list[list] = []
    base = address.split("?", maxsplit=1)[0]
    while address:
        answer = browser.get(address)
        assert answer.status_code == 200
        made.append(rows(answer))
        there = [a["href"] for a, _ in page(answer).all("a", rel="next") if f"{beside}page=" in a["href"]]
        address = base + unescape(there[0]).split("#")[0] if there else ""
    return made


def test_a_search_shows_everybody_once_page_by_page(peopled) -> None:
    def numbers(answer) -> list[str]:
        return re.findall(r"GT-[\w-]+", " ".join(text for _, text in page(answer).all("span", cls="gt-nowrap")))

    pages = turned(peopled.client("prison"), "/search/?q=a", numbers)
    shown = [number for one in pages for number in one]
    with peopled.role("guitu_owner") as door:
        everybody = door.execute("SELECT number FROM people_person WHERE name_search LIKE '%a%'").fetchall()
    assert [len(one) for one in pages[:-1]] == [25] * (len(pages) - 1)
    assert len(pages) > 1
    assert len(shown) == len(set(shown))
    assert set(shown) <= {one[0] for one in everybody}


def test_where_two_files_are_sought_the_last_page_says_that_more_letters_are_needed(peopled, monkeypatch) -> None:
    monkeypatch.setattr("guitu.web.identity_desk.files.CHOICES", 2)
    monkeypatch.setattr("guitu.web.identity_desk.files.MOST_PAGES", 2)
    browser, more = peopled.client("prison"), "只列到这里。请多写几个字，或输入编号。"
    before, last = (body(browser.get("/prison/identity/files/", {"kept": "a", "kept_page": n})) for n in (1, 2))
    assert more in last
    assert "kept_page=3" not in last
    assert more not in before
    assert "kept_page=2" in before
    monkeypatch.setattr("guitu.web.identity_desk.files.CHOICES", 500)
    monkeypatch.setattr("guitu.web.identity_desk.files.MOST_PAGES", 1)
    assert more not in body(browser.get("/prison/identity/files/", {"kept": "a"}))  # control: everybody is listed


def test_the_lists_of_a_file_turn_their_pages(fresh, monkeypatch) -> None:
    for name, size in (("said.SHOWN", 1), ("looks.PAGE", 2), ("views.HAPPENINGS", 2), ("views.LOOKS", 1)):
        monkeypatch.setattr(f"guitu.web.person_file.{name}", size)
    person, county = fresh.client("person"), fresh.client("county")
    words = ["第一句话", "第二句话", "第三句话"]
    for one in words:
        assert person.post("/my/say/send/", {"kind": "WORD", "words": one, **_mark()}).status_code == 302
    file = f"/persons/{fresh.persons[SENT]}/"
    said = turned(county, file, lambda answer: re.findall("第.句话", body(answer)), "said_")
    assert [len(one) for one in said] == [1, 1, 1]
    assert sorted(one[0] for one in said) == sorted(words)
    happened = turned(county, file, lambda answer: len(page(answer).all("article", cls="gt-ev")), "story_")
    assert len(happened) > 1
    assert set(happened[:-1]) == {2}
    assert f"{file}looks/" in body(county.get(file))
    looks = turned(county, f"{file}looks/", lambda answer: re.findall(r"共(\d+)条", body(answer))[0])
    assert len(set(looks)) == 1  # the looks of whoever turns the pages do not move them
    assert len(looks) == (int(looks[0]) + 1) // 2 > 2


def test_the_rows_of_a_report_and_the_accounts_of_a_unit_turn_their_pages(fresh, monkeypatch) -> None:
    monkeypatch.setattr("guitu.web.prison_desk.views.SHOWN", 2)
    monkeypatch.setattr("guitu.web.administration.views.PAGE", 7)
    browser = fresh.client("prison")
    good = [rosters.row(f"甘丙{sign}", release=SIXTY[0].release, order=f"91{at}") for at, sign in enumerate("甲乙丁")]
    bad = [(*row[:8], "无", *row[9:]) for row in good]
    report = browser.post("/prison/roster/check/", {"file": _file(rosters.workbook(*bad))})["Location"]
    fields = turned(browser, report, lambda answer: re.findall(r'name="fix:(\d+):', body(answer)), "correct_")
    rows = [row for one in fields for row in one]
    assert len(fields) > 1
    assert len(rows) == len(set(rows)) == len(bad)
    kept = browser.post(f"{report}correct/", {"correct_page": "2"})
    assert kept["Location"] == f"{report}?correct_page=2#correct"
    system = fresh.client("system")
    with fresh.role("guitu_owner") as door:
        ((unit,),) = door.execute("SELECT id FROM access_unit WHERE kind = 'judicial_office' ORDER BY code LIMIT 1")
    choices = turned(
        system,
        f"/units/{unit}/",
        lambda answer: re.findall(r'<option value="([0-9a-f-]{36})"', body(answer)),
        "accounts_",
    )
    offered = [uuid.UUID(one) for some in choices for one in some]
    assert len(choices) > 1
    assert len(offered) == len(set(offered))
    found = re.findall(r'<option value="([0-9a-f-]{36})"', body(system.get(f"/units/{unit}/?account_words=township")))
    assert 0 < len(found) < len(offered)


def test_whose_looks_to_hold_back_is_sought_a_page_at_a_time_and_each_unit_and_post_can_be_chosen(
    peopled, monkeypatch
) -> None:
    def options(answer) -> list[str]:
        return re.findall(r'<option value="([0-9a-f]{8}-[0-9a-f -]*)"', body(answer))

    browser = peopled.client("procurator")
    monkeypatch.setattr("guitu.web.looking.holding_back.CHOICES", 5)
    pages = turned(browser, "/looks-held/", options, "whose_")
    offered = [one for some in pages for one in some]
    with peopled.role("guitu_owner") as door:
        wanted = door.execute(
            "SELECT u.id, p.id FROM access_post p JOIN access_account a ON a.id = p.account_id"
            " JOIN access_unit u ON u.id = p.unit_id"
            " JOIN access_session s ON s.post_id IN (SELECT o.id FROM access_post o"
            " JOIN access_account c ON c.id = o.account_id WHERE c.login = 'procurator')"
            " WHERE access_within_charge(u.id, s) AND NOT a.for_person AND p.to_at IS NULL AND a.login <> 'procurator'"
        ).fetchall()
    assert [len(one) for one in pages[:-1]] == [5] * (len(pages) - 1)
    assert len(pages) > 2
    assert len(offered) == len(set(offered))
    assert set(offered) == {f"{unit} {post}" for unit, post in wanted} | {str(unit) for unit, _ in wanted}
    sought = browser.get("/looks-held/", {"who": "安置帮教岗 青榆"})
    found = options(sought)
    assert found
    assert set(found) < {f"{unit} {post}" for unit, post in wanted}
    assert "没有符合的单位或者岗位" in body(browser.get("/looks-held/", {"who": "100%"}))
    # Refused, the page offers what was sought, with the choice.
    ((there, _),) = re.findall(r'action="(/looks-held/decide/([^"]*))"', body(sought))
    typed = {"whose": found[-1], "mark": str(uuid.uuid4()), "first": "2026-09-01", "last": "2026-09-02", "words": "短"}
    again = browser.post(unescape(there), typed)
    assert again.status_code == 422
    assert f'<option value="{found[-1]}" selected>' in body(again)


def test_an_export_holds_exactly_the_rows_of_the_desk_it_came_from_and_says_so(peopled) -> None:
    for login, address, title in (("prison", "/prison/", "释放工作台"), ("county", "/county/", "衔接工作台")):
        browser, seen = peopled.client(login), set()
        for words in ("", "?late=yes", "?queue=done", "?queue=register", "?queue=waiting&late=yes"):
            desk = browser.get(address + words)
            (there,) = (a["href"] for a, text in page(desk).all("a") if text == "导出这个清单")
            asked = body(browser.get(there))
            rows, left_out = re.search(r"现在有(\d+)行", asked)[1], re.search(r"未成年人(\d+)人", asked)
            listed = total(desk)
            assert int(rows) + int(left_out[1] if left_out else 0) == listed
            back = re.search(rf'<a href="([^"]+)"><b>({title} · [^<]+)</b>', asked)
            assert ("只要逾期的" in back[2]) == ("late" in words)
            assert total(browser.get(unescape(back[1]))) == listed
            seen.add(listed)
        assert len(seen) > 1  # control: the lists differ
        for words in ("?queue=steps", "?q=a", "?week=yes"):
            assert "导出这个清单" not in body(browser.get(address + words))

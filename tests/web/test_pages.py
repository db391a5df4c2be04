"""What the pages say with sixty persons in the house: counts, order, words, emptiness."""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guitu.web.demonstration import sign_ins
from tests.factories.units import POSTS, UNITS
from tests.web import words
from tests.web.peopled import (
    ACKNOWLEDGED,
    KEPT,
    LONGEST_NAME,
    MORE_POSTS,
    OTHERS,
    REGISTERED,
    SENT,
    SIXTY,
)
from tests.web.reading import body, page, persons_linked, total

MOST_QUERIES = 25
REFUSED = next(plan.name for plan in SIXTY if plan.refused)


def pages(peopled) -> list[tuple[str, str]]:
    """Every page that shows something, by a post that may open it."""
    files = [
        (login, f"/persons/{peopled.persons[name]}/")
        for login, name in (
            ("prison", KEPT),
            ("prison", SENT),
            ("prison", REFUSED),
            ("prison", LONGEST_NAME),
            ("county", SENT),
            ("county", ACKNOWLEDGED),
            ("county", REGISTERED),
        )
    ]
    return [
        *files,
        ("", "/sign-in/"),
        ("prison", "/post/"),
        ("prison", "/prison/"),
        ("prison", "/prison/?page=2"),
        ("prison", "/prison/?queue=done"),
        ("prison", "/prison/?q=zzz"),
        ("prison", "/prison/roster/"),
        ("other-prison", "/county/"),
        ("county", "/county/"),
        ("county", "/county/?queue=sign&late=yes"),
        ("county", "/search/"),
        ("county", "/window/"),
        ("prison", "/window/?q=zzz"),
        ("county", "/window/taken/"),
        ("county", f"/window/{peopled.persons[REGISTERED]}/"),
        ("county", "/search/?q=zzz"),
        ("county", "/search/?q=c"),
        ("county", f"/persons/{peopled.persons[SENT]}/items/id_doc/"),
        ("county", f"/persons/{peopled.persons[KEPT]}/"),
        ("county", "/board/"),
        ("county", "/sign-out/"),
        ("city", "/board/"),
        ("province", "/board/"),
        ("province", "/board/disputes/"),
        ("province", "/board/no-receiver/"),
        ("prison", "/responsibilities/"),
        ("prison", "/prison/?queue=steps"),
        ("prison", "/prison/sent/"),
        ("county", "/county/allot/"),
        ("county", "/county/?queue=follow"),
        ("worker", "/worker/"),
        ("township", "/worker/?whose=unit"),
        ("township", "/county/"),
        ("province", "/search/?q=c"),
        ("system", "/units/"),
        ("system", "/units/?q=zzz"),
        ("system", "/rules/"),
        ("system", "/rules/?q=zzz"),
        ("county", "/rules/decisions/"),
        ("county", "/rules/decisions/?role=COUNTY_OFFICER&what=L4"),
        ("system", "/rules/RS-17/"),
    ]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_page_asks_the_database_too_often(peopled, language: str) -> None:
    asked = {}
    for login, address in pages(peopled):
        browser = peopled.client(login or None, language=language)
        with CaptureQueriesContext(connection) as queries:
            browser.get(address)
        asked[login, address] = sum(query["sql"] not in {"BEGIN", "COMMIT"} for query in queries.captured_queries)
    assert {one: number for one, number in asked.items() if number > MOST_QUERIES} == {}
    assert asked["county", "/county/"] > 3  # the counter counts


def _all_rows(browser, address: str) -> list[uuid.UUID]:
    rows = []
    while address:
        answer = browser.get(address)
        rows += persons_linked(answer)
        further = page(answer).all("a", rel="next")
        address = further[0][0]["href"] if further else ""
        if address.startswith("?"):
            address = answer.request["PATH_INFO"] + address
    return rows


def _counted_links(answer) -> list[tuple[str, int]]:
    """Address and number of every count on a desk: tiles, their parts, tabs."""
    found = []
    seen = page(answer)
    for anchor, text in [*seen.all("a", cls="v"), *((a, t) for a, t in seen.all("a") if re.fullmatch(r"\d+", t))]:
        found.append((anchor["href"], int(text.split()[0])))
    tabs = [(a["href"], t.split()[-1]) for a, t in seen.all("a") if re.fullmatch(r"\D+ \d+", t)]
    return found + [(address, int(number)) for address, number in tabs]


# Queues of matters: a person stands in each of them once; in a queue of steps once for each step.
ONE_ROW_A_PERSON = ("send", "nowhere", "resend", "contested", "waiting", "received", "done")
ONE_ROW_A_PERSON += ("sign", "register", "offer")


@pytest.mark.parametrize(("login", "address", "expected"), [("prison", "/prison/", 40), ("county", "/county/", 31)])
def test_every_count_of_a_desk_opens_exactly_its_rows(peopled, login: str, address: str, expected: int) -> None:
    browser = peopled.client(login)
    links = _counted_links(browser.get(address))
    assert len(links) == expected
    for link, number in links:
        answer = browser.get(link)
        rows = _all_rows(browser, link)
        assert (link, total(answer), len(rows)) == (link, number, number)
        if "queue=" not in link or any(f"queue={queue}" in link for queue in ONE_ROW_A_PERSON):
            assert len(set(rows)) == number, link


def test_the_tiles_add_up_to_the_sixty(peopled) -> None:
    links = dict(_counted_links(peopled.client("prison").get("/prison/")))
    queues = [links[f"/prison/?queue={queue}"] for queue in ("send", "resend", "waiting", "received", "done")]
    assert queues == [28, 4, 16, 10, 3]
    assert sum(queues) == len(SIXTY) + 1 == 61  # one of the prison's persons goes to the sibling county
    assert links["/prison/"] == sum(queues[:-1])
    assert links["/prison/?late=yes"] == 3 + 4 + 3


def test_a_filter_stays_while_one_turns_the_pages(peopled) -> None:
    browser = peopled.client("prison")
    wanted = [plan for plan in SIXTY if not plan.sent]
    rows = _all_rows(browser, "/prison/?queue=send&type=END_OF_SENTENCE&q=")
    unfiltered = _all_rows(browser, "/prison/?queue=send")
    assert len(unfiltered) == len(wanted) == 28
    assert set(rows) <= set(unfiltered)
    today = browser.get("/prison/?queue=send&today=yes")
    assert page(today).all("input", name="today", value="yes")
    assert page(today).all("input", name="queue", value="send")


def test_the_queue_stands_in_panic_order(peopled) -> None:
    name_of = {person: name for name, person in peopled.persons.items()}
    rows = [name_of[person] for person in _all_rows(peopled.client("prison"), "/prison/")]

    def some(**steps: object) -> set[str]:
        return {
            plan.name
            for plan in SIXTY
            if all(str(getattr(plan, step) or "")[: len(str(value))] == str(value) for step, value in steps.items())
        }

    # Late first, the longest late first: registration due on 17 August, sending on the 20th, receipt on the 22nd.
    assert set(rows[0:3]) == some(release="2026-08-10")
    assert set(rows[3:6]) == some(release="2026-09-20")
    assert set(rows[6:10]) == some(release="2026-09-25")
    # Then what is due today, tomorrow, within the week, later.
    assert set(rows[10:12]) == some(release="2026-10-01")
    assert set(rows[30:51]) == some(release="2026-12-14")
    assert set(rows[51:]) == some(release="2026-11-10")
    assert len(rows) == 58


def test_among_equals_the_key_person_stands_first(peopled) -> None:
    rows = _all_rows(peopled.client("county"), "/county/?queue=sign")
    name_of = {person: name for name, person in peopled.persons.items()}
    assert name_of[rows[4]] == LONGEST_NAME  # after the four late, before ten who are due at the same moment
    assert len(rows) == 15


def test_the_groups_say_late_today_soon_and_later_with_their_numbers(peopled) -> None:
    heads = [text for _, text in page(peopled.client("prison").get("/prison/")).all("th", scope="colgroup")]
    assert heads[0].startswith("已逾期 10")
    assert "责任在承办单位，不在本人" in heads[0]
    assert heads[1] == "今天到期 2"
    assert heads[2].startswith("7天内 ")


# What stays Chinese on an English page: people's names, units and titles as they stand in records, what was typed or
# handed in, and the terms of the law in brackets.
NAMES = {one.name for one in (*SIXTY, *OTHERS, *POSTS, *sign_ins())} | {name for name, *_ in MORE_POSTS.values()}
TITLES = {post.title for post in POSTS}
RECORDED = {"青榆县雁回镇1号", "三年", "缺判决书复印件", "释放名册.xlsx", "中文"} | {unit.name for unit in UNITS}
ALLOWED = sorted(NAMES | TITLES | RECORDED, key=len, reverse=True)
HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


def chinese_left(html: str) -> list[str]:
    """The stretches of an English page that hold Chinese and should not."""
    html = re.sub(r"<wbr>", "", html)
    html = re.sub(r'<(a class="gt-name"[^>]*)>(.*?)</a>', lambda found: re.sub(r"<[^>]*>", "", found[2]), html)
    for allowed in ALLOWED:
        html = html.replace(allowed, "")
    html = re.sub(r" \([^()]*[\u3400-\u9fff][^()]*\)", "", html)
    html = re.sub(r"[\u3400-\u9fff]\*\*", "", html)  # a name of which only the surname is shown
    html = re.sub(r"〔\d{4}〕\w+号", "", html)  # the number of a document is part of it
    return sorted({" ".join(found.split()) for found in re.findall(r"[^<>]+", html) if HAN.search(found)})


def test_an_english_page_is_english(peopled) -> None:
    left = {}
    for login, address in pages(peopled):
        answer = peopled.client(login or None, language="en").get(address)
        assert '<html lang="en">' in body(answer), address
        left[login, address] = chinese_left(body(answer))
    assert {one: found for one, found in left.items() if found} == {}


def test_a_chinese_word_on_an_english_page_would_be_found() -> None:
    assert chinese_left("<p>Notice (刑满释放人员通知书) 未译 and 侯知白</p>") == ["Notice 未译 and"]


def test_every_word_of_the_window_has_its_english() -> None:
    held = words.known()
    missing = {source: sorted(asked - held) for source, asked in words.asked().items() if asked - held}
    assert missing == {}
    assert sum(map(len, words.asked().values())) > 300


EMPTY = [
    ("other-prison", "/county/", "现在没有在办的事", "没有等本县办理的事"),
    ("county", "/prison/", "现在没有在办的事", "从“导入名册”开始"),
    ("prison", "/prison/?q=zzz", "没有符合条件的事", "含“zzz”的人"),
    ("county", "/search/", "输入要找的人", "拼音首字母"),
    ("county", "/search/?q=zzz", "没有找到", "在您的查看范围内"),
    ("system", "/units/?q=zzz", "没有符合条件的单位", "重置条件"),
    ("system", "/rules/?q=zzz", "没有符合条件的规则", "重置条件"),
    ("system", "/rules/decisions/?role=EVALUATOR", "没有符合条件的行", "重置条件"),
]


@pytest.mark.parametrize(("login", "address", "title", "then"), EMPTY)
def test_an_empty_page_says_why_and_what_next(peopled, login: str, address: str, title: str, then: str) -> None:
    empty = page(peopled.client(login).get(address)).all("div", cls="gt-empty")
    assert len(empty) == 1
    assert empty[0][1].startswith(title)
    assert then in empty[0][1]


def test_a_house_without_rosters_says_so(bare) -> None:
    for login, address, said in (
        ("prison", "/prison/roster/", "还没有导入过名册"),
        ("prison", "/prison/", "现在没有在办的事"),
        ("province", "/board/", "现在没有在办的事"),
    ):
        answer = bare.client(login).get(address)
        assert [text for _, text in page(answer).all("div", cls="gt-empty") if text.startswith(said)], address


def test_a_name_of_thirty_characters_stands_whole_everywhere(peopled) -> None:
    assert len(LONGEST_NAME) == 30
    person = peopled.persons[LONGEST_NAME]
    file = page(peopled.client("county").get(f"/persons/{person}/"))
    assert file.all("h1")[0][1] == LONGEST_NAME
    found = page(peopled.client("county").get("/search/", {"q": "吐尔逊江·阿尔"})).all("a", cls="gt-name")
    assert [text for _, text in found] == [LONGEST_NAME]
    row = page(peopled.client("county").get("/county/?queue=sign")).all("a", href=f"/persons/{person}/", cls="gt-name")
    assert [text for _, text in row] == [LONGEST_NAME]


def test_a_person_can_be_found_by_pinyin_and_by_initials(peopled) -> None:
    for asked in ("longyan", "ouyang", "cyq"):
        rows = persons_linked(peopled.client("other-prison").get("/search/", {"q": asked}))
        rows += persons_linked(peopled.client("prison").get("/search/", {"q": asked}))
        assert rows, asked


@pytest.mark.parametrize("number", ["0", "-1", "x", "999999999999"])
def test_a_page_number_that_makes_no_sense_shows_the_first(peopled, number: str) -> None:
    answer = peopled.client("prison").get("/prison/", {"page": number})
    assert answer.status_code == 200
    assert len(persons_linked(answer)) == 25

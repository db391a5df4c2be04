"""Every page in a real browser: nothing for axe to say, no sideways scroll, nothing too small to touch."""

import pytest

from tests.e2e.test_road_in_a_browser import shot
from tests.web.peopled import ACKNOWLEDGED, KEPT, LONGEST_NAME, REGISTERED, SENT
from tests.web.test_pages import REFUSED

WIDTHS = (320, 360, 390, 480, 640, 768, 900, 1024, 1180, 1280, 1440, 1680, 1920)


def pages(house) -> list[tuple[str, str]]:
    """Every kind of page, and each state of it that looks different."""
    files = [
        (login, f"/persons/{house.persons[name]}/")
        for login, name in (
            ("prison", KEPT),
            ("prison", REFUSED),
            ("county", SENT),
            ("county", ACKNOWLEDGED),
            ("county", REGISTERED),
            ("county", LONGEST_NAME),
        )
    ]
    return [
        *files,
        ("", "/sign-in/"),
        ("prison", "/post/"),
        ("prison", "/prison/"),
        ("prison", "/prison/?q=zzz"),
        ("prison", "/prison/roster/"),
        ("county", "/county/"),
        ("county", "/county/?queue=sign"),
        ("county", "/search/?q=c"),
        ("county", "/window/?q=c"),
        ("county", "/window/taken/"),
        ("county", f"/window/{house.persons[REGISTERED]}/"),
        ("county", f"/persons/{house.persons[SENT]}/items/id_doc/"),
        ("county", f"/persons/{house.persons[KEPT]}/"),
        ("county", "/board/"),
        ("province", "/board/"),
        ("province", "/board/disputes/"),
        ("province", "/board/no-receiver/"),
        ("prison", "/responsibilities/"),
        ("prison", "/prison/?queue=steps"),
        ("prison", "/prison/sent/"),
        ("county", "/county/allot/"),
        ("worker", "/worker/"),
        ("township", "/worker/?whose=unit"),
        ("system", "/units/"),
        ("system", "/rules/"),
        ("system", "/rules/RS-17/"),
        ("county", "/account/"),
        ("county", "/papers/"),
        ("county", "/exports/"),
        ("county", "/rights/"),
        ("county", "/letters/sent/"),
        ("system", "/terminals/"),
        ("security", "/proposals/"),
        ("audit", "/audit/?list=sign-ins"),
        ("audit", "/watch/reads/"),
        ("person", "/my/"),
        ("person", "/my/looks/"),
    ]


def visit(served, *, width: int, height: int, language: str = "zh-hans"):
    """Every page in turn, with its address."""
    visitors: dict[str, object] = {}
    for login, address in pages(served.house):
        if login not in visitors:
            visitors[login] = served.visitor(login or None, width=width, height=height, language=language)
        page = visitors[login]
        page.set_viewport_size({"width": width, "height": height})
        page.goto(address)
        assert page.evaluate("() => innerWidth") == width
        yield page, f"{login or 'nobody'} {address}"


ASK_AXE = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
    .flatMap(v => v.nodes.map(n => v.id + ': ' + n.html.slice(0, 140)))"""


TOO_SMALL = """() => {
  const reaches = (one, x, y) => {
    const hit = document.elementFromPoint(x, y);
    return hit !== null && (one === hit || one.contains(hit) || (hit.labels === undefined && hit.control === one));
  };
  const small = [];
  const large = new Set();
  for (const one of document.querySelectorAll('a[href], button, input, select, textarea, summary')) {
    const style = getComputedStyle(one);
    if (one.type === 'hidden' || style.visibility === 'hidden' || !one.getClientRects().length) continue;
    if (one.matches('.gt-skip') || one.closest('[hidden]')) continue;
    // A radio is touched together with its label; a link within a sentence is as high as its line.
    const target = one.matches('input[type=radio], input[type=checkbox]') ? one.parentElement : one;
    const within = style.display === 'inline' && one.matches('a') &&
      [...one.parentElement.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    one.scrollIntoView({block: 'center'});
    const box = target.getBoundingClientRect();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    // What is touched may be larger than what is drawn.
    const reached = [[-21, 0], [21, 0], [0, -21], [0, 21]].every(([dx, dy]) => reaches(target, x + dx, y + dy));
    if ((box.height >= 43.5 && box.width >= 43.5) || reached) large.add(one.href);
    else if (!within)
      small.push([one.href, `${Math.round(box.width)}x${Math.round(box.height)} ${one.outerHTML.slice(0, 110)}`]);
  }
  // A small link is no hindrance where a large one on the same page leads to the same place.
  return small.filter(([href]) => !href || !large.has(href)).map(([, said]) => said);
}"""


def too_wide(page) -> list[tuple[int, int]]:
    """The widths of a screen that the page does not fit, with what it needs; the page is loaded once for all."""
    screen, wide = page.context.new_cdp_session(page), []
    for width in WIDTHS:
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        screen.send("Emulation.setDeviceMetricsOverride", size)
        shown, needed = page.evaluate("() => [innerWidth, document.documentElement.scrollWidth]")
        assert shown == width
        if needed > width:
            wide.append((width, needed))
    screen.detach()
    return wide


@pytest.fixture(scope="module")
def desk(served_for_reading, axe: str) -> dict[str, tuple[list, list]]:
    """Every page opened once on the screen of a desk: what axe says of it, and the widths it does not fit."""
    found = {}
    for number, (page, where) in enumerate(visit(served_for_reading, width=1440, height=900)):
        page.evaluate(axe)
        said = page.evaluate(ASK_AXE)
        shot(page, f"{number:02d}-1440")
        found[where] = (said, too_wide(page))
    return found


@pytest.fixture(scope="module")
def phone(served_for_reading, axe: str) -> dict[str, tuple[list, list]]:
    """Every page opened once on a phone: what axe says of it, and what is too small to touch."""
    found = {}
    for number, (page, where) in enumerate(visit(served_for_reading, width=390, height=844)):
        page.evaluate(axe)
        said = page.evaluate(ASK_AXE)
        shot(page, f"{number:02d}-390")
        found[where] = (said, page.evaluate(TOO_SMALL))
    return found


def test_axe_finds_nothing_on_a_desk(desk) -> None:
    assert {where: said for where, (said, _) in desk.items() if said} == {}
    assert len(desk) == 43


def test_axe_finds_nothing_on_a_phone(phone) -> None:
    assert {where: said for where, (said, _) in phone.items() if said} == {}
    assert len(phone) == 43


def test_axe_would_find_something(served_for_reading, axe: str) -> None:
    page = served_for_reading.visitor("county")
    page.goto("/county/")
    page.evaluate("() => { document.querySelector('main').innerHTML += '<img src=/static/built/mark.svg>' }")
    page.evaluate(axe)
    assert any(said.startswith("image-alt") for said in page.evaluate(ASK_AXE))


def test_no_page_scrolls_sideways(desk) -> None:
    assert {where: wide for where, (_, wide) in desk.items() if wide} == {}


def test_no_page_in_english_scrolls_sideways(served_for_reading) -> None:
    wide = {where: too_wide(page) for page, where in visit(served_for_reading, width=1440, height=900, language="en")}
    assert {where: found for where, found in wide.items() if found} == {}
    assert len(wide) == 43


def test_a_page_that_scrolls_sideways_would_be_found(served_for_reading) -> None:
    page = served_for_reading.visitor("county")
    page.goto("/county/")
    page.evaluate(
        "() => { const one = document.createElement('div'); one.style.minWidth = '700px'; one.textContent = 'x';"
        " document.querySelector('main').prepend(one) }"
    )
    assert {width for width, _ in too_wide(page)} >= {320, 640}
    assert max(width for width, _ in too_wide(page)) < 1024


def test_everything_touched_on_a_phone_is_large_enough(phone) -> None:
    assert {where: small for where, (_, small) in phone.items() if small} == {}


def test_something_too_small_would_be_found(served_for_reading) -> None:
    page = served_for_reading.visitor("county", width=390, height=844)
    page.goto("/county/")
    page.evaluate(
        "() => { const b = document.createElement('button'); b.textContent = 'x';"
        " b.className = 'tiny'; document.querySelector('main').prepend(b) }"
    )
    assert any("tiny" in found for found in page.evaluate(TOO_SMALL))

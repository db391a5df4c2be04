"""The board's units come in pages, the most late first; every unit stands on exactly one page and the total on each."""

import re

from guitu.web.supervisor_desk import views
from tests.web.reading import page


def units(answer) -> list[str]:
    """The units in the order of the page, without the total."""
    cells = [words for _, words in page(answer).all("td") if words]
    text = answer.content.decode()
    table = text[text.index('id="units"') :]
    rows = re.findall(r"<tr(?: class=\"late\")?><td>([^<]+)</td>", table)
    assert all(row in " ".join(cells) for row in rows)
    return rows


def test_every_unit_stands_on_one_page_and_the_next_leads_on(peopled, monkeypatch) -> None:
    browser = peopled.client("province")
    whole = units(browser.get("/board/"))
    assert len(whole) >= 3
    monkeypatch.setattr(views, "UNITS", 1)
    found, address = [], "/board/"
    while address:
        answer = browser.get(address)
        assert "合计" in answer.content.decode()
        found += units(answer)
        following = [attrs["href"] for attrs, _ in page(answer).all("a") if attrs.get("rel") == "next"]
        assert all(link.endswith("#units") for link in following)
        address = "/board/" + following[0].partition("#")[0] if following else ""
    assert sorted(found) == sorted(whole)
    assert len(found) == len(set(found))


def test_a_page_of_the_late_keeps_its_condition(peopled, monkeypatch) -> None:
    monkeypatch.setattr(views, "UNITS", 1)
    answer = peopled.client("province").get("/board/?late=yes")
    (link,) = [attrs["href"] for attrs, _ in page(answer).all("a") if attrs.get("rel") == "next"]
    assert "late=yes" in link

"""What the first load of a page transfers, as the server hands it out itself: bytes are counted, nothing is timed."""

import gzip

import pytest

from benchmarks.weight import MOST, MOST_OF_A_SCRIPT, awaited_scripts, first_load
from tests.web.peopled import SENT

FIRST = (("", "/sign-in/"), ("county", "/county/"), ("county", "file"), ("person", "/my/"), ("prison", "/prison/"))


@pytest.mark.parametrize(("login", "address"), FIRST)
def test_the_first_load_of_a_page_is_light_and_waits_for_no_heavy_script(peopled, login: str, address: str) -> None:
    if address == "file":
        address = f"/persons/{peopled.persons[SENT]}/"
    load = first_load(peopled.client(login or None), address)
    assert load.sent <= MOST, [(part.address, part.sent) for part in load.parts]
    assert [part.address for part in load.awaited if part.whole > MOST_OF_A_SCRIPT] == []
    assert {part.address.rsplit(".")[-1] for part in load.parts} >= {"css", "svg"}, "the parts are counted too"


def test_styles_and_scripts_come_compressed_to_whoever_takes_it_and_plain_to_others(peopled) -> None:
    packed = first_load(peopled.client("county"), "/county/")
    plain = first_load(peopled.client("county"), "/county/", takes="identity")
    parts = [part for part in packed.parts if part.address.endswith((".css", ".js"))]
    assert len(parts) >= 3
    assert all(part.compressed for part in parts)
    assert not any(part.compressed for part in plain.parts)
    assert {part.address: part.whole for part in parts}.items() <= {p.address: p.sent for p in plain.parts}.items()
    assert sum(part.sent for part in parts) < sum(part.whole for part in parts) / 2


def test_a_page_itself_is_not_compressed_since_it_holds_secrets_beside_words_from_its_address(peopled) -> None:
    answer = peopled.client("county").get("/county/?q=zzz", headers={"accept-encoding": "gzip"})
    assert "Content-Encoding" not in answer
    assert "zzz" in answer.content.decode()


def test_a_script_that_holds_the_page_up_would_be_seen() -> None:
    html = '<script src="/a.js"></script><script defer src="/b.js"></script><script type="module" src="/c.js"></script>'
    assert awaited_scripts(html) == ["/a.js"]


def test_the_measure_counts_what_is_sent_and_what_is_read() -> None:
    class Answer:
        status_code, streaming = 200, False

        def __init__(self, content: bytes, encoding: str = "") -> None:
            self.content, self.encoding = content, encoding

        def get(self, name: str) -> str | None:
            return self.encoding or None

    class Browser:
        def get(self, address: str, headers: dict[str, str]) -> Answer:
            if address == "/page/":
                return Answer(b'<script src="heavy.js"></script>')
            return Answer(gzip.compress(b"x" * 200_000), "gzip")

    load = first_load(Browser(), "/page/")
    assert [part.address for part in load.awaited if part.whole > MOST_OF_A_SCRIPT] == ["/page/heavy.js"]
    assert load.sent < 1_000

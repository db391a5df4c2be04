"""What holds for every page: the content policy, the marks beside the words, ids, and the shell."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.http import Http404
from django.template.loader import render_to_string
from django.utils import translation

from guitu.web.style_page.views import PAGES
from guitu.web.templatetags.guitu_shapes import ICONS
from tests.web_components.rendering import NOW, Elements, component, sample

TEMPLATES = Path(__file__).resolve().parents[2] / "src" / "guitu" / "web" / "templates"
ERRORS = ("400", "403", "404", "409", "500", "session_ended", "refusal")
EVERY = ["", *PAGES]


def broken_rules(html: str) -> list[str]:
    """Return what the content policy or our own rules forbid in this page."""
    page = Elements(html)
    broken = [f"misplaced {tag}" for tag in page.misplaced]
    ids: list[str] = []
    for tag, attributes, _ in page.found:
        broken += [f"{tag} {name}" for name in attributes if name == "style" or name.startswith("on")]
        broken += [f"{tag} {name}" for name in attributes if name in {"hx-on", "hx-vals"}]
        broken += [f"{tag} script" for value in attributes.values() if "javascript:" in value]
        for name in ("href", "src", "action"):
            if re.match(r"(https?:)?//", attributes.get(name, "")):
                broken.append(f"{tag} {attributes[name]}")
        if tag in {"style", "iframe", "object"} or (tag == "script" and "src" not in attributes):
            broken.append(tag)
        ids += [attributes["id"]] if "id" in attributes else []
    return broken + [f"twice: {one}" for one in set(ids) if ids.count(one) > 1]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", EVERY)
def test_a_page_keeps_the_content_policy(name: str, language: str) -> None:
    with translation.override(language):
        assert broken_rules(sample(name)) == []


def test_the_rules_would_be_seen_broken() -> None:
    seen = broken_rules(
        '<p style="x"><a href="https://a.example" onclick="x">a</a><script>1</script><b id="a"></b><i id="a"></i></p>'
    )
    assert len(seen) == 5


@pytest.mark.parametrize("name", EVERY)
def test_an_icon_is_hidden_from_readers_and_stands_beside_a_word(name: str) -> None:
    page = Elements(sample(name))
    icons = [attributes for tag, attributes, _ in page.found if tag == "svg" and "gt-i" in attributes.get("class", "")]
    assert all(attributes.get("aria-hidden") == "true" for attributes in icons)
    for tag in ("a", "button", "summary"):
        for attributes, text in page.all(tag):
            assert text or "gt-brand" in attributes.get("class", ""), (tag, attributes)


@pytest.mark.parametrize("name", EVERY)
def test_the_sprite_holds_the_icons_used_and_no_others(name: str) -> None:
    html = sample(name)
    used = set(re.findall(r'<use href="#i-([a-z]+)"', html))
    assert used == set(re.findall(r'<symbol id="i-([a-z]+)"', html))


def test_a_part_sent_alone_carries_its_icons_with_it() -> None:
    html = component('<c-icon name="clock" />')
    assert "<use" not in html
    assert ICONS["clock"] in html


@pytest.mark.parametrize("name", EVERY)
def test_every_field_has_a_label(name: str) -> None:
    page = Elements(sample(name))
    labelled = {attributes.get("for") for attributes, _ in page.all("label")}
    for tag in ("input", "select", "textarea"):
        for attributes, _ in page.all(tag):
            if attributes.get("type") == "hidden" or "data-keys-switch" in attributes:
                continue
            assert attributes.get("id") in labelled, attributes


def test_the_shell_shows_post_and_purpose_and_signs_out_by_post() -> None:
    page = Elements(sample("desk"))
    assert page.all("div", cls="gt-purpose")[0][1].startswith("以何岗位")
    assert page.all("a", href="#switch")
    assert page.all("form", action="/sign-out/", method="post")
    assert page.all("a", cls="gt-skip")[0][0]["href"] == "#main"
    assert page.all("p", id="live", role="status")


def test_the_menu_says_overdue_in_words_before_the_black_figure() -> None:
    entry = next(text for a, text in Elements(sample("desk")).all("a") if a.get("href") == "?page=desk")
    assert entry == "衔接工作台逾期3 共26"


def test_the_language_switch_offers_the_other_language(english: None) -> None:
    page = Elements(sample("desk"))
    assert page.all("html")[0][0]["lang"] == "en"
    assert [a["value"] for a, _ in page.all("input", name="language")] == ["zh-hans"]


def test_the_person_sees_no_post_and_no_purpose() -> None:
    page = Elements(sample("person"))
    assert not page.all("div", cls="gt-purpose")
    assert not page.all("nav", cls="gt-bottom")


def test_an_unknown_sample_page_is_not_found() -> None:
    with pytest.raises(Http404):
        sample("nothing")


@pytest.mark.parametrize("name", ERRORS)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_refusal_keeps_the_content_policy_and_offers_a_way_on(name: str, language: str) -> None:
    with translation.override(language):
        context = {
            "page": {"title": "x", "lang": language},
            "now": NOW,
            "sentences": ["一句"] if name == "refusal" else [],
        }
        html = render_to_string(f"errors/{name}.html", context)
    assert broken_rules(html) == []
    assert Elements(html).all("a", cls="btn-primary")
    assert len(Elements(html).all("h1")) == 1


def test_a_fault_says_whether_anything_was_saved_and_gives_its_number() -> None:
    lost = render_to_string("errors/500.html", {"number": "A1B2C3D4"})
    kept = render_to_string("errors/500.html", {"saved": True})
    assert "没有保存任何内容" in lost
    assert "A1B2C3D4" in lost
    assert "已经保存" in kept


def test_a_conflict_shows_both_versions() -> None:
    rows = [{"name": "地点", "theirs": "正门", "yours": "东门", "differs": True}]
    html = render_to_string("errors/409.html", {"versions": rows, "other_who": "许令仪"})
    assert "正门" in html
    assert "<b>东门</b>" in html


def test_every_chinese_word_of_the_templates_has_its_english(english: None) -> None:
    catalogue = (TEMPLATES.parents[1] / "locale" / "en" / "LC_MESSAGES" / "django.po").read_text(encoding="utf-8")
    known = set(re.findall(r'^msgid "(.*)"$', catalogue, re.MULTILINE))
    missing = []
    for folder in ("base", "cotton", "errors"):
        for path in (TEMPLATES / folder).glob("*.html"):
            text = path.read_text(encoding="utf-8")
            words = [a or b for a, b in re.findall(r"""\{% translate (?:"([^"]*)"|'([^']*)') """, text)]
            blocks = re.findall(r"\{% blocktranslate[^%]*%\}(.*?)\{% (?:plural|endblocktranslate) %\}", text, re.DOTALL)
            words += [re.sub(r"\{\{ (\w+) \}\}", r"%(\1)s", block) for block in blocks]
            missing += [(path.name, word) for word in words if word not in known]
    assert missing == []


def test_the_styles_ask_nothing_that_an_older_browser_kernel_does_not_know() -> None:
    styles = Path(__file__).resolve().parents[2] / "frontend" / "src" / "css"
    unknown = re.compile(r"oklch\(|light-dark\(|color-mix\(|:is\(|:has\(|@layer|https?://")
    sheets = sorted(styles.glob("*.css"))
    assert sheets
    for path in sheets:
        text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert unknown.findall(text) == [], path.name

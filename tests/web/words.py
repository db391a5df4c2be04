"""The words of the window that are to be translated: those of its templates and those of its views."""

import ast
import re
from pathlib import Path

WEB = Path(__file__).resolve().parents[2] / "src" / "guitu" / "web"
CATALOGUE = WEB.parent / "locale" / "en" / "LC_MESSAGES" / "django.po"
_ASKED = {"_", "gettext", "gettext_noop", "gettext_lazy", "ngettext"}


def of_template(text: str) -> set[str]:
    """The message ids of a template."""
    words = {a or b for a, b in re.findall(r"""\{% translate (?:"([^"]*)"|'([^']*)')""", text)}
    blocks = re.findall(r"\{% blocktranslate[^%]*%\}(.*?)\{% (?:plural|endblocktranslate) %\}", text, re.DOTALL)
    # A percent sign of the text itself is doubled in the message id, as blocktranslate does.
    return words | {re.sub(r"\{\{ (\w+) \}\}", r"%(\1)s", block.replace("%", "%%")) for block in blocks}


def of_module(text: str) -> set[str]:
    """The message ids of a Python module."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in _ASKED and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.add(first.value)
    return found


def asked() -> dict[str, set[str]]:
    """Every message id of the window's own pages by the file that asks for it."""
    sources = {path: of_template(path.read_text(encoding="utf-8")) for path in WEB.glob("templates/**/*.html")}
    sources |= {path: of_module(path.read_text(encoding="utf-8")) for path in WEB.glob("**/*.py")}
    return {str(path.relative_to(WEB)): words for path, words in sources.items() if "style" not in str(path)}


def known() -> set[str]:
    """The message ids that have English words."""
    from babel.messages.pofile import read_po

    with CATALOGUE.open("rb") as source:
        catalogue = read_po(source, locale="en")
    return {
        one.id if isinstance(one.id, str) else one.id[0]
        for one in catalogue
        if one.id and (one.string if isinstance(one.string, str) else all(one.string))
    }

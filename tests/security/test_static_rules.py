"""What no line of the house may do: rules that a reader could check by eye, each with a trespass that it notices."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.architecture.source import HOUSE, ROOT, Module, at, calls, modules, sample, within

Rule = Callable[[Module], list[str]]
SCRIPTS = sorted((ROOT / "frontend" / "src").rglob("*.js"))

EVALUATED = {"eval", "exec", "__import__", "compile", "os.system", "os.popen", "pickle.load", "pickle.loads"}
EVALUATED |= {"marshal.loads", "shelve.open", "dill.loads", "jsonpickle.decode"}
UNSAFE_PARTS = {"pickle", "marshal", "shelve", "dill", "telnetlib", "ftplib", "xmlrpc"}

MAY_CONNECT = {
    "guitu.launcher.listening": "asks the own address whether it answers",
    "guitu.ledger.witnessing": "asks the witnesses that the policy file names",
    "guitu.papers.scanning": "shows a file to the virus scanner at the socket that the operator names",
    "guitu.notices.channels": "hands mail to the server that the operator names",
    "guitu.web.sent_journal": "sends the journal to the server that the operator names, over TLS",
    "guitu.web.command_line.following": "asks the log whose address its user gives on the command line",
}
"""Who opens a connection to an address, and to which: nobody else does."""
CONNECTING = {"socket", "http", "urllib.request", "smtplib", "ssl", "ftplib", "httpx", "requests", "aiohttp", "urllib3"}
CONNECTING |= {"asyncio.streams", "imaplib", "poplib", "websockets", "paramiko", "django.core.mail"}

WEAK = {"md5", "sha1", "MD5", "SHA1", "ECB", "TripleDES", "DES", "ARC4", "Blowfish", "IDEA", "CAST5", "PKCS1v15", "RC2"}
READING_DAYS = (
    *("guitu.web.form_fields", "guitu.web.notices.words", "guitu.web.api.paging"),
    *("guitu.web.generation", "guitu.web.demonstration_people", "guitu.web.command_line"),
)
"""Where the window reads a day from text: with its bounds; from what the house wrote itself; on the machine."""
INVENTING = ("guitu.web.generation", "guitu.web.demonstration_people")
"""Where people are invented, the same ones again from the same seed: the only use of chance that can be foretold."""


def imported(module: Module) -> Iterator[tuple[str, ast.stmt]]:
    """Every name that a module imports, with its whole path."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((f"{node.module}.{alias.name}", node) for alias in node.names)


def code_made_of_text(module: Module) -> list[str]:
    """Text evaluated as code, or values unpacked by a format that can run some; a YAML reader that builds objects."""
    found = [
        at(module, call)
        for words, call in calls(module)
        if words in EVALUATED and ("." in words or isinstance(call.func, ast.Name))
    ]
    found += [at(module, node) for name, node in imported(module) if name.split(".")[0] in UNSAFE_PARTS]
    for words, call in calls(module):
        if words in {"yaml.load", "yaml.load_all"}:
            readers = [ast.unparse(word.value) for word in call.keywords if word.arg == "Loader"]
            if not readers or not re.search(r"SafeLoader|BaseLoader", readers[0]):
                found.append(at(module, call))
        if words in {"yaml.unsafe_load", "yaml.full_load"}:
            found.append(at(module, call))
    return found


def shells(module: Module) -> list[str]:
    """A command that a shell would read."""
    return [
        at(module, call)
        for words, call in calls(module)
        for word in call.keywords
        if word.arg == "shell" and not (isinstance(word.value, ast.Constant) and word.value.value is False)
    ] + [
        at(module, call)
        for words, call in calls(module)
        if words in {"subprocess.getoutput", "subprocess.getstatusoutput"}
    ]


def _pieces(node: ast.expr) -> list[ast.expr]:
    """The parts of a text that are not written out: what an f-string, a `%`, a `+` or a `.format` puts in."""
    if isinstance(node, ast.JoinedStr):
        return [value.value for value in node.values if isinstance(value, ast.FormattedValue)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return [node.right]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _pieces(node.left) + _pieces(node.right)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        return [*node.args, *(word.value for word in node.keywords)]
    if isinstance(node, ast.Constant | ast.Name):
        return []
    return [node]


STATEMENTS = {"execute", "executemany", "copy", "raw", "RawSQL", "extra"}
ASKED = re.compile(r"request|POST|GET|body|payload|posted|typed|query_string|form\b", re.IGNORECASE)


def statements_of_input(module: Module) -> list[str]:
    """A statement to the database whose text holds something of a request."""
    return [
        at(module, call)
        for words, call in calls(module)
        if words.rsplit(".", 1)[-1] in STATEMENTS and words != "copy.copy" and call.args
        for piece in _pieces(call.args[0])
        if ASKED.search(ast.unparse(piece))
    ]


def patterns_of_input(module: Module) -> list[str]:
    """A pattern put together from something of a request."""
    return [
        at(module, call)
        for words, call in calls(module)
        if words in {"re.compile", "re.search", "re.match", "re.fullmatch", "re.sub", "re.findall", "re.split"}
        and call.args
        for piece in _pieces(call.args[0])
        if ASKED.search(ast.unparse(piece)) and "re.escape" not in ast.unparse(piece)
    ]


def templates_of_text(module: Module) -> list[str]:
    """A template made of text instead of a file."""
    making = {"Template", "from_string", "engines.from_string", "engine.from_string"}
    return [
        at(module, call)
        for words, call in calls(module)
        if words.rsplit(".", 1)[-1] in making and not within(module.name, ["guitu.papers"])
    ]


def connections(module: Module) -> list[str]:
    """A connection opened by somebody who is not on the list."""
    if module.name in MAY_CONNECT or within(module.name, ["guitu.witness"]):
        return []  # the witness listens and opens nothing: held by the next rule
    return [
        at(module, node)
        for name, node in imported(module)
        if any(name == part or name.startswith(f"{part}.") for part in CONNECTING)
        and not name.startswith("http.HTTPStatus")
    ]


def unchecked_certificates(module: Module) -> list[str]:
    """A connection that does not ask whom it talks to."""
    doubted = {"verify_mode", "check_hostname", "_create_unverified_context", "CERT_NONE"}
    found = [
        at(module, node) for node in ast.walk(module.tree) if isinstance(node, ast.Attribute) and node.attr in doubted
    ]
    return found + [
        at(module, call)
        for _, call in calls(module)
        for word in call.keywords
        if word.arg in {"verify", "verify_ssl"} and isinstance(word.value, ast.Constant) and word.value.value is False
    ]


def weak_algorithms(module: Module) -> list[str]:
    """A digest, cipher or padding that is no longer trusted."""
    named = [node for node in ast.walk(module.tree) if isinstance(node, ast.Attribute) and node.attr in WEAK]
    told = [
        call
        for words, call in calls(module)
        if words == "hashlib.new" and call.args and str(getattr(call.args[0], "value", "")).upper() in WEAK
    ]
    return [at(module, node) for node in [*named, *told]]


def foretold_chance(module: Module) -> list[str]:
    """Chance that can be foretold, anywhere but where people are invented."""
    if within(module.name, INVENTING):
        return []
    return [at(module, node) for name, node in imported(module) if name.split(".")[0] == "random"]


def unbounded_days(module: Module) -> list[str]:
    """A day or moment read from text by the window itself, and not by what knows which days a matter can have."""
    if not within(module.name, ("guitu.web",)) or within(module.name, READING_DAYS):
        return []
    return [at(module, call) for words, call in calls(module) if words.endswith(("fromisoformat", "strptime"))]


RULES: dict[str, tuple[Rule, list[str]]] = {
    "code made of text": (
        code_made_of_text,
        ["eval(text)", "import pickle", "yaml.load(text, Loader=yaml.Loader)", "yaml.load(text)", "os.system('ls')"],
    ),
    "shells": (shells, ["subprocess.run('ls', shell=True)", "subprocess.getoutput('ls')"]),
    "statements of input": (
        statements_of_input,
        [
            "cursor.execute(f\"SELECT 1 WHERE name = '{request.GET['q']}'\")",
            "cursor.execute('SELECT %s' % request.POST['a'])",
            "cursor.execute('SELECT ' + request.GET['order'])",
        ],
    ),
    "patterns of input": (patterns_of_input, ["re.search(f'^{request.GET[\"q\"]}', text)"]),
    "templates of text": (templates_of_text, ["Template('hello ' + name)", "engines['django'].from_string(text)"]),
    "connections": (
        connections,
        [
            "import socket",
            "from urllib.request import urlopen",
            "import smtplib",
            "from django.core.mail import send_mail",
        ],
    ),
    "unchecked certificates": (
        unchecked_certificates,
        ["context.check_hostname = False", "ssl._create_unverified_context()", "get(address, verify=False)"],
    ),
    "weak algorithms": (weak_algorithms, ["hashlib.md5(b'')", "hashlib.new('sha1')", "modes.ECB()"]),
    "unbounded days": (unbounded_days, ["date.fromisoformat(typed)", "datetime.strptime(typed, '%Y')"]),
    "foretold chance": (foretold_chance, ["import random", "from random import choice"]),
}


def _found(rule: str) -> list[str]:
    return [place for module in modules() for place in RULES[rule][0](module)]


def test_no_code_is_made_of_text():
    assert _found("code made of text") == []


def test_no_command_runs_through_a_shell():
    assert _found("shells") == []


def test_no_statement_is_put_together_from_what_somebody_typed():
    assert _found("statements of input") == []


def test_patterns_are_written_in_the_code():
    assert _found("patterns of input") == []


def test_a_day_is_read_where_its_bounds_are_known():
    assert _found("unbounded days") == []


def test_templates_are_files():
    assert _found("templates of text") == []


def test_only_the_listed_modules_open_connections():
    assert _found("connections") == []
    names = {module.name for module in modules()}
    assert set(MAY_CONNECT) <= names, "an exception that outlived its module"


def test_no_connection_skips_the_check_of_certificates():
    assert _found("unchecked certificates") == []


def test_weak_algorithms_are_not_used():
    assert _found("weak algorithms") == []


def test_secrets_come_from_the_systems_generator():
    assert _found("foretold chance") == []


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule, (_, bad) in RULES.items() for text in bad])
def test_a_trespass_is_noticed(rule: str, text: str):
    assert RULES[rule][0](sample(text, "guitu.web.refusals")) != []


FOLLOWING = re.compile(r"\bHTTPRedirectHandler\b|follow_redirects=True|allow_redirects=True")


def test_own_requests_follow_no_redirect():
    """`http.client` follows none. `urlopen` asks the own machine, or the log that a user of the command line names."""
    using = {
        module.name
        for module in modules()
        if re.search(r"\burlopen\(|\.open\(\s*(?:f?\"http|address|url)", module.text)
    }
    assert using <= {"guitu.launcher.listening", "guitu.web.command_line.following"}
    assert [module.name for module in modules() if FOLLOWING.search(module.text)] == []


MARKUP = re.compile(
    r"\b(?:outerHTML|insertAdjacentHTML|document\.write|eval|new Function)\b|\.innerHTML\s*=(?!\s*state\.words;)"
)
"""`state.words` is what the same button held before: nothing of a request."""
STORING = re.compile(r"\b(?:localStorage|sessionStorage|indexedDB|caches\.open)\b")
LISTENING_TO_OTHERS = re.compile(r"addEventListener\(\s*[\"']message[\"']|\bonmessage\b|\.postMessage\(")


BY_A_NAME_FROM_ELSEWHERE = re.compile(
    r"\[\s*(?![\"'`\d\]])[^\]\n]+\]\s*=(?!=)|\b(?:__proto__|setPrototypeOf|defineProperty|Object\.assign|fromEntries)\b"
)
"""A property written under a name that is not in the code, or the prototype itself: how prototypes are changed."""


def test_no_script_writes_a_property_under_a_name_from_elsewhere():
    assert [p.name for p in SCRIPTS if BY_A_NAME_FROM_ELSEWHERE.search(p.read_text(encoding="utf-8"))] == []
    for wrong in ("held[name] = value", "Object.assign(held, answer)", "x.__proto__ = y"):
        assert BY_A_NAME_FROM_ELSEWHERE.search(wrong), wrong
    for right in ("held[0] = 1", 'held["name"] = 1', "if (held[name] === 1)"):
        assert not BY_A_NAME_FROM_ELSEWHERE.search(right), right


def test_scripts_write_no_markup_from_values():
    assert [path.name for path in SCRIPTS if MARKUP.search(path.read_text(encoding="utf-8"))] == []
    assert SCRIPTS
    assert MARKUP.search("row.innerHTML = value")
    assert not MARKUP.search("button.innerHTML = state.words;")


def test_nothing_is_kept_in_the_storage_of_the_browser():
    assert [path.name for path in SCRIPTS if STORING.search(path.read_text(encoding="utf-8"))] == []
    assert STORING.search("localStorage.setItem('name', name)")


def test_no_page_listens_to_other_windows():
    assert [path.name for path in SCRIPTS if LISTENING_TO_OTHERS.search(path.read_text(encoding="utf-8"))] == []
    assert LISTENING_TO_OTHERS.search("window.addEventListener('message', take)")


SECRET = re.compile(
    r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----|AGE-SECRET-KEY-1[0-9A-Z]{50,}|\bPRIVATE\+KEY\+"
    r"|(?i:password|passwd|secret|token|api_key)\s*[:=]\s*[\"'][A-Za-z0-9+/=_\-]{24,}[\"']"
)


def secrets_in(text: str) -> list[str]:
    """What looks like a key, a password or a token written out."""
    return [found.group(0) for found in SECRET.finditer(text)]


def test_no_secret_lies_in_the_source():
    texts = [
        path for path in HOUSE.rglob("*") if path.suffix in {".py", ".yaml", ".html", ".sql", ".toml", ".js", ".css"}
    ]
    texts += [path for path in ROOT.glob("*") if path.is_file()]
    texts = [path for path in texts if "built" not in path.parts]
    held = {
        path.relative_to(ROOT).as_posix(): found
        for path in texts
        if (found := secrets_in(Path(path).read_text(encoding="utf-8", errors="ignore")))
    }
    assert held == {}


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN PRIVATE KEY-----",
        'PASSWORD = "c29tZS1sb25nLXNlY3JldC10ZXh0"',
        "token: 'abcdefghijklmnopqrstuvwxyz0123'",
        "AGE-SECRET-KEY-1" + "Q" * 58,
    ],
)
def test_a_secret_in_the_source_is_noticed(text: str):
    assert secrets_in(text) != []

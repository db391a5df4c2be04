"""``doctor``: finds what is missing or wrong and says the remedy, Chinese and English. Standard library at import.

It changes nothing, and it answers also when there is no environment yet.
"""

import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from guitu.launcher import assets, environment, keys, processes
from guitu.launcher.home import Home, fits_socket, tree_root
from guitu.launcher.speech import LauncherError
from guitu.launcher.stamps import read_stamp

FREE_BYTES_NEEDED = 2 * 1024**3
FREE_HUNDREDTHS = 10  # as settings/base.py has it, unless GUITU_DISK_PERCENT says otherwise
OLDEST_BACKUP_HOURS = 26.0  # once a day, and two hours to be late in


@dataclass(frozen=True)
class Finding:
    """One thing looked at: ``level`` is ok, note (works, worth knowing) or problem."""

    check: str
    level: str
    zh: str
    en: str
    remedy_zh: str = ""
    remedy_en: str = ""


def _fine(check: str, zh: str, en: str) -> Finding:
    return Finding(check, "ok", zh, en)


def look_at_environment(home: Home) -> Finding:
    """The environment .venv against the lock file."""
    if environment.is_current(tree_root()):
        return _fine("environment", "运行环境与锁定文件一致", "The environment matches the lock file")
    return Finding(
        "environment",
        "problem",
        "运行环境 .venv 尚未建立或已过时",
        "The environment .venv is missing or out of date",
        "运行 ./guitu up;无外网时先设 GUITU_WHEELS 为离线包目录",
        "Run ./guitu up; without internet set GUITU_WHEELS to the carried folder of wheels first",
    )


def look_at_node(home: Home) -> Finding:
    """The built assets and, when they must be built, Node."""
    if assets.is_current(tree_root()):
        return _fine("assets", "界面资源已构建", "The browser's assets are built")
    if assets.node_on_path() is not None:
        remedy = ("下次 ./guitu up 自动构建", "./guitu up builds them")
        return Finding("assets", "note", "界面资源待构建", "The browser's assets are to be built", *remedy)
    return Finding(
        "assets",
        "note",
        f"界面资源待构建,PATH 上没有 Node {assets.OLDEST_NODE} 以上版本",
        f"Assets are to be built and PATH has no Node {assets.OLDEST_NODE} or newer",
        "./guitu up 会从 PyPI 取得 Node;无外网时请安装 Node,或带入已构建的 src/guitu/web/static/built",
        "./guitu up fetches Node from PyPI; without internet install Node or carry src/guitu/web/static/built along",
    )


def look_at_postgres(home: Home) -> Finding:
    """The database programs, unless an outside server is used."""
    if os.environ.get("DATABASE_URL"):
        return _fine("postgres", "使用外部数据库(DATABASE_URL)", "An outside database is used (DATABASE_URL)")
    from guitu.launcher.binaries import locate

    try:
        found = locate()
    except LauncherError as error:
        return Finding("postgres", "problem", error.zh, error.en, "见左", "As stated")
    return _fine("postgres", f"PostgreSQL {found.major}:{found.folder}", f"PostgreSQL {found.major} in {found.folder}")


def look_at_root(home: Home) -> Finding:
    """Root, and a user without a name, need unshare and user namespaces for the embedded server."""
    from guitu.launcher.binaries import as_named_user

    uid = os.geteuid()
    remedy = ("请改用有名称的普通用户运行", "Run as an ordinary user that has a name")
    try:
        prefix = [] if os.environ.get("DATABASE_URL") else as_named_user()
    except LauncherError as error:
        return Finding("user", "problem", error.zh, error.en, *remedy)
    if prefix and processes.run([*prefix, sys.executable, "-c", ""], capture=True).returncode != 0:
        return Finding("user", "problem", "系统禁止用户命名空间", "User namespaces are forbidden here", *remedy)
    if uid != 0 or not prefix:
        return _fine("user", f"当前用户 uid {uid}", f"Running as uid {uid}")
    return Finding(
        "user",
        "note",
        "以 root 运行:仅限演示",
        "Running as root: for demonstrations only",
        "正式安装请用普通用户",
        "Use an ordinary user for a real installation",
    )


def look_at_home(home: Home) -> Finding:
    """GUITU_HOME: writable, and enough space."""
    place = home.at
    while not place.exists():
        place = place.parent
    if not os.access(place, os.W_OK | os.X_OK):
        return Finding(
            "home",
            "problem",
            f"{place} 不可写",
            f"{place} cannot be written",
            "用 GUITU_HOME 指定可写目录",
            "Name a writable folder with GUITU_HOME",
        )
    disk = shutil.disk_usage(place)
    free, hundredths = disk.free, int(os.environ.get("GUITU_DISK_PERCENT", FREE_HUNDREDTHS))
    if free < FREE_BYTES_NEEDED:
        return Finding(
            "home",
            "problem",
            f"磁盘剩余仅 {free // 1024**2} MB",
            f"Only {free // 1024**2} MB of disk are free",
            "请清理磁盘,或把 GUITU_HOME 移到更大的磁盘",
            "Free some space or move GUITU_HOME to a larger disk",
        )
    if free * 100 < disk.total * hundredths:
        return Finding(
            "home",
            "note",
            f"磁盘快满了:剩余 {free // 1024**2} MB,不到 {hundredths}%",
            f"The disk is nearly full: {free // 1024**2} MB are free, less than {hundredths} %",
            "满了以后写不下留痕,任何页面都打不开:请先清理磁盘",
            "On a full disk no look can be recorded and no page opens: free some space before that",
        )
    return _fine("home", f"{home.at} 可用", f"{home.at} is usable")


def look_at_socket(home: Home) -> Finding:
    """Whether the socket fits into the home; a long path is cured by a short private folder."""
    if fits_socket(home.at / "run"):
        return _fine("socket", "套接字路径合适", "The socket's path fits")
    return Finding(
        "socket",
        "note",
        "GUITU_HOME 路径过长,套接字放在临时目录的私有文件夹",
        "GUITU_HOME is a long path; the socket lives in a short private folder",
    )


def look_at_keys(home: Home) -> Finding:
    """Key files: present together with the database, and closed to others."""
    opened = keys.open_files(home)
    if opened:
        names = " ".join(str(path) for path in opened)
        return Finding(
            "keys",
            "problem",
            f"密钥文件权限过宽:{names}",
            f"Key files are open to others: {names}",
            f"chmod 600 {names}",
            f"chmod 600 {names}",
        )
    wanted = [keys.password_file(home, role) for role in (keys.SUPERUSER, *keys.ROLES)]
    wanted += [home.keys / keys.SECRET_KEY, home.keys / keys.DATA_KEYS]
    missing = [path.name for path in wanted if not path.exists()]
    if missing and (home.data / "PG_VERSION").exists():
        return Finding(
            "keys",
            "problem",
            f"数据库存在而缺少密钥:{' '.join(missing)}",
            f"The database exists but keys are missing: {' '.join(missing)}",
            "从密钥备份恢复到 GUITU_HOME/keys;切勿新建数据密钥",
            "Bring them back from the copy of the keys into GUITU_HOME/keys; never make new data keys",
        )
    if missing:
        return Finding("keys", "note", "密钥将在首次启动时生成", "Keys are made at the first start")
    return _fine("keys", "密钥齐全,仅本用户可读", "All keys are there, readable by this user only")


def look_at_database(home: Home) -> Finding:
    """A running embedded server: roles as they must be. A stopped one: nothing left of a crashed server."""
    if os.environ.get("DATABASE_URL") is None and not (home.data / "PG_VERSION").exists():
        return Finding("database", "note", "数据库将在首次启动时创建", "The database is made at the first start")
    from guitu.launcher import database as databases

    url = databases.outside_url()
    running = bool(url) or _server_is_ready(home)
    if not running:
        return Finding("database", "note", "数据库未在运行", "The database is not running", "./guitu up", "./guitu up")
    import psycopg

    from guitu.launcher import roles

    try:
        address = databases.outside(url) if url else databases.embedded(home)
        with psycopg.connect(address.superuser_dsn, connect_timeout=10) as connection:
            roles.assert_role_attributes(connection)
    except psycopg.OperationalError as error:
        return Finding(
            "database",
            "problem",
            f"无法连接数据库:{error}",
            f"The database cannot be reached: {error}",
            "检查 DATABASE_URL 或 logs/postgres.log",
            "Check DATABASE_URL, or logs/postgres.log",
        )
    except roles.RoleAttributesError as error:
        return Finding(
            "database",
            "problem",
            f"数据库角色属性不符:{error}",
            f"Database roles are not as they must be: {error}",
            "运行 ./guitu down 后 ./guitu up,角色会被改正",
            "Run ./guitu down, then ./guitu up; it sets the roles right",
        )
    except LauncherError as error:
        return Finding("database", "problem", error.zh, error.en)
    return _fine("database", "数据库在运行,角色正确", "The database runs and its roles are right")


def look_at_processes(home: Home) -> Finding:
    """What the supervisor started: pages, tick, worker, sequencer and a demonstration's witnesses, all alive or not."""
    from guitu.launcher.keeper import facts_of

    facts = facts_of(home)
    if facts["phase"] != "ready":
        return Finding("processes", "note", "服务未在运行", "Nothing is being served", "./guitu up", "./guitu up")
    lost = " ".join(sorted(set(home.read_state().get("children", {})) - set(facts["processes"])))
    if lost:
        return Finding(
            "processes",
            "problem",
            f"进程不在运行:{lost}",
            f"Processes are not running: {lost}",
            "监管进程会再启动它;反复出现时查看 logs/ 下同名日志",
            "The supervisor starts it again; if it recurs see the log of that name in logs/",
        )
    return _fine("processes", "各进程都在运行", "Every process is running")


def look_at_suite(home: Home) -> Finding:
    """The keyring: the suite of the current key, an incomplete rotation, former keys still needed."""
    text = os.environ.get("GUITU_DATA_KEYS") or read_stamp(home.keys / keys.DATA_KEYS)
    if text is None:
        return Finding("suite", "note", "尚无数据密钥", "There are no data keys yet")
    ring = json.loads(text)
    current = ring["keys"][ring["current"]]
    suite = keys.INTL if isinstance(current, str) else current["suite"]
    if "waiting" in ring:
        waiting = ring["waiting"]["id"]
        return Finding(
            "suite",
            "problem",
            f"密钥轮换未完成：{waiting} 尚未启用",
            f"A rotation of keys is not complete: {waiting} is not in use",
            "再次运行 ./guitu keys rotate",
            "Run ./guitu keys rotate again",
        )
    if len(ring["keys"]) > 1:
        return Finding(
            "suite",
            "note",
            f"密码套件 {suite}，另有 {len(ring['keys']) - 1} 把旧密钥仍在用",
            f"Suite {suite}; {len(ring['keys']) - 1} former keys are still needed",
            "./guitu keys reseal，再 ./guitu keys retire 旧密钥",
            "./guitu keys reseal, then ./guitu keys retire KEY",
        )
    return _fine("suite", f"密码套件 {suite}", f"Suite {suite}")


def look_at_copies(home: Home) -> Finding:
    """A copy of the field keys elsewhere, and a backup that is not old; a demonstration is only told of it."""
    if not (home.keys / keys.DATA_KEYS).exists():
        return Finding("copies", "note", "尚无数据可备份", "There is nothing to back up yet")
    level = "problem" if _is_real() else "note"
    from guitu.launcher import key_copies

    if not key_copies.is_exported(home):
        return Finding(
            "copies",
            level,
            "数据密钥尚无副本:密钥一旦丢失,加密值永远打不开",
            "There is no copy of the field keys: if they are lost, sealed values never open again",
            "./guitu keys export --to 文件(本机以外)",
            "./guitu keys export --to FILE, on a medium that leaves this machine",
        )
    from guitu.launcher.backup import hours_since_last

    hours = hours_since_last(home)
    if hours is None or hours > OLDEST_BACKUP_HOURS:
        zh, en = ("从未备份", "never made") if hours is None else (f"{hours:.0f} 小时前", f"{hours:.0f} hours old")
        return Finding(
            "copies",
            level,
            f"上次备份:{zh}",
            f"The last backup: {en}",
            "./guitu backup --to 文件夹;每日一次见 docs/deploy.md",
            "./guitu backup --to DIR; once a day as docs/deploy.md shows",
        )
    return _fine("copies", f"备份于 {hours:.0f} 小时前", f"Backed up {hours:.0f} hours ago; the field keys have a copy")


def look_at_journal(home: Home) -> Finding:
    """Whether the journal is sent to a system apart, which a real installation should; a demonstration need not."""
    if os.environ.get("GUITU_LOG_TO"):
        return _fine("journal", "系统日志另发一处(GUITU_LOG_TO)", "The journal is also sent elsewhere (GUITU_LOG_TO)")
    if not _is_real():
        return _fine("journal", "系统日志只在本机(演示)", "The journal stays on this machine (a demonstration)")
    return Finding(
        "journal",
        "note",
        "未设 GUITU_LOG_TO:系统日志只在本机",
        "GUITU_LOG_TO is not set: the journal stays on this machine alone",
        "在 common.env 里设 GUITU_LOG_TO=tls://主机:端口(docs/deploy.md 3.4);已设的,带上它再运行本命令",
        "Set GUITU_LOG_TO=tls://host:port in common.env (docs/deploy.md 3.4); if it is set there, run this with it",
    )


def _is_real() -> bool:
    return os.environ.get("DJANGO_SETTINGS_MODULE", "guitu.settings.demo") != "guitu.settings.demo"


def _server_is_ready(home: Home) -> bool:
    from guitu.launcher.server import EmbeddedServer

    return EmbeddedServer(home).is_ready()


CHECKS: tuple[Callable[[Home], Finding], ...] = (
    look_at_environment,
    look_at_node,
    look_at_root,
    look_at_home,
    look_at_socket,
    look_at_keys,
    look_at_suite,
    look_at_postgres,
    look_at_database,
    look_at_processes,
    look_at_copies,
    look_at_journal,
)


def examine(home: Home) -> list[Finding]:
    """Look at everything; without the environment the checks that need its packages are left out."""
    inside = Path(sys.prefix).resolve() == (tree_root() / ".venv").resolve()
    without = set() if inside else {look_at_postgres, look_at_database, look_at_copies}
    return [check(home) for check in CHECKS if check not in without]


def doctor(home: Home, *, as_json: bool) -> int:
    """Print the findings; returns 1 when one is a problem, else 0."""
    findings = examine(home)
    if as_json:
        sys.stdout.write(json.dumps([asdict(f) for f in findings], ensure_ascii=False, indent=1) + "\n")
    else:
        marks = {"ok": "✓", "note": "·", "problem": "✗"}
        for finding in findings:
            sys.stdout.write(f"{marks[finding.level]} {finding.zh}  ·  {finding.en}\n")
            if finding.remedy_zh and finding.level != "ok":
                sys.stdout.write(f"    → {finding.remedy_zh}\n    → {finding.remedy_en}\n")
    return 1 if any(f.level == "problem" for f in findings) else 0

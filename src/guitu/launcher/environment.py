"""The environment .venv at the root of the tree, made from the hash-locked file. Standard library only.

Runs under the Python that started ``./guitu``; everything after ``hand_over`` runs under the environment's own.
"""

import fcntl
import hashlib
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from guitu.launcher.processes import run
from guitu.launcher.speech import LauncherError, complain, say
from guitu.launcher.stamps import read_stamp, write_stamp

WITHOUT_ENVIRONMENT = frozenset({"doctor", "status", "down", "help", "--help", "-h"})
STAMP = "guitu-lock.sha256"
LOCKS = Path(__file__).parent / "locks"


def environment_python(root: Path) -> Path:
    """Return where the environment's Python stands (it may not exist yet)."""
    return root / ".venv" / "bin" / "python"


def wanted_stamp(root: Path) -> str:
    """Return the sha256 of the lock file from which the environment has to be made."""
    return hashlib.sha256((root / "requirements.lock").read_bytes()).hexdigest()


def is_current(root: Path) -> bool:
    """Say whether the environment exists, was completed, and was made from the present lock file."""
    python = environment_python(root)
    return python.exists() and read_stamp(root / ".venv" / STAMP) == wanted_stamp(root)


def wheel_sources() -> list[str]:
    """Return the installer options for a carried folder of wheels (GUITU_WHEELS), empty when registries are used."""
    folder = os.environ.get("GUITU_WHEELS")
    return ["--no-index", "--find-links", str(Path(folder).resolve())] if folder else []


def clean_environment() -> dict[str, str]:
    """Return the caller's variables without those that would make Python or the installers look elsewhere."""
    left_out = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "CONDA_PREFIX", "PIP_TARGET", "PIP_PREFIX", "PIP_USER"}
    return {name: value for name, value in os.environ.items() if name not in left_out}


def working_uv(root: Path) -> str | None:
    """Return a uv that answers: from PATH, or the one put beside the environment earlier; None when there is none."""
    if os.environ.get("GUITU_INSTALLER") == "pip":
        return None
    for candidate in (shutil.which("uv"), str(root / ".venv" / "share" / "uv" / "bin" / "uv")):
        if candidate and Path(candidate).exists() and run([candidate, "--version"], capture=True).returncode == 0:
            return candidate
    return None


def install_beside(root: Path, name: str) -> Path:
    """Put one hash-locked tool (``uv`` or ``node``) into .venv/share/NAME, outside the environment's own packages.

    Returns the folder. Raises LauncherError when neither uv nor pip can fetch it.
    """
    target = root / ".venv" / "share" / name
    lock = LOCKS / f"{name}.txt"
    stamp = target / STAMP
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if read_stamp(stamp) == wanted:
        return target
    shutil.rmtree(target, ignore_errors=True)
    python = str(environment_python(root))
    uv = working_uv(root)
    installer = [uv, "pip", "install", "--python", python] if uv else [python, "-m", "pip", "install", "-q"]
    command = [*installer, "--require-hashes", *wheel_sources(), "--target", str(target), "-r", str(lock)]
    result = run(command, env=clean_environment(), capture=True)
    if result.returncode != 0:
        shutil.rmtree(target, ignore_errors=True)
        raise LauncherError(
            f"无法安装 {name}:\n{result.stdout.strip()[-800:]}\n"
            "请检查软件源是否可达,或用 GUITU_WHEELS 指向离线包目录。",
            f"{name} cannot be installed. Check that the package registry is reachable, "
            "or point GUITU_WHEELS at a carried folder of wheels.",
        )
    write_stamp(stamp, wanted)
    return target


def make(root: Path) -> None:
    """Make or bring up to date the environment; interrupted at any point, the next call completes it.

    Raises LauncherError when Python cannot make one or the locked packages cannot be fetched.
    """
    with (root / "requirements.lock").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_current(root):
            return
        say("正在准备运行环境(首次约一分钟)……", "Preparing the environment (about a minute the first time) …")
        (root / ".venv" / STAMP).unlink(missing_ok=True)
        uv = working_uv(root)
        if uv is None or not environment_python(root).exists():
            _make_empty(root, uv)
            uv = uv or _uv_into_environment(root)
        _install_locked(root, uv)
        _put_sources_on_path(root)
        write_stamp(root / ".venv" / STAMP, wanted_stamp(root))


def _make_empty(root: Path, uv: str | None) -> None:
    place = str(root / ".venv")
    if uv:
        command = [uv, "venv", "--quiet", "--clear", "--no-python-downloads", "--python", sys.executable, place]
    else:
        command = [sys.executable, "-m", "venv", "--clear", place]
    result = run(command, env=clean_environment(), capture=True)
    if result.returncode != 0:
        raise LauncherError(
            f"无法创建 .venv:\n{result.stdout.strip()[-800:]}\nDebian/Ubuntu 请先安装 python3-venv,或安装 uv。",
            "The environment .venv cannot be made; on Debian or Ubuntu install python3-venv first, or install uv.",
        )


def _uv_into_environment(root: Path) -> str | None:
    """Fetch uv beside the environment; None (pip goes on alone, slower) when asked for pip or when it has no uv."""
    if os.environ.get("GUITU_INSTALLER") == "pip":
        return None
    try:
        return str(install_beside(root, "uv") / "bin" / "uv")
    except LauncherError:
        say("未取得 uv,改用 pip(较慢)。", "uv is not to be had here; going on with pip (slower).")
        return None


def _install_locked(root: Path, uv: str | None) -> None:
    python = str(environment_python(root))
    lock = str(root / "requirements.lock")
    if uv:
        command = [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", python, *wheel_sources(), lock]
    else:
        command = [python, "-m", "pip", "install", "-q", "--require-hashes", *wheel_sources(), "-r", lock]
    result = run(command, env=clean_environment(), capture=True)
    if result.returncode != 0:
        raise LauncherError(
            f"依赖包安装失败:\n{result.stdout.strip()[-1500:]}\n"
            "请检查软件源是否可达,或用 GUITU_WHEELS 指向离线包目录,然后重试。",
            "The locked packages cannot be installed. Check that the package registry is reachable, or point "
            "GUITU_WHEELS at a carried folder of wheels, and try again.",
        )


def _put_sources_on_path(root: Path) -> None:
    """Write the .pth that puts src on the path; relative, so that spaces and any characters in the place do no harm."""
    for packages in (root / ".venv" / "lib").glob("python3.*/site-packages"):
        relative = os.path.relpath(root / "src", packages)
        (packages / "guitu.pth").write_text(relative + "\n", encoding="utf-8")


def hand_over(root_text: str, arguments: Sequence[str]) -> int:
    """Make the environment and become ``python -m guitu.launcher``; returns only with an exit code for an error.

    ``doctor``, ``status`` and ``down`` run without an environment when there is none, so that they always answer.
    """
    root = Path(root_text)
    try:
        current = is_current(root)
    except OSError as error:
        return complain(
            LauncherError(
                f"这个用户不能使用 .venv:{error}。请换用创建它的用户,或删除 .venv 后由这个用户重新创建。",
                f"This user cannot use .venv: {error}. Run as the one who made it, or delete .venv to make it anew.",
            )
        )
    if not current:
        if not arguments or arguments[0] in WITHOUT_ENVIRONMENT:
            from guitu.launcher.cli import main

            return main(arguments)
        try:
            make(root)
        except LauncherError as error:
            return complain(error)
        except OSError as error:
            return complain(LauncherError(f"无法写入 .venv:{error}", f".venv cannot be written: {error}"))
    return _become([str(environment_python(root)), "-P", "-m", "guitu.launcher", *arguments], house_environment(root))


def house_environment(root: Path) -> dict[str, str]:
    """Return the variables for the house's own processes: what they translate to bytecode is kept in .venv.

    Images of containers often forbid bytecode; each process, a verb or a worker, would then translate the whole house
    and its packages again, two thirds of a second before it does anything.
    """
    env = clean_environment()
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    return env | {"PYTHONPYCACHEPREFIX": str(root / ".venv" / "bytecode")}


def _become(command: list[str], env: dict[str, str]) -> NoReturn:
    sys.stdout.flush()
    os.execve(command[0], command, env)  # nosec B606 # noqa: S606 - our own command

"""Ports and health: where the pages are served and whether they answer. Standard library only."""

import socket
import time
import urllib.error
import urllib.request

from guitu.launcher.speech import LauncherError

PORTS_TRIED = 50


def is_free(host: str, port: int) -> bool:
    """Say whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def wait_until_free(host: str, port: int, *, seconds: float) -> bool:
    """Wait until a server could listen there, at most so long; returns whether it could.

    The workers of a killed server let go of their address a moment after it.
    """
    deadline = time.monotonic() + seconds
    while not is_free(host, port):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def choose_port(host: str, wished: int | None, *, default: int = 8000, promised: int = 0) -> int:
    """Return the port to listen on: the wished one, or the default or the next free one after it.

    `promised` is a port that is free and kept for somebody who has not taken it yet: it is passed over. Raises
    LauncherError when the wished port is taken or none of the tried ones is free.
    """
    if wished is not None:
        if is_free(host, wished):
            return wished
        raise LauncherError(
            f"端口 {wished} 已被占用,请换一个 --port,或不指定端口。",
            f"Port {wished} is taken; choose another --port or leave it out.",
            exit_code=2,
        )
    for port in range(default, default + PORTS_TRIED):
        if port != promised and is_free(host, port):
            return port
    raise LauncherError(
        f"{host} 上 {default}–{default + PORTS_TRIED - 1} 的端口都被占用,请用 --port 指定。",
        f"Every port of {host} from {default} to {default + PORTS_TRIED - 1} is taken; name one with --port.",
    )


def is_healthy(address: str, *, name: str | None = None) -> bool:
    """Ask /healthz once, past any proxy, as the reverse proxy of a real installation would; True on 200.

    ``name`` is the host name under which the installation is reached (the first of GUITU_HOSTS).
    """
    headers = {"X-Forwarded-Proto": "https"} | ({"Host": name} if name else {})
    question = urllib.request.Request(f"{address}/healthz", headers=headers)  # noqa: S310 - our own http address
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(question, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from guitu.launcher.listening import choose_port, is_free, is_healthy, wait_until_free
from guitu.launcher.running import former_port
from guitu.launcher.speech import LauncherError
from guitu.launcher.supervisor import LONGEST_PAUSE, pause_after


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_taken_default_port_gives_way_to_a_later_free_one(taken: int) -> None:
    assert not is_free("127.0.0.1", taken)
    chosen = choose_port("127.0.0.1", None, default=taken)
    assert taken < chosen < taken + 50
    assert is_free("127.0.0.1", chosen)


def test_a_port_asked_for_by_name_is_never_silently_another_one(taken: int) -> None:
    with pytest.raises(LauncherError, match="taken") as refused:
        choose_port("127.0.0.1", taken)
    assert refused.value.exit_code == 2


def test_a_free_port_asked_for_is_given(taken: int) -> None:
    free = choose_port("127.0.0.1", None, default=taken)
    assert choose_port("127.0.0.1", free) == free


def test_a_free_port_that_is_promised_is_passed_over(taken: int) -> None:
    free = choose_port("127.0.0.1", None, default=taken)
    assert choose_port("127.0.0.1", None, default=taken, promised=free) > free  # a witness leaves the pages theirs


def test_the_successor_of_a_killed_supervisor_keeps_its_port_and_of_a_stopped_one_does_not() -> None:
    assert former_port({"phase": "ready", "port": 8123}) == 8123
    assert former_port({"phase": "stopped", "port": 8123}) is None
    assert former_port({}) is None


def test_pauses_between_restarts_grow_to_a_limit_and_the_first_restart_is_at_once() -> None:
    pauses = [pause_after(deaths) for deaths in range(1, 12)]
    assert pauses[0] == 0
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE


class Answer(BaseHTTPRequestHandler):
    status = 200

    def do_GET(self) -> None:
        as_proxy = self.headers["Host"] == "guitu.example" and self.headers["X-Forwarded-Proto"] == "https"
        self.send_response(self.status if self.path == "/healthz" and as_proxy else 404)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False)])
def test_health_is_asked_past_any_proxy_and_only_200_counts(
    status: int, healthy: bool, monkeypatch: pytest.MonkeyPatch, taken: int
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{taken}")
    handler = type("Handler", (Answer,), {"status": status})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            address = f"http://127.0.0.1:{server.server_port}"
            assert is_healthy(address, name="guitu.example") is healthy
            assert not is_healthy(address, name="another.example")
        finally:
            server.shutdown()
            thread.join()


def test_nobody_listening_is_not_healthy(taken: int) -> None:
    free = choose_port("127.0.0.1", None, default=taken)
    assert not is_healthy(f"http://127.0.0.1:{free}")


def test_an_address_that_is_let_go_soon_is_waited_for() -> None:
    holder = socket.socket()
    holder.bind(("127.0.0.1", 0))
    holder.listen()
    port = holder.getsockname()[1]
    assert not wait_until_free("127.0.0.1", port, seconds=0.1)
    threading.Timer(0.2, holder.close).start()
    assert wait_until_free("127.0.0.1", port, seconds=10)

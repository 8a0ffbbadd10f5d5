"""A port is had on every address that is meant, or one sentence says why not."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import closing

import pytest

from collabpad.errors import StartError, UsageProblem
from collabpad.listeners import open_listeners


@pytest.fixture
def taken() -> Iterator[int]:
    """A port of 127.0.0.1 on which somebody else listens."""
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        yield other.getsockname()[1]


def addresses(listeners: list[socket.socket]) -> set[str]:
    found = {listener.getsockname()[0] for listener in listeners}
    for listener in listeners:
        listener.close()
    return found


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_is_both_families_on_one_port(host: str) -> None:
    listeners = open_listeners(host, 0)
    assert len({listener.getsockname()[1] for listener in listeners}) == 1
    assert addresses(listeners) == ({"127.0.0.1", "::1"} if has_ipv6() else {"127.0.0.1"})


def test_an_address_is_taken_alone() -> None:
    assert addresses(open_listeners("127.0.0.2", 0)) == {"127.0.0.2"}
    assert addresses(open_listeners("0.0.0.0", 0)) == {"0.0.0.0"}


def test_clients_may_connect_before_anybody_accepts() -> None:
    listeners = open_listeners("127.0.0.1", 0)
    with socket.create_connection(listeners[0].getsockname()[:2], timeout=5):
        addresses(listeners)


def test_a_taken_port_is_told_with_one_that_is_free(taken: int) -> None:
    with pytest.raises(StartError, match=f"Port {taken} is in use") as caught:
        open_listeners("127.0.0.1", taken)
    suggested = int(caught.value.message.rpartition("--port ")[2].rstrip("."))
    assert suggested != taken
    addresses(open_listeners("127.0.0.1", suggested))


def test_a_port_taken_in_one_family_is_taken() -> None:
    if not has_ipv6():
        pytest.skip("kernel: no IPv6")
    with closing(socket.create_server(("::1", 0), family=socket.AF_INET6)) as other:
        port = other.getsockname()[1]
        with pytest.raises(StartError, match="in use"):
            open_listeners("127.0.0.1", port)
        socket.create_server(("127.0.0.1", port)).close()


def test_on_macos_airplay_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr("collabpad.listeners.AIRPLAY_PORT", 0)
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        monkeypatch.setattr("collabpad.listeners.AIRPLAY_PORT", port)
        with pytest.raises(StartError, match=r"AirPlay.*--port"):
            open_listeners("127.0.0.1", port)


def test_an_address_of_another_machine() -> None:
    with pytest.raises(UsageProblem, match=r"not have the address 203\.0\.113\.9"):
        open_listeners("203.0.113.9", 0)


@pytest.mark.parametrize("host", ["a" * 300, "two..dots"])
def test_a_name_that_nobody_knows(host: str) -> None:
    with pytest.raises(UsageProblem, match="Unknown host"):
        open_listeners(host, 0)

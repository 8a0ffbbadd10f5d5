"""Others are told an address that leads here, or none."""

from __future__ import annotations

import ipaddress
import socket
import sys
from pathlib import Path

import pytest

from collabpad import addresses
from collabpad.addresses import lan_address, url_host


def test_it_is_an_address_of_this_machine_and_not_of_loopback() -> None:
    found = lan_address()
    if found is None:
        pytest.skip("kernel: this machine is on no network")
    assert not ipaddress.ip_address(found).is_loopback
    family = socket.AF_INET6 if ":" in found else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.bind((found, 0))


def test_without_any_network_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "SOMEWHERE", ((socket.AF_INET, "127.0.0.1"),) * 2)
    monkeypatch.setattr(addresses, "ROUTES", Path("/nonexistent"))
    assert lan_address() is None


def test_without_a_default_route_an_attached_network_will_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    routes = tmp_path / "route"
    gateway = int.from_bytes(socket.inet_aton("0.0.0.0"), "little")
    network = int.from_bytes(socket.inet_aton("10.7.7.0"), sys.byteorder)
    routes.write_text(
        f"Iface Destination Gateway\nv0 {gateway:08X} 0\nv0 {network:08X} 0\nlo 7F 0\n"
    )
    monkeypatch.setattr(addresses, "ROUTES", routes)
    assert list(addresses._neighbours()) == [(socket.AF_INET, "10.7.7.1")]


def test_hosts_in_urls() -> None:
    assert url_host("192.168.7.7") == "192.168.7.7"
    assert url_host("fd00::7") == "[fd00::7]"

"""Certificates: made once and kept, the operator's own, and what is said of useless ones."""

from __future__ import annotations

import dataclasses
import os
import shutil
import ssl
import stat
import subprocess
from pathlib import Path

import pytest

from collabpad import tls
from collabpad.errors import StartError
from collabpad.settings import Settings

pytestmark = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="program: openssl is not installed"
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, tls="self-signed")


def shown(path: Path) -> str:
    """All that openssl says of a certificate."""
    command = ["openssl", "x509", "-in", str(path), "-noout", "-text"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_plain_http_needs_none(tmp_path: Path) -> None:
    assert tls.certificate(Settings(data_dir=tmp_path)) is None
    assert list(tmp_path.iterdir()) == []


def test_a_certificate_is_made_once_and_kept(settings: Settings, tmp_path: Path) -> None:
    first = tls.certificate(settings)
    assert first is not None
    assert tls.certificate(settings) == first
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "certificate-key.pem",
        "certificate.pem",
    ]
    if os.name == "posix":
        assert stat.S_IMODE(first.key.stat().st_mode) == 0o600
    first.context()


def test_its_fingerprint_is_the_one_that_browsers_show(settings: Settings) -> None:
    made = tls.certificate(settings)
    assert made is not None
    command = ["openssl", "x509", "-in", str(made.path), "-noout", "-fingerprint", "-sha256"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert told.strip().partition("=")[2] == made.fingerprint


def test_it_is_for_the_names_of_the_server(settings: Settings) -> None:
    named = dataclasses.replace(
        settings,
        host="192.0.2.7",
        allow_hosts=("pad.example.org", "odd,DNS:evil.example"),
        public_url="https://pub.example.org/pad",
    )
    made = tls.certificate(named)
    assert made is not None
    text = shown(made.path)
    for name in ("localhost", "127.0.0.1", "192.0.2.7", "pad.example.org", "pub.example.org"):
        assert f":{name}" in text
    assert "evil" not in text
    assert "CA:FALSE" in text


def test_one_that_ends_soon_is_made_anew(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tls, "DAYS_VALID", 6)
    first = tls.certificate(settings)
    monkeypatch.undo()
    second = tls.certificate(settings)
    assert first is not None
    assert second is not None
    assert second.fingerprint != first.fingerprint
    assert tls.certificate(settings) == second


def test_one_without_its_key_is_made_anew(settings: Settings) -> None:
    first = tls.certificate(settings)
    assert first is not None
    first.key.unlink()
    second = tls.certificate(settings)
    assert second is not None
    assert second.fingerprint != first.fingerprint


def test_a_certificate_of_your_own_may_hold_its_key(settings: Settings, tmp_path: Path) -> None:
    made = tls.certificate(settings)
    assert made is not None
    both = tmp_path / "both.pem"
    both.write_bytes(made.key.read_bytes() + made.path.read_bytes())
    own = tls.certificate(Settings(cert=both))
    assert own is not None
    assert own.fingerprint == made.fingerprint
    assert isinstance(own.context(), ssl.SSLContext)


def test_what_cannot_be_used_is_said_plainly(settings: Settings, tmp_path: Path) -> None:
    made = tls.certificate(settings)
    assert made is not None
    with pytest.raises(StartError, match="cannot be read: No such file"):
        tls.certificate(Settings(cert=tmp_path / "missing.pem"))
    with pytest.raises(StartError, match="contains no PEM certificate"):
        tls.certificate(Settings(cert=made.key))
    keyless = tls.certificate(Settings(cert=made.path))
    assert keyless is not None
    with pytest.raises(StartError, match="both must be PEM, belong together"):
        keyless.context()
    locked = tmp_path / "locked.pem"
    command = ["openssl", "pkey", "-in", str(made.key), "-aes256", "-passout", "pass:secret"]
    subprocess.run([*command, "-out", str(locked)], check=True, capture_output=True)
    with_password = tls.certificate(Settings(cert=made.path, key=locked))
    assert with_password is not None
    with pytest.raises(StartError, match="need no password"):
        with_password.context()


def test_without_openssl_it_says_what_to_do(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(StartError, match="install it, or use your own certificate"):
        tls.certificate(settings)

"""TLS: the operator's own certificate, or one that signs itself and is kept in the data folder."""

from __future__ import annotations

import hashlib
import ipaddress
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from .addresses import is_ip_address, lan_address
from .errors import StartError
from .settings import Settings, folder

if TYPE_CHECKING:
    import ssl

CERTIFICATE_FILE: Final = "certificate.pem"
KEY_FILE: Final = "certificate-key.pem"
DAYS_VALID: Final = 825
"""Apple's systems refuse certificates of users that are valid for longer (HT210176)."""
RENEWED_BEFORE: Final = 7 * 24 * 60 * 60
"""Seconds that a kept certificate must still be valid for; else a start makes a new one."""
OPENSSL_TIMEOUT: Final = 60.0
SELF_SIGNED: Final = "self-signed"


@dataclass(frozen=True)
class Certificate:
    """The certificate that a server shows to clients."""

    path: Path
    key: Path
    fingerprint: str
    """SHA-256 of the certificate, in pairs of hexadecimal digits, as browsers show it."""

    def context(self) -> ssl.SSLContext:
        """For a server; raises StartError for a file that cannot be used."""
        import ssl

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_alpn_protocols(["http/1.1"])
        try:
            # Without a password of ours, OpenSSL would ask for one on the terminal.
            context.load_cert_chain(self.path, self.key, password="")
        except OSError as error:  # SSLError is one
            raise StartError(
                f"The certificate {self.path} with the key {self.key} cannot be used "
                f"({_reason(error)}): both must be PEM, belong together, and need no password."
            ) from None
        return context


def certificate(settings: Settings) -> Certificate | None:
    """The certificate that the settings ask for, made where there is none yet.

    None where the server is to speak plain HTTP. The caller has locked the data folder. Raises
    StartError for a certificate that cannot be read or made.
    """
    if settings.cert is not None:
        return _read(settings.cert, settings.key or settings.cert)
    if settings.tls != SELF_SIGNED:
        return None
    data_dir = folder(settings.data_dir)
    path, key = data_dir / CERTIFICATE_FILE, data_dir / KEY_FILE
    try:
        if not (key.exists() and _valid_for_some_time(path)):
            _make(path, key, _names(settings))
        key.chmod(0o600)
    except OSError as error:
        told = f"A certificate cannot be saved in {data_dir}: {error.strerror}."
        raise StartError(told) from None
    except subprocess.TimeoutExpired:
        raise StartError("openssl does not finish: use --cert and --key.") from None
    return _read(path, key)


def fingerprint(der: bytes) -> str:
    digest = hashlib.sha256(der).hexdigest().upper()
    return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))


def _read(path: Path, key: Path) -> Certificate:
    import ssl

    try:
        text = path.read_text(encoding="ascii", errors="replace")
        start = text.index("-----BEGIN CERTIFICATE-----")
        end = text.index("-----END CERTIFICATE-----", start)
        der = ssl.PEM_cert_to_DER_cert(text[start:end] + "-----END CERTIFICATE-----")
    except OSError as error:
        raise StartError(f"The certificate {path} cannot be read: {error.strerror}.") from None
    except ValueError:
        raise StartError(f"The file {path} contains no PEM certificate.") from None
    return Certificate(path, key, fingerprint(der))


def _valid_for_some_time(path: Path) -> bool:
    command = [_openssl(), "x509", "-in", str(path), "-noout", "-checkend", str(RENEWED_BEFORE)]
    return subprocess.run(command, capture_output=True, timeout=OPENSSL_TIMEOUT).returncode == 0


def _make(path: Path, key: Path, names: list[str]) -> None:
    """Let openssl make a key and a certificate for `names`; the key comes first and privately."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".certificate-") as private:
        config, new_key, new = (Path(private) / name for name in ("config", "key", "certificate"))
        config.write_text(_config(names), encoding="ascii")
        command = [_openssl(), "req", "-x509", "-sha256", "-days", str(DAYS_VALID)]
        command += ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        command += ["-set_serial", str(time.time_ns())]
        command += ["-config", str(config), "-keyout", str(new_key), "-out", str(new)]
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=OPENSSL_TIMEOUT
        )
        if done.returncode != 0:
            told = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
            raise StartError(
                f"openssl could not make a certificate ({told[-1]}): "
                "use your own with --cert and --key."
            )
        new_key.replace(key)
        new.replace(path)


def _openssl() -> str:
    found = shutil.which("openssl")
    if found is None:
        raise StartError(
            "A self-signed certificate needs the program openssl, which is not installed: "
            "install it, or use your own certificate with --cert and --key."
        )
    return found


def _config(names: list[str]) -> str:
    alternatives = ",".join(f"{'IP' if is_ip_address(name) else 'DNS'}:{name}" for name in names)
    return (
        "[req]\ndistinguished_name=subject\nx509_extensions=extensions\nprompt=no\n"
        "[subject]\nCN=collabpad\n"
        "[extensions]\nbasicConstraints=critical,CA:FALSE\nextendedKeyUsage=serverAuth\n"
        f"keyUsage=critical,digitalSignature\nsubjectAltName={alternatives}\n"
    )


def _names(settings: Settings) -> list[str]:
    """Under what the server is asked; names that cannot stand in a certificate are left out."""
    public = urlsplit(settings.public_url or "").hostname
    found = ["localhost", "127.0.0.1", "::1", settings.host, lan_address(), socket.gethostname()]
    names = [name for name in (*found, *settings.allow_hosts, public) if name]
    return list(dict.fromkeys(name for name in names if _fits(name)))


def _fits(name: str) -> bool:
    if is_ip_address(name):
        return not ipaddress.ip_address(name).is_unspecified
    return name.isascii() and all(char.isalnum() or char in ".-" for char in name)


def _reason(error: OSError) -> str:
    return getattr(error, "reason", None) or error.strerror or str(error)

"""IDs, keys, tokens and passcodes: how they are made, kept and compared."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import string

from ..offload import offload

_ALPHABET = string.ascii_letters + string.digits
_ID_LENGTH = (
    22  # of 62 characters: 131 bits; without - and _, so that an ID is never taken for an option
)
_SALT_BYTES = 16
_SCRYPT = {
    "n": 2**14,
    "r": 8,
    "p": 1,
    "maxmem": 64 * 1024 * 1024,
}  # OWASP's choice for scrypt at 16 MiB


def new_id() -> str:
    """A session or view ID, or an internal key."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_ID_LENGTH))


def new_secret() -> str:
    """A host key or resume token, 256 random bits."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is kept of a random secret; it needs no salt and no slow hash, having 256 bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def matches(secret: str, kept: str) -> bool:
    return hmac.compare_digest(digest(secret), kept)


def hash_passcode(passcode: str) -> str:
    """What is kept of a passcode that people chose; takes some 50 ms beside the loop."""
    salt = secrets.token_bytes(_SALT_BYTES)
    return f"{salt.hex()}:{_scrypt(passcode, salt).hex()}"


def passcode_matches(passcode: str, kept: str) -> bool:
    salt, _, expected = kept.partition(":")
    return hmac.compare_digest(_scrypt(passcode, bytes.fromhex(salt)).hex(), expected)


def _scrypt(passcode: str, salt: bytes) -> bytes:
    return offload(hashlib.scrypt, passcode.encode(), salt=salt, **_SCRYPT)

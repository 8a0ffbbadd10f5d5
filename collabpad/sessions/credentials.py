"""IDs, keys, tokens and passcodes: how they are made, kept and compared."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import string
import threading
from collections import OrderedDict

from ..offload import offload

_ALPHABET = string.ascii_letters + string.digits
_ID_LENGTH = 22  # of 62 characters: 131 bits; no - and _, so that an ID never looks like an option
_SALT_BYTES = 16
_SCRYPT = {
    "n": 2**14,
    "r": 8,
    "p": 1,
    "maxmem": 64 * 1024 * 1024,
}  # OWASP's choice for scrypt at 16 MiB
_MOST_KNOWN = 1000

_random = secrets.SystemRandom()
_slots = threading.BoundedSemaphore(2)  # each scrypt holds 16 MiB
_process_key = secrets.token_bytes(32)
_known: OrderedDict[str, bytes] = OrderedDict()
"""Passcodes that were right once: the stored form to a keyed digest that dies with the process.
After that, right and wrong passcodes are told apart without the slow hash."""


def new_id() -> str:
    """A session or view ID, or an internal key."""
    return "".join(_random.choices(_ALPHABET, k=_ID_LENGTH))


def new_secret() -> str:
    """A host key or resume token, 256 random bits."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """The stored form of a random secret. With 256 bits it needs neither a salt nor a slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def matches(secret: str, kept: str) -> bool:
    return hmac.compare_digest(digest(secret), kept)


def hash_passcode(passcode: str) -> str:
    """The stored form of a passcode. Takes some 50 ms, off the event loop."""
    salt = secrets.token_bytes(_SALT_BYTES)
    kept = f"{salt.hex()}:{_scrypt(passcode, salt).hex()}"
    _remember(passcode, kept)
    return kept


def is_known(kept: str) -> bool:
    """Whether `passcode_matches` will answer at once."""
    return kept in _known


def passcode_matches(passcode: str, kept: str) -> bool:
    """Whether `passcode` is the one that `kept` was made from. Takes some 50 ms until it once
    was."""
    if is_known(kept):
        return hmac.compare_digest(_quick_digest(passcode, kept), _known[kept])
    salt, _, expected = kept.partition(":")
    right = hmac.compare_digest(_scrypt(passcode, bytes.fromhex(salt)).hex(), expected)
    if right:
        _remember(passcode, kept)
    return right


def _remember(passcode: str, kept: str) -> None:
    _known[kept] = _quick_digest(passcode, kept)
    if len(_known) > _MOST_KNOWN:
        _known.popitem(last=False)


def _quick_digest(passcode: str, kept: str) -> bytes:
    return hmac.digest(_process_key, f"{kept}:{passcode}".encode(), "sha256")


def _scrypt(passcode: str, salt: bytes) -> bytes:
    with _slots:
        return offload(hashlib.scrypt, passcode.encode(), salt=salt, **_SCRYPT)

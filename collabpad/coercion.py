"""Values of settings: from the text of a flag or variable, or from TOML, to a checked Python value.

Everything here raises ValueError with a message that starts with "must be" and does not repeat the
value, so that whoever knows the source of the value can say it, and need not for a secret.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from .addresses import is_ip_address
from .units import KIB, MIB

SHORTEST_TOKEN: Final = 16
"""Characters; a shorter token could be guessed over the network."""

TRUE_WORDS: Final = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS: Final = frozenset({"0", "false", "no", "off", ""})
SIZE: Final = re.compile(r"(\d+)\s*(k|kib|m|mib)?", re.IGNORECASE)
SIZE_UNITS: Final = {"": 1, "k": KIB, "kib": KIB, "m": MIB, "mib": MIB}


def coerce(kind: str, value: Any, folder: Path) -> Any:
    """`value` as the Python type that `kind` names; a relative path starts at `folder`."""
    base = kind.removesuffix(" | None")
    if base == "bool":
        return boolean(value)
    if base == "int":
        return integer(value)
    if base == "float":
        return number(value)
    if base == "tuple[str, ...]":
        return strings(value)
    if not isinstance(value, str | Path) or "\0" in str(value):
        raise ValueError("must be text")
    return path(str(value), folder) if base == "Path" else str(value)


def boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = value.strip().lower() if isinstance(value, str) else None
    if word not in TRUE_WORDS | FALSE_WORDS:
        raise ValueError("must be true or false")
    return word in TRUE_WORDS


def integer(value: Any) -> int:
    """An integer; as text it may be a size such as 64k or 2 MiB."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    match = SIZE.fullmatch(value.strip()) if isinstance(value, str) and len(value) < 20 else None
    if match is None:
        raise ValueError("must be a whole number")
    return int(match[1]) * SIZE_UNITS[(match[2] or "").lower()]


def number(value: Any) -> float:
    if isinstance(value, bool):
        raise ValueError("must be a number")
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ValueError("must be a number") from None


def strings(value: Any) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list | tuple) or not all(isinstance(part, str) for part in parts):
        raise ValueError("must be a list of texts")
    return tuple(part.strip() for part in parts if part.strip())


def path(value: str, folder: Path) -> Path:
    if not value.strip():
        raise ValueError("must be a path")
    try:
        return folder / Path(value).expanduser()
    except RuntimeError:
        raise ValueError("must be a path in a home folder that exists") from None


def host(value: str) -> str:
    name = value.strip().strip("[]")
    if not name or re.search(r"[\s/@\[\]?#]", name) or (":" in name and not is_ip_address(name)):
        raise ValueError("must be an address or a host name, without a port")
    return name.lower()


def hosts(value: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(host(name) for name in value))


def base_path(value: str) -> str:
    """A path below which everything is served: empty, or with a slash before and none behind."""
    prefix = value.strip().rstrip("/")
    segments = prefix.split("/")[1:]
    if prefix and (
        not re.fullmatch(r"/[A-Za-z0-9._~/-]+", prefix)
        or any(not segment.strip(".") for segment in segments)
    ):
        raise ValueError("must be a path such as /pad, of letters, digits, dots and dashes")
    return prefix


def public_url(value: str) -> str:
    url = value.strip().rstrip("/")
    complaint = "must be a web address such as https://pad.example.org"
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises for one that is no number
    except ValueError:
        raise ValueError(complaint) from None
    whole = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
    if not whole or parts.query or parts.fragment or re.search(r"[\s\"'<>\\]", url):
        raise ValueError(complaint)
    return url


def operator_token(value: str) -> str:
    """A token of the operator's own; it has to survive a URL and a header."""
    token = value.strip()
    if not re.fullmatch(rf"[A-Za-z0-9._~-]{{{SHORTEST_TOKEN},256}}", token):
        raise ValueError(
            f"must be a token of {SHORTEST_TOKEN} to 256 letters, digits, dots, dashes "
            "and underscores"
        )
    return token

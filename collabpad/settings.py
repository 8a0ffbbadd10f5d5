"""Every setting with its default, meaning and bounds; sizes in bytes, times in seconds.

`collabpad.configuration` fills them from flags, environment and config file. Meanings and flags
stand here too, so that the command line, `collabpad config` and the docs cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from . import coercion
from .addresses import is_loopback
from .errors import StartError
from .language_settings import LanguageSettings
from .units import KIB, MIB

ANY_ADDRESS: Final = ("0.0.0.0", "::")  # noqa: S104  compared with, not bound here
LOG_LEVELS: Final = ("debug", "info", "warning", "error")
DURABILITIES: Final = ("normal", "strict")
RUN_BACKENDS: Final = ("auto", "bubblewrap", "landlock", "container", "limits", "off")


def setting(
    default: Any,
    meaning: str,
    *,
    flag: str | None = None,
    metavar: str | None = None,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
    check: Callable[[Any], Any] | None = None,
) -> Any:
    """A dataclass field that knows its meaning, its bounds and its flag of `collabpad serve`.

    `check` gives the value in its normal form or raises ValueError with "must be ...".
    """
    rules = {
        "meaning": meaning,
        "flag": flag,
        "metavar": metavar,
        "low": low,
        "high": high,
        "choices": choices,
        "check": check,
    }
    return field(default=default, metadata=rules)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Sizes that the protocol promises (PROTOCOL: Limits)."""

    document: int = setting(1 * MIB, "Text of a document.", low=1 * KIB, high=64 * MIB)
    state: int = setting(8 * MIB, "A document's Yjs state.", low=8 * KIB, high=512 * MIB)
    update: int = setting(2 * MIB, "One decoded update.", low=1 * KIB, high=64 * MIB)
    frame: int = setting(4 * MIB, "One frame or polling body.", low=8 * KIB, high=128 * MIB)
    message: int = setting(4000, "A chat message, in characters.", low=1, high=100_000)
    run_output: int = setting(256 * KIB, "Output of a run.", low=1 * KIB, high=64 * MIB)
    run_code: int = setting(256 * KIB, "Code of a run.", low=1 * KIB, high=16 * MIB)
    stdin: int = setting(64 * KIB, "Input of a run.", low=0, high=16 * MIB)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What one server runs with."""

    host: str = setting(
        "127.0.0.1", "Address to listen on.", flag="--host", metavar="ADDRESS", check=coercion.host
    )
    port: int = setting(
        5000, "Port to listen on; 0 picks any free one.", flag="--port", low=0, high=65535
    )
    lan: bool = setting(
        False, "Let others on your network in: the same as --host 0.0.0.0.", flag="--lan"
    )
    base_path: str = setting(
        "",
        "Serve below this path, for use behind a proxy.",
        flag="--base-path",
        check=coercion.base_path,
    )
    public_url: str | None = setting(
        None,
        "Address at which others reach the home page; links use it.",
        flag="--public-url",
        metavar="URL",
        check=coercion.public_url,
    )
    allow_hosts: tuple[str, ...] = setting(
        (),
        "Host name by which others may reach the server; repeat it for more.",
        flag="--allow-host",
        metavar="NAME",
        check=coercion.hosts,
    )
    trust_proxy: int = setting(
        0,
        "Believe the X-Forwarded-* headers of this many proxies in front.",
        flag="--trust-proxy",
        low=0,
        high=10,
    )
    token: str | None = setting(None, "Your own operator token.", check=coercion.operator_token)
    token_file: Path | None = setting(
        None,
        "File with your own operator token; COLLABPAD_TOKEN can hold it instead.",
        flag="--token-file",
    )
    no_token: bool = setting(
        False,
        "Let everybody who reaches the server create sessions and run code.",
        flag="--no-token",
    )
    cert: Path | None = setting(None, "Certificate in PEM format, for HTTPS.", flag="--cert")
    key: Path | None = setting(
        None, "Key of the certificate, if it is not in the same file.", flag="--key"
    )
    tls: str | None = setting(
        None,
        "Serve HTTPS with a certificate that collabpad makes and keeps.",
        flag="--tls",
        metavar="KIND",
        choices=("self-signed",),
    )
    data_dir: Path | None = setting(None, "Folder for all data.", flag="--data-dir")
    runtime_dir: Path | None = setting(None, "Private folder that lists the running servers.")
    log_level: str = setting(
        "info", "How much to log.", flag="--log-level", metavar="LEVEL", choices=LOG_LEVELS
    )
    rate_limits: bool = setting(
        True, "Limit how fast a client may act.", flag="--rate-limits/--no-rate-limits"
    )
    connections_per_address: int = setting(
        300, "Connections at a time from one address.", low=1, high=1_000_000
    )
    guesses_per_minute: int = setting(
        10,
        "Wrong IDs, keys and passcodes per minute from one address before answers slow down.",
        low=1,
        high=1_000_000,
    )
    sessions_per_hour: int = setting(
        60,
        "Sessions that one address may create per hour; this machine and the operator are exempt.",
        low=1,
        high=1_000_000,
    )
    run_seconds_per_minute: float = setting(
        10.0,
        "Seconds per minute that one address may run programs outside of sessions; "
        "this machine and the operator are exempt.",
        low=0.1,
        high=86400,
    )
    join_within: float = setting(
        10.0,
        "Seconds after which a connection that has not tried to join is closed.",
        low=0.1,
        high=3600,
    )

    run_timeout: float = setting(
        5.0, "Seconds that a program may run.", flag="--run-timeout", low=0.1, high=3600
    )
    input_wait: float = setting(
        60.0,
        "Seconds that a program may wait for each input; its time limit is paused meanwhile.",
        flag="--input-wait",
        low=0.1,
        high=86400,
    )
    run_backend: str = setting(
        "auto",
        "How to isolate programs.",
        flag="--run-backend",
        metavar="NAME",
        choices=RUN_BACKENDS,
    )
    unsafe_run: bool = setting(
        False,
        "Run programs without isolation even if others can reach the server.",
        flag="--unsafe-run",
    )
    run_python: Path | None = setting(
        None, "Python for programs, instead of this one.", flag="--run-python"
    )
    run_packages: Path | None = setting(
        None, "Virtual environment whose packages programs may import.", flag="--run-packages"
    )
    run_image: str | None = setting(None, "Image for the container backend.", flag="--run-image")
    max_runs: int = setting(
        0,
        "Programs that may run at the same time; 0 for one per core.",
        flag="--max-runs",
        low=0,
        high=1000,
    )
    run_queue: int = setting(8, "Programs that may wait for their turn.", low=0, high=1000)

    ephemeral: bool = setting(
        False, "Keep nothing on disk: sessions end with the server.", flag="--ephemeral"
    )
    durability: str = setting(
        "normal",
        "How safe an edit is; strict waits for the disk, so that even a power cut loses nothing.",
        flag="--durability",
        metavar="LEVEL",
        choices=DURABILITIES,
    )
    session_ttl: float = setting(
        30.0,
        "Days after which a session that nobody uses is deleted.",
        flag="--session-ttl",
        metavar="DAYS",
        low=0.001,
        high=36500,
    )
    history_cap: int = setting(
        64 * MIB, "Bytes of history to keep per session.", low=1 * KIB, high=4096 * MIB
    )
    evict_after: float = setting(
        600.0, "Seconds after which an empty session leaves memory.", low=0.1, high=86400
    )

    chat_cap: int = setting(
        200, "Chat messages to keep per session.", flag="--chat-cap", low=1, high=100_000
    )
    max_participants: int = setting(
        200,
        "People who may be online in one session.",
        flag="--max-participants",
        low=1,
        high=10_000,
    )
    pen_grace: float = setting(
        15.0, "Seconds that an absent writer keeps the pen.", low=0, high=86400
    )
    host_grace: float = setting(
        60.0, "Seconds that an absent host keeps the seat.", low=0, high=86400
    )
    roster_grace: float = setting(
        300.0,
        "Seconds that people stay in the list after they leave.",
        flag="--roster-grace",
        low=0,
        high=86400,
    )
    newcomers_at_once: int = setting(
        100,
        "New people from one address who may join at once; after that, one per second.",
        low=1,
        high=1_000_000,
    )
    limits: Limits = field(default_factory=Limits)
    languages: tuple[LanguageSettings, ...] = ()
    """Beside the built-in ones; only the config file can have them."""

    @property
    def bound_to_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return not self.lan and is_loopback(self.host)

    @property
    def speaks_tls(self) -> bool:
        return self.cert is not None or self.tls is not None

    @property
    def trusts_local(self) -> bool:
        """Whether a *local* request needs no token (PROTOCOL: Who may).

        A proxy, a name or a token says that others come too, through the same loopback address.
        """
        opened = self.trust_proxy or self.allow_hosts or self.token or self.token_file
        return self.bound_to_loopback and not opened


def folder(path: Path | None) -> Path:
    """A folder of the settings, which `configuration.resolve` has filled in where it could."""
    if path is None:
        raise StartError(
            "Your user has no home folder for the data: "
            "choose a folder with --data-dir or COLLABPAD_DATA_DIR."
        )
    return path

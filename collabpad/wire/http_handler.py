"""HTTP/1 by gevent's pywsgi, but strict, bounded in bytes and time, and quiet.

Requests that pywsgi would accept are refused before anything acts on them: several Hosts or
lengths, signs and underscores in a Content-Length, folded or nameless header lines, HTTP/0.9. A
refused request gets the protocol's JSON error and one line in the log. Lost connections are not
logged.

gevent is pinned to tested versions, because we replace private parts of its pywsgi:
`_connection_upgrade_requested`, `_sendall`, `_handle_client_error` and
`_send_error_response_if_possible` of the handler, `_discard` of `Input` in body_input.py, and in
websocket.py we use the `_sock` of gevent's sockets.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from contextlib import suppress
from email.message import Message
from http import HTTPStatus
from io import BytesIO
from types import TracebackType
from typing import Any, Literal

import gevent
from gevent import pywsgi
from gevent import socket as gsocket

from ..units import KIB
from .access_log import log_access, loggable
from .body_input import BodyInput
from .environ import ADDRESS_KEY, TAKEOVER_KEY
from .error_responses import error_body
from .websocket import linger

IDLE_SECONDS = 75.0  # between two requests of a connection
HEADER_SECONDS = 10.0
STALL_SECONDS = 20.0  # without the client reading anything of a response

MAX_REQUEST_LINE = 8 * KIB
MAX_HEADERS = 32 * KIB
WRITE_BYTES = 64 * KIB

log = logging.getLogger(__name__)

_METHOD = re.compile(r"[A-Z]{1,20}")
_TARGET = re.compile(r"/[\x21-\x7e]*|\*")
_VERSION = re.compile(r"HTTP/1\.[01]")
_HEADER_NAME = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_HEADER_VALUE = re.compile(rb"[\t\x20-\x7e\x80-\xff]*")
_LENGTH = re.compile(r"[0-9]{1,16}")
_ONCE_ONLY = frozenset(
    b"host origin authorization upgrade content-type content-length content-encoding "
    b"transfer-encoding".split()
)


class BadHttp(ValueError):
    """A request that is refused before it has a WSGI environment."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class LateHeaders(BadHttp):
    def __init__(self) -> None:
        super().__init__(HTTPStatus.REQUEST_TIMEOUT, "The headers took too long.")


class HttpHandler(pywsgi.WSGIHandler):
    """One connection, and all requests on it."""

    _run: Callable[[gsocket.socket, bytes], None] | None = None
    _began = 0.0  # monotonic; pywsgi's own time_start is the time of day

    def handle(self) -> None:
        with suppress(OSError):
            # Nagle and delayed ACKs would hold an acknowledgement that follows an event for 45 ms.
            self.socket.setsockopt(gsocket.IPPROTO_TCP, gsocket.TCP_NODELAY, 1)
        self.socket.settimeout(STALL_SECONDS)
        with suppress(OSError):
            super().handle()

    def handle_one_request(self) -> Literal[True] | None:
        """Handle a request. Returns None if it was the last on its connection."""
        self.environ, self.code, self.command, self.path = None, 0, None, None
        outcome: Any = super().handle_one_request()
        if isinstance(outcome, tuple):
            if outcome[0] == "414":  # pywsgi's own has an empty body
                outcome = self._error_answer(
                    HTTPStatus.REQUEST_URI_TOO_LONG, "The URL is too long."
                )
            self._refuse(outcome[1])
            return None
        if self._run is not None and self.code == HTTPStatus.SWITCHING_PROTOCOLS:
            self._give_way(self._run)
            return None
        body = getattr(self, "wsgi_input", None)
        if body is not None and body.abandoned:
            linger(self.socket)
            return None
        return True if outcome else None

    # --- reading -------------------------------------------------------------------------------

    def read_requestline(self) -> str:
        """The request line, or "" if no request comes. An OSError also ends the connection."""
        gevent.sleep(
            0
        )  # reading a request that has already arrived never yields, nor does answering
        with gevent.Timeout(IDLE_SECONDS, TimeoutError()):
            self.socket.settimeout(None)
            if not self.rfile.peek(1):
                return ""
        self.socket.settimeout(STALL_SECONDS)
        self._began = time.monotonic()
        with gevent.Timeout(HEADER_SECONDS, TimeoutError()):
            line: bytes = self.rfile.readline(MAX_REQUEST_LINE + 1)
            if line in (b"\r\n", b"\n"):  # RFC 9112, 2.2: one empty line may come before
                line = self.rfile.readline(MAX_REQUEST_LINE + 1)
        if line and not line.endswith(b"\n") and len(line) <= MAX_REQUEST_LINE:
            return ""
        return line.decode("latin-1")

    def read_request(self, raw_requestline: str) -> Any:
        self._check_request_line(raw_requestline)
        parsed = super().read_request(raw_requestline)
        self._check_headers()
        return parsed

    def _check_request_line(self, line: str) -> None:
        words = line.rstrip("\r\n").split(" ")
        if len(words) != 3 or not _METHOD.fullmatch(words[0]):
            raise BadHttp(HTTPStatus.BAD_REQUEST, "The request line is malformed.")
        self.command = words[0]
        if not _TARGET.fullmatch(words[1]) or not _VERSION.fullmatch(words[2]):
            raise BadHttp(HTTPStatus.BAD_REQUEST, "The request line is malformed.")

    def MessageClass(self, *_: object) -> Any:  # noqa: N802  pywsgi's name
        """Read the headers. pywsgi calls this once it knows the request line."""
        with gevent.Timeout(HEADER_SECONDS, LateHeaders):
            block = self._read_header_block()
        headers: Message = super().MessageClass(BytesIO(block), 0)  # type: ignore[call-arg]
        length = headers.get("content-length")
        if length is not None and not _LENGTH.fullmatch(length):
            raise BadHttp(HTTPStatus.BAD_REQUEST, "The Content-Length is malformed.")
        if length is not None and "transfer-encoding" in headers:
            raise BadHttp(HTTPStatus.BAD_REQUEST, "A body has one length only.")
        return headers

    def _read_header_block(self) -> bytes:
        lines: list[bytes] = []
        seen: set[bytes] = set()
        left = MAX_HEADERS
        while True:
            line = self.rfile.readline(left + 1)
            left -= len(line)
            if left < 0:
                status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
                raise BadHttp(status, "The headers are too large.")
            lines.append(line)
            if line in (b"\r\n", b"\n"):
                return b"".join(lines)
            name, colon, value = line.partition(b":")
            value = value.rstrip(b"\r\n")
            whole = colon and line.endswith(b"\n")
            if not (whole and _HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(value)):
                raise BadHttp(HTTPStatus.BAD_REQUEST, "A header is malformed.")
            name = name.lower()
            if name in _ONCE_ONLY and name in seen:
                raise BadHttp(HTTPStatus.BAD_REQUEST, "A header is given twice.")
            seen.add(name)

    def _check_headers(self) -> None:
        encoding = self.headers.get("transfer-encoding")
        if encoding is not None and encoding.strip().lower() != "chunked":
            raise BadHttp(HTTPStatus.NOT_IMPLEMENTED, "This transfer encoding is not known.")
        if encoding is not None and self.request_version == "HTTP/1.0":
            raise BadHttp(HTTPStatus.BAD_REQUEST, "HTTP/1.0 has no transfer encodings.")
        if self.request_version == "HTTP/1.1" and "host" not in self.headers:
            raise BadHttp(HTTPStatus.BAD_REQUEST, "The Host is missing.")
        tokens = self.headers.get("connection", "").lower().split(",")
        if "close" in [token.strip() for token in tokens]:
            self.close_connection = True

    def _connection_upgrade_requested(self) -> bool:
        """False, or pywsgi would pass the unbounded stream as the body."""
        return False

    def get_environ(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environ()
        body: Any = self.wsgi_input
        self.wsgi_input = BodyInput(
            self.rfile, self.content_length, socket=body.socket, chunked_input=body.chunked_input
        )
        environ["wsgi.input"] = self.wsgi_input
        environ[TAKEOVER_KEY] = self._offer_connection
        return environ

    def handle_one_response(self) -> None:
        self._began = time.monotonic()
        super().handle_one_response()

    # --- answering -----------------------------------------------------------------------------

    def finalize_headers(self) -> None:
        """Add `Connection: close` if this is the last response on the connection.

        Otherwise the client sends its next request on it, and loses that.
        """
        super().finalize_headers()
        if self.code == HTTPStatus.SWITCHING_PROTOCOLS:
            return
        body: Any = self.wsgi_input
        headers: Any = self.response_headers  # as bytes by now
        self.close_connection |= self._has_no_length(headers) or body.ends_connection
        if self.close_connection:
            headers[:] = [each for each in headers if each[0].lower() != b"connection"]
            headers.append((b"Connection", b"close"))

    def _has_no_length(self, headers: list[tuple[bytes, bytes]]) -> bool:
        """Whether only the end of the connection marks the end of the response."""
        if self.code in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
            return False
        lengths = (b"content-length", b"transfer-encoding")
        return not any(name.lower() in lengths for name, _ in headers)

    def _sendall(self, data: bytes) -> None:
        """Send in pieces, so that the time limit is for each of them."""
        view = memoryview(data)
        for start in range(0, len(view), WRITE_BYTES):
            super()._sendall(view[start : start + WRITE_BYTES])  # type: ignore[misc]

    def _refuse(self, answer: bytes) -> None:
        self.socket.sendall(answer)
        self.response_length = len(answer)
        self.log_request()
        linger(self.socket)

    def _handle_client_error(self, ex: Exception) -> tuple[str, bytes]:
        if isinstance(ex, BadHttp):
            status, message = ex.status, ex.message
        else:
            status, message = HTTPStatus.BAD_REQUEST, "The request is malformed."
        return self._error_answer(status, message)

    def _error_answer(self, status: HTTPStatus, message: str) -> tuple[str, bytes]:
        self.code = int(status)
        body = error_body("bad_request", message)
        head = (
            f"HTTP/1.1 {int(status)} {status.phrase}\r\n"
            "Content-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n"
            "X-Content-Type-Options: nosniff\r\n"
            "Connection: close\r\n\r\n"
        )
        return str(int(status)), head.encode("ascii") + (b"" if self.command == "HEAD" else body)

    def _send_error_response_if_possible(self, error_code: int) -> None:
        self.close_connection = True
        if self.headers_sent:
            return
        status = HTTPStatus(error_code)
        if error_code == HTTPStatus.BAD_REQUEST:
            body = error_body("bad_request", "The body is malformed.")
        else:
            body = error_body("internal", "The server failed to answer this request.")
        headers = [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            ("X-Content-Type-Options", "nosniff"),
            ("Connection", "close"),
        ]
        with suppress(OSError):
            self.start_response(f"{error_code} {status.phrase}", headers)
            self.write(body)

    def handle_error(
        self, t: type[BaseException] | None, v: BaseException | None, tb: TracebackType | None
    ) -> None:
        """Handle an exception of the application. A lost client is not an error."""
        if t is None or v is None or issubclass(t, OSError | gevent.GreenletExit):
            self.close_connection = True
            return
        log.error("A request could not be answered.", exc_info=(t, v, tb))
        self._send_error_response_if_possible(HTTPStatus.INTERNAL_SERVER_ERROR)

    # --- giving way to a WebSocket ---------------------------------------------------------------

    def _offer_connection(self, run: Callable[[gsocket.socket, bytes], None]) -> None:
        self._run = run

    def _give_way(self, run: Callable[[gsocket.socket, bytes], None]) -> None:
        """End HTTP on this connection: nothing on it is parsed as a request again.

        `run` is called here and not by the application. Otherwise the request, and the stack frames
        of all layers that handled it, would stay in memory as long as the WebSocket.
        """
        early = b""
        self.socket.settimeout(0.0)
        with suppress(OSError):  # TLS raises if nothing is there yet
            early = self.rfile.peek(1)
        for name in ("environ", "headers", "rfile", "response_headers", "wsgi_input", "_run"):
            self.__dict__.pop(name, None)
        run(self.socket, early)

    # --- logging -------------------------------------------------------------------------------

    def log_request(self) -> None:
        """Write a line to the access log."""
        address = (self.environ or {}).get(ADDRESS_KEY) or self.client_address
        log_access(
            method=self.command or "-",
            target=self.path or "-",
            status=abs(self.code or 0),
            size=self.response_length,
            seconds=time.monotonic() - self._began,
            address=address[0] if isinstance(address, tuple) else str(address),
        )

    def log_error(self, msg: str, *args: object) -> None:
        log.debug(loggable(str(msg)), *args)

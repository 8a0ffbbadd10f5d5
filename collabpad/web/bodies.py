"""Request bodies: which are allowed, and reading them within limits."""

from __future__ import annotations

import re
from io import BytesIO
from wsgiref.types import InputStream, WSGIEnvironment

from ..errors import BadRequest, Busy, NotJson, TooLarge
from ..settings import Limits
from ..units import KIB, MIB
from ..wire.memory_quota import MemoryQuota

SOCKET_PATH = "/socket.io/"
IMPORT_PATH = "/api/sessions/import"
IN_FLIGHT_BYTES = 48 * MIB
UNRESERVED = 64 * KIB  # that every body may hold, whatever the others do

_READ_BYTES = 64 * KIB


def body_limit(path: str, limits: Limits) -> int:
    """The largest body of a request, in bytes. An import carries a whole session."""
    return 3 * limits.state if path == IMPORT_PATH else limits.frame


class Body(BytesIO):
    """A body of `length` bytes (None: chunked) and `limit` at most, reserved in the quota of all.

    It is read from the client by `fill`, or by the first `read`.
    """

    def __init__(
        self, stream: InputStream, length: int | None, limit: int, quota: MemoryQuota
    ) -> None:
        super().__init__()
        self._stream = stream
        self._length = length
        self._limit = limit
        self._quota = quota
        self._reserved = 0
        self._filled = False

    def read(self, size: int | None = -1, /) -> bytes:
        if not self._filled:
            self.fill()
        return super().read(size)

    def fill(self) -> None:
        """Read everything.

        Raises TooLarge beyond the limit, Busy where all bodies together are too large, BadRequest
        for one that ends early or is malformed.
        """
        self._filled = True
        while self._length is None or self.tell() < self._length:
            data = _read(self._stream, self._length, self.tell())
            if not data:
                break
            self.write(data)
            if self.tell() > self._limit:
                raise TooLarge(f"The body may have {self._limit} bytes at most.")
            self._reserve(max(0, self.tell() - UNRESERVED))
        if self._length is not None and self.tell() != self._length:
            raise BadRequest("The body ended too early.")
        self.seek(0)

    def release(self) -> None:
        self._reserve(0)

    def _reserve(self, amount: int) -> None:
        granted = self._quota.take(amount - self._reserved)
        self._reserved = amount
        if not granted:
            raise Busy("Too many large requests come in at once: try again.")


def _read(stream: InputStream, length: int | None, so_far: int) -> bytes:
    wanted = _READ_BYTES if length is None else min(_READ_BYTES, length - so_far)
    try:
        return stream.read(wanted)
    except OSError:
        raise BadRequest("The body is malformed or ended too early.") from None


def expect_body(environ: WSGIEnvironment, limits: Limits, quota: MemoryQuota) -> Body | None:
    """Put a `Body` where the request's stream was; None where the request has none.

    All but a polling request's is read here: a client that leaves in the middle is no failure of
    the application. Polling requests of a client wait for their turn first.
    """
    chunked = environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked"
    length = _content_length(environ)
    if not chunked and not length:
        return None
    limit = _check_body(environ, limits)
    if length > limit:
        raise TooLarge(f"The body may have {limit} bytes at most.")
    body = Body(environ["wsgi.input"], None if chunked else length, limit, quota)
    environ["wsgi.input"] = body
    if not environ["PATH_INFO"].startswith(SOCKET_PATH):
        try:
            body.fill()
        except BaseException:
            body.release()
            raise
        environ["CONTENT_LENGTH"] = str(len(body.getbuffer()))
        environ.pop("HTTP_TRANSFER_ENCODING", None)
    return body


def _check_body(environ: WSGIEnvironment, limits: Limits) -> int:
    """The largest size of this body. Raises a ClientError if the request may not have one."""
    if environ["REQUEST_METHOD"] in ("GET", "HEAD", "OPTIONS"):
        raise BadRequest(f"A {environ['REQUEST_METHOD']} has no body.")
    if environ.get("HTTP_CONTENT_ENCODING", "identity").lower() != "identity":
        raise NotJson("Send the body as it is, without a Content-Encoding.")
    if not environ["PATH_INFO"].startswith(SOCKET_PATH):
        _check_content_type(environ.get("CONTENT_TYPE", ""))
    return body_limit(environ["PATH_INFO"], limits)


def _content_length(environ: WSGIEnvironment) -> int:
    value = environ.get("CONTENT_LENGTH") or "0"
    if not re.fullmatch(r"[0-9]{1,16}", value):
        raise BadRequest("The Content-Length is malformed.")
    return int(value)


def _check_content_type(value: str) -> None:
    # Another site's page can send a form without a preflight, but never JSON.
    kind, _, parameters = value.lower().partition(";")
    charset = parameters.replace('"', "").strip()
    if kind.strip() != "application/json" or charset not in ("", "charset=utf-8"):
        raise NotJson("Send the body as application/json in UTF-8.")

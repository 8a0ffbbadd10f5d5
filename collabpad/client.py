"""The HTTP API of a running server, as the commands use it, with what failed in a sentence.

server_discovery.py says which server is meant.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import SplitResult, quote, urlsplit

from .errors import StartError
from .tls import fingerprint

TIMEOUT: Final = 10.0
"""Seconds that a server may take to connect, and then for each part of its answer."""
TRANSFER_TIMEOUT: Final = 120.0
"""The same for exports and imports, which may have to wait for others and take long."""
LARGEST_ANSWER: Final = 64 * 1024 * 1024
"""Bytes; the list of a hundred thousand sessions is below."""
PIECE: Final = 256 * 1024


@dataclass(frozen=True)
class ApiClient:
    """Speaks to one server; `url` is its home page without a slash at the end.

    Every method raises StartError, with a sentence for a person, when it cannot do its work.
    """

    url: str
    token: str | None = None
    fingerprint: str | None = None
    """Of the one certificate that is accepted; None leaves that to the system's authorities."""
    timeout: float = TIMEOUT

    def create_session(self, options: Mapping[str, object]) -> dict[str, Any]:
        """PROTOCOL: POST /create_session."""
        return self._object("POST", "/create_session", options)

    def sessions(self) -> list[dict[str, Any]]:
        """PROTOCOL: GET /api/sessions."""
        return self._objects("/api/sessions", "sessions")

    def languages(self) -> list[dict[str, Any]]:
        """PROTOCOL: GET /api/languages."""
        return self._objects("/api/languages", "languages")

    def session(self, session_id: str) -> dict[str, Any]:
        """PROTOCOL: GET /api/sessions/<session_id>."""
        return self._object("GET", f"/api/sessions/{quote(session_id, safe='')}")

    def close_session(self, session_id: str) -> None:
        """PROTOCOL: DELETE /api/sessions/<session_id>."""
        self._answer("DELETE", f"/api/sessions/{quote(session_id, safe='')}")

    def export(self, session_id: str, kind: str, write: Callable[[bytes], object]) -> None:
        """PROTOCOL: GET /api/sessions/<session_id>/export; `kind` is its format.

        `write` gets it in pieces, however large it is: what breaks off raises after some.
        """
        path = f"/api/sessions/{quote(session_id, safe='')}/export?format={kind}"
        self._patient._body("GET", path, write=write)

    def import_session(self, exported: object) -> dict[str, Any]:
        """PROTOCOL: POST /api/sessions/import."""
        return self._patient._object("POST", "/api/sessions/import", exported)

    @property
    def _patient(self) -> ApiClient:
        return replace(self, timeout=TRANSFER_TIMEOUT)

    def health(self) -> dict[str, Any]:
        """PROTOCOL: GET /healthz."""
        return self._object("GET", "/healthz")

    def _objects(self, path: str, name: str) -> list[dict[str, Any]]:
        """The list of that name in what is at a path."""
        found = self._object("GET", path).get(name)
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            raise self._stranger()
        return found

    def _object(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        answer = self._answer(method, path, body)
        if not isinstance(answer, dict):
            raise self._stranger()
        return answer

    def _answer(self, method: str, path: str, body: object = None) -> object:
        text = self._body(method, path, body)
        return self._parsed(text) if text else None

    def _body(
        self,
        method: str,
        path: str,
        body: object = None,
        write: Callable[[bytes], object] | None = None,
    ) -> bytes:
        status, text = self._exchange(method, path, body, write)
        if 300 <= status < 400:
            raise StartError(
                f"{self.url} answers with a redirect, which collabpad does not follow."
            )
        if status >= 400:
            raise self._refused(status, text)
        return text

    def _parsed(self, text: bytes) -> object:
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            raise self._stranger() from None

    def _exchange(
        self, method: str, path: str, body: object, write: Callable[[bytes], object] | None
    ) -> tuple[int, bytes]:
        parts = urlsplit(self.url)
        headers = {"Accept": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            headers["Content-Type"] = "application/json"
        connection = self._connection(parts)
        try:
            _send(connection, method, parts.path + path, data, headers)
            response = connection.getresponse()
            if write is not None and response.status == http.client.OK:
                self._pass_on(response, write)
            text = response.read(LARGEST_ANSWER + 1)
        except OSError as error:
            raise self._unreachable(error) from None
        except http.client.HTTPException:
            raise self._stranger() from None
        finally:
            connection.close()
        if len(text) > LARGEST_ANSWER:
            raise self._stranger()
        return response.status, text

    def _pass_on(
        self, response: http.client.HTTPResponse, write: Callable[[bytes], object]
    ) -> None:
        broken = StartError(f"The answer from {self.url} broke off: try again.")
        while True:
            try:
                piece = response.read(PIECE)
            except (OSError, http.client.HTTPException):
                raise broken from None
            if not piece:
                break
            write(piece)
        if response.length:  # so much of it has not come
            raise broken

    def _connection(self, parts: SplitResult) -> http.client.HTTPConnection:
        host = parts.hostname or ""
        if parts.scheme != "https":
            return http.client.HTTPConnection(host, parts.port, timeout=self.timeout)
        if self.fingerprint is not None:
            return _PinnedConnection(host, parts.port, self.fingerprint, self.timeout)
        return http.client.HTTPSConnection(host, parts.port, timeout=self.timeout)

    def _unreachable(self, error: OSError) -> StartError:
        distrust = getattr(error, "verify_message", None)  # ssl.SSLCertVerificationError
        if distrust:
            return StartError(
                f"The certificate of {self.url} is not trusted ({distrust}): "
                "name a file that holds it, or its authority's, in SSL_CERT_FILE."
            )
        return StartError(f"The collabpad server at {self.url} does not answer ({_reason(error)}).")

    def _refused(self, status: int, text: bytes) -> StartError:
        error = _error_in(text)
        if error is None:
            phrase = http.client.responses.get(status, "")
            return StartError(
                f"Something between you and the collabpad server at {self.url}, or in its place, "
                f"answered: {status} {phrase}".rstrip()
                + "."
            )
        if status == http.client.UNAUTHORIZED:
            return StartError(
                f"The server at {self.url} needs its operator token: set COLLABPAD_TOKEN."
            )
        return StartError(error["message"])

    def _stranger(self) -> StartError:
        return StartError(f"The server at {self.url} is not a collabpad server of this version.")


class _PinnedConnection(http.client.HTTPSConnection):
    """Speaks only to a server whose certificate has the pinned fingerprint, whoever signed it."""

    def __init__(self, host: str, port: int | None, pinned: str, timeout: float) -> None:
        import ssl

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        super().__init__(host, port, timeout=timeout, context=context)
        self._pinned = pinned

    def connect(self) -> None:
        """Before anything is sent, the token least of all."""
        super().connect()
        if fingerprint(self.sock.getpeercert(binary_form=True) or b"") != self._pinned:
            self.close()
            raise ConnectionError("it shows another certificate than the server's own")


def _send(
    connection: http.client.HTTPConnection,
    method: str,
    target: str,
    body: bytes | None,
    headers: Mapping[str, str],
) -> None:
    """Send a request; a proxy that stops reading it has answered already, with 413."""
    connection.connect()
    with suppress(BrokenPipeError, ConnectionResetError):
        connection.request(method, target, body, headers)


def _error_in(text: bytes) -> dict[str, Any] | None:
    """The error in an answer as collabpad gives it; None where something else has answered."""
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return None
    error = answer.get("error") if isinstance(answer, dict) else None
    return error if isinstance(error, dict) and isinstance(error.get("message"), str) else None


def _reason(error: OSError) -> str:
    return (error.strerror or str(error) or type(error).__name__).lower()

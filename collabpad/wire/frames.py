"""The frames of RFC 6455 as a server sees them; pure bytes, no sockets.

Our own instead of simple-websocket's: the length in a frame's header is judged before a byte of its
body is kept, nothing is negotiated (permessage-deflate costs 60 % CPU and 92 KB a client, and hides
the true size), and no thread or event object exists for a connection.
"""

from __future__ import annotations

import base64
import hashlib
import struct
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

from .memory_quota import MemoryQuota

HANDSHAKE_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3
CONTROL_LIMIT = 125  # RFC 6455, 5.5
UNMASK_CHUNK = 64 * 1024
UNRESERVED = 16 * 1024  # what every connection may hold whatever the others do


class Opcode(IntEnum):
    CONTINUATION = 0x0
    TEXT = 0x1
    BINARY = 0x2
    CLOSE = 0x8
    PING = 0x9
    PONG = 0xA


class CloseCode(IntEnum):
    NORMAL = 1000
    GOING_AWAY = 1001
    PROTOCOL_ERROR = 1002
    NO_STATUS = 1005  # never on the wire: the peer gave no code
    INVALID_TEXT = 1007
    POLICY = 1008
    TOO_BIG = 1009
    TRY_AGAIN_LATER = 1013


class Fault(Exception):
    """The peer broke the protocol or a limit; the connection ends with `code`."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Frame(NamedTuple):
    """A whole message (fragments joined) or a control frame, unmasked."""

    opcode: Opcode
    payload: bytes


class _Header(NamedTuple):
    opcode: int
    final: bool
    mask: bytes
    length: int


def accept_token(key: str) -> str:
    """The value of Sec-WebSocket-Accept for a Sec-WebSocket-Key (RFC 6455, 4.2.2)."""
    digest = hashlib.sha1(key.encode("ascii") + HANDSHAKE_GUID, usedforsecurity=False).digest()
    return base64.b64encode(digest).decode("ascii")


def encode(opcode: Opcode, payload: bytes) -> bytes:
    """One unfragmented frame from server to client, which is never masked."""
    length = len(payload)
    if length < 126:
        return struct.pack("!BB", 0x80 | opcode, length) + payload
    if length < 65536:
        return struct.pack("!BBH", 0x80 | opcode, 126, length) + payload
    return struct.pack("!BBQ", 0x80 | opcode, 127, length) + payload


def encode_close(code: CloseCode, reason: str = "") -> bytes:
    """A close frame; `reason` is cut to what fits."""
    if code == CloseCode.NO_STATUS:
        return encode(Opcode.CLOSE, b"")
    fitting = reason.encode()[: CONTROL_LIMIT - 2].decode(errors="ignore").encode()
    return encode(Opcode.CLOSE, struct.pack("!H", code) + fitting)


def unmask(masked: bytearray, length: int, mask: bytes) -> bytes:
    """XOR the first `length` bytes with the four of `mask`, in chunks to need little memory."""
    if length <= UNMASK_CHUNK:
        return _xor(masked[:length], mask)
    return b"".join(
        _xor(masked[start : min(start + UNMASK_CHUNK, length)], mask)
        for start in range(0, length, UNMASK_CHUNK)
    )


def _xor(payload: bytearray, mask: bytes) -> bytes:
    length = len(payload)
    key = (mask * (length // 4 + 1))[:length]
    mixed = int.from_bytes(payload, "little") ^ int.from_bytes(key, "little")
    return mixed.to_bytes(length, "little")


def check_close(payload: bytes) -> CloseCode:
    """The code to answer a peer's close frame with; raises Fault for a malformed one."""
    if not payload:
        return CloseCode.NO_STATUS
    if len(payload) == 1:
        raise Fault(CloseCode.PROTOCOL_ERROR, "half a close code")
    code = int.from_bytes(payload[:2], "big")
    if not (1000 <= code <= 1014 or 3000 <= code <= 4999) or code in (1004, 1005, 1006):
        raise Fault(CloseCode.PROTOCOL_ERROR, "not a close code")
    decode_text(payload[2:])
    return CloseCode.NORMAL


def decode_text(payload: bytes) -> str:
    """Raises Fault 1007 where the bytes are not UTF-8."""
    try:
        return payload.decode("utf-8")
    except UnicodeDecodeError:
        raise Fault(CloseCode.INVALID_TEXT, "text that is not UTF-8") from None


class Decoder:
    """Turns a client's bytes into messages, and holds at most `limit` bytes of an unfinished one.

    What it holds beyond UNRESERVED bytes is reserved in `budget`, so that many clients which never
    finish their messages cannot fill the memory together.
    """

    def __init__(self, limit: int, quota: MemoryQuota) -> None:
        self._limit = limit
        self._quota = quota
        self._reserved = 0
        self._buffer = bytearray()
        self._header: _Header | None = None
        self._fragments = bytearray()
        self._message_opcode: Opcode | None = None

    @property
    def unfinished(self) -> bool:
        """Whether the beginning of a message is held."""
        return bool(self._buffer or self._header or self._message_opcode is not None)

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Yield what `data` completes; raises Fault, after which the decoder is of no more use."""
        self._buffer += data
        while True:
            if self._header is None:
                self._header = self._take_header()
            if self._header is None or len(self._buffer) < self._header.length:
                break
            frame = self._take_frame(self._header)
            self._header = None
            if frame is not None:
                yield frame
        self._reserve()

    def release(self) -> None:
        """Forget everything and give the reserved bytes back."""
        self._buffer = bytearray()
        self._fragments = bytearray()
        self._reserve()

    def _reserve(self) -> None:
        amount = max(0, len(self._buffer) + len(self._fragments) - UNRESERVED)
        granted = self._quota.take(amount - self._reserved)
        self._reserved = amount
        if not granted:
            raise Fault(CloseCode.TRY_AGAIN_LATER, "too many unfinished messages")

    def _take_header(self) -> _Header | None:
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        first, second = buffer[0], buffer[1]
        length = second & 0x7F
        size = 2 + {126: 2, 127: 8}.get(length, 0)
        if not second & 0x80:
            raise Fault(CloseCode.PROTOCOL_ERROR, "a frame without a mask")
        if len(buffer) < size + 4:
            return None
        if length >= 126:
            length = int.from_bytes(buffer[2:size], "big")
            if length < (126 if size == 4 else 65536):
                raise Fault(CloseCode.PROTOCOL_ERROR, "a length that is not the shortest")
        header = _Header(first & 0x0F, bool(first & 0x80), bytes(buffer[size : size + 4]), length)
        self._check(header, first)
        del buffer[: size + 4]
        return header

    def _check(self, header: _Header, first: int) -> None:
        if first & 0x70:
            raise Fault(CloseCode.PROTOCOL_ERROR, "a reserved bit is set")
        if header.opcode >= Opcode.CLOSE:
            if header.opcode > Opcode.PONG:
                raise Fault(CloseCode.PROTOCOL_ERROR, "an unknown opcode")
            if header.length > CONTROL_LIMIT or not header.final:
                raise Fault(CloseCode.PROTOCOL_ERROR, "a long or fragmented control frame")
            return
        if header.opcode > Opcode.BINARY:
            raise Fault(CloseCode.PROTOCOL_ERROR, "an unknown opcode")
        if (header.opcode == Opcode.CONTINUATION) != (self._message_opcode is not None):
            raise Fault(CloseCode.PROTOCOL_ERROR, "fragments out of order")
        if header.length + len(self._fragments) > self._limit:
            raise Fault(CloseCode.TOO_BIG, "a message over the size limit")

    def _take_frame(self, header: _Header) -> Frame | None:
        payload = unmask(self._buffer, header.length, header.mask)
        del self._buffer[: header.length]
        if header.opcode >= Opcode.CLOSE:
            return Frame(Opcode(header.opcode), payload)
        if header.final and header.opcode != Opcode.CONTINUATION:
            return Frame(Opcode(header.opcode), payload)
        return self._take_fragment(header, payload)

    def _take_fragment(self, header: _Header, payload: bytes) -> Frame | None:
        if header.opcode != Opcode.CONTINUATION:
            self._message_opcode = Opcode(header.opcode)
        self._fragments += payload
        if not header.final or self._message_opcode is None:
            return None
        frame = Frame(self._message_opcode, bytes(self._fragments))
        self._message_opcode = None
        self._fragments = bytearray()
        return frame

"""Socket.IO protocol 5 over Engine.IO: who is connected, who is in which room, packets in and out.

https://github.com/socketio/socket.io-protocol
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NoReturn, Protocol

import gevent

from ..errors import BadRequest, ClientError
from .engine_server import EngineServer
from .engine_socket import EngineSocket
from .frames import CloseCode, outgoing
from .packets import (
    Packet,
    PacketType,
    dump_json,
    encode_ack,
    encode_event,
    parse_event,
    parse_packet,
)

log = logging.getLogger(__name__)

MAX_NAMESPACE = 100
CLOSE_SECONDS = 1.0
SEND_EVENT = "message"  # what `send` emits, by python-socketio
DISCONNECT = outgoing(f"4{PacketType.DISCONNECT}")

Ack = Callable[[dict[str, object]], None]
"""Answers one event; may be called later and from another greenlet, and counts once."""


class Handlers(Protocol):
    """What is told of all that clients do; called in each client's order, one call at a time.

    Calls for different clients may interleave wherever one of them waits.
    """

    def connected(self, sid: str, address: str) -> None:
        """A client wants in; raise ClientError to refuse it. Nothing can be sent to it yet."""

    def event(self, sid: str, name: str, args: list[object], ack: Ack | None) -> None:
        """`ack` is None unless the client asked for an acknowledgement."""

    def malformed(self, sid: str, ack: Ack | None, error: ClientError) -> None:
        """What came was no event: binary, not JSON, without a name, of an unknown namespace."""

    def disconnected(self, sid: str) -> None:
        """It is gone for good; nothing comes after this."""


@dataclass(slots=True, eq=False)
class _Client:
    """A client that is connected to the default namespace."""

    sid: str
    socket: EngineSocket
    rooms: set[str] = field(default_factory=set)
    attachments: int = 0
    """How many binary frames still belong to a binary event that was refused already."""


class SocketIOServer:
    """The connections of all clients. Nothing that it offers waits for one of them, but `close`.

    Its methods are those of python-socketio's server that Flask-SocketIO calls (see
    `flask_extension.py`); there is only the default namespace, and no client is asked for an
    acknowledgement.
    """

    async_mode = EngineServer.async_mode

    def __init__(self, handlers: Handlers, frame_limit: int) -> None:
        self._handlers = handlers
        self.eio = EngineServer(frame_limit, self._receive, self._malformed, self._close)
        self.handle_request = self.eio.handle_request
        self._by_sid: dict[str, _Client] = {}
        self._by_socket: dict[EngineSocket, _Client] = {}
        self._rooms: dict[str, dict[str, _Client]] = {}

    # --- out -----------------------------------------------------------------------------------

    def emit(
        self,
        event: str,
        data: object = None,
        to: str | Iterable[str] | None = None,
        room: str | None = None,
        skip_sid: str | Iterable[str] | None = (),
        namespace: str | None = None,
        callback: None = None,
        ignore_queue: bool = False,
    ) -> None:
        """Send an event to clients or rooms, or to everybody; encoded once, waiting for nobody."""
        if callback is not None:
            raise NotImplementedError("Clients are not asked for acknowledgements.")
        skipped = (skip_sid,) if isinstance(skip_sid, str) else skip_sid or ()
        packet = encode_event(event, data)
        to = room if to is None else to
        for target in (to,) if to is None or isinstance(to, str) else to:
            if (client := self._by_sid.get(target)) is not None:  # type: ignore[arg-type]
                clients = [client]
            else:
                inside = self._by_sid if target is None else self._rooms.get(target, {})
                clients = list(inside.values())  # who is cut off for it leaves in the middle
            for client in clients:
                if client.sid not in skipped:
                    client.socket.send(packet)

    def send(self, data: object, **options: Any) -> None:
        self.emit(SEND_EVENT, data, **options)

    def enter_room(self, sid: str, room: str, namespace: str | None = None) -> None:
        client = self._by_sid.get(sid)
        if client is not None:
            client.rooms.add(room)
            self._rooms.setdefault(room, {})[sid] = client

    def leave_room(self, sid: str, room: str, namespace: str | None = None) -> None:
        client = self._by_sid.get(sid)
        if client is not None and room in client.rooms:
            client.rooms.discard(room)
            inside = self._rooms[room]
            del inside[sid]
            if not inside:
                del self._rooms[room]

    def close_room(self, room: str, namespace: str | None = None) -> None:
        for sid in list(self._rooms.get(room, ())):
            self.leave_room(sid, room)

    def rooms(self, sid: str, namespace: str | None = None) -> list[str]:
        client = self._by_sid.get(sid)
        return [] if client is None else list(client.rooms)

    def disconnect(
        self, sid: str, namespace: str | None = None, ignore_queue: bool = False
    ) -> None:
        """End a client's connection once all that was sent to it is flushed, or after a second.

        It handles no more of what the client sends; `disconnected` follows, from another greenlet.
        """
        client = self._by_sid.get(sid)
        if client is not None:
            self._leave_all(client)
            client.socket.send(DISCONNECT)
            client.socket.end_soon(CloseCode.NORMAL)

    def close(self) -> None:
        """Flush and end all connections, within about a second, and take no more."""
        self.eio.close_all(CloseCode.GOING_AWAY, CLOSE_SECONDS)

    def on(self, event: str, handler: object = None, namespace: str | None = None) -> NoReturn:
        raise NotImplementedError("Events go to the one `Handlers` that the server was made with.")

    def start_background_task(
        self, target: Callable[..., object], *args: Any, **kwargs: Any
    ) -> gevent.Greenlet[..., object]:
        return gevent.spawn(target, *args, **kwargs)

    def sleep(self, seconds: float = 0) -> None:
        gevent.sleep(seconds)

    def _leave_all(self, client: _Client) -> None:
        for room in tuple(client.rooms):
            self.leave_room(client.sid, room)

    # --- in ------------------------------------------------------------------------------------

    def _receive(self, socket: EngineSocket, message: str) -> None:
        """A message packet of Engine.IO: one packet of Socket.IO."""
        client = self._by_socket.get(socket)
        try:
            packet = parse_packet(message, 1)
            if client is None:
                self._connect(socket, packet)
                return
            client.attachments = 0
            if packet.type == PacketType.EVENT and packet.namespace == "/":
                self._event(client, packet)
            else:
                self._other_packet(client, packet)
        except BadRequest as error:
            self._malformed(socket, error)

    def _event(self, client: _Client, packet: Packet) -> None:
        ack = self._ack(client, packet)
        try:
            name, args = parse_event(packet.body)
        except BadRequest as error:
            self._tell_malformed(client, ack, error)
            return
        try:
            self._handlers.event(client.sid, name, args, ack)
        except Exception:
            log.exception("An event could not be handled.")
            if ack is not None:
                message = "The server failed to handle this."
                ack({"ok": False, "error": {"code": "internal", "message": message}})

    @staticmethod
    def _ack(client: _Client, packet: Packet) -> Ack | None:
        if packet.ack_id is None:
            return None
        unanswered = [packet.ack_id]

        def ack(answer: dict[str, object]) -> None:
            if unanswered:
                client.socket.send(encode_ack(unanswered.pop(), answer))

        return ack

    def _other_packet(self, client: _Client, packet: Packet) -> None:
        if packet.type == PacketType.CONNECT and packet.namespace != "/":
            self._refuse_namespace(client.socket, packet.namespace)
        elif packet.type == PacketType.CONNECT:
            raise BadRequest("This connection is open already.")
        elif packet.namespace != "/":
            raise BadRequest("There is only the default namespace.")
        elif packet.type == PacketType.DISCONNECT:
            self._leave_all(client)
            client.socket.end_soon(CloseCode.NORMAL)
        elif packet.type in (PacketType.BINARY_EVENT, PacketType.BINARY_ACK):
            client.attachments = packet.attachments
            asked = packet.type == PacketType.BINARY_EVENT
            ack = self._ack(client, packet) if asked else None
            self._tell_malformed(client, ack, BadRequest("Binary packets are not used here."))
        elif packet.type != PacketType.ACK:  # nothing here ever asks for one
            raise BadRequest("This packet is not for clients to send.")

    def _malformed(self, socket: EngineSocket, error: BadRequest) -> None:
        """What came is no packet; before a client is connected that ends its connection."""
        client = self._by_socket.get(socket)
        if client is None:
            socket.end_soon(CloseCode.POLICY)
        elif client.attachments:
            client.attachments -= 1
        else:
            self._tell_malformed(client, None, error)

    def _tell_malformed(self, client: _Client, ack: Ack | None, error: ClientError) -> None:
        try:
            self._handlers.malformed(client.sid, ack, error)
        except Exception:
            log.exception("A malformed packet could not be answered.")

    # --- coming and going ------------------------------------------------------------------------

    def _connect(self, socket: EngineSocket, packet: Packet) -> None:
        """The first packet of a client, which must be CONNECT; raises BadRequest for another."""
        if packet.type != PacketType.CONNECT:
            raise BadRequest("The first packet must be CONNECT.")
        if packet.namespace != "/":
            self._refuse_namespace(socket, packet.namespace)
            return
        client = _Client(secrets.token_urlsafe(15), socket)
        try:
            self._handlers.connected(client.sid, socket.address)
        except ClientError as refusal:
            answer = {"message": refusal.message, "data": {"code": refusal.code}}
            socket.send(outgoing(f"4{PacketType.CONNECT_ERROR}{dump_json(answer)}"))
            socket.end_soon(CloseCode.NORMAL)
            return
        except Exception:
            log.exception("A connection could not be accepted.")
            socket.abort()
            return
        if socket.closed:  # while the handler waited
            self._tell_disconnected(client.sid)
            return
        self._by_sid[client.sid] = self._by_socket[socket] = client
        socket.establish()
        socket.send(outgoing(f"4{PacketType.CONNECT}{dump_json({'sid': client.sid})}"))

    @staticmethod
    def _refuse_namespace(socket: EngineSocket, namespace: str) -> None:
        if len(namespace) > MAX_NAMESPACE:
            raise BadRequest("There is only the default namespace.")
        answer = dump_json({"message": "Invalid namespace"})
        socket.send(outgoing(f"4{PacketType.CONNECT_ERROR}{namespace},{answer}"))

    def _close(self, socket: EngineSocket) -> None:
        client = self._by_socket.pop(socket, None)
        if client is not None:
            self._leave_all(client)
            del self._by_sid[client.sid]
            self._tell_disconnected(client.sid)

    def _tell_disconnected(self, sid: str) -> None:
        try:
            self._handlers.disconnected(sid)
        except Exception:
            log.exception("A disconnection could not be handled.")

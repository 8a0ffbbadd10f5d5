"""Socket.IO protocol 5 over Engine.IO: clients, rooms, packets in and out.

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
SEND_EVENT = "message"  # what python-socketio's `send` emits
DISCONNECT = outgoing(f"4{PacketType.DISCONNECT}")

Ack = Callable[[dict[str, object]], None]
"""Acknowledges one event. May be called later and from another greenlet; counts once."""


class Handlers(Protocol):
    """Receives everything that clients do, in each client's order, one call at a time.

    Calls for different clients may interleave wherever one of them waits.
    """

    def connected(self, sid: str, network: str) -> None:
        """A client connects, from a network as `client_network` has it.

        Raise ClientError to refuse it; nothing can be sent to it yet.
        """

    def event(self, sid: str, name: str, args: list[object], ack: Ack | None) -> None:
        """An event. `ack` is None unless the client asked for an acknowledgement."""

    def malformed(self, sid: str, ack: Ack | None, error: ClientError) -> None:
        """A packet that is not an event: binary, not JSON, nameless, or in an unknown namespace."""

    def disconnected(self, sid: str) -> None:
        """The client is gone. This is the last call for it."""


@dataclass(slots=True, eq=False)
class _Client:
    """A client that is connected to the default namespace."""

    sid: str
    socket: EngineSocket
    rooms: set[str] = field(default_factory=set)
    attachments: int = 0
    """Binary frames to come that belong to a refused binary event."""


class SocketIOServer:
    """All clients. No method waits for one of them, except `close`.

    The methods are those of python-socketio's server that Flask-SocketIO calls (see
    `flask_extension.py`). There is only the default namespace, and clients are not asked for
    acknowledgements.
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
        """Send an event to clients, rooms, or everybody. It is encoded once, and nobody waits."""
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
                clients = list(inside.values())  # a client that is cut off leaves during the loop
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
        """End a client's connection once everything sent to it is flushed, or after a second.

        Nothing more from the client is handled. `disconnected` follows, from another greenlet.
        """
        client = self._by_sid.get(sid)
        if client is not None:
            self._leave_all(client)
            client.socket.send(DISCONNECT)
            client.socket.end_soon(CloseCode.NORMAL)

    def close(self) -> None:
        """Flush and end all connections within about a second, and accept no more."""
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
        """Handle a message packet of Engine.IO, which is one packet of Socket.IO."""
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
        elif packet.type != PacketType.ACK:  # which we never ask for
            raise BadRequest("This packet is not for clients to send.")

    def _malformed(self, socket: EngineSocket, error: BadRequest) -> None:
        """Report a malformed packet. If it comes before CONNECT, the connection ends."""
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
        """Handle the first packet, which must be CONNECT. Raises BadRequest for any other."""
        if packet.type != PacketType.CONNECT:
            raise BadRequest("The first packet must be CONNECT.")
        if packet.namespace != "/":
            self._refuse_namespace(socket, packet.namespace)
            return
        client = _Client(secrets.token_urlsafe(15), socket)
        try:
            self._handlers.connected(client.sid, socket.network)
        except ClientError as error:
            answer = {"message": error.message, "data": {"code": error.code}}
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

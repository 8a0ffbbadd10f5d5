"""Socket.IO packets in and out: python-socketio's server with one door each way.

All that clients send passes `_handle_eio_message`, all that they are told `emit`.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..errors import BadRequest, ClientError
from .engine_server import ADDRESS_KEY, EngineServer
from .engine_socket import EngineSocket
from .frames import CloseCode
from .libraries import engineio, socketio
from .outgoing import Outgoing
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
library_log = logging.getLogger("collabpad.wire.libraries")
library_log.setLevel(logging.WARNING)  # at INFO the libraries tell what people type

MESSAGE = engineio.packet.MESSAGE
MAX_NAMESPACE = 100

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
class _Member:
    """A client that Socket.IO has let in."""

    sid: str
    client: EngineSocket
    rooms: set[str] = field(default_factory=set)
    attachments: int = 0
    """How many binary frames still belong to a binary event that was refused already."""

    def ack(self, ack_id: int | None) -> Ack | None:
        if ack_id is None:
            return None
        return functools.partial(self._answer, [ack_id])

    def _answer(self, unanswered: list[int], answer: dict[str, object]) -> None:
        if unanswered:
            self.client.send(Outgoing(MESSAGE, encode_ack(unanswered.pop(), answer)))


class SocketIOServer(socketio.Server):  # type: ignore[misc]
    """Keeps who is in and who is in which room; the library's manager is not used."""

    def __init__(self, handlers: Handlers, frame_limit: int) -> None:
        super().__init__(
            async_handlers=False,  # a greenlet for each event would let them overtake each other
            logger=library_log,
            engineio_logger=library_log,
            max_http_buffer_size=frame_limit,
        )
        self._handlers = handlers
        self.eio.on("malformed", self._handle_eio_malformed)
        self._addresses: dict[str, str] = {}  # of those who are not in yet
        self._members: dict[str, _Member] = {}
        self._by_client: dict[str, _Member] = {}
        self._rooms: dict[str, dict[str, _Member]] = {}

    def _engineio_server_class(self) -> type[EngineServer]:
        return EngineServer

    # --- out -----------------------------------------------------------------------------------

    def emit(
        self,
        event: str,
        data: dict[str, object] | None = None,
        to: str | Iterable[str] | None = None,
        room: str | None = None,
        skip_sid: tuple[str, ...] = (),
        namespace: str | None = None,
        callback: None = None,
        ignore_queue: bool = False,
    ) -> None:
        """Send an event to clients or rooms; encoded once, and never waiting for a recipient."""
        packet = Outgoing(MESSAGE, encode_event(event, data))
        for target in (to,) if isinstance(to, str) else to or (room or "",):
            member = self._members.get(target)
            members = self._rooms.get(target, {}).values() if member is None else (member,)
            for each in list(members):  # whoever is cut off for it leaves in the middle
                if each.sid not in skip_sid:
                    each.client.send(packet)

    def enter_room(self, sid: str, room: str, namespace: str | None = None) -> None:
        member = self._members.get(sid)
        if member is not None:
            member.rooms.add(room)
            self._rooms.setdefault(room, {})[sid] = member

    def leave_room(self, sid: str, room: str, namespace: str | None = None) -> None:
        member = self._members.get(sid)
        if member is not None and room in member.rooms:
            member.rooms.discard(room)
            inside = self._rooms[room]
            del inside[sid]
            if not inside:
                del self._rooms[room]

    def rooms(self, sid: str, namespace: str | None = None) -> list[str]:
        member = self._members.get(sid)
        return [] if member is None else list(member.rooms)

    def disconnect(
        self, sid: str, namespace: str | None = None, ignore_queue: bool = False
    ) -> None:
        """End a client's connection after all that was sent to it; it hears that we wanted it."""
        member = self._members.get(sid)
        if member is not None:
            self._leave_all(member)
            member.client.send(Outgoing(MESSAGE, str(int(PacketType.DISCONNECT))))
            member.client.end_soon(CloseCode.NORMAL)

    def _leave_all(self, member: _Member) -> None:
        for room in tuple(member.rooms):
            self.leave_room(member.sid, room)

    # --- in ------------------------------------------------------------------------------------

    def _handle_eio_connect(self, eio_sid: str, environ: dict[str, Any]) -> None:
        # Nothing else of the request: its headers may be large, and thousands may wait outside.
        self._addresses[eio_sid] = str(environ.get(ADDRESS_KEY, ""))

    def _handle_eio_message(self, eio_sid: str, text: str) -> None:
        member = self._by_client.get(eio_sid)
        try:
            packet = parse_packet(text)
        except BadRequest as error:
            self._malformed(member, None, error)
            return
        if packet.type == PacketType.CONNECT:
            self._handle_packet_connect(eio_sid, member, packet)
        elif member is not None:
            member.attachments = 0
            self._handle_packet(member, packet)

    def _handle_packet_connect(self, eio_sid: str, member: _Member | None, packet: Packet) -> None:
        if len(packet.namespace) > MAX_NAMESPACE or (member and packet.namespace == "/"):
            self._malformed(member, None, BadRequest("This connection is open already."))
        elif packet.namespace != "/":
            client = self.eio.sockets[eio_sid]
            _send_refusal(client, f"{packet.namespace},", {"message": "Unknown namespace"})
        else:
            self._let_in(eio_sid)

    def _let_in(self, eio_sid: str) -> None:
        address = self._addresses.pop(eio_sid, None)
        client: EngineSocket | None = self.eio.sockets.get(eio_sid)
        if address is None or client is None:
            return
        member = _Member(self.eio.generate_id(), client)
        try:
            self._handlers.connected(member.sid, address)
        except ClientError as refusal:
            data = {"code": refusal.code}
            _send_refusal(client, "", {"message": refusal.message, "data": data})
            client.end_soon(CloseCode.NORMAL)
            return
        except Exception:
            log.exception("A connection could not be accepted.")
            client.abort()
            return
        if client.closed:  # while the handler waited
            self._tell_disconnected(member.sid)
            return
        self._members[member.sid] = self._by_client[eio_sid] = member
        client.establish()
        client.send(Outgoing(MESSAGE, "0" + dump_json({"sid": member.sid})))

    def _handle_packet(self, member: _Member, packet: Packet) -> None:
        ack = member.ack(packet.ack_id)
        if packet.namespace != "/":
            self._malformed(member, None, BadRequest("There is only the default namespace."))
        elif packet.type == PacketType.EVENT:
            self._handle_event(member.sid, ack, packet.body)
        elif packet.type == PacketType.DISCONNECT:
            self._leave_all(member)
            member.client.end_soon(CloseCode.NORMAL)
        elif packet.type in (PacketType.BINARY_EVENT, PacketType.BINARY_ACK):
            member.attachments = packet.attachments
            asked = ack if packet.type == PacketType.BINARY_EVENT else None
            self._malformed(member, asked, BadRequest("Binary packets are not used here."))
        elif packet.type != PacketType.ACK:  # nothing here ever asks for one
            self._malformed(member, None, BadRequest("This packet is not for clients to send."))

    def _handle_event(self, sid: str, ack: Ack | None, body: str) -> None:
        """The one door for events."""
        try:
            name, args = parse_event(body)
        except BadRequest as error:
            self._malformed(self._members.get(sid), ack, error)
            return
        try:
            self._handlers.event(sid, name, args, ack)
        except Exception:
            log.exception("An event could not be handled.")
            if ack is not None:
                message = "The server failed to handle this."
                ack({"ok": False, "error": {"code": "internal", "message": message}})

    def _handle_eio_malformed(self, eio_sid: str, error: BadRequest) -> None:
        member = self._by_client.get(eio_sid)
        if member is not None and member.attachments:
            member.attachments -= 1
            return
        self._malformed(member, None, error)

    def _malformed(self, member: _Member | None, ack: Ack | None, error: ClientError) -> None:
        if member is None:
            return  # who is not in yet has nobody to tell; the deadline for getting in goes on
        try:
            self._handlers.malformed(member.sid, ack, error)
        except Exception:
            log.exception("A malformed packet could not be answered.")

    def _handle_eio_disconnect(self, eio_sid: str, reason: str) -> None:
        self._addresses.pop(eio_sid, None)
        member = self._by_client.pop(eio_sid, None)
        if member is not None:
            self._leave_all(member)
            del self._members[member.sid]
            self._tell_disconnected(member.sid)

    def _tell_disconnected(self, sid: str) -> None:
        try:
            self._handlers.disconnected(sid)
        except Exception:
            log.exception("A disconnection could not be handled.")


def _send_refusal(client: EngineSocket, namespace: str, answer: dict[str, object]) -> None:
    kind = int(PacketType.CONNECT_ERROR)
    client.send(Outgoing(MESSAGE, f"{kind}{namespace}{dump_json(answer)}"))

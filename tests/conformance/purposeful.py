"""What the suites of others ask for and this server refuses on purpose, each with the reason.

docs/protocol.md has the same reasons, in the same words.
"""

from __future__ import annotations

from typing import Final

WHOLE_TEXT: Final = "Text is checked once its message is complete, not byte by byte."
METHOD: Final = "A method other than GET and POST gets 405, as HTTP has it, not 400."
BINARY: Final = "Binary packets are not used: every event is JSON text."
ANSWERED: Final = "A malformed packet is answered and does not end its connection."
SECOND_WEBSOCKET: Final = "A second WebSocket of a connection gets 400 before its handshake."
ONE_NAMESPACE: Final = "There is only the default namespace, and leaving it ends the connection."
NO_CREDENTIALS: Final = "CONNECT carries no credentials: those are in `join_session`."
ONE_OBJECT: Final = "An acknowledgement carries one object."

AUTOBAHN: Final = dict.fromkeys(("6.4.1", "6.4.2", "6.4.3", "6.4.4"), WHOLE_TEXT)

_ENGINE = "Engine.IO protocol"
ENGINE_IO: Final = {
    f"{_ENGINE} handshake HTTP long-polling fails with an invalid request method": METHOD,
    f"{_ENGINE} message HTTP long-polling sends and receives a payload containing plain text and"
    " binary packets": BINARY,
    f"{_ENGINE} message HTTP long-polling closes the session upon invalid packet format": ANSWERED,
    f"{_ENGINE} message WebSocket sends and receives a binary packet": BINARY,
    f"{_ENGINE} upgrade ignores WebSocket connection with same sid after upgrade": (
        SECOND_WEBSOCKET
    ),
}

_SOCKET = "Socket.IO protocol"
SOCKET_IO: Final = {
    f"{_ENGINE} handshake HTTP long-polling should fail with an invalid request method": METHOD,
    f"{_ENGINE} upgrade should ignore WebSocket connection with same sid after upgrade": (
        SECOND_WEBSOCKET
    ),
    f"{_SOCKET} connect should allow connection to the main namespace with a payload": (
        NO_CREDENTIALS
    ),
    f"{_SOCKET} connect should allow connection to a custom namespace": ONE_NAMESPACE,
    f"{_SOCKET} connect should allow connection to a custom namespace with a payload": (
        ONE_NAMESPACE
    ),
    f"{_SOCKET} disconnect should disconnect from the main namespace": ONE_NAMESPACE,
    f"{_SOCKET} disconnect should connect then disconnect from a custom namespace": ONE_NAMESPACE,
    f"{_SOCKET} message should send a packet with binary attachments": BINARY,
    f"{_SOCKET} message should send a packet with binary attachments and an ack": BINARY,
    f"{_SOCKET} message should send a plain-text packet with an ack": ONE_OBJECT,
}
REASONS: Final = sorted({*AUTOBAHN.values(), *ENGINE_IO.values(), *SOCKET_IO.values()})

"""Everything between a TCP socket and the handlers of events: HTTP, TLS, WebSockets, Socket.IO.

Ours because the libraries' own are not bounded: a client could make the server hold, wait or log
as much as it likes. No sessions and no Flask views here; this floor knows only errors and settings.
Begin with `socketio_server.py`: `Handlers` is the way in, `SocketIOServer.emit` the way out.
"""

"""The Flask application: pages, the HTTP API, and the handlers of Socket.IO events.

What speaks HTTP or Socket.IO itself is in `wire/`; what a session does is in `sessions/`.
Begin with `app.py`, which wires everything, and `sockets.py`, through which every event comes.
"""

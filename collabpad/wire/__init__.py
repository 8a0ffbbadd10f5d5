"""Everything between a TCP socket and the handlers of events. No sessions here, and no views.

    http_server, tls_server, http_handler, body_input   HTTP/1.1 by gevent's pywsgi, made strict
    handshake, websocket, frames                        WebSockets (RFC 6455)
    engine_server, engine_socket                        Engine.IO 4: polling, WebSockets, timers
    socketio_server, packets                            Socket.IO 5: clients, rooms, events
    send_buffers, memory_quota, client_addresses        limits that all clients share
    flask_extension                                     where users of Flask-SocketIO find it

It is ours because python-socketio, python-engineio and simple-websocket have no limits: a client
can make them hold, wait and log as much as it likes, let its events overtake each other, and raise
exceptions in the server. Begin with `socketio_server.py`: `Handlers` is the way in, `emit` the way
out.
"""

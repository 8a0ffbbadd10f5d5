"""The wire contract as code. docs/protocol.md is its text, and tests/contract compares the two.

Here are the names, fields and checks of everything that crosses the wire; no behaviour and no I/O.
This is vocabulary, so every other package may import it. Begin with `client_events.py` and
`server_events.py`.
"""

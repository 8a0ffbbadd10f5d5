"""The wire contract as code; docs/protocol.md is its text, and tests/contract compares the two.

Here are the names, fields and checks of everything that crosses the wire. No behaviour and no I/O:
this is vocabulary, which every floor above may import. Begin with `client_events.py` and
`server_events.py`.
"""

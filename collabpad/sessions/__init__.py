"""Shared sessions: people, permissions, the pen, the document, chat and runs, one owner a session.

Nothing of HTTP, Socket.IO or SQL lives here; `Context` is all that a session knows of the outside.
Begin with `session.py` and `roles.py`, then follow an edit (`editing.py`) or a join (`joining.py`).
"""

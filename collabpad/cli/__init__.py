"""The command line: thin commands that print for people or, with --json, for programs.

No rules live here: commands ask a running server through `client.py`. Nothing imports the server's
libraries before `serve` needs them, so that other commands start at once. Begin with `app.py`.
"""

from .app import main

__all__ = ["main"]

"""The command line: thin commands that print for people or, by --json, for programs.

Nothing here imports the server's libraries before `serve` needs them, so that every other command
starts at once.
"""

from .app import main

__all__ = ["main"]

"""The steps from version 1 of the database (schema.sql) to the one of today.

`MIGRATIONS[n]` is the SQL that makes version n + 2 of version n + 1. What is here once released
never changes; a new step comes at the end, and tests/storage/test_database.py keeps a database of
each version. New databases take the same steps: there is only one way to today's schema.
"""

from __future__ import annotations

from typing import Final

_TURNS = """
ALTER TABLE roles ADD COLUMN pen_since REAL;
ALTER TABLE roles ADD COLUMN rotation INTEGER
"""

# The size of a text as it was after `seq` updates.
_TEXT_SIZES = """
CREATE TABLE text_sizes (
    session TEXT PRIMARY KEY NOT NULL REFERENCES sessions (key) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    bytes INTEGER NOT NULL
) WITHOUT ROWID
"""

# Seconds since the last activity by which the clock was set forwards: they are no session's age.
_SPARED = "ALTER TABLE sessions ADD COLUMN spared REAL NOT NULL DEFAULT 0"

_ORDER_OF_TURNS = """
ALTER TABLE roles ADD COLUMN rotation_order TEXT NOT NULL DEFAULT '[]';
ALTER TABLE roles ADD COLUMN rotation_held INTEGER NOT NULL DEFAULT 0
"""

# Of the code that was run, so that the list of runs needs no document's history.
_FIRST_LINES = "ALTER TABLE runs ADD COLUMN first_line TEXT NOT NULL DEFAULT ''"

# How long people were here: those with the shortest stays are forgotten first.
_STAYS = """
ALTER TABLE participants ADD COLUMN stayed REAL NOT NULL DEFAULT 0;
ALTER TABLE participants ADD COLUMN seen_at REAL
"""

MIGRATIONS: Final[tuple[str, ...]] = (
    _TURNS,
    _TEXT_SIZES,
    _SPARED,
    _ORDER_OF_TURNS,
    _FIRST_LINES,
    _STAYS,
)

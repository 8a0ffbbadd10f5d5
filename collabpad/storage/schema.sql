-- Version 1 of collabpad's database. What is here once released changes only by a step in
-- migrations.py. Times are seconds since the epoch, lists are JSON arrays.

CREATE TABLE sessions (
    key TEXT PRIMARY KEY NOT NULL,
    session_id TEXT NOT NULL UNIQUE,
    view_id TEXT NOT NULL UNIQUE,
    host_key_hash TEXT NOT NULL,
    title TEXT NOT NULL,
    language TEXT NOT NULL,
    run_policy TEXT NOT NULL,
    join_policy TEXT NOT NULL,
    passcode_hash TEXT,
    created_at REAL NOT NULL,
    active_at REAL NOT NULL,
    retired_ids TEXT NOT NULL
) WITHOUT ROWID;

-- Changed only where `version` is the one expected.
CREATE TABLE roles (
    session TEXT PRIMARY KEY NOT NULL REFERENCES sessions (key) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    write_mode TEXT NOT NULL,
    host_id TEXT,
    acting INTEGER NOT NULL,
    pen_id TEXT,
    muted TEXT NOT NULL
) WITHOUT ROWID;

-- `number` is the order in which they came. Who is `gone` cannot come back, but is still an author.
CREATE TABLE participants (
    number INTEGER PRIMARY KEY,
    session TEXT NOT NULL REFERENCES sessions (key) ON DELETE CASCADE,
    id TEXT NOT NULL,
    resume_hash TEXT NOT NULL,
    name TEXT NOT NULL,
    color TEXT NOT NULL,
    viewer INTEGER NOT NULL,
    holds_key INTEGER NOT NULL,
    joined_at REAL NOT NULL,
    wants_write REAL,
    gone INTEGER NOT NULL DEFAULT 0,
    UNIQUE (session, id)
);

CREATE TABLE messages (
    session TEXT NOT NULL REFERENCES sessions (key) ON DELETE CASCADE,
    id INTEGER NOT NULL,
    participant TEXT,
    name TEXT NOT NULL,
    message TEXT NOT NULL,
    at REAL NOT NULL,
    system INTEGER NOT NULL,
    PRIMARY KEY (session, id)
) WITHOUT ROWID;

-- A document is its snapshot, if there is one, and the updates after it.
CREATE TABLE snapshots (
    session TEXT PRIMARY KEY NOT NULL REFERENCES sessions (key) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    parts BLOB NOT NULL
);

CREATE TABLE updates (
    session TEXT NOT NULL REFERENCES sessions (key) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    participant TEXT,
    at REAL NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (session, seq)
) WITHOUT ROWID;

-- The updates from before the snapshot, packed (packing.py). Where there is a `base`, it is the
-- document as it was before `first_seq`, so that everything older can be forgotten.
CREATE TABLE history (
    session TEXT NOT NULL REFERENCES sessions (key) ON DELETE CASCADE,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    data BLOB NOT NULL,
    base BLOB,
    PRIMARY KEY (session, first_seq)
);

CREATE TABLE runs (
    number INTEGER PRIMARY KEY,
    session TEXT NOT NULL REFERENCES sessions (key) ON DELETE CASCADE,
    id TEXT NOT NULL,
    participant TEXT NOT NULL,
    name TEXT NOT NULL,
    at REAL NOT NULL,
    seq INTEGER NOT NULL,
    language TEXT NOT NULL,
    verdict TEXT NOT NULL,
    exit_code INTEGER,
    signal TEXT,
    duration_ms INTEGER NOT NULL,
    truncated INTEGER NOT NULL,
    sandbox TEXT NOT NULL,
    code TEXT,
    stdin TEXT NOT NULL,
    output TEXT NOT NULL,
    UNIQUE (session, id)
);

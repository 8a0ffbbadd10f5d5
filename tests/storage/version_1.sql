-- A database of version 1, as collabpad 0.1 made it: this file never changes.
PRAGMA application_id = 1668246640;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE history (
    session TEXT NOT NULL REFERENCES sessions (key) ON DELETE CASCADE,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    data BLOB NOT NULL,
    base BLOB,
    PRIMARY KEY (session, first_seq)
);
INSERT INTO "history" VALUES('key-1',1,3,X'789C636160600802620E245CAD94585A92915F54AC6415AD54905A549C9FA76BA8A403631A29E9E495E6E4C4EA282555025518E818EA1801398925408EA1850114181A99EA40716C6D69414A6249AA8221943682D2C600F2052010',NULL);
INSERT INTO "history" VALUES('key-1',4,5,X'789C636660607007620E28AE564A2C2DC9C82F2A56B28A562A482D2ACECFD33554D281318D94627594922A8192063A8640666209906968610005A606406123D3D8DAD28294C492540513286D0A00B3841A20',X'789C63626060E0026256202E2E492C4955C84F53302E4FCC2C2906002E3505A3');
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
INSERT INTO "messages" VALUES('key-1',1,'person-1','Ann','line
1',1800000001.0,0);
INSERT INTO "messages" VALUES('key-1',2,NULL,'Ann','line
2',1800000002.0,1);
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
INSERT INTO "participants" VALUES(1,'key-1','person-1','hash 1','Ann 1','#123456',0,1,1800000001.0,NULL,0);
INSERT INTO "participants" VALUES(2,'key-1','person-2','','Ann 2','#123456',0,0,1800000002.0,NULL,1);
CREATE TABLE roles (
    session TEXT PRIMARY KEY NOT NULL REFERENCES sessions (key) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    write_mode TEXT NOT NULL,
    host_id TEXT,
    acting INTEGER NOT NULL,
    pen_id TEXT,
    muted TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "roles" VALUES('key-1',3,'handoff','person-1',0,'person-2','[]');
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
INSERT INTO "runs" VALUES(1,'key-1','run-1','person-1','Ann',1800000001.0,1,'python','ok',0,NULL,12,0,'bubblewrap',NULL,'','[["stdout", "hé\n"], ["stderr", "\u001b[31mno"]]');
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
INSERT INTO "sessions" VALUES('key-1','join-1','view-1','hash of a key','Grüße 👩‍👩‍👧','python','writers','open',NULL,1800000000.0,1800000000.0,'["old-1"]');
CREATE TABLE snapshots (
    session TEXT PRIMARY KEY NOT NULL REFERENCES sessions (key) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    parts BLOB NOT NULL
);
INSERT INTO "snapshots" VALUES('key-1',5,X'020000000A000000050000007374617465206F6620357761697473');
CREATE TABLE updates (
    session TEXT NOT NULL REFERENCES sessions (key) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    participant TEXT,
    at REAL NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (session, seq)
) WITHOUT ROWID;
INSERT INTO "updates" VALUES('key-1',6,NULL,1800000000.75,X'7570646174652036');
COMMIT;

-- The newest state of each stream. `kind` is a code (see rows.rs), in the order in which pages of streams are read.
-- `ended_at` is in microseconds since 1970; the largest integer stands for "not ended", so that one range finds both
-- what has not ended and what ended lately.
CREATE TABLE streams (
    key      INTEGER PRIMARY KEY,
    kind     INTEGER NOT NULL,
    id       BLOB    NOT NULL,
    pool     TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    position INTEGER NOT NULL,
    hash     BLOB    NOT NULL,
    ended_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX streams_by_id ON streams (kind, id);
CREATE INDEX streams_open ON streams (kind, pool, ended_at);

-- `stream` is the key in `streams`; `at` is in microseconds since 1970.
CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    stream   INTEGER NOT NULL,
    version  INTEGER NOT NULL,
    pool     TEXT    NOT NULL,
    type     TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    actor    TEXT    NOT NULL,
    trace    TEXT    NOT NULL,
    data     TEXT    NOT NULL,
    hash     BLOB    NOT NULL
) STRICT;
CREATE UNIQUE INDEX events_by_stream ON events (stream, version);

CREATE TABLE leases (
    name       TEXT PRIMARY KEY,
    holder     TEXT    NOT NULL,
    token      INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

-- A key is destroyed by overwriting it with zeros where it stands. Rows are only added at the end and never removed or
-- made longer, because a B-tree that moves its cells leaves copies of them in the free space of its pages.
CREATE TABLE keys (
    number  INTEGER PRIMARY KEY,
    stream  INTEGER NOT NULL,
    wrapped BLOB    NOT NULL
) STRICT;
CREATE UNIQUE INDEX keys_by_stream ON keys (stream);

CREATE TABLE keys_due (
    stream     INTEGER PRIMARY KEY,
    destroy_at INTEGER NOT NULL
) STRICT;
CREATE INDEX keys_due_at ON keys_due (destroy_at);

-- What the store holds. Instants are seconds since 1970.
-- A set of files that was loaded together: rows of one episode may stand in several of them.
CREATE TABLE loads (
    id   INTEGER PRIMARY KEY,
    name TEXT    NOT NULL UNIQUE,
    at   INTEGER NOT NULL,
    rows INTEGER NOT NULL
) STRICT;
CREATE TABLE bad_rows (
    load     INTEGER NOT NULL REFERENCES loads ON DELETE CASCADE,
    reason   TEXT    NOT NULL,
    rows     INTEGER NOT NULL,
    examples TEXT    NOT NULL,
    PRIMARY KEY (load, reason)
) STRICT, WITHOUT ROWID;
CREATE TABLE cut_short (
    load   INTEGER NOT NULL REFERENCES loads ON DELETE CASCADE,
    file   TEXT    NOT NULL,
    reason TEXT    NOT NULL
) STRICT;
CREATE TABLE episodes (
    id     TEXT    PRIMARY KEY NOT NULL,
    load   INTEGER NOT NULL REFERENCES loads ON DELETE CASCADE,
    opened INTEGER NOT NULL,
    line   TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX episodes_by_load ON episodes (load, opened);

-- What was pulled from PagerDuty, and over which spans it is whole.
CREATE TABLE pulled (
    what  TEXT    NOT NULL CHECK (what IN ('incidents', 'log', 'analytics', 'shifts')),
    start INTEGER NOT NULL,
    end   INTEGER NOT NULL CHECK (start < end),
    PRIMARY KEY (what, start)
) STRICT, WITHOUT ROWID;
CREATE TABLE incidents (
    id      TEXT    PRIMARY KEY NOT NULL,
    number  INTEGER NOT NULL,
    title   TEXT    NOT NULL,
    opened  INTEGER NOT NULL,
    service TEXT    NOT NULL,
    policy  TEXT    NOT NULL,
    team    TEXT,
    urgency TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX incidents_by_opening ON incidents (opened);
CREATE TABLE log (
    id       TEXT    PRIMARY KEY NOT NULL,
    incident TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    kind     TEXT    NOT NULL,
    by_user  TEXT,
    users    TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX log_by_incident ON log (incident, at);
CREATE TABLE analytics (
    id           TEXT PRIMARY KEY NOT NULL,
    priority     TEXT,
    acknowledged INTEGER,
    resolved     INTEGER,
    by_user      TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE users (
    id    TEXT PRIMARY KEY NOT NULL,
    name  TEXT NOT NULL,
    email TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE policies (
    id        TEXT PRIMARY KEY NOT NULL,
    name      TEXT NOT NULL,
    schedules TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE schedules (
    id   TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    key  TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE shifts (
    schedule TEXT    NOT NULL,
    start    INTEGER NOT NULL,
    user     TEXT    NOT NULL,
    end      INTEGER NOT NULL CHECK (start < end),
    PRIMARY KEY (schedule, start, user)
) STRICT, WITHOUT ROWID;

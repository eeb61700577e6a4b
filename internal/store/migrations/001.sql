CREATE TABLE builds (
	id      TEXT PRIMARY KEY,            -- ULID: ids sort by time
	tenant  TEXT NOT NULL,
	key     TEXT NOT NULL,
	state   TEXT NOT NULL,
	ended   INTEGER NOT NULL DEFAULT 0,  -- milliseconds since 1970, as all times here
	polled  INTEGER NOT NULL DEFAULT 0,
	doc     TEXT NOT NULL                -- the record as JSON
) STRICT;
CREATE INDEX builds_by_tenant ON builds (tenant, id);
CREATE INDEX builds_by_state ON builds (state, id);

CREATE TABLE events (
	build TEXT NOT NULL REFERENCES builds (id) ON DELETE CASCADE,
	seq   INTEGER NOT NULL,
	at    INTEGER NOT NULL,
	type  TEXT NOT NULL,
	data  TEXT NOT NULL,
	PRIMARY KEY (build, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE keys (
	id      TEXT PRIMARY KEY,
	tenant  TEXT NOT NULL,
	name    TEXT NOT NULL,
	hash    BLOB NOT NULL,
	created INTEGER NOT NULL,
	used    INTEGER NOT NULL DEFAULT 0,
	revoked INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE uploads (
	id      TEXT PRIMARY KEY,
	tenant  TEXT NOT NULL,
	created INTEGER NOT NULL
) STRICT;

CREATE TABLE secrets (
	name  TEXT PRIMARY KEY,
	value BLOB NOT NULL
) STRICT;

CREATE TABLE answers (                 -- of requests with an Idempotency-Key
	tenant  TEXT NOT NULL,
	key     TEXT NOT NULL,
	body    BLOB NOT NULL,             -- hash of what was asked
	created INTEGER NOT NULL,
	answer  TEXT NOT NULL DEFAULT '',  -- JSON; empty while in flight
	PRIMARY KEY (tenant, key)
) STRICT;

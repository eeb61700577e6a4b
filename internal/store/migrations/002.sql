-- Every key and build belongs to a tenant. "main" is that of keys without one.
UPDATE keys SET tenant = 'main' WHERE tenant = '';
UPDATE uploads SET tenant = 'main' WHERE tenant = '';
UPDATE OR REPLACE answers SET tenant = 'main' WHERE tenant = '';
UPDATE builds SET tenant = 'main', doc = json_set(doc, '$.tenant', 'main') WHERE tenant = '';

-- What changes while a build runs has columns, so that it is written without the document.
ALTER TABLE builds ADD COLUMN percent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE builds ADD COLUMN phase TEXT NOT NULL DEFAULT '';
ALTER TABLE builds ADD COLUMN message TEXT NOT NULL DEFAULT '';
ALTER TABLE builds ADD COLUMN owner TEXT NOT NULL DEFAULT '';          -- the server that works on it
ALTER TABLE builds ADD COLUMN lease_until INTEGER NOT NULL DEFAULT 0;  -- another server may take it later
ALTER TABLE builds ADD COLUMN attempt INTEGER NOT NULL DEFAULT 0;      -- counts all attempts
ALTER TABLE builds ADD COLUMN lost INTEGER NOT NULL DEFAULT 0;         -- counts attempts that were cut off
ALTER TABLE builds ADD COLUMN cancel_requested INTEGER NOT NULL DEFAULT 0;

-- The attempt that runs is counted as cut off when its lease is found expired.
UPDATE builds SET
	percent = coalesce(json_extract(doc, '$.percent'), 0),
	phase = coalesce(json_extract(doc, '$.phase'), ''),
	message = coalesce(json_extract(doc, '$.message'), ''),
	attempt = coalesce(json_extract(doc, '$.attempts'), 0),
	lost = max(coalesce(json_extract(doc, '$.attempts'), 0) - (state = 'running'), 0),
	doc = json_remove(doc, '$.percent', '$.phase', '$.message', '$.attempts', '$.polled');

CREATE INDEX builds_waiting ON builds (tenant, lost, id) WHERE state = 'queued';
CREATE INDEX builds_leased ON builds (lease_until) WHERE state = 'running';

-- The tenant that was served least recently is next.
CREATE TABLE turns (
	tenant TEXT PRIMARY KEY,
	served INTEGER NOT NULL            -- counts on over all tenants
) STRICT;

-- The queue is the builds that wait. These were the tables of River.
DROP TABLE IF EXISTS river_job;
DROP TABLE IF EXISTS river_leader;
DROP TABLE IF EXISTS river_queue;
DROP TABLE IF EXISTS river_client_queue;
DROP TABLE IF EXISTS river_client;
DROP TABLE IF EXISTS river_notification;
DROP TABLE IF EXISTS river_migration;

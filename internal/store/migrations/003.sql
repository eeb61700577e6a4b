CREATE TABLE usage (                   -- characters that paid services spoke
	tenant     TEXT NOT NULL,
	engine     TEXT NOT NULL,
	month      TEXT NOT NULL,          -- as 2026-01, in UTC
	characters INTEGER NOT NULL,
	PRIMARY KEY (tenant, month, engine)
) STRICT, WITHOUT ROWID;

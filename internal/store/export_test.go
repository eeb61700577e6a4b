package store

import (
	"database/sql"
	"time"
)

// SetClock replaces the store's clock.
func (s *Store) SetClock(now func() time.Time) { s.now = now }

// Writer returns the connection that writes.
func (s *Store) Writer() *sql.DB { return s.writer }

// Migrations returns the statements that create and change the tables, in order.
func Migrations() (out []string, err error) {
	for _, name := range []string{"001.sql", "002.sql"} {
		text, err := migrations.ReadFile("migrations/" + name)
		if err != nil {
			return nil, err
		}
		out = append(out, string(text))
	}
	return out, nil
}

package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/oklog/ulid/v2"

	"mynah/internal/record"
)

// Create implements record.Store.
func (s *Store) Create(ctx context.Context, b record.Build) error {
	doc, err := json.Marshal(b)
	if err != nil {
		return err
	}
	err = s.inTransaction(ctx, func(tx *sql.Tx) error {
		if s.cfg.MaxQueued > 0 {
			var n int
			err := tx.QueryRowContext(ctx,
				"SELECT count(*) FROM builds WHERE state IN ('queued', 'running') AND tenant = ? AND key = ?",
				b.Tenant, b.Key).Scan(&n)
			if err != nil {
				return err
			}
			if n >= s.cfg.MaxQueued {
				return record.ErrFull
			}
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO builds (id, tenant, key, state, message, doc) VALUES (?, ?, ?, ?, ?, ?)",
			b.ID, b.Tenant, b.Key, b.State, b.Message, string(doc))
		if err != nil {
			return err
		}
		return s.recordChangesAsEvents(ctx, tx, record.Build{}, b)
	})
	if err == nil {
		s.signalQueued()
	}
	return err
}

// buildColumns are the columns that scanBuild reads.
const buildColumns = `doc, polled, percent, phase, message, owner, lease_until, attempt, lost, cancel_requested`

func scanBuild(scan func(...any) error) (b record.Build, err error) {
	var doc string
	var polled, until int64
	var l record.Lease
	var percent int
	var phase, message string
	err = scan(&doc, &polled, &percent, &phase, &message, &l.Owner, &until, &l.Attempt, &l.Lost, &l.Cancel)
	if errors.Is(err, sql.ErrNoRows) {
		return b, record.ErrNotFound
	}
	if err == nil {
		err = json.Unmarshal([]byte(doc), &b)
		l.Until = fromMillis(until)
		b.Polled, b.Percent, b.Phase, b.Message, b.Lease = fromMillis(polled), percent, phase, message, l
	}
	return b, err
}

// Build implements record.Store.
func (s *Store) Build(ctx context.Context, id string) (record.Build, error) {
	return scanBuild(s.reader.QueryRowContext(ctx, "SELECT "+buildColumns+" FROM builds WHERE id = ?", id).Scan)
}

// Builds implements record.Store.
func (s *Store) Builds(ctx context.Context, tenant string, f record.Filter) ([]record.Build, error) {
	before, since := f.Before, ""
	if before == "" {
		before = "~" // after all ids
	}
	if !f.Since.IsZero() { // ids begin with their creation time
		var id ulid.ULID
		if err := id.SetTime(uint64(max(f.Since.UnixMilli(), 0))); err == nil {
			since = id.String()
		}
	}
	return s.queryBuilds(ctx, `WHERE tenant = ?1 AND id < ?2 AND id >= ?3 AND (?4 = '' OR state = ?4)
		AND (?5 = '' OR EXISTS (SELECT 1 FROM json_each(doc, '$.tags') WHERE json_each.value = ?5))
		ORDER BY id DESC LIMIT ?6`, tenant, before, since, string(f.State), f.Tag, f.Limit)
}

func (s *Store) queryBuilds(ctx context.Context, where string, args ...any) ([]record.Build, error) {
	query := "SELECT " + buildColumns + " FROM builds " + where //nolint:gosec // where is a constant of this file
	rows, err := s.reader.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var out []record.Build
	for rows.Next() {
		b, err := scanBuild(rows.Scan)
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, rows.Err()
}

// Update implements record.Store.
func (s *Store) Update(ctx context.Context, id string, change func(*record.Build) error) (b record.Build, err error) {
	err = s.inTransaction(ctx, func(tx *sql.Tx) error {
		b, err = s.updateInTransaction(ctx, tx, id, change)
		return err
	})
	return b, err
}

func (s *Store) updateInTransaction(
	ctx context.Context, tx *sql.Tx, id string, change func(*record.Build) error,
) (record.Build, error) {
	b, err := scanBuild(tx.QueryRowContext(ctx, "SELECT "+buildColumns+" FROM builds WHERE id = ?", id).Scan)
	if err != nil {
		return b, err
	}
	was := b
	if err := change(&b); err != nil {
		return was, err
	}
	b.Percent = max(was.Percent, b.Percent)
	doc, err := json.Marshal(b)
	if err != nil {
		return was, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE builds SET state = ?, ended = ?, percent = ?, phase = ?, message = ?, owner = ?,
		lease_until = ?, attempt = ?, lost = ?, cancel_requested = ?, doc = ? WHERE id = ?`,
		b.State, toMillis(b.Ended), b.Percent, b.Phase, b.Message, b.Lease.Owner,
		toMillis(b.Lease.Until), b.Lease.Attempt, b.Lease.Lost, b.Lease.Cancel, string(doc), id)
	if err != nil {
		return was, err
	}
	return b, s.recordChangesAsEvents(ctx, tx, was, b)
}

// recordChangesAsEvents writes the changes of a build as events.
func (s *Store) recordChangesAsEvents(ctx context.Context, tx *sql.Tx, was, is record.Build) error {
	add := func(kind string, data any) error {
		text, err := json.Marshal(data)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO events (build, seq, at, type, data)
			SELECT ?, coalesce(max(seq), 0) + 1, ?, ?, ? FROM events WHERE build = ?`,
			is.ID, toMillis(s.now()), kind, string(text), is.ID)
		return err
	}
	type progress struct {
		State   record.State `json:"state"`
		Phase   string       `json:"phase,omitempty"`
		Percent int          `json:"percent"`
		Message string       `json:"message"`
	}
	var errs []error
	if len(is.Warnings) != len(was.Warnings) {
		errs = append(errs, add("warnings", is.Warnings))
	}
	now := progress{is.State, is.Phase, is.Percent, is.Message}
	switch {
	case was.State != is.State:
		errs = append(errs, add("state", now))
	case was.Phase != is.Phase || was.Percent != is.Percent || was.Message != is.Message:
		errs = append(errs, add("progress", now))
	}
	return errors.Join(errs...)
}

// Events implements record.Store.
func (s *Store) Events(ctx context.Context, id string, after int64) ([]record.Event, error) {
	rows, err := s.reader.QueryContext(ctx,
		"SELECT seq, at, type, data FROM events WHERE build = ? AND seq > ? ORDER BY seq LIMIT 1000", id, after)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var out []record.Event
	for rows.Next() {
		var e record.Event
		var at int64
		var data string
		if err := rows.Scan(&e.Seq, &at, &e.Type, &data); err != nil {
			return nil, err
		}
		e.At, e.Data = fromMillis(at), []byte(data)
		out = append(out, e)
	}
	return out, rows.Err()
}

// RecordPoll records, to the hour, that a finished build was polled: polled builds are kept longer.
func (s *Store) RecordPoll(ctx context.Context, b record.Build) error {
	now := s.now()
	if !b.State.IsOver() || now.Sub(b.Polled) < time.Hour || now.Sub(b.Ended) < time.Hour {
		return nil
	}
	_, err := s.writer.ExecContext(ctx, "UPDATE builds SET polled = ? WHERE id = ?", toMillis(now), b.ID)
	return err
}

// DeleteBuild removes a finished build with its events.
func (s *Store) DeleteBuild(ctx context.Context, id string) error {
	return s.updateOneRow(ctx, record.ErrNotFound,
		"DELETE FROM builds WHERE id = ? AND state NOT IN ('queued', 'running')",
		id)
}

// ListEnded lists builds that ended and were last polled before a time.
func (s *Store) ListEnded(ctx context.Context, before time.Time, limit int) ([]record.Build, error) {
	return s.queryBuilds(ctx,
		"WHERE state IN ('succeeded', 'failed', 'cancelled') AND max(ended, polled) < ? ORDER BY id LIMIT ?",
		toMillis(before), limit)
}

// DeleteExpired removes the records of builds that expired before a time.
func (s *Store) DeleteExpired(ctx context.Context, before time.Time) error {
	_, err := s.writer.ExecContext(ctx, "DELETE FROM builds WHERE state = 'expired' AND ended < ?", toMillis(before))
	return err
}

// CountBuilds returns the number of builds in each state.
func (s *Store) CountBuilds(ctx context.Context) (map[record.State]int, error) {
	rows, err := s.reader.QueryContext(ctx, "SELECT state, count(*) FROM builds GROUP BY state")
	if err != nil {
		return nil, err
	}
	return readCounts(rows)
}

// readCounts reads rows of a state and a number, and closes them.
func readCounts(rows *sql.Rows) (map[record.State]int, error) {
	defer func() { _ = rows.Close() }()
	out := map[record.State]int{}
	for rows.Next() {
		var state record.State
		var n int
		if err := rows.Scan(&state, &n); err != nil {
			return nil, err
		}
		out[state] = n
	}
	return out, rows.Err()
}

// readColumn reads rows of one column and closes them.
func readColumn(rows *sql.Rows) (out []string, err error) {
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var v string
		if err := rows.Scan(&v); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

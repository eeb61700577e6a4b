package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"mynah/internal/record"
)

// Queued receives a value after this process has stored a build, so that a dispatcher need not wait for its next poll.
// It holds one value: a single receiver is expected.
func (s *Store) Queued() <-chan struct{} { return s.queued }

func (s *Store) signalQueued() {
	select {
	case s.queued <- struct{}{}:
	default:
	}
}

// findNextTenant finds the tenant with waiting builds that was served least recently. It looks each tenant up in the
// index of waiting builds, so that its cost does not grow with the number of builds.
const findNextTenant = `
	WITH RECURSIVE waiting (tenant) AS (
		SELECT min(tenant) FROM builds WHERE state = 'queued'
		UNION ALL
		SELECT (SELECT min(tenant) FROM builds WHERE state = 'queued' AND tenant > waiting.tenant)
			FROM waiting WHERE tenant IS NOT NULL
	)
	SELECT waiting.tenant FROM waiting LEFT JOIN turns USING (tenant) WHERE waiting.tenant IS NOT NULL
	ORDER BY coalesce(served, 0),
		(SELECT min(id) FROM builds WHERE state = 'queued' AND builds.tenant = waiting.tenant) LIMIT 1`

// LeaseNext leases the build whose turn it is to a server, for a time. Tenants take turns; within a tenant the oldest
// build comes first, and builds whose work was cut off come last, so that a build that kills the server cannot block
// the others. It returns record.ErrNotFound if no build waits.
func (s *Store) LeaseNext(ctx context.Context, owner string, length time.Duration) (b record.Build, err error) {
	var waits bool
	err = s.reader.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM builds WHERE state = 'queued')").Scan(&waits)
	if err != nil {
		return b, err
	}
	if !waits {
		return b, record.ErrNotFound
	}
	err = s.inTransaction(ctx, func(tx *sql.Tx) error {
		var tenant, id string
		err := tx.QueryRowContext(ctx, findNextTenant).Scan(&tenant)
		if errors.Is(err, sql.ErrNoRows) {
			return record.ErrNotFound
		}
		if err != nil {
			return err
		}
		err = tx.QueryRowContext(ctx,
			"SELECT id FROM builds WHERE state = 'queued' AND tenant = ? ORDER BY lost, id LIMIT 1", tenant).Scan(&id)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO turns (tenant, served) SELECT ?, coalesce(max(served), 0) + 1 FROM turns
			WHERE true ON CONFLICT (tenant) DO UPDATE SET served = excluded.served`, tenant)
		if err != nil {
			return err
		}
		now := s.now()
		b, err = s.updateInTransaction(ctx, tx, id,
			func(b *record.Build) error { return b.Begin(owner, now, now.Add(length)) })
		return err
	})
	return b, err
}

// progressList reads the list of progress that is the parameter 1.
const progressList = `(SELECT value ->> 'id' AS id, value ->> 'attempt' AS attempt, value ->> 'percent' AS percent,
	value ->> 'phase' AS phase, value ->> 'message' AS message FROM json_each(?1))`

// recordProgress writes the changes of running builds as events.
const recordProgress = `INSERT INTO events (build, seq, at, type, data)
	SELECT b.id, coalesce((SELECT max(seq) FROM events WHERE build = b.id), 0) + 1, ?3, 'progress',
		json_patch('{}', json_object('state', b.state, 'phase', nullif(p.phase, ''),
			'percent', max(b.percent, p.percent), 'message', p.message))
	FROM ` + progressList + ` AS p JOIN builds AS b ON b.id = p.id
	WHERE b.state = 'running' AND b.owner = ?2 AND b.attempt = p.attempt AND p.message <> ''
		AND (p.percent > b.percent OR p.phase <> b.phase OR p.message <> b.message)`

// renewLeases renews leases, writes progress, and returns the leases that are still those of the owner.
const renewLeases = `UPDATE builds SET lease_until = ?3,
		percent = CASE WHEN state = 'running' THEN max(builds.percent, p.percent) ELSE builds.percent END,
		phase = CASE WHEN state = 'running' AND p.message <> '' THEN p.phase ELSE builds.phase END,
		message = CASE WHEN state = 'running' AND p.message <> '' THEN p.message ELSE builds.message END
	FROM ` + progressList + ` AS p
	WHERE builds.id = p.id AND owner = ?2 AND builds.attempt = p.attempt AND (state = 'running' OR cancel_requested = 1)
	RETURNING builds.id, builds.attempt, cancel_requested`

// RenewLeases renews the leases of a server, writes the progress of its builds, and returns those that it must stop:
// they were cancelled or deleted, or their leases have passed to another server. A progress without a message is not
// written.
func (s *Store) RenewLeases(
	ctx context.Context, owner string, length time.Duration, builds []record.Progress,
) (stop []record.Progress, err error) {
	list, err := json.Marshal(builds)
	if err != nil {
		return nil, err
	}
	type lease struct {
		id      string
		attempt int
	}
	kept := map[lease]bool{}
	now := s.now()
	err = s.inTransaction(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, recordProgress, string(list), owner, toMillis(now)); err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, renewLeases, string(list), owner, toMillis(now.Add(length)))
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var l lease
			var cancel bool
			if err := rows.Scan(&l.id, &l.attempt, &cancel); err != nil {
				return err
			}
			kept[l] = !cancel
		}
		return rows.Err()
	})
	if err != nil {
		return nil, err
	}
	for _, p := range builds {
		if !kept[lease{p.ID, p.Attempt}] {
			stop = append(stop, p)
		}
	}
	return stop, nil
}

// TakeBackExpired ends the attempts whose leases ended before a time: their servers have died. It returns the builds,
// which are put back to the queue or have failed.
func (s *Store) TakeBackExpired(ctx context.Context, before time.Time) (out []record.Build, err error) {
	const expired = "SELECT id FROM builds WHERE state = 'running' AND lease_until < ? ORDER BY id"
	rows, err := s.reader.QueryContext(ctx, expired, toMillis(before))
	if err != nil {
		return nil, err
	}
	if ids, err := readColumn(rows); err != nil || len(ids) == 0 {
		return nil, err
	}
	err = s.inTransaction(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, expired, toMillis(before))
		if err != nil {
			return err
		}
		ids, err := readColumn(rows)
		if err != nil {
			return err
		}
		for _, id := range ids {
			b, err := s.updateInTransaction(ctx, tx, id, func(b *record.Build) error { return b.LoseAttempt(s.now()) })
			if err != nil {
				return err
			}
			out = append(out, b)
		}
		return nil
	})
	if err == nil && len(out) > 0 {
		s.signalQueued()
	}
	return out, err
}

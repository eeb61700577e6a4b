// Package store keeps a server's records in SQLite and contains all SQL. It implements the
// interfaces of the packages auth, record and httpapi.
package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"slices"
	"time"

	_ "modernc.org/sqlite" // the driver

	"mynah/internal/auth"
	"mynah/internal/record"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Config limits the queue.
type Config struct {
	// MaxQueued is the maximum number of queued and running builds of a key; 0 means no limit.
	MaxQueued int
}

// Store is the database. One connection writes, several others read.
type Store struct {
	cfg    Config
	writer *sql.DB
	reader *sql.DB
	queued chan struct{}
	now    func() time.Time
}

// Open opens or creates the database file and updates its tables.
func Open(ctx context.Context, path string, cfg Config) (*Store, error) {
	place := filepath.ToSlash(path)
	if filepath.VolumeName(path) != "" {
		place = "/" + place // SQLite needs file:/C:/folder/file
	}
	dsn := func(extra string) string {
		// Full sync: acknowledged writes survive a loss of power.
		return "file:" + (&url.URL{Path: place}).EscapedPath() + "?_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)" + extra
	}
	w, err := sql.Open("sqlite", dsn("&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate"))
	if err != nil {
		return nil, err
	}
	w.SetMaxOpenConns(1)
	s := &Store{cfg: cfg, writer: w, queued: make(chan struct{}, 1), now: time.Now}
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("the database %s: %w", path, err), w.Close())
	}
	if s.reader, err = sql.Open("sqlite", dsn("&_pragma=query_only(1)")); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	s.reader.SetMaxOpenConns(8)
	s.reader.SetMaxIdleConns(8)
	return s, nil
}

// Close closes the database.
func (s *Store) Close() error { return errors.Join(s.reader.Close(), s.writer.Close()) }

// Ping returns an error if the database does not respond.
func (s *Store) Ping(ctx context.Context) error {
	var n int
	return s.reader.QueryRowContext(ctx, "SELECT count(*) FROM secrets").Scan(&n)
}

func (s *Store) migrate(ctx context.Context) error {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	slices.Sort(files)
	return s.inTransaction(ctx, func(tx *sql.Tx) error {
		var have int
		if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
			return err
		}
		if have > len(files) {
			return fmt.Errorf("it was written by a newer version of Mynah (tables %d, this version supports %d)",
				have, len(files))
		}
		for i, f := range files[have:] {
			text, err := migrations.ReadFile(f)
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, string(text)); err != nil {
				return fmt.Errorf("%s: %w", f, err)
			}
			if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", have+i+1)); err != nil {
				return err
			}
		}
		return nil
	})
}

// inTransaction runs a function in a transaction.
func (s *Store) inTransaction(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}

func toMillis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// LoadOrCreateSecret returns the random bytes stored under a name; the first call creates them.
func (s *Store) LoadOrCreateSecret(ctx context.Context, name string) (value []byte, err error) {
	err = s.inTransaction(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, "SELECT value FROM secrets WHERE name = ?", name).Scan(&value)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		value = make([]byte, 32)
		_, _ = rand.Read(value) // never fails
		_, err = tx.ExecContext(ctx, "INSERT INTO secrets (name, value) VALUES (?, ?)", name, value)
		return err
	})
	return value, err
}

// AddKey implements auth.Store.
func (s *Store) AddKey(ctx context.Context, k auth.Key) error {
	_, err := s.writer.ExecContext(ctx, "INSERT INTO keys (id, tenant, name, hash, created) VALUES (?, ?, ?, ?, ?)",
		k.ID, k.Tenant, k.Name, k.Hash, toMillis(k.Created))
	return err
}

const keyColumns = "id, tenant, name, hash, created, used, revoked"

func scanKey(scan func(...any) error) (k auth.Key, err error) {
	var created, used, revoked int64
	err = scan(&k.ID, &k.Tenant, &k.Name, &k.Hash, &created, &used, &revoked)
	k.Created, k.LastUse, k.Revoked = fromMillis(created), fromMillis(used), fromMillis(revoked)
	if errors.Is(err, sql.ErrNoRows) {
		err = auth.ErrUnknown
	}
	return k, err
}

// Key implements auth.Store.
func (s *Store) Key(ctx context.Context, id string) (auth.Key, error) {
	return scanKey(s.reader.QueryRowContext(ctx, "SELECT "+keyColumns+" FROM keys WHERE id = ?", id).Scan)
}

// Keys implements auth.Store.
func (s *Store) Keys(ctx context.Context) ([]auth.Key, error) {
	rows, err := s.reader.QueryContext(ctx, "SELECT "+keyColumns+" FROM keys ORDER BY created, id")
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var out []auth.Key
	for rows.Next() {
		k, err := scanKey(rows.Scan)
		if err != nil {
			return nil, err
		}
		out = append(out, k)
	}
	return out, rows.Err()
}

// RevokeKey implements auth.Store.
func (s *Store) RevokeKey(ctx context.Context, id string, at time.Time) error {
	return s.updateOneRow(ctx, auth.ErrUnknown, "UPDATE keys SET revoked = ? WHERE id = ? AND revoked = 0", toMillis(at),
		id)
}

// TouchKey implements auth.Store.
func (s *Store) TouchKey(ctx context.Context, id string, at time.Time) error {
	return s.updateOneRow(ctx, auth.ErrUnknown, "UPDATE keys SET used = ? WHERE id = ?", toMillis(at), id)
}

// updateOneRow runs a statement that must change a row, and otherwise returns none.
func (s *Store) updateOneRow(ctx context.Context, none error, query string, args ...any) error {
	r, err := s.writer.ExecContext(ctx, query, args...)
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, none)
	}
	return nil
}

// AddUpload records a granted upload.
func (s *Store) AddUpload(ctx context.Context, tenant, id string) error {
	_, err := s.writer.ExecContext(ctx, "INSERT INTO uploads (id, tenant, created) VALUES (?, ?, ?)", id, tenant, toMillis(s.now()))
	return err
}

// UploadExists reports whether an upload was granted and has not expired.
func (s *Store) UploadExists(ctx context.Context, id string) (exists bool, err error) {
	err = s.reader.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM uploads WHERE id = ?)", id).Scan(&exists)
	return exists, err
}

// HasUpload reports whether an upload was granted to a tenant.
func (s *Store) HasUpload(ctx context.Context, tenant, id string) (bool, error) {
	var n int
	err := s.reader.QueryRowContext(ctx, "SELECT count(*) FROM uploads WHERE id = ? AND tenant = ?", id, tenant).Scan(&n)
	return n > 0, err
}

// TakeExpiredUploads removes and returns the uploads granted before a time, except those of queued or
// running builds.
func (s *Store) TakeExpiredUploads(ctx context.Context, before time.Time) ([]string, error) {
	rows, err := s.writer.QueryContext(ctx, `DELETE FROM uploads WHERE created < ? AND id NOT IN
		(SELECT coalesce(json_extract(doc, '$.spec.repository'), '') FROM builds
		WHERE state IN ('queued', 'running')) RETURNING id`, toMillis(before))
	if err != nil {
		return nil, err
	}
	return readColumn(rows)
}

// BeginAnswer records a request with an Idempotency-Key and the hash of its body. If the key was used
// before, fresh is false, same reports whether the body was equal, and answer is the answer, or
// nil if the request is still in progress.
func (s *Store) BeginAnswer(ctx context.Context, tenant, key string, body []byte) (fresh, same bool, answer *record.Answer, err error) {
	err = s.inTransaction(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM answers WHERE created < ?", toMillis(s.now().Add(-24*time.Hour))); err != nil {
			return err
		}
		var was []byte
		var text string
		err := tx.QueryRowContext(ctx, "SELECT body, answer FROM answers WHERE tenant = ? AND key = ?", tenant, key).Scan(&was, &text)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			fresh = true
			_, err = tx.ExecContext(ctx, "INSERT INTO answers (tenant, key, body, created) VALUES (?, ?, ?, ?)",
				tenant, key, body, toMillis(s.now()))
			return err
		case err != nil:
			return err
		}
		same = slices.Equal(was, body)
		if text != "" {
			answer = &record.Answer{}
			return json.Unmarshal([]byte(text), answer)
		}
		return nil
	})
	return fresh, same, answer, err
}

// FinishAnswer stores the answer of a request that BeginAnswer recorded; nil removes the request, so that it
// can be tried again.
func (s *Store) FinishAnswer(ctx context.Context, tenant, key string, answer *record.Answer) error {
	if answer == nil {
		_, err := s.writer.ExecContext(ctx, "DELETE FROM answers WHERE tenant = ? AND key = ?", tenant, key)
		return err
	}
	text, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	_, err = s.writer.ExecContext(ctx, "UPDATE answers SET answer = ? WHERE tenant = ? AND key = ?", string(text), tenant, key)
	return err
}

// DropUnanswered removes requests that were in progress when the server died.
func (s *Store) DropUnanswered(ctx context.Context) error {
	_, err := s.writer.ExecContext(ctx, "DELETE FROM answers WHERE answer = ''")
	return err
}

var (
	_ record.Store = (*Store)(nil)
	_ auth.Store   = (*Store)(nil)
)

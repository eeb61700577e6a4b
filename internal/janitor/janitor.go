// Package janitor removes what has expired: the results and records of old builds, uploads, objects without a record,
// and what exceeds the limits of the caches. Several janitors may share a database and its objects.
package janitor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"mynah/internal/record"
)

// Config contains the settings of a janitor.
type Config struct {
	// Every is the interval at which expired data are removed.
	Every time.Duration
	// KeepResults is how long results are kept after a build ended or was last polled.
	KeepResults time.Duration
	// KeepUploads is how long uploads are kept.
	KeepUploads time.Duration
	// KeepRecords is how long the records of expired builds are kept.
	KeepRecords time.Duration
}

// DefaultConfig returns the default settings; the times of results and uploads are those of the server.
func DefaultConfig() Config {
	const day = 24 * time.Hour
	return Config{Every: time.Minute, KeepResults: day, KeepUploads: day + time.Hour, KeepRecords: 30 * day}
}

// Validate reports all errors at once.
func (c Config) Validate() error {
	var errs []error
	for _, v := range []struct {
		name  string
		value time.Duration
	}{
		{"sweep", c.Every},
		{"the time of results", c.KeepResults},
		{"the time of uploads", c.KeepUploads},
		{"the time of records", c.KeepRecords},
	} {
		if v.value < time.Second {
			errs = append(errs, fmt.Errorf("%s: must be at least a second", v.name))
		}
	}
	return errors.Join(errs...)
}

// Builds are the records of builds.
type Builds interface {
	// Build returns a build, or record.ErrNotFound.
	Build(ctx context.Context, id string) (record.Build, error)
	// Update changes a build in a transaction.
	Update(ctx context.Context, id string, change func(*record.Build) error) (record.Build, error)
	// ListEnded lists builds that ended and were last polled before a time.
	ListEnded(ctx context.Context, before time.Time, limit int) ([]record.Build, error)
	// DeleteExpired removes the records of builds that expired before a time.
	DeleteExpired(ctx context.Context, before time.Time) error
}

// Uploads are the records of uploads.
type Uploads interface {
	// TakeExpiredUploads removes and returns the uploads granted before a time that no unfinished build needs.
	TakeExpiredUploads(ctx context.Context, before time.Time) ([]string, error)
	// UploadExists reports whether an upload was granted and has not expired.
	UploadExists(ctx context.Context, id string) (bool, error)
}

// Records are the records that a janitor reads and removes.
type Records interface {
	Builds
	Uploads
}

// Objects are the stored files.
type Objects interface {
	// Delete removes objects; missing objects are not an error.
	Delete(ctx context.Context, keys ...string) error
	// ForEachObject calls a function for every object under a prefix.
	ForEachObject(ctx context.Context, prefix string, do func(key string, modified time.Time) error) error
}

// Janitor removes what has expired.
type Janitor struct {
	cfg     Config
	records Records
	objects Objects
	prune   func() error
	log     *slog.Logger
}

// New creates a janitor; cfg must be valid. prune reduces the caches to their limits.
func New(cfg Config, records Records, objects Objects, prune func() error, log *slog.Logger) *Janitor {
	return &Janitor{cfg, records, objects, prune, log}
}

// orphansEvery is the interval of looking for objects without a record, which are left only by crashes.
const orphansEvery = time.Hour

// Run removes expired data periodically until ctx ends.
func (j *Janitor) Run(ctx context.Context) {
	tick := time.NewTicker(j.cfg.Every)
	defer tick.Stop()
	var orphans time.Time
	for {
		now := time.Now()
		errs := []error{j.RemoveExpired(ctx, now)}
		if now.Sub(orphans) >= orphansEvery {
			errs, orphans = append(errs, j.RemoveOrphans(ctx, now)), now
		}
		if err := errors.Join(errs...); err != nil && ctx.Err() == nil {
			j.log.ErrorContext(ctx, "expired builds and uploads cannot be removed", "error", err)
		}
		if err := j.prune(); err != nil && ctx.Err() == nil {
			j.log.ErrorContext(ctx, "the cache cannot be pruned", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// RemoveExpired removes the results of builds that ended long ago, uploads that can no longer be used, and old records.
// An error with one of them does not keep the others.
func (j *Janitor) RemoveExpired(ctx context.Context, now time.Time) error {
	const most = 1000 // the rest follows at the next time
	old, err := j.records.ListEnded(ctx, now.Add(-j.cfg.KeepResults), most)
	errs := []error{err}
	for _, b := range old {
		errs = append(errs, j.expire(ctx, b, now))
	}
	gone, err := j.records.TakeExpiredUploads(ctx, now.Add(-j.cfg.KeepUploads))
	errs = append(errs, err)
	for _, id := range gone {
		errs = append(errs, j.objects.Delete(ctx, record.MakeUploadKey(id)))
	}
	return errors.Join(append(errs, j.records.DeleteExpired(ctx, now.Add(-j.cfg.KeepRecords)))...)
}

// expire removes the result of a build. The row goes first: readers follow it, and must not be led to removed objects.
func (j *Janitor) expire(ctx context.Context, b record.Build, now time.Time) error {
	_, err := j.records.Update(ctx, b.ID, func(b *record.Build) error {
		b.Result, b.Spec.Text = nil, ""
		return b.MoveToState(record.Expired, now)
	})
	if errors.Is(err, record.ErrNotFound) || errors.Is(err, record.ErrMove) { // done by another janitor, or deleted
		err = nil
	}
	return errors.Join(err, j.objects.Delete(ctx, b.Result.ListKeys()...))
}

// youngest is the age from which an object without a record is removed. Younger ones may be about to get one.
const youngest = time.Hour

// RemoveOrphans removes objects that no record names: results of attempts that were cut off or cancelled, and uploads
// whose records are gone.
func (j *Janitor) RemoveOrphans(ctx context.Context, now time.Time) error {
	var last record.Build // of the last object: those of a build follow each other
	results := j.objects.ForEachObject(ctx, record.ResultPrefix, func(key string, modified time.Time) error {
		id, attempt, ok := record.ParseResultKey(key)
		if !ok || now.Sub(modified) < youngest {
			return nil
		}
		if last.ID != id {
			b, err := j.records.Build(ctx, id)
			if err != nil && !errors.Is(err, record.ErrNotFound) {
				return err
			}
			last = b
		}
		running := last.State == record.Running && attempt == last.Lease.Attempt
		if last.ID == id && (running || slices.Contains(last.Result.ListKeys(), key)) {
			return nil
		}
		// The build may have ended since it was read.
		if b, err := j.records.Build(ctx, id); err == nil && slices.Contains(b.Result.ListKeys(), key) {
			return nil
		}
		return j.objects.Delete(ctx, key)
	})
	prefix := record.MakeUploadKey("")
	uploads := j.objects.ForEachObject(ctx, prefix, func(key string, modified time.Time) error {
		if now.Sub(modified) < j.cfg.KeepUploads+youngest {
			return nil
		}
		exists, err := j.records.UploadExists(ctx, strings.TrimPrefix(key, prefix))
		if err != nil || exists {
			return err
		}
		return j.objects.Delete(ctx, key)
	})
	return errors.Join(results, uploads)
}

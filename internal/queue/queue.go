// Package queue gives builds to workers in order, using River and the server's own database. A
// build's record and its job are written in one transaction, and stopping the server costs no
// attempt. A job contains only the id of its build.
package queue

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"mynah/internal/record"
)

// Config contains the settings of a queue.
type Config struct {
	// Workers is the number of builds that run at once.
	Workers int
	// Timeout is the maximum time of a build.
	Timeout time.Duration
}

// DefaultConfig runs two builds at once.
func DefaultConfig() Config { return Config{Workers: 2, Timeout: 6 * time.Hour} }

// Validate reports all errors at once.
func (c Config) Validate() error {
	var errs []error
	if c.Workers < 1 || c.Workers > 1000 {
		errs = append(errs, fmt.Errorf("workers: %d, must be 1 to 1000", c.Workers))
	}
	if c.Timeout < time.Second {
		errs = append(errs, fmt.Errorf("build-timeout: %s, must be at least a second", c.Timeout))
	}
	return errors.Join(errs...)
}

// job is a build's place in the queue.
type job struct {
	ID string `json:"id"`
}

// Kind implements river.JobArgs.
func (job) Kind() string { return "build" }

type worker struct {
	river.WorkerDefaults[job]
	timeout time.Duration
	work    func(ctx context.Context, id string) error
}

// Timeout implements river.Worker. It must be finite, or River never rescues a lost job.
func (w *worker) Timeout(*river.Job[job]) time.Duration { return w.timeout }

// Work implements river.Worker.
func (w *worker) Work(ctx context.Context, j *river.Job[job]) error {
	err := w.work(ctx, j.Args.ID)
	if errors.Is(err, record.ErrStopped) {
		return river.JobSnooze(0)
	}
	if err != nil {
		// The result is in the build's record; a job is never retried.
		return river.JobCancel(err)
	}
	return nil
}

// Queue is the queue and its workers.
type Queue struct {
	client *river.Client[*sql.Tx]
}

// poll is how often the workers look for jobs; a look costs about a millisecond.
const poll = 100 * time.Millisecond

// New creates a queue on a database and updates its tables. work is called for each build and
// returns record.ErrStopped if it must be called again.
func New(ctx context.Context, db *sql.DB, cfg Config, log *slog.Logger, work func(ctx context.Context, id string) error) (*Queue, error) {
	driver := riversqlite.New(db)
	m, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: log})
	if err != nil {
		return nil, err
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return nil, err
	}
	workers := river.NewWorkers()
	river.AddWorker(workers, &worker{timeout: cfg.Timeout, work: work})
	client, err := river.NewClient(driver, &river.Config{
		Queues:            map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: cfg.Workers}},
		Workers:           workers,
		Logger:            log,
		PollOnly:          true,
		FetchCooldown:     poll / 5,
		FetchPollInterval: poll,
		JobTimeout:        cfg.Timeout,
		// Stuck jobs are recovered at the start, under the lock of the data folder.
		RescueStuckJobsAfter: cfg.Timeout + time.Hour,
	})
	if err != nil {
		return nil, err
	}
	return &Queue{client: client}, nil
}

// Enqueue adds a build to the end of the queue, in a transaction.
func (q *Queue) Enqueue(ctx context.Context, tx *sql.Tx, id string) error {
	_, err := q.client.InsertTx(ctx, tx, job{ID: id}, nil)
	return err
}

// Clear empties the queue, in a transaction. No worker may be running.
func (q *Queue) Clear(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, "DELETE FROM river_job WHERE kind = ?", job{}.Kind())
	return err
}

// Start starts the workers.
func (q *Queue) Start(ctx context.Context) error { return q.client.Start(ctx) }

// Stop takes no more jobs and waits for running builds. If ctx ends first, they are stopped and
// go back to the queue.
func (q *Queue) Stop(ctx context.Context) error {
	err := q.client.Stop(ctx)
	if err == nil || !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) {
		return err
	}
	hard, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	return q.client.StopAndCancel(hard)
}

package part

import (
	"context"
	"time"

	"mynah/internal/cache"
)

// Executor decides where parts are made that the cache does not hold. When Make returns without an
// error, they are in the cache under the keys of their recipes, together with the entries whose keys
// are derived from these: the drawings of slides and captions.
type Executor interface {
	// Make makes parts together, one for each recipe; here makes them in this process. What cannot be
	// made elsewhere is made by here, whose error is returned unchanged: it names the file that failed.
	Make(ctx context.Context, recipes []Recipe, here func() error) error
}

// Local makes parts in this process.
type Local struct{}

// Make implements Executor.
func (Local) Make(_ context.Context, _ []Recipe, here func() error) error { return here() }

// MakeParts has parts made together whose recipes are in the book, and records how long that took; here
// makes them in this process.
func (m Maker) MakeParts(ctx context.Context, here func() error, keys ...cache.Key) error {
	executor := m.Executor
	if executor == nil {
		executor = Local{}
	}
	recipes, err := m.Book.recipes(keys)
	if err != nil {
		return err
	}
	start := time.Now()
	err = executor.Make(ctx, recipes, here)
	m.Book.Made(time.Since(start), keys...) // also after a failure: some may be in the cache now
	return err
}

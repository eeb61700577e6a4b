package part

import (
	"context"
	"time"

	"mynah/internal/cache"
)

// Executor decides where parts are made that are not in the cache. When Make returns nil, the cache contains
// them under the keys of their recipes, and also the entries with keys that are derived from these: the
// drawings of slides and captions.
type Executor interface {
	// Make makes parts together, one per recipe. here makes them in this process. If the parts cannot be made
	// elsewhere, Make calls here and returns its error unchanged, because it names the file that failed.
	Make(ctx context.Context, recipes []Recipe, here func() error) error
}

// Local makes parts in this process.
type Local struct{}

// Make implements Executor.
func (Local) Make(_ context.Context, _ []Recipe, here func() error) error { return here() }

// MakeParts makes parts together that are recorded in the book, and records the time that it took. here makes
// them in this process.
func (m Maker) MakeParts(ctx context.Context, here func() error, keys ...cache.Key) error {
	executor := m.Executor
	if executor == nil {
		executor = Local{}
	}
	recipes, err := m.Book.findRecipes(keys)
	if err != nil {
		return err
	}
	start := time.Now()
	err = executor.Make(ctx, recipes, here)
	m.Book.RecordMade(time.Since(start), keys...) // also after a failure, because some parts may be in the cache
	return err
}

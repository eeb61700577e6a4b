package part

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"mynah/internal/cache"
	"mynah/internal/fault"
)

// Label is how authors know a part.
type Label struct {
	// Name is a file's, the words of a sentence, or what a sound is of.
	Name string
	// Scene from 1, the first that needs the part; 0 for none.
	Scene int
}

// id is what a part is recognised by in another build.
func (e entry) id() string {
	switch k := e.recipe.Kind(); k {
	case Sentence, Sound:
		return fmt.Sprintf("%s %d", k, e.label.Scene)
	default:
		return string(k) + " " + e.label.Name
	}
}

// entry is a part in the book.
type entry struct {
	recipe Recipe
	label  Label
}

// Made is a part of a video that was made again, because it was not in the cache.
type Made struct {
	// What kind of part it is.
	What Kind `json:"what"`
	// Name is a file's, the words of a sentence, or what a sound is of.
	Name string `json:"name"`
	// Scene from 1, the first that needs it.
	Scene int `json:"scene,omitempty"`
	// Why says what of it is another than in the build before.
	Why string `json:"why"`
	// MS is how long it took, in milliseconds of wall time. Parts made together with
	// others has its share of that.
	MS float64 `json:"ms"`
}

// Book records what the parts of a video consist of, and which of them were made. It is safe
// for use by many goroutines.
type Book struct {
	mu    sync.Mutex
	parts map[cache.Key]entry
	order []cache.Key
	// made may hold parts that are not recorded: those that the video does not need after all.
	made map[cache.Key]time.Duration
}

// NewBook returns an empty book.
func NewBook() *Book {
	return &Book{parts: map[cache.Key]entry{}, made: map[cache.Key]time.Duration{}}
}

// Adopt takes over which parts another book knows to have been made; they count once they are
// recorded here.
func (b *Book) Adopt(other *Book) {
	other.mu.Lock()
	defer other.mu.Unlock()
	b.mu.Lock()
	defer b.mu.Unlock()
	for key, took := range other.made {
		b.made[key] += took
	}
}

// Add records a part and returns its key; the first label of a key counts.
func (b *Book) Add(r Recipe, l Label) cache.Key {
	key := KeyOf(r)
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.parts[key]; !ok {
		b.parts[key] = entry{r, l}
		b.order = append(b.order, key)
	}
	return key
}

// Made records how long it took to make parts together.
func (b *Book) Made(took time.Duration, keys ...cache.Key) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, k := range keys {
		b.made[k] += took / time.Duration(len(keys))
	}
}

// recipes returns the recipes of parts, which must be in the book.
func (b *Book) recipes(keys []cache.Key) ([]Recipe, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := make([]Recipe, len(keys))
	for i, k := range keys {
		e, ok := b.parts[k]
		if !ok {
			return nil, fault.New(fault.Internal, nil, "internal error: a part was requested without a recipe")
		}
		out[i] = e.recipe
	}
	return out, nil
}

// IsNew reports whether a part was made in this build.
func (b *Book) IsNew(key cache.Key) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, ok := b.made[key]
	return ok
}

// Holds reports whether a part is in the book and its recipe still gives its key.
func (b *Book) Holds(key cache.Key) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	e, ok := b.parts[key]
	return ok && KeyOf(e.recipe) == key
}

// Label returns how authors know a part, and of which kind it is; false for one that is not in
// the book.
func (b *Book) Label(key cache.Key) (Kind, Label, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e, ok := b.parts[key]
	if !ok {
		return "", Label{}, false
	}
	return e.recipe.Kind(), e.label, true
}

// Len is how many parts the video has, made or found.
func (b *Book) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.order)
}

// Explain lists the parts that were made and why, in the order in which they were recorded. What
// the parts of the build before consisted of is kept in the cache under key; that of this build
// takes its place.
func (b *Book) Explain(store *cache.Store, key cache.Key) []Made {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !slices.ContainsFunc(b.order, func(k cache.Key) bool { _, ok := b.made[k]; return ok }) {
		return nil
	}
	before, _ := RecallJSON[note](store, cache.Probes, key) // without it, all is new
	out := []Made{}
	now := note{}
	for _, key := range b.order {
		e := b.parts[key]
		has := map[string]string{}
		var names []string
		for _, i := range ingredients(e.recipe) {
			has[i.name] = i.digest
			names = append(names, i.name)
		}
		now[e.id()] = append(now[e.id()], has)
		if took, ok := b.made[key]; ok {
			out = append(out, Made{
				What: e.recipe.Kind(), Name: e.label.Name, Scene: e.label.Scene,
				Why: before.why(e.id(), names, has), MS: float64(took.Microseconds()) / 1000,
			})
		}
	}
	if b, err := json.Marshal(now); err == nil {
		_ = store.PutBytes(cache.Probes, key, b) // the video does not need it
	}
	return out
}

// note is what the parts of a build consisted of: the digests of ingredients by their names, of the
// parts by their ids.
type note map[string][]map[string]string

// why compares a part with the one of the build before that is most like it; names are its
// ingredients in their order.
func (n note) why(id string, names []string, has map[string]string) string {
	if n == nil {
		return "the first build of this video"
	}
	var least []string
	for i, old := range n[id] {
		var other []string
		for _, name := range names {
			if old[name] != has[name] {
				other = append(other, name)
			}
		}
		if i == 0 || len(other) < len(least) {
			least = other
		}
	}
	switch {
	case len(n[id]) == 0:
		return "new in this video"
	case len(least) == 0:
		return "no longer in the cache"
	default:
		return "changed: " + strings.Join(least, ", ")
	}
}

package part

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"mynah/internal/cache"
)

// Kind is a kind of part, in a word that authors know.
type Kind string

// The kinds of parts.
const (
	Sentence Kind = "sentence"
	Slide    Kind = "slide"
	Subtitle Kind = "subtitle"
	Picture  Kind = "picture"
	Move     Kind = "move"
	Clip     Kind = "clip"
	Crossing Kind = "crossing"
	Sound    Kind = "sound"
	Poster   Kind = "poster"
)

// Ingredient is something that decides a part's bytes, under a name that authors know.
type Ingredient struct {
	name   string
	values []any
}

// Of returns an ingredient. Values that are printed alike are the same.
func Of(name string, values ...any) Ingredient { return Ingredient{name, values} }

// Recipe is what a part is made of.
type Recipe struct {
	Kind Kind
	// Name is a file's, the words of a sentence, or what a sound is of.
	Name string
	// Scene from 1, the first that needs the part; 0 for none.
	Scene       int
	Ingredients []Ingredient
}

// id is what a part is recognised by in another build.
func (r Recipe) id() string {
	switch r.Kind {
	case Sentence, Sound:
		return fmt.Sprintf("%s %d", r.Kind, r.Scene)
	default:
		return string(r.Kind) + " " + r.Name
	}
}

// Made is a part of a video that was made anew, because it was not in the cache.
type Made struct {
	// What kind of part it is.
	What Kind `json:"what"`
	// Name is a file's, the words of a sentence, or what a sound is of.
	Name string `json:"name"`
	// Scene from 1, the first that needs it.
	Scene int `json:"scene,omitempty"`
	// Why says what of it is another than in the build before.
	Why string `json:"why"`
	// MS is how long it took, in milliseconds of wall time. What was made together with
	// others has its share of that.
	MS float64 `json:"ms"`
}

// Book records what the parts of a video consist of, and which of them were made. It is safe
// for use by many goroutines.
type Book struct {
	mu      sync.Mutex
	recipes map[cache.Key]Recipe
	order   []cache.Key
	made    map[cache.Key]time.Duration
}

// NewBook returns an empty book.
func NewBook() *Book {
	return &Book{recipes: map[cache.Key]Recipe{}, made: map[cache.Key]time.Duration{}}
}

// Clone returns a copy, so that what is recorded afterwards can be forgotten.
func (b *Book) Clone() *Book {
	b.mu.Lock()
	defer b.mu.Unlock()
	return &Book{recipes: maps.Clone(b.recipes), order: slices.Clone(b.order), made: maps.Clone(b.made)}
}

// Restore takes back the state of a copy.
func (b *Book) Restore(copied *Book) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.recipes, b.order, b.made = copied.recipes, copied.order, copied.made
}

// Add records what a part is made of; the first recipe of a key counts.
func (b *Book) Add(key cache.Key, r Recipe) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.recipes[key]; !ok {
		b.recipes[key] = r
		b.order = append(b.order, key)
	}
}

// Made records how long it took to make parts together.
func (b *Book) Made(took time.Duration, keys ...cache.Key) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, k := range keys {
		b.made[k] += took / time.Duration(len(keys))
	}
}

// Making makes parts and records how long that took.
func (b *Book) Making(work func() error, keys ...cache.Key) error {
	start := time.Now()
	err := work()
	b.Made(time.Since(start), keys...)
	return err
}

// IsNew reports whether a part was made in this build.
func (b *Book) IsNew(key cache.Key) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, ok := b.made[key]
	return ok
}

// Recipe returns what a part is made of.
func (b *Book) Recipe(key cache.Key) Recipe {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.recipes[key]
}

// Len is how many parts the video has, made or found.
func (b *Book) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.order)
}

// Explain lists the parts that were made and why, in the order in which they were recorded.
// The note under key says what the parts of the build before consisted of; it is replaced by
// that of this build.
func (b *Book) Explain(store *cache.Store, key cache.Key) []Made {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.made) == 0 {
		return nil
	}
	// before are the hashed ingredients of the parts of the build before, by their ids.
	var before map[string][][]string
	if note, ok := store.Get(cache.Probes, key); ok {
		_ = json.Unmarshal(note, &before) // without it, all is new
	}
	out := []Made{}
	now := map[string][][]string{}
	for _, key := range b.order {
		r := b.recipes[key]
		values := []string{}
		for _, i := range r.Ingredients {
			values = append(values, cache.NewHasher("ingredient").String(fmt.Sprint(i.values...)).Key().String()[:16])
		}
		now[r.id()] = append(now[r.id()], values)
		if took, ok := b.made[key]; ok {
			out = append(out, Made{
				What: r.Kind, Name: r.Name, Scene: r.Scene, Why: r.why(values, before), MS: float64(took.Microseconds()) / 1000,
			})
		}
	}
	if note, err := json.Marshal(now); err == nil {
		_ = store.PutBytes(cache.Probes, key, note) // the video does not need it
	}
	return out
}

// why compares a part with the one of the build before that is most like it.
func (r Recipe) why(values []string, before map[string][][]string) string {
	if before == nil {
		return "the first build of this video"
	}
	var least []string
	for i, old := range before[r.id()] {
		var other []string
		for k, v := range values {
			if k >= len(old) || old[k] != v {
				other = append(other, r.Ingredients[k].name)
			}
		}
		if i == 0 || len(other) < len(least) {
			least = other
		}
	}
	switch {
	case len(before[r.id()]) == 0:
		return "new in this video"
	case len(least) == 0:
		return "no longer in the cache"
	default:
		return "changed: " + strings.Join(slices.Compact(least), ", ")
	}
}

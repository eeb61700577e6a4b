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

// Label identifies a part for authors, in explanations.
type Label struct {
	// Name is a file name, the words of a sentence, or the content of a sound.
	Name string
	// Scene is the first scene that needs the part, from 1; 0 if none does.
	Scene int
}

// formatBuildID identifies a part across builds.
func (e entry) formatBuildID() string {
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

// Made describes a part of a video that was made because it was not in the cache.
type Made struct {
	// What is the kind of part.
	What Kind `json:"what"`
	// Name is a file name, the words of a sentence, or the content of a sound.
	Name string `json:"name"`
	// Scene is the first scene that needs the part, from 1.
	Scene int `json:"scene,omitempty"`
	// Why says what has changed since the previous build.
	Why string `json:"why"`
	// MS is the wall time that it took, in milliseconds. Parts that were made together get equal shares.
	MS float64 `json:"ms"`
}

// Book records the recipes of a video's parts, and which parts were made. It is safe for concurrent use.
type Book struct {
	mu    sync.Mutex
	parts map[cache.Key]entry
	order []cache.Key
	// made may contain parts that are not in parts, because the video does not need them after all.
	made map[cache.Key]time.Duration
}

// NewBook returns an empty book.
func NewBook() *Book {
	return &Book{parts: map[cache.Key]entry{}, made: map[cache.Key]time.Duration{}}
}

// AdoptMade copies the record of parts that were made from another book. Such a part counts once it is added to
// this book.
func (b *Book) AdoptMade(other *Book) {
	other.mu.Lock()
	defer other.mu.Unlock()
	b.mu.Lock()
	defer b.mu.Unlock()
	for key, took := range other.made {
		b.made[key] += took
	}
}

// AddRecipe records a part and returns its key. If it is already recorded, it keeps its label.
func (b *Book) AddRecipe(r Recipe, l Label) cache.Key {
	key := ComputeKey(r)
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.parts[key]; !ok {
		b.parts[key] = entry{r, l}
		b.order = append(b.order, key)
	}
	return key
}

// RecordMade records the time that it took to make parts together. Each gets an equal share.
func (b *Book) RecordMade(took time.Duration, keys ...cache.Key) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, k := range keys {
		b.made[k] += took / time.Duration(len(keys))
	}
}

// findRecipes returns the recipes of parts, which must be in the book.
func (b *Book) findRecipes(keys []cache.Key) ([]Recipe, error) {
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

// HasUnchangedRecipe reports whether a part is in the book and the key of its recipe is unchanged.
func (b *Book) HasUnchangedRecipe(key cache.Key) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	e, ok := b.parts[key]
	return ok && ComputeKey(e.recipe) == key
}

// FindLabel returns the kind and the label of a part, false if it is not in the book.
func (b *Book) FindLabel(key cache.Key) (Kind, Label, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e, ok := b.parts[key]
	if !ok {
		return "", Label{}, false
	}
	return e.recipe.Kind(), e.label, true
}

// CountParts returns the number of parts of the video, both made and cached.
func (b *Book) CountParts() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.order)
}

// ExplainMade returns the parts that were made, with reasons, in the order in which they were recorded. It compares
// them with the ingredients of the previous build, which the cache contains under key, and replaces these by
// those of this build.
func (b *Book) ExplainMade(store *cache.Store, key cache.Key) []Made {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !slices.ContainsFunc(b.order, func(k cache.Key) bool { _, ok := b.made[k]; return ok }) {
		return nil
	}
	before, _ := ReadJSON[note](store, cache.Probes, key) // if none exists, all parts are new
	out := []Made{}
	now := note{}
	for _, key := range b.order {
		e := b.parts[key]
		has := map[string]string{}
		var names []string
		for _, i := range listIngredients(e.recipe) {
			has[i.name] = i.digest
			names = append(names, i.name)
		}
		now[e.formatBuildID()] = append(now[e.formatBuildID()], has)
		if took, ok := b.made[key]; ok {
			out = append(out, Made{
				What: e.recipe.Kind(), Name: e.label.Name, Scene: e.label.Scene,
				Why: before.explainWhyMade(e.formatBuildID(), names, has), MS: float64(took.Microseconds()) / 1000,
			})
		}
	}
	if b, err := json.Marshal(now); err == nil {
		_ = store.PutBytes(cache.Probes, key, b) // ignore the error, because the video does not depend on it
	}
	return out
}

// note contains the ingredients of the parts of a build: by ID of the part, a digest per name of an ingredient.
type note map[string][]map[string]string

// explainWhyMade compares a part with the most similar one of the previous build, and returns why it was made. names
// contains the names of its ingredients in order, has their digests.
func (n note) explainWhyMade(id string, names []string, has map[string]string) string {
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

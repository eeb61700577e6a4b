package studio

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mynah/internal/cache"
)

// Made is a part of a film that was made anew, because it was not in the cache.
type Made struct {
	// What kind of part it is: sentence, slide, subtitle, picture, move, clip, crossing, sound, poster.
	What string `json:"what"`
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

// ingredient is something that decides a part's bytes, under the name of it that an
// author knows.
type ingredient struct {
	name   string
	values []any
}

func of(name string, values ...any) ingredient { return ingredient{name, values} }

// recipe is what a part is made of.
type recipe struct {
	what, name  string
	scene       int
	ingredients []ingredient
}

// id is what a part is recognised by in another build.
func (r recipe) id() string {
	switch r.what {
	case partSentence, partSound:
		return fmt.Sprintf("%s %d", r.what, r.scene)
	default:
		return r.what + " " + r.name
	}
}

// The kinds of parts.
const (
	partSentence = "sentence"
	partSlide    = "slide"
	partCaption  = "subtitle"
	partPicture  = "picture"
	partClip     = "clip"
	partCrossing = "crossing"
	partMotion   = "move"
	partSound    = "sound"
	partPoster   = "poster"
)

// ledger knows what the parts of a film are made of, in this build and in the one before,
// and which of them were made.
type ledger struct {
	recipes map[cache.Key]recipe
	order   []cache.Key
	made    map[cache.Key]time.Duration
	// before are the ingredients of the parts of the build before, by their ids; nil
	// when there was none.
	before map[string][][]string
}

// part notes what a part is made of; the first that needs it counts.
func (j *job) part(key cache.Key, what, name string, scene int, ingredients ...ingredient) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.ledger.recipes == nil {
		j.ledger.recipes, j.ledger.made = map[cache.Key]recipe{}, map[cache.Key]time.Duration{}
	}
	if _, ok := j.ledger.recipes[key]; !ok {
		j.ledger.recipes[key] = recipe{what: what, name: name, scene: scene, ingredients: ingredients}
		j.ledger.order = append(j.ledger.order, key)
	}
}

// made notes how long it took to make parts together.
func (j *job) made(took time.Duration, keys ...cache.Key) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, k := range keys {
		j.ledger.made[k] += took / time.Duration(len(keys))
	}
}

// making makes parts and notes how long that took.
func (j *job) making(work func() error, keys ...cache.Key) error {
	start := time.Now()
	err := work()
	j.made(time.Since(start), keys...)
	return err
}

// ledgerKey addresses what is known of the last build of this film.
func (j *job) ledgerKey() cache.Key {
	out, err := filepath.Abs(j.req.Output)
	if err != nil {
		out = j.req.Output
	}
	return cache.NewHasher("ledger 1").String(j.project.dir).String(j.req.Script).String(out).Key()
}

// explain tells what was made, and why, and keeps what the next build compares with.
func (j *job) explain() []Made {
	j.mu.Lock()
	defer j.mu.Unlock()
	l := &j.ledger
	if len(l.made) == 0 {
		return nil
	}
	if b, ok := j.store.Get(cache.Probes, j.ledgerKey()); ok {
		_ = json.Unmarshal(b, &l.before) // without it, all is new
	}
	out := []Made{}
	now := map[string][][]string{}
	for _, key := range l.order {
		r := l.recipes[key]
		values := []string{}
		for _, i := range r.ingredients {
			values = append(values, cache.NewHasher("ingredient").String(fmt.Sprint(i.values...)).Key().String()[:16])
		}
		now[r.id()] = append(now[r.id()], values)
		if took, ok := l.made[key]; ok {
			out = append(out, Made{What: r.what, Name: r.name, Scene: r.scene, Why: l.why(r, values), MS: float64(took.Microseconds()) / 1000})
		}
	}
	if b, err := json.Marshal(now); err == nil {
		_ = j.store.PutBytes(cache.Probes, j.ledgerKey(), b) // a note, not needed for the film
	}
	return out
}

// why compares a part with its nearest likeness in the build before.
func (l *ledger) why(r recipe, values []string) string {
	if l.before == nil {
		return "the first build of this video"
	}
	var least []string
	for i, old := range l.before[r.id()] {
		var other []string
		for k, v := range values {
			if k >= len(old) || old[k] != v {
				other = append(other, r.ingredients[k].name)
			}
		}
		if i == 0 || len(other) < len(least) {
			least = other
		}
	}
	switch {
	case len(l.before[r.id()]) == 0:
		return "new in this video"
	case len(least) == 0:
		return "no longer in the cache"
	default:
		return "changed: " + strings.Join(slices.Compact(least), ", ")
	}
}

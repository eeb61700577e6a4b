package part_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"mynah/internal/cache"
	"mynah/internal/fault"
	"mynah/internal/part"
)

// dish is a recipe for tests.
type dish struct {
	Words  string   `json:"words" part:"its words"`
	Look   look     `json:"look"`
	Layers []string `json:"layers,omitempty" part:"the slide"`
	kind   part.Kind
}

type look struct {
	Canvas string `json:"canvas" part:"the canvas"`
	Edge   int    `json:"edge,omitempty" part:"the canvas"`
}

func (d dish) Kind() part.Kind {
	if d.kind == "" {
		return part.Picture
	}
	return d.kind
}

func (dish) Version() int { return 1 }

func store(t *testing.T) *cache.Store {
	t.Helper()
	s, err := cache.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func TestKeys(t *testing.T) {
	t.Parallel()
	seen := map[cache.Key]int{}
	for i, d := range []dish{
		{},
		{Words: "a"},
		{Look: look{Canvas: "a"}},
		{Layers: []string{"a"}},
		{Layers: []string{"a", "a"}},
		{kind: part.Slide},
		{Look: look{Edge: 1}},
	} {
		k := part.ComputeKey(d)
		if other, ok := seen[k]; ok {
			t.Errorf("recipe %d has the key of %d", i, other)
		}
		seen[k] = i
		if k != part.ComputeKey(d) {
			t.Errorf("recipe %d has two keys", i)
		}
	}
}

// TestExplain checks that each part that was made has the changes since the previous build as its reason.
func TestExplain(t *testing.T) {
	t.Parallel()
	s, note := store(t), cache.Key{1}
	build := func(made bool, recipes ...dish) []part.Made {
		b := part.NewBook()
		for i, d := range recipes {
			key := b.AddRecipe(d, part.Label{Name: "one.png", Scene: i + 1})
			if made {
				b.RecordMade(3*time.Millisecond, key)
			}
		}
		return b.ExplainMade(s, note)
	}
	first := dish{Words: "a", Look: look{Canvas: "red"}, Layers: []string{"x"}}
	for _, c := range []struct {
		recipe dish
		want   string
	}{
		{first, "the first build of this video"},
		{first, "no longer in the cache"},
		{dish{Words: "b", Look: look{Canvas: "red"}, Layers: []string{"x"}}, "changed: its words"},
		{dish{Words: "c", Look: look{Canvas: "red", Edge: 1}, Layers: []string{"x"}}, "changed: its words, the canvas"},
		{dish{Words: "c", Look: look{Canvas: "red", Edge: 1}, Layers: []string{"y", "z"}}, "changed: the slide"},
	} {
		got := build(true, c.recipe)
		if len(got) != 1 || got[0].Why != c.want || got[0].Name != "one.png" || got[0].Scene != 1 ||
			got[0].What != part.Picture || got[0].MS != 3 {
			t.Errorf("%+v, want %q", got, c.want)
		}
	}
	if got := build(false, first); got != nil {
		t.Errorf("nothing was made, and %+v is explained", got)
	}
	// A part is compared with the most similar one of the same name.
	build(true, dish{Words: "a", Look: look{Canvas: "red"}}, dish{Words: "b", Look: look{Canvas: "blue"}})
	if got := build(true, dish{Words: "b", Look: look{Canvas: "green"}}); got[0].Why != "changed: the canvas" {
		t.Errorf("%+v", got)
	}
}

func TestBook(t *testing.T) {
	t.Parallel()
	b := part.NewBook()
	key := b.AddRecipe(dish{Words: "a"}, part.Label{Name: "first", Scene: 2})
	b.AddRecipe(dish{Words: "a"}, part.Label{Name: "second", Scene: 5})
	if kind, label, ok := b.FindLabel(key); !ok || kind != part.Picture || label.Name != "first" || label.Scene != 2 {
		t.Errorf("%v %+v %t", kind, label, ok)
	}
	if _, _, ok := b.FindLabel(cache.Key{9}); ok || b.CountParts() != 1 {
		t.Errorf("the book has %d parts", b.CountParts())
	}
	other := part.NewBook()
	other.RecordMade(time.Second, key)
	b.AdoptMade(other)
	if !b.IsNew(key) {
		t.Error("a part that was made according to the other book is missing")
	}
	m := part.Maker{Book: b}
	if err := m.MakeParts(t.Context(), func() error { return nil }, cache.Key{9}); fault.CodeOf(err) != fault.Internal {
		t.Errorf("making a part that is not in the book: %v", err)
	}
	fresh := b.AddRecipe(dish{Words: "b"}, part.Label{})
	if err := m.MakeParts(t.Context(), func() error { return nil }, fresh); err != nil || !b.IsNew(fresh) {
		t.Errorf("making a part: %v, new: %t", err, b.IsNew(fresh))
	}
}

func TestRemember(t *testing.T) {
	t.Parallel()
	s, made := store(t), 0
	for range 2 {
		b, err := part.ReadOrMake(s, cache.Pictures, dish{}, func() ([]byte, error) { made++; return []byte("x"), nil })
		if err != nil || string(b) != "x" || made != 1 {
			t.Errorf("%q, %v, made %d times", b, err, made)
		}
	}
	counted := 0
	count := func() ([]int, error) { counted++; return []int{counted}, nil }
	for range 2 {
		v, err := part.ReadOrMakeJSON(s, cache.Probes, dish{Words: "n"}, count)
		if err != nil || len(v) != 1 || v[0] != 1 {
			t.Errorf("%v, %v", v, err)
		}
	}
	// An unreadable value is made again.
	if err := s.PutBytes(cache.Probes, part.ComputeKey(dish{Words: "n"}), []byte("{")); err != nil {
		t.Fatal(err)
	}
	if v, err := part.ReadOrMakeJSON(s, cache.Probes, dish{Words: "n"}, count); err != nil || v[0] != 2 {
		t.Errorf("%v, %v", v, err)
	}
	boom := errors.New("boom")
	if _, err := part.ReadOrMake(s, cache.Pictures, dish{Words: "e"}, func() ([]byte, error) { return nil, boom }); !errors.Is(err, boom) {
		t.Errorf("got %v", err)
	}
	if _, err := part.ReadOrMakeJSON(s, cache.Probes, dish{Words: "e"}, func() (int, error) { return 0, boom }); !errors.Is(err, boom) {
		t.Errorf("got %v", err)
	}
	if s.HasEntry(cache.Pictures, part.ComputeKey(dish{Words: "e"})) {
		t.Error("a failure is kept")
	}
}

// TestGroup checks that concurrency is limited, progress grows to 1, and a panic is a failure.
func TestGroup(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var seen []float64
	m := part.Maker{Jobs: 2, Report: func(d float64) { seen = append(seen, d) }}
	now, most := 0, 0
	g, _ := m.NewGroup(t.Context(), "testing", 10)
	for range 5 {
		g.Go(2, func() error {
			mu.Lock()
			now++
			most = max(most, now)
			mu.Unlock()
			time.Sleep(5 * time.Millisecond)
			mu.Lock()
			now--
			mu.Unlock()
			return nil
		})
	}
	if err := g.Wait(); err != nil || most != 2 || len(seen) != 5 || seen[4] != 1 {
		t.Errorf("%v, %d at once, %v", err, most, seen)
	}
	for i := 1; i < len(seen); i++ {
		if seen[i] <= seen[i-1] {
			t.Errorf("progress fell: %v", seen)
		}
	}
	g, ctx := m.NewGroup(t.Context(), "testing", 1)
	g.Go(1, func() error { panic("boom") })
	err := g.Wait()
	if f, ok := fault.As(err); !ok || f.Code != fault.Internal || !strings.Contains(f.Public, "testing") ||
		!errors.Is(ctx.Err(), context.Canceled) {
		t.Errorf("got %v", err)
	}
}

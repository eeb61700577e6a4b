package similar_test

import (
	"testing"

	"mynah/internal/similar"
)

func TestDistance(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"brain", "brian", 1},
		{"pauze", "pause", 1},
		{"duratoin", "duration", 1},
		{"kitten", "sitting", 3},
		{"strat.svg", "start.svg", 1},
		{"pic.jpg", "pic.png", 2},
		{"äö", "öä", 1},
		{"a", "A", 1},
	} {
		for _, limit := range []int{1, 2, 3, 4, 100} {
			if got := similar.CountEditsUpTo(c.a, c.b, limit); got != min(c.want, limit) {
				t.Errorf("from %q to %q, limit %d: %d, want %d", c.a, c.b, limit, got, min(c.want, limit))
			}
			if got := similar.CountEditsUpTo(c.b, c.a, limit); got != min(c.want, limit) {
				t.Errorf("from %q to %q, limit %d: %d, want %d", c.b, c.a, limit, got, min(c.want, limit))
			}
		}
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"pauze": "pause", "puaze": "", "duratoin": "duration",
		"durtoin": "duration", "fp": "fps", "xyz": "",
	} {
		if got, _ := similar.FindNearest(name, []string{"pause", "duration", "fps"}); got != want {
			t.Errorf("nearest to %q is %q, want %q", name, got, want)
		}
	}
}

// FuzzDistance compares the limited distance with the unlimited one.
func FuzzDistance(f *testing.F) {
	f.Add("brain", "brian", 2)
	f.Add("abcdef", "badcfe", 3)
	f.Fuzz(func(t *testing.T, a, b string, limit int) {
		if len(a) > 100 || len(b) > 100 || limit < 0 || limit > 100 {
			return
		}
		whole := similar.CountEditsUpTo(a, b, 1000)
		if got := similar.CountEditsUpTo(a, b, limit); got != min(whole, limit) {
			t.Errorf("%q, %q: %d with limit %d, %d without", a, b, got, limit, whole)
		}
		if back := similar.CountEditsUpTo(b, a, 1000); back != whole {
			t.Errorf("%q, %q: %d, back %d", a, b, whole, back)
		}
	})
}

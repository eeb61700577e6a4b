package voice_test

import (
	"context"
	"errors"
	"testing"

	"mynah/internal/cache"
	"mynah/internal/voice"
	"mynah/internal/voice/tone"
)

type versioned struct {
	voice.Engine
	asked int
}

func (v *versioned) Version(context.Context) (string, error) {
	v.asked++
	return "one", nil
}

func TestRemember(t *testing.T) {
	t.Parallel()
	store, err := cache.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	id, missing := "a", error(nil)
	e := &versioned{Engine: tone.New()}
	r := voice.WithCachedVersion(e, store, func() (string, error) { return id, missing })
	for _, c := range []struct {
		id      string
		missing error
		asked   int
	}{{"a", nil, 1}, {"a", nil, 1}, {"b", nil, 2}, {"a", nil, 2}, {"a", errors.New("missing"), 3}} {
		id, missing = c.id, c.missing
		if v, err := r.Version(t.Context()); v != "one" || err != nil || e.asked != c.asked {
			t.Errorf("%+v: %q, %v, asked %d times", c, v, err, e.asked)
		}
	}
}

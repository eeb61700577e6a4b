package auth_test

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mynah/internal/auth"
)

// counting counts the reads and touches of keys.
type counting struct {
	memory

	reads, touches int
}

func (c *counting) Key(ctx context.Context, id string) (auth.Key, error) {
	c.reads++
	return c.memory.Key(ctx, id)
}

func (c *counting) TouchKey(ctx context.Context, id string, at time.Time) error {
	c.touches++
	return c.memory.TouchKey(ctx, id, at)
}

func TestTheFormOfAKey(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	shown, k := auth.NewKey("docs", at)
	id, secret, _ := strings.Cut(shown, ".")
	for name, part := range map[string]struct {
		text string
		size int
	}{"id": {strings.TrimPrefix(id, "mynah_"), 6}, "secret": {secret, 32}} {
		if b, err := base64.RawURLEncoding.DecodeString(part.text); len(b) != part.size || err != nil {
			t.Errorf("the %s has %d bytes, want %d; %v", name, len(b), part.size, err)
		}
	}
	if id != k.ID || len(k.Hash) != 32 || !k.Created.Equal(at) || k.Name != "docs" || !k.LastUse.IsZero() ||
		!k.Revoked.IsZero() {
		t.Errorf("stored is %+v", k)
	}
	if other, o := auth.NewKey("docs", at); other == shown || o.ID == k.ID {
		t.Error("two keys are equal")
	}
}

// TestWhatCannotBeAKeyIsNotLookedUp checks that only texts in the form of a key are looked up in
// the store.
func TestWhatCannotBeAKeyIsNotLookedUp(t *testing.T) {
	t.Parallel()
	long := "mynah_" + strings.Repeat("x", 64-len("mynah_"))
	for key, want := range map[string]int{
		"":               0,
		"mynah_abc":      0,
		"abc.def":        0,
		"Mynah_abc.def":  0,
		".mynah_abc":     0,
		"mynah_abc.def":  1,
		"mynah_.":        1,
		long + ".secret": 1,
		long + "y.s":     0,
		long:             0,
	} {
		store := &counting{}
		if _, err := auth.NewGuard(auth.Config{}, store).IdentifyKey(t.Context(), key); !errors.Is(err, auth.ErrUnknown) {
			t.Errorf("%q: %v", key, err)
		}
		if store.reads != want {
			t.Errorf("%q was looked up %d times, want %d", key, store.reads, want)
		}
	}
}

// TestAWrongSecretIsNoUse checks that a known id with a wrong secret is not recorded as a use of
// the key.
func TestAWrongSecretIsNoUse(t *testing.T) {
	t.Parallel()
	store := &counting{memory: memory{keys: map[string]auth.Key{}}}
	shown, k := auth.NewKey("docs", time.Now())
	k.Tenant = "tenant"
	store.keys[k.ID] = k
	guard := auth.NewGuard(auth.Config{}, store)
	if _, err := guard.IdentifyKey(t.Context(), k.ID+".wrong"); !errors.Is(err, auth.ErrUnknown) || store.touches != 0 {
		t.Errorf("%v, %d uses", err, store.touches)
	}
	if id, err := guard.IdentifyKey(t.Context(), shown); id.Tenant != "tenant" || err != nil || store.touches != 1 {
		t.Errorf("%+v, %v, %d uses", id, err, store.touches)
	}
}

func TestFixedKeysAreNumbered(t *testing.T) {
	t.Parallel()
	guard := auth.NewGuard(auth.Config{Fixed: []string{"a", "b", "c"}}, &memory{})
	for key, want := range map[string]string{"a": "fixed-1", "b": "fixed-2", "c": "fixed-3"} {
		id, err := guard.IdentifyKey(t.Context(), key)
		if id.Key != want || id.Name == "" || id.Tenant != auth.DefaultTenant || err != nil {
			t.Errorf("%s: %+v, %v", key, id, err)
		}
	}
}

func TestAUseIsNotedOnceAMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &counting{memory: memory{keys: map[string]auth.Key{}}}
		guard := auth.NewGuard(auth.Config{}, store)
		var shown [2]string
		for i := range shown {
			var k auth.Key
			shown[i], k = auth.NewKey("docs", time.Now())
			store.keys[k.ID] = k
		}
		for _, c := range []struct {
			wait    time.Duration
			key     int
			touches int
		}{
			{0, 0, 1},
			{0, 0, 1},
			{time.Second, 1, 2},
			{58 * time.Second, 0, 2},
			{time.Second, 0, 3},
			{time.Second, 0, 3},
			{0, 1, 4},
		} {
			time.Sleep(c.wait)
			if _, err := guard.IdentifyKey(t.Context(), shown[c.key]); err != nil || store.touches != c.touches {
				t.Fatalf("%+v: %d uses were recorded, %v", c, store.touches, err)
			}
		}
	})
}

// TestARefusedRequestUsesUpNothing checks that a client that waits as long as it was told may send
// its request.
func TestARefusedRequestUsesUpNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		guard := auth.NewGuard(auth.Config{PerSecond: 2, Burst: 2}, &memory{})
		id := auth.Identity{Key: "k"}
		for i, c := range []struct {
			sleep, wait time.Duration
		}{
			{0, 0},
			{0, 0},
			{0, 500 * time.Millisecond},
			{0, 500 * time.Millisecond},
			{200 * time.Millisecond, 300 * time.Millisecond},
			{300 * time.Millisecond, 0},
			{0, 500 * time.Millisecond},
			{time.Hour, 0},
			{0, 0},
			{0, 500 * time.Millisecond},
		} {
			time.Sleep(c.sleep)
			if wait, ok := guard.AdmitRequest(id); wait != c.wait || ok != (c.wait == 0) {
				t.Errorf("request %d: %v, wait %s, want %s", i, ok, wait, c.wait)
			}
		}
		for _, none := range []float64{0, -1} {
			if wait, ok := auth.NewGuard(auth.Config{PerSecond: none}, &memory{}).AdmitRequest(id); wait != 0 || !ok {
				t.Errorf("%g a second: %v, wait %s", none, ok, wait)
			}
		}
		slow := auth.NewGuard(auth.Config{PerSecond: 0.5, Burst: 1}, &memory{})
		for i, want := range []time.Duration{0, 2 * time.Second} {
			if wait, _ := slow.AdmitRequest(id); wait != want {
				t.Errorf("half a request a second, request %d: wait %s, want %s", i, wait, want)
			}
		}
	})
}

func TestValidate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		cfg  auth.Config
		want string // part of the message, "" for none
	}{
		{"nothing", auth.Config{}, ""},
		{"keys", auth.Config{Fixed: []string{"a", "b-c_d."}}, ""},
		{"an empty key", auth.Config{Fixed: []string{"a", ""}}, "api-keys"},
		{"a tab", auth.Config{Fixed: []string{"a\tb"}}, "api-keys"},
		{"a line's end", auth.Config{Fixed: []string{"a\n"}}, "api-keys"},
		{"a rate", auth.Config{PerSecond: 1, Burst: 1}, ""},
		{"a low rate", auth.Config{PerSecond: 0.1, Burst: 1}, ""},
		{"no limit with a burst", auth.Config{Burst: 5}, ""},
		{"a rate and nothing at once", auth.Config{PerSecond: 1}, "rate"},
		{"a low rate and nothing at once", auth.Config{PerSecond: 0.1}, "rate"},
		{"a negative rate", auth.Config{PerSecond: -0.1, Burst: 1}, "rate"},
		{"a negative burst", auth.Config{PerSecond: 1, Burst: -1}, "rate"},
	} {
		err := c.cfg.Validate()
		if (err != nil) != (c.want != "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	if d := auth.DefaultConfig(); d.PerSecond <= 0 || d.Burst < int(d.PerSecond) {
		t.Errorf("by default %g a second, %d at once", d.PerSecond, d.Burst)
	}
}

func TestNamesOfTenants(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"main", "a", "0", "Team-7", strings.Repeat("x", 64)} {
		if err := auth.CheckTenant(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, name := range []string{"", " ", "a b", "a.b", "a_b", "..", "a/b", `a\b`, "ä", "a\n", strings.Repeat("x", 65)} {
		if auth.CheckTenant(name) == nil {
			t.Errorf("%q can be a tenant", name)
		}
	}
	if _, k := auth.NewKey("n", time.Now()); k.Tenant != auth.DefaultTenant {
		t.Errorf("a new key belongs to %q", k.Tenant)
	}
}

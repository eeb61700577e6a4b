package auth_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"mynah/internal/auth"
)

// memory is a store of keys in memory.
type memory struct {
	mu   sync.Mutex
	keys map[string]auth.Key
}

func (m *memory) AddKey(_ context.Context, k auth.Key) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.keys[k.ID] = k
	return nil
}

func (m *memory) Key(_ context.Context, id string) (auth.Key, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k, ok := m.keys[id]
	if !ok {
		return k, auth.ErrUnknown
	}
	return k, nil
}

func (m *memory) Keys(context.Context) ([]auth.Key, error) { return nil, errors.ErrUnsupported }

func (m *memory) change(id string, do func(*auth.Key)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	k, ok := m.keys[id]
	if !ok {
		return auth.ErrUnknown
	}
	do(&k)
	m.keys[id] = k
	return nil
}

func (m *memory) RevokeKey(_ context.Context, id string, at time.Time) error {
	return m.change(id, func(k *auth.Key) { k.Revoked = at })
}

func (m *memory) TouchKey(_ context.Context, id string, at time.Time) error {
	return m.change(id, func(k *auth.Key) { k.LastUse = at })
}

func TestKeys(t *testing.T) {
	t.Parallel()
	store := &memory{keys: map[string]auth.Key{}}
	guard := auth.NewGuard(auth.Config{Fixed: []string{"from-the-settings"}}, store)
	shown, k := auth.NewKey("docs", time.Now())
	if err := store.AddKey(t.Context(), k); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(k.Hash), shown) || !strings.HasPrefix(shown, k.ID+".") || len(shown) < len(k.ID)+43 {
		t.Fatalf("the key %q does not consist of its id and 32 random bytes", shown)
	}
	id, err := guard.IdentifyKey(t.Context(), shown)
	if err != nil || id.Key != k.ID || id.Name != "docs" {
		t.Fatalf("%+v, %v", id, err)
	}
	if used, _ := store.Key(t.Context(), k.ID); used.LastUse.IsZero() {
		t.Error("the use of a key was not recorded")
	}
	if _, err := guard.IdentifyKey(t.Context(), "from-the-settings"); err != nil {
		t.Errorf("a key of the settings: %v", err)
	}
	other, _ := auth.NewKey("other", time.Now())
	for _, wrong := range []string{
		"", "x", k.ID, k.ID + ".", shown + "A", shown[:len(shown)-1], other, "from-the-setting", strings.ToUpper(shown),
	} {
		if _, err := guard.IdentifyKey(t.Context(), wrong); !errors.Is(err, auth.ErrUnknown) {
			t.Errorf("the key %q: %v", wrong, err)
		}
	}
	if err := store.RevokeKey(t.Context(), k.ID, time.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := guard.IdentifyKey(t.Context(), shown); !errors.Is(err, auth.ErrUnknown) {
		t.Errorf("a revoked key: %v", err)
	}
}

func TestEachKeyHasItsOwnRate(t *testing.T) {
	t.Parallel()
	guard := auth.NewGuard(auth.Config{PerSecond: 0.001, Burst: 3}, &memory{})
	for _, key := range []string{"a", "b"} {
		for i := range 5 {
			wait, ok := guard.AdmitRequest(auth.Identity{Key: key})
			if ok != (i < 3) || !ok && wait <= 0 {
				t.Errorf("%s, request %d: %v, wait %s", key, i, ok, wait)
			}
		}
	}
	free := auth.NewGuard(auth.Config{}, &memory{})
	for range 1000 {
		if _, ok := free.AdmitRequest(auth.Identity{}); !ok {
			t.Fatal("a request was limited without a limit")
		}
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	if err := auth.DefaultConfig().Validate(); err != nil {
		t.Error(err)
	}
	err := auth.Config{Fixed: []string{"two words"}, PerSecond: -1}.Validate()
	if err == nil || !strings.Contains(err.Error(), "white space") || !strings.Contains(err.Error(), "rate") {
		t.Errorf("all mistakes at once: %v", err)
	}
}

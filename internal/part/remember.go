package part

import (
	"encoding/json"

	"mynah/internal/cache"
)

// Remember returns the bytes of a recipe, which makeIt makes where the cache has none.
func Remember(store *cache.Store, kind cache.Kind, r Recipe, makeIt func() ([]byte, error)) ([]byte, error) {
	key := KeyOf(r)
	if b, ok := store.Get(kind, key); ok {
		return b, nil
	}
	b, err := makeIt()
	if err != nil {
		return nil, err
	}
	return b, store.PutBytes(kind, key, b)
}

// RememberJSON returns the value of a recipe, which is kept as JSON and made where the cache has
// none that can be read.
func RememberJSON[T any](store *cache.Store, kind cache.Kind, r Recipe, makeIt func() (T, error)) (T, error) {
	key := KeyOf(r)
	if v, ok := RecallJSON[T](store, kind, key); ok {
		return v, nil
	}
	v, err := makeIt()
	if err != nil {
		return v, err
	}
	b, err := json.Marshal(v)
	if err != nil {
		return v, err
	}
	return v, store.PutBytes(kind, key, b)
}

// RecallJSON returns the value that the cache keeps as JSON under a key; false where it has none that
// can be read.
func RecallJSON[T any](store *cache.Store, kind cache.Kind, key cache.Key) (T, bool) {
	var v, none T
	b, ok := store.Get(kind, key)
	if !ok || json.Unmarshal(b, &v) != nil {
		return none, false
	}
	return v, true
}

package part

import (
	"encoding/json"

	"mynah/internal/cache"
)

// Remember returns the bytes for a recipe from the cache, or calls makeIt and caches the result.
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

// RememberJSON returns the value for a recipe from the cache, which contains it as JSON, or calls makeIt and
// caches the result.
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

// RecallJSON returns a value that the cache contains as JSON, false if there is none that can be decoded.
func RecallJSON[T any](store *cache.Store, kind cache.Kind, key cache.Key) (T, bool) {
	var v, none T
	b, ok := store.Get(kind, key)
	if !ok || json.Unmarshal(b, &v) != nil {
		return none, false
	}
	return v, true
}

package part

import (
	"encoding/json"

	"mynah/internal/cache"
)

// ReadOrMake returns the bytes for a recipe from the cache, or calls makeIt and caches the result.
func ReadOrMake(store *cache.Store, kind cache.Kind, r Recipe, makeIt func() ([]byte, error)) ([]byte, error) {
	key := ComputeKey(r)
	if b, ok := store.ReadEntry(kind, key); ok {
		return b, nil
	}
	b, err := makeIt()
	if err != nil {
		return nil, err
	}
	return b, store.PutBytes(kind, key, b)
}

// ReadOrMakeJSON returns the value for a recipe from the cache, which contains it as JSON, or calls makeIt and
// caches the result.
func ReadOrMakeJSON[T any](store *cache.Store, kind cache.Kind, r Recipe, makeIt func() (T, error)) (T, error) {
	key := ComputeKey(r)
	if v, ok := ReadJSON[T](store, kind, key); ok {
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

// ReadJSON returns a value that the cache contains as JSON, false if none exists that can be decoded.
func ReadJSON[T any](store *cache.Store, kind cache.Kind, key cache.Key) (T, bool) {
	var v, none T
	b, ok := store.ReadEntry(kind, key)
	if !ok || json.Unmarshal(b, &v) != nil {
		return none, false
	}
	return v, true
}

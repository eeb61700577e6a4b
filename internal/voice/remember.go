package voice

import (
	"context"

	"mynah/internal/cache"
)

// versionCache is an engine whose version is asked for once, not at every start: a program
// start is dearer than all else of a build that finds everything in the cache.
type versionCache struct {
	Engine
	store    *cache.Store
	identity func() (string, error)
}

// Remember keeps what an engine says its version is for as long as identity, which names
// the engine's program file, stays the same.
func Remember(e Engine, store *cache.Store, identity func() (string, error)) Engine {
	return &versionCache{Engine: e, store: store, identity: identity}
}

// Version implements Engine.
func (r *versionCache) Version(ctx context.Context) (string, error) {
	id, err := r.identity()
	if err != nil {
		return r.Engine.Version(ctx) // which tells what is missing
	}
	key := cache.NewHasher("engine 1").String(r.Name()).String(id).Key()
	if b, ok := r.store.Get(cache.Probes, key); ok {
		return string(b), nil
	}
	v, err := r.Engine.Version(ctx)
	if err != nil {
		return "", err
	}
	return v, r.store.PutBytes(cache.Probes, key, []byte(v))
}

// Named implements Namer.
func (r *versionCache) Named(id string) (EngineVoice, bool) { return AboutVoice(r.Engine, id) }

// VoiceVersion implements Versioner.
func (r *versionCache) VoiceVersion(ctx context.Context, id string) (string, error) {
	return VersionOf(ctx, r.Engine, id)
}

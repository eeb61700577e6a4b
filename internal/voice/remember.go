package voice

import (
	"context"

	"mynah/internal/cache"
)

// versionCache is an engine whose version is cached between runs. Starting the engine's program for its version
// would take most of the time of a build that finds everything else in the cache.
type versionCache struct {
	Engine
	store    *cache.Store
	identity func() (string, error)
}

// WithCachedVersion returns an engine that caches the version of e as long as identity returns the same text. identity
// identifies the engine's program file.
func WithCachedVersion(e Engine, store *cache.Store, identity func() (string, error)) Engine {
	return &versionCache{Engine: e, store: store, identity: identity}
}

// Version implements Engine.
func (r *versionCache) Version(ctx context.Context) (string, error) {
	id, err := r.identity()
	if err != nil {
		return r.Engine.Version(ctx) // its error names what is missing
	}
	key := cache.NewHasher("engine 1").AddString(r.Name()).AddString(id).Key()
	if b, ok := r.store.ReadEntry(cache.Probes, key); ok {
		return string(b), nil
	}
	v, err := r.Engine.Version(ctx)
	if err != nil {
		return "", err
	}
	return v, r.store.PutBytes(cache.Probes, key, []byte(v))
}

// DescribeVoice implements Namer.
func (r *versionCache) DescribeVoice(id string) (EngineVoice, bool) {
	return DescribeVoice(r.Engine, id)
}

// VoiceVersion implements Versioner.
func (r *versionCache) VoiceVersion(ctx context.Context, id string) (string, error) {
	return FindVoiceVersion(ctx, r.Engine, id)
}

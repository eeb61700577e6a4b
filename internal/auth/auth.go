// Package auth creates and checks API keys and limits the requests of each key. A key is shown
// once and only its hash is stored. Callers cannot distinguish unknown keys from revoked ones.
package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Key is an API key as it is stored.
type Key struct {
	// ID is the public first part of the key.
	ID      string
	Tenant  string
	Name    string
	Hash    []byte // SHA-256 of the full key; its 32 random bytes need no slow hash
	Created time.Time
	LastUse time.Time
	Revoked time.Time
}

// Store keeps keys.
type Store interface {
	AddKey(ctx context.Context, k Key) error
	// Key returns the key with an id, or ErrUnknown.
	Key(ctx context.Context, id string) (Key, error)
	Keys(ctx context.Context) ([]Key, error)
	// RevokeKey returns ErrUnknown for an unknown id.
	RevokeKey(ctx context.Context, id string, at time.Time) error
	TouchKey(ctx context.Context, id string, at time.Time) error
}

// ErrUnknown is returned for a key that is missing, unknown or revoked.
var ErrUnknown = errors.New("unknown API key")

// DefaultTenant is the tenant of keys that were created without one, and of keys in the settings.
const DefaultTenant = "main"

var validTenant = regexp.MustCompile(`^[A-Za-z0-9-]{1,64}$`)

// CheckTenant returns an error for a name that no tenant can have. A tenant's name is also used in file names.
func CheckTenant(name string) error {
	if !validTenant.MatchString(name) {
		return fmt.Errorf("tenant: %q, must have 1 to 64 letters (a to z), digits and hyphens", name)
	}
	return nil
}

const prefix = "mynah_"

// NewKey creates a key of the default tenant: the text that is shown once, and the record to store.
func NewKey(name string, now time.Time) (shown string, k Key) {
	var id [6]byte
	var secret [32]byte
	_, _ = rand.Read(id[:]) // never fails
	_, _ = rand.Read(secret[:])
	k.ID = prefix + base64.RawURLEncoding.EncodeToString(id[:])
	shown = k.ID + "." + base64.RawURLEncoding.EncodeToString(secret[:])
	k.Hash, k.Name, k.Created, k.Tenant = hashKey(shown), name, now, DefaultTenant
	return shown, k
}

func hashKey(key string) []byte {
	h := sha256.Sum256([]byte(key))
	return h[:]
}

// Config are the limits of each key.
type Config struct {
	// Fixed keys are always valid and have no record.
	Fixed []string
	// PerSecond is the maximum number of requests per second; 0 means no limit.
	PerSecond float64
	// Burst is the maximum number of requests at once.
	Burst int
}

// DefaultConfig returns limits that normal clients never reach.
func DefaultConfig() Config { return Config{PerSecond: 100, Burst: 200} }

// Validate reports all errors at once.
func (c Config) Validate() error {
	var errs []error
	for _, k := range c.Fixed {
		if k == "" || strings.ContainsAny(k, " \t\r\n") {
			errs = append(errs, errors.New("api-keys: a key must not be empty or contain white space"))
			break
		}
	}
	if c.PerSecond < 0 || c.PerSecond > 0 && c.Burst < 1 {
		errs = append(errs, fmt.Errorf("rate: %g per second with bursts of %d, must not be negative", c.PerSecond, c.Burst))
	}
	return errors.Join(errs...)
}

// Identity is the caller of a request.
type Identity struct {
	Key, Tenant, Name string
}

// Guard checks keys and limits requests.
type Guard struct {
	cfg   Config
	store Store
	now   func() time.Time

	mu     sync.Mutex
	limits map[string]*rate.Limiter
	used   map[string]time.Time
}

// NewGuard creates a guard; cfg must be valid.
func NewGuard(cfg Config, store Store) *Guard {
	return &Guard{cfg: cfg, store: store, now: time.Now, limits: map[string]*rate.Limiter{}, used: map[string]time.Time{}}
}

// IdentifyKey returns the identity of a key, or ErrUnknown.
func (g *Guard) IdentifyKey(ctx context.Context, key string) (Identity, error) {
	for i, fixed := range g.cfg.Fixed {
		if subtle.ConstantTimeCompare(hashKey(fixed), hashKey(key)) == 1 {
			return Identity{Key: fmt.Sprintf("fixed-%d", i+1), Tenant: DefaultTenant, Name: "from the settings"}, nil
		}
	}
	id, _, ok := strings.Cut(key, ".")
	if !ok || len(id) > 64 || !strings.HasPrefix(id, prefix) {
		return Identity{}, ErrUnknown
	}
	k, err := g.store.Key(ctx, id)
	if err != nil {
		return Identity{}, err
	}
	if subtle.ConstantTimeCompare(k.Hash, hashKey(key)) != 1 || !k.Revoked.IsZero() {
		return Identity{}, ErrUnknown
	}
	g.recordUseOncePerMinute(ctx, id)
	return Identity{Key: k.ID, Tenant: k.Tenant, Name: k.Name}, nil
}

// recordUseOncePerMinute records the use of a key, at most once a minute.
func (g *Guard) recordUseOncePerMinute(ctx context.Context, id string) {
	now := g.now()
	g.mu.Lock()
	fresh := now.Sub(g.used[id]) < time.Minute
	if !fresh {
		g.used[id] = now
	}
	g.mu.Unlock()
	if !fresh {
		_ = g.store.TouchKey(ctx, id, now) // losing the time of a use does no harm
	}
}

// AdmitRequest reports whether a key may make another request now, and otherwise how long to wait.
func (g *Guard) AdmitRequest(id Identity) (wait time.Duration, ok bool) {
	if g.cfg.PerSecond <= 0 {
		return 0, true
	}
	g.mu.Lock()
	l := g.limits[id.Key]
	if l == nil {
		l = rate.NewLimiter(rate.Limit(g.cfg.PerSecond), g.cfg.Burst)
		g.limits[id.Key] = l
	}
	g.mu.Unlock()
	r := l.ReserveN(g.now(), 1)
	if d := r.DelayFrom(g.now()); d > 0 {
		r.CancelAt(g.now())
		return d, false
	}
	return 0, true
}

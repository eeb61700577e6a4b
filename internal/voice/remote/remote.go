// Package remote has what speech engines over HTTP share: their settings, requests and the meaning
// of answers, checks of the sound, and the wrapper Steady that limits and retries. An engine only
// adds its wire format. Requests never follow an address to another host, so that keys are sent
// only where the settings say.
package remote

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Secret is a key. However it is printed, alone or deep inside of settings, it does not
// show; only the request that needs it reads it. The zero value holds no secret.
type Secret struct{ reveal func() string }

// NewSecret hides a key; the empty text means no key.
func NewSecret(key string) Secret {
	if key == "" {
		return Secret{}
	}
	return Secret{func() string { return key }}
}

// Empty reports whether there is no secret.
func (s Secret) Empty() bool { return s.reveal == nil }

// Reveal returns the key itself, for the header of a request.
func (s Secret) Reveal() string {
	if s.reveal == nil {
		return ""
	}
	return s.reveal()
}

// String implements fmt.Stringer and hides the key.
func (s Secret) String() string {
	if s.Empty() {
		return ""
	}
	return "…"
}

// Config are the settings that all remote engines have.
type Config struct {
	Name    string        // of the engine, as voices refer to it
	URL     string        // base of the addresses; http or https
	KeyEnv  string        // the variable that holds the key, for messages
	Key     Secret        // may be empty: some servers want none
	Timeout time.Duration // of one request
	AtOnce  int           // requests at the same time, at least 1
	Tries   int           // of a sentence, with those that are repeated, at least 1
	Wait    time.Duration // before the second try; it doubles from there, unless the server says
	Most    time.Duration // that all tries of a sentence may take together, if Tries of Timeout are no longer
	MaxBody int64         // of an answer, in bytes
}

// DefaultConfig is patient with a server that is busy for a moment.
func DefaultConfig(name, url string) Config {
	return Config{
		Name: name, URL: url, Timeout: time.Minute, AtOnce: 4, Tries: 5, Wait: 500 * time.Millisecond,
		Most: 3 * time.Minute, MaxBody: 128 << 20,
	}
}

// Validate reports all mistakes at once.
func (c Config) Validate() error {
	var errs []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	check(c.Name != "", "name: empty")
	u, err := url.Parse(c.URL)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		errs = append(errs, fmt.Errorf("url: %q, must be an address such as https://host/v1", c.URL))
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		errs = append(errs, errors.New("url: must not contain a user, query or fragment; put keys in variables"))
	}
	check(c.Timeout > 0, "timeout: %s, must be above 0", c.Timeout)
	check(c.AtOnce >= 1 && c.AtOnce <= 100, "at-once: %d, must be 1 to 100", c.AtOnce)
	check(c.Tries >= 1 && c.Tries <= 20, "tries: %d, must be 1 to 20", c.Tries)
	check(c.Wait >= 0, "wait: %s, must not be negative", c.Wait)
	check(c.Most > 0, "most: %s, must be above 0", c.Most)
	check(c.MaxBody > 0, "max-body: %d, must be above 0", c.MaxBody)
	return errors.Join(errs...)
}

// limit is what all tries of a sentence may take together: time for each of them.
func (c Config) limit() time.Duration { return max(c.Most, time.Duration(c.Tries)*c.Timeout) }

// Host is where the engine is, for messages.
func (c Config) Host() string {
	u, err := url.Parse(c.URL)
	if err != nil {
		return ""
	}
	return u.Host
}

// Identity is the part of an engine's version that settings decide: the address and what
// else makes the sound, as a short hash. The key has no part in it.
func (c Config) Identity(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(append([]string{strings.TrimRight(c.URL, "/")}, parts...), "\x00")))
	return hex.EncodeToString(sum[:8])
}

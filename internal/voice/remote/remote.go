// Package remote contains the common parts of speech engines that use HTTP: settings, requests, the
// interpretation of answers, checks of the sound, and the wrapper WithRetries for limits and retries. Each engine
// adds its own format of requests and answers. Requests never follow redirects, so that keys go only to the
// address in the settings.
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

// Secret is a key that no formatting of it or of a struct around it prints. Only the request that needs the key
// reads it. The zero value contains no key.
type Secret struct{ reveal func() string }

// NewSecret returns a secret with a key. An empty key means no secret.
func NewSecret(key string) Secret {
	if key == "" {
		return Secret{}
	}
	return Secret{func() string { return key }}
}

// IsEmpty reports whether there is no secret.
func (s Secret) IsEmpty() bool { return s.reveal == nil }

// RevealKey returns the key itself, for the header of a request.
func (s Secret) RevealKey() string {
	if s.reveal == nil {
		return ""
	}
	return s.reveal()
}

// String implements fmt.Stringer and hides the key.
func (s Secret) String() string {
	if s.IsEmpty() {
		return ""
	}
	return "…"
}

// Config contains the settings that all remote engines share.
type Config struct {
	Name    string        // name of the engine in the settings and in voice names
	URL     string        // base URL; http or https
	KeyEnv  string        // environment variable of the key, for messages
	Key     Secret        // may be empty: some servers need none
	Timeout time.Duration // for one request
	AtOnce  int           // maximum concurrent requests, at least 1
	Tries   int           // maximum attempts per sentence, at least 1
	// before the second attempt; doubles with each further one, unless the server sets the delay
	Wait    time.Duration
	Most    time.Duration // minimum time limit for all attempts of a sentence; see limit
	MaxBody int64         // maximum size of an answer, in bytes
}

// DefaultConfig returns settings that tolerate a server which is overloaded for a moment.
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

// computeTotalTimeout returns the time limit for all attempts of a sentence: Most, or the sum of their timeouts if that
// is longer.
func (c Config) computeTotalTimeout() time.Duration {
	return max(c.Most, time.Duration(c.Tries)*c.Timeout)
}

// FindHost returns the host of the URL, for messages.
func (c Config) FindHost() string {
	u, err := url.Parse(c.URL)
	if err != nil {
		return ""
	}
	return u.Host
}

// FormatIdentity returns a short hash of the URL and of parts, the other settings that determine the sound. It is
// part of an engine's version. The key is not included.
func (c Config) FormatIdentity(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(append([]string{strings.TrimRight(c.URL, "/")}, parts...), "\x00")))
	return hex.EncodeToString(sum[:8])
}

package house

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"mynah/internal/system"
	"mynah/internal/voice"
	"mynah/internal/voice/models"
	"mynah/internal/voice/piper"
	"mynah/internal/voice/polly"
	"mynah/internal/voice/remote"
)

// EnginesConfig lists the configured engines, in addition to the built-in ones, and the names of
// voices.
type EnginesConfig struct {
	Engines  []EngineConfig
	Voices   []voice.Voice          // voices that the settings give a name
	Defaults map[string]voice.Voice // default voices by language
	Fallback bool
}

// EngineConfig is one engine of the settings file.
type EngineConfig struct {
	Name, Kind    string
	URL           string
	Model         string
	KeyEnv        string
	Region        string
	Engine        string // Polly only: neural, standard, long-form or generative
	Language      string // BCP 47, for voices without a known language; empty means the script's
	Format        string // wav or pcm
	Rate          int    // samples per second
	Speed         bool   // the model supports a speed
	SSML          bool   // the voices accept SSML
	Voices        []voice.EngineVoice
	Timeout       time.Duration
	AtOnce, Tries int
	// Budget is the number of characters that a tenant of a server may have spoken in a month; 0 means no limit.
	Budget  int
	Program string // the program piper
	Library string // ONNX Runtime's library, for piper
	Steady  bool   // piper speaks without randomness

	key, secret, session remote.Secret
	secretEnv            string // variable with the secret
}

// pollyKey is the end of the name of the variable with an AWS key.
const pollyKey = "AWS_ACCESS_KEY_ID"

// engineSetting is a setting of an engine. set parses it; its error says what is allowed.
type engineSetting struct {
	name string
	who  audience
	set  func(*EngineConfig, string) error
}

// audience is which kinds have a setting.
type audience int

const (
	services audience = iota // all engines over HTTP
	everyone                 // all kinds
	listed                   // the kinds whose rows list it
)

// has reports whether a kind has a setting.
func (k engineKind) has(s engineSetting) bool {
	switch s.who {
	case everyone:
		return true
	case services:
		return !k.local
	default:
		return slices.Contains(k.settings, s.name)
	}
}

func listEngineSettings() []engineSetting {
	text := func(f func(*EngineConfig) *string) func(*EngineConfig, string) error {
		return func(e *EngineConfig, s string) error {
			if s == "" {
				return errors.New("not empty")
			}
			*f(e) = s
			return nil
		}
	}
	number := func(low, high int, f func(*EngineConfig) *int) func(*EngineConfig, string) error {
		return func(e *EngineConfig, s string) error {
			n, err := strconv.Atoi(s)
			if err != nil || n < low || n > high {
				return fmt.Errorf("a number from %d to %d", low, high)
			}
			*f(e) = n
			return nil
		}
	}
	truth := func(f func(*EngineConfig) *bool) func(*EngineConfig, string) error {
		return func(e *EngineConfig, s string) error {
			*f(e) = s == "true"
			if s != "true" && s != "false" {
				return errors.New("true or false")
			}
			return nil
		}
	}
	oneOf := func(f func(*EngineConfig) *string, allowed ...string) func(*EngineConfig, string) error {
		return func(e *EngineConfig, s string) error {
			if !slices.Contains(allowed, s) {
				return fmt.Errorf("one of %s", strings.Join(allowed, ", "))
			}
			*f(e) = s
			return nil
		}
	}
	return []engineSetting{
		{"url", services, text(func(e *EngineConfig) *string { return &e.URL })},
		{"key-env", services, setKeyVariable},
		{"language", services, text(func(e *EngineConfig) *string { return &e.Language })},
		{"voices", services, setVoices},
		{"timeout", everyone, setTimeout},
		{"at-once", services, number(1, 100, func(e *EngineConfig) *int { return &e.AtOnce })},
		{"tries", services, number(1, 20, func(e *EngineConfig) *int { return &e.Tries })},
		{"budget", services, number(0, 1_000_000_000, func(e *EngineConfig) *int { return &e.Budget })},
		{"program", listed, text(func(e *EngineConfig) *string { return &e.Program })},
		{"library", listed, text(func(e *EngineConfig) *string { return &e.Library })},
		{"steady", listed, truth(func(e *EngineConfig) *bool { return &e.Steady })},
		{"region", listed, setRegion},
		{"engine", listed, oneOf(func(e *EngineConfig) *string { return &e.Engine }, polly.ListEngines()...)},
		{"ssml", listed, truth(func(e *EngineConfig) *bool { return &e.SSML })},
		{"model", listed, text(func(e *EngineConfig) *string { return &e.Model })},
		{"format", listed, oneOf(func(e *EngineConfig) *string { return &e.Format }, "wav", "pcm")},
		{"rate", listed, number(8000, 48000, func(e *EngineConfig) *int { return &e.Rate })},
		{"speed", listed, truth(func(e *EngineConfig) *bool { return &e.Speed })},
	}
}

// listEngineSettingNames returns the settings of a kind of engine, or of all kinds for "", including kind
// itself.
func listEngineSettingNames(kind string) []string {
	out := []string{"kind"}
	for _, s := range listEngineSettings() {
		if kind == "" || findKind(kind).has(s) {
			out = append(out, s.name)
		}
	}
	return out
}

func setKeyVariable(e *EngineConfig, s string) error {
	if strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") != "" || s == "" || len(s) > 64 {
		return errors.New("the name of a variable, such as OPENAI_API_KEY, never the key itself")
	}
	e.KeyEnv = s
	return nil
}

func setRegion(e *EngineConfig, s string) error {
	if s == "" || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return errors.New("a region of the service, such as eu-west-1 or westeurope")
	}
	e.Region = s
	return nil
}

func setTimeout(e *EngineConfig, s string) error {
	d, err := time.ParseDuration(s)
	if err != nil || d < time.Second || d > time.Hour {
		return errors.New("a time from 1s to 1h, such as 90s")
	}
	e.Timeout = d
	return nil
}

func setVoices(e *EngineConfig, s string) error {
	for part := range strings.SplitSeq(s, ",") {
		id, language, _ := strings.Cut(strings.TrimSpace(part), "=")
		if !remote.IsValidID(id) {
			return errors.New("a list of the engine's own names, such as [alloy, echo]")
		}
		e.Voices = append(e.Voices, voice.EngineVoice{ID: id, Language: language})
	}
	return nil
}

// fillDefaults sets the defaults of the engine's kind for empty settings.
func (e *EngineConfig) fillDefaults() {
	r := remote.DefaultConfig(e.Name, "")
	e.Timeout, e.AtOnce, e.Tries = r.Timeout, r.AtOnce, r.Tries
	if fill := findKind(e.Kind).fill; fill != nil {
		fill(e)
	}
}

// readCredentials reads the engine's credentials, which come only from environment variables.
func (e *EngineConfig) readCredentials(getenv func(string) string) {
	e.key = readSecret(getenv, e.KeyEnv)
	if more := findKind(e.Kind).readMore; more != nil {
		more(e, getenv)
	}
}

func readSecret(getenv func(string) string, name string) remote.Secret {
	return remote.NewSecret(strings.TrimSpace(getenv(name)))
}

// findBudget returns the budget of an engine in characters a month; 0 means no limit.
func (c EnginesConfig) findBudget(engine string) int64 {
	for _, e := range c.Engines {
		if e.Name == engine {
			return int64(e.Budget)
		}
	}
	return 0
}

func (e *EngineConfig) newRemoteConfig() remote.Config {
	c := remote.DefaultConfig(e.Name, e.URL)
	c.Key, c.KeyEnv, c.Timeout, c.AtOnce, c.Tries = e.key, e.KeyEnv, e.Timeout, e.AtOnce, e.Tries
	return c
}

// newEngine creates the engine without retries, limits and caching.
func (e *EngineConfig) newEngine() (voice.Engine, error) { return findKind(e.Kind).create(e) }

// Validate reports all errors at once.
func (e *EngineConfig) Validate() error {
	if e.isLocal() {
		c := DefaultConfig()
		c.Engines.Engines = []EngineConfig{*e}
		return c.newPiperConfig().Validate()
	}
	_, err := e.newEngine()
	return err
}

// newEngines creates the engines of the settings; remote ones get retries and limits. If elsewhere is not nil, it
// returns remote engines of another process.
func (c EnginesConfig) newEngines(elsewhere func(name string) voice.Engine) ([]voice.Engine, error) {
	var out []voice.Engine
	for _, e := range c.Engines {
		if e.isLocal() {
			continue
		}
		if elsewhere != nil {
			out = append(out, elsewhere(e.Name))
			continue
		}
		made, err := e.newEngine()
		if err != nil {
			return nil, err
		}
		out = append(out, remote.WithRetries(made, e.newRemoteConfig()))
	}
	return out, nil
}

// readVoice reads an entry under voices: a name of a voice, or the tag of a language.
func (j *checker) readVoice(c *EnginesConfig, name string, values map[string]Value) {
	at := values["voice"]
	if at.Where == "" {
		at.Where = cmp.Or(values[""].Where, "voices."+name)
	}
	for setting, v := range values {
		if setting != "" && setting != "voice" && setting != "language" && setting != "gender" {
			j.addError(v, "unknown setting; a voice can have voice, language or gender")
		}
	}
	if v, ok := voice.NewCatalogue().FindByName(at.Text); ok && !isKnownLanguageTag(name) {
		v.Name, v.Code = name, ""
		c.Voices = append(c.Voices, v)
		return
	}
	engine, id, ok := strings.Cut(at.Text, "/")
	if !ok || engine == "" || !remote.IsValidID(id) {
		j.addError(at, "%q, must be the name of a voice or ENGINE/VOICE, such as brian or openai/alloy", at.Text)
		return
	}
	known := []string{voice.EngineEspeak, voice.EngineFlite, piper.Name}
	var own EngineConfig
	for e := range j.s.Engines {
		known = append(known, e)
	}
	if !slices.Contains(known, engine) {
		slices.Sort(known)
		j.addError(at, "unknown engine %q; available: %s", engine, strings.Join(slices.Compact(known), ", "))
		return
	}
	for _, e := range c.Engines {
		if e.Name == engine {
			own = e
		}
	}
	v := voice.Voice{
		Name: name, Engine: engine, EngineVoice: id, Language: values["language"].Text,
		Gender: voice.Gender(values["gender"].Text),
	}
	if v.Gender != "" && v.Gender != voice.Female && v.Gender != voice.Male {
		j.addError(values["gender"], "%q, must be female or male", v.Gender)
	}
	told := own.describeVoice(id)
	v.Gender = cmp.Or(v.Gender, told.Gender)
	if isKnownLanguageTag(name) {
		v.Name, v.Language = at.Text, cmp.Or(v.Language, name)
		if c.Defaults == nil {
			c.Defaults = map[string]voice.Voice{}
		}
		c.Defaults[name] = v
		return
	}
	if name == "" || strings.ContainsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_' && r != '.'
	}) {
		j.addError(at, "the name %q may contain only the letters a to z, digits, hyphens, dots and underscores", name)
	}
	v.Language = cmp.Or(v.Language, told.Language, own.Language) // otherwise from its engine or the script
	c.Voices = append(c.Voices, v)
}

// describeVoice returns what is known about a voice without asking the engine.
func (e *EngineConfig) describeVoice(id string) voice.EngineVoice {
	if e.Kind == "" || e.isLocal() {
		return voice.EngineVoice{Language: models.Voice{Name: id}.FindLanguageTag()}
	}
	made, err := e.newEngine()
	if err != nil {
		return voice.EngineVoice{}
	}
	v, _ := voice.DescribeVoice(made, id)
	return v
}

// isKnownLanguageTag reports whether a name is the tag of a known language rather than the name of a
// voice.
func isKnownLanguageTag(s string) bool {
	base, _, _ := strings.Cut(s, "-")
	return (len(base) == 2 || len(base) == 3) && len(voice.NewCatalogue().ListForLanguage(s)) > 0
}

// findDefaultVoicesDir returns the folder of installed voices: mynah/voices in the user's data
// folder, or "" if the user has none.
func findDefaultVoicesDir() string {
	data, err := system.FindUserDataDir()
	if err != nil {
		return ""
	}
	return filepath.Join(data, "mynah", "voices")
}

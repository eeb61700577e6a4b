package house

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"mynah/internal/voice"
	"mynah/internal/voice/azure"
	"mynah/internal/voice/elevenlabs"
	"mynah/internal/voice/google"
	"mynah/internal/voice/openai"
	"mynah/internal/voice/piper"
	"mynah/internal/voice/polly"
)

// engineKind is a kind of engine that the settings can name. A new kind over HTTP is a package, a row here, and rows of
// the settings that only it has.
type engineKind struct {
	name string
	// local: the engine runs on this machine, needs no key, and has the name of its kind.
	local bool
	// withoutKey: there are servers of this kind that need no key.
	withoutKey bool
	// settings are the settings that this kind has in addition to those of all.
	settings []string
	// fill sets the defaults of settings that are not set.
	fill func(*EngineConfig)
	// readMore reads what depends on the environment, besides the key.
	readMore func(e *EngineConfig, getenv func(string) string)
	// create creates an engine without retries, limits and caching; nil for local kinds.
	create func(*EngineConfig) (voice.Engine, error)
}

// listKinds lists all kinds, in alphabetical order.
func listKinds() []engineKind {
	return []engineKind{
		{
			name: "azure", settings: []string{"region"},
			fill: func(e *EngineConfig) { e.KeyEnv = azure.DefaultConfig(e.Name, "").KeyEnv },
			readMore: func(e *EngineConfig, getenv func(string) string) {
				e.Region = cmp.Or(e.Region, getenv("AZURE_SPEECH_REGION"))
				if e.URL == "" && e.Region != "" {
					e.URL = azure.FormatAddress(e.Region)
				}
			},
			create: func(e *EngineConfig) (voice.Engine, error) {
				if e.URL == "" {
					return nil, errors.New("region: empty, must be a region of the service, such as westeurope")
				}
				return azure.New(azure.Config{Config: e.newRemoteConfig(), Language: e.Language, Voices: e.Voices})
			},
		},
		{
			name: "elevenlabs", settings: []string{"model", "rate"},
			fill: func(e *EngineConfig) {
				c := elevenlabs.DefaultConfig(e.Name)
				e.URL, e.Model, e.Rate, e.KeyEnv = c.URL, c.Model, c.Rate, c.KeyEnv
			},
			create: func(e *EngineConfig) (voice.Engine, error) {
				return elevenlabs.New(elevenlabs.Config{
					Config: e.newRemoteConfig(), Model: e.Model, Rate: e.Rate, Language: e.Language, Voices: e.Voices,
				})
			},
		},
		{
			name: "google", settings: []string{"ssml"},
			fill: func(e *EngineConfig) {
				c := google.DefaultConfig(e.Name)
				e.URL, e.KeyEnv = c.URL, c.KeyEnv
			},
			create: func(e *EngineConfig) (voice.Engine, error) {
				return google.New(google.Config{Config: e.newRemoteConfig(), Language: e.Language, Voices: e.Voices, SSML: e.SSML})
			},
		},
		{
			name: "openai", withoutKey: true, settings: []string{"model", "format", "rate", "speed"},
			fill: func(e *EngineConfig) {
				c := openai.DefaultConfig(e.Name)
				e.URL, e.Model, e.Format, e.Rate, e.KeyEnv = c.URL, c.Model, c.Format, c.Rate, c.KeyEnv
			},
			create: func(e *EngineConfig) (voice.Engine, error) {
				return openai.New(openai.Config{
					Config: e.newRemoteConfig(), Model: e.Model, Format: e.Format, Rate: e.Rate, Speed: e.Speed,
					Language: e.Language, Voices: e.Voices,
				})
			},
		},
		{
			name: piper.Name, local: true, withoutKey: true, settings: []string{"program", "library", "steady"},
			fill: func(e *EngineConfig) { e.Timeout = 0 }, // 0 means the engine's default
		},
		{
			name: "polly", settings: []string{"region", "engine"},
			fill: func(e *EngineConfig) {
				c := polly.DefaultConfig(e.Name, "")
				e.KeyEnv, e.Engine = c.KeyEnv, c.Engine
			},
			readMore: readPollyCredentials,
			create:   newPolly,
		},
	}
}

// readPollyCredentials reads the credentials of AWS: the standard names of variables, with the prefix of key-env.
func readPollyCredentials(e *EngineConfig, getenv func(string) string) {
	prefix := strings.TrimSuffix(e.KeyEnv, pollyKey)
	e.secretEnv = prefix + "AWS_SECRET_ACCESS_KEY"
	e.secret, e.session = readSecret(getenv, e.secretEnv), readSecret(getenv, prefix+"AWS_SESSION_TOKEN")
	e.Region = cmp.Or(e.Region, getenv("AWS_REGION"), getenv("AWS_DEFAULT_REGION"))
	if e.URL == "" && e.Region != "" {
		e.URL = polly.FormatAddress(e.Region)
	}
}

func newPolly(e *EngineConfig) (voice.Engine, error) {
	if e.URL == "" {
		return nil, errors.New("region: empty, must be a region of the service, such as eu-west-1")
	}
	if !strings.HasSuffix(e.KeyEnv, pollyKey) {
		return nil, fmt.Errorf("key-env: must end in %s, such as WORK_%s: the variable of the secret is named after it",
			pollyKey, pollyKey)
	}
	return polly.New(polly.Config{
		Config: e.newRemoteConfig(), Secret: e.secret, SecretEnv: e.secretEnv, Session: e.session,
		Region: cmp.Or(e.Region, "us-east-1"), Engine: e.Engine, Language: e.Language, Voices: e.Voices,
	})
}

// findKind returns a kind by name. An unknown name gives a kind without anything.
func findKind(name string) engineKind {
	all := listKinds()
	if i := slices.IndexFunc(all, func(k engineKind) bool { return k.name == name }); i >= 0 {
		return all[i]
	}
	return engineKind{create: func(*EngineConfig) (voice.Engine, error) { return nil, fmt.Errorf("kind: %q", name) }}
}

// listEngineKinds lists the names of all kinds.
func listEngineKinds() []string {
	var out []string
	for _, k := range listKinds() {
		out = append(out, k.name)
	}
	return out
}

// isLocal reports whether the engine runs on this machine.
func (e *EngineConfig) isLocal() bool { return findKind(e.Kind).local }

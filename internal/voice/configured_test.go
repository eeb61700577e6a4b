package voice_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"mynah/internal/cache"
	"mynah/internal/fault"
	"mynah/internal/utter"
	"mynah/internal/voice"
	"mynah/internal/voice/tone"
)

// service is an engine of the settings with the voices high and low. The files of low may change.
type service struct {
	*counted
	low string
}

func (s *service) DescribeVoice(id string) (voice.EngineVoice, bool) {
	switch id {
	case "high":
		return voice.EngineVoice{ID: id, Language: "de-DE", Gender: voice.Female}, true
	case "low":
		return voice.EngineVoice{ID: id, Gender: voice.Male}, true
	case "many":
		return voice.EngineVoice{ID: id}, true
	}
	return voice.EngineVoice{ID: id}, false
}

func (s *service) VoiceVersion(_ context.Context, id string) (string, error) {
	if id == "low" {
		return s.low, nil
	}
	return "", nil
}

func newConfigured(t *testing.T, change func(*voice.Config)) (*voice.Booth, *service) {
	t.Helper()
	store, err := cache.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	s := &service{counted: &counted{Engine: tone.New(), name: "service", version: "1"}, low: "a"}
	cfg := voice.DefaultConfig()
	cfg.Extra = []voice.Voice{
		{Name: "marlene", Engine: "service", EngineVoice: "high"},
		{Name: "max", Engine: "service", EngineVoice: "low", Language: "fr-FR", Gender: voice.Male},
		{Name: "any", Engine: "service", EngineVoice: "many"},
		{Name: "gone", Engine: "service", EngineVoice: "nobody", Language: "de-DE", Gender: voice.Male},
	}
	cfg.Defaults = map[string]voice.Voice{"de": {Name: "service/high", Engine: "service", EngineVoice: "high", Language: "de-AT"}}
	change(&cfg)
	flite := &counted{Engine: tone.New(), name: voice.EngineFlite, version: "1"}
	espeak := &counted{Engine: tone.New(), name: voice.EngineEspeak, version: "1"}
	b, err := voice.NewBooth(cfg, []voice.Engine{flite, espeak, s}, store)
	if err != nil {
		t.Fatal(err)
	}
	return b, s
}

func TestConfiguredNames(t *testing.T) {
	t.Parallel()
	b, _ := newConfigured(t, func(*voice.Config) {})
	for _, c := range []struct{ name, language, want, tag, warning string }{
		{"marlene", "", "marlene by service", "de-DE", ""},
		{"Max", "", "max by service", "fr-FR", ""},
		{"service/high", "", "service/high by service", "de-DE", ""},
		{"SERVICE/low", "pt-BR", "service/low by service", "fr-FR", ""},
		{"service/many", "pt-BR", "service/many by service", "pt-BR", ""},
		{"Any", "pt-BR", "any by service", "pt-BR", ""},
		{"any", "", "any by service", "en-US", ""},
		{"", "de", "service/high by service", "de-AT", ""},
		{"", "de-CH", "service/high by service", "de-AT", ""},
		{"", "pl", "ewa by espeak-ng", "pl-PL", ""},
		{"hans", "", "hans by espeak-ng", "de-DE", ""},
		{"gone", "", "hans by espeak-ng", "de-DE", `service has no installed voice "nobody"; hans speaks instead`},
		{"service/", "", "matthew by flite", "en-US", `unknown voice "service/"`},
		{"other/high", "", "matthew by flite", "en-US", `unknown voice "other/high"`},
	} {
		v, m := b.Resolve(t.Context(), c.name, c.language)
		if got := v.Name + " by " + v.Engine; got != c.want || v.Language != c.tag ||
			(c.warning == "") != (m.Warning == "") || !strings.Contains(m.Warning, c.warning) {
			t.Errorf("%q, %q: %s, %s, %q", c.name, c.language, got, v.Language, m.Warning)
		}
	}
	listed := map[string]int{}
	for _, v := range b.ListVoices(t.Context()) {
		listed[v.Name]++
		if v.LanguageName == "" {
			t.Errorf("%s has no language", v.Name)
		}
	}
	if listed["marlene"] != 1 || listed["gone"] != 0 || listed["max"] != 1 || listed["service/high"] != 0 {
		t.Errorf("marlene %d, gone %d, max %d", listed["marlene"], listed["gone"], listed["max"])
	}
}

// TestVoiceVersions checks that a changed file of a voice invalidates the sentences of this voice only.
func TestVoiceVersions(t *testing.T) {
	t.Parallel()
	b, s := newConfigured(t, func(*voice.Config) {})
	calls := func(name string) int64 {
		before := s.calls.Load()
		v, _ := b.Resolve(t.Context(), name, "")
		if _, err := b.Speak(t.Context(), v, utter.Line{Runs: []utter.Run{{Text: "Hello."}}}); err != nil {
			t.Fatal(err)
		}
		return s.calls.Load() - before
	}
	if calls("max") != 1 || calls("max") != 0 || calls("marlene") != 1 {
		t.Error("the cache is not used")
	}
	s.low = "b"
	if calls("max") != 1 || calls("marlene") != 0 {
		t.Error("a changed voice, or one that did not change, is taken for the other")
	}
}

func TestInstead(t *testing.T) {
	t.Parallel()
	failed := fault.New(fault.ToolFailed, nil, "it failed")
	for _, c := range []struct {
		voice    string
		err      error
		fallback bool
		want     string
	}{
		{"marlene", failed, true, "vicki"},
		{"max", failed, true, "mathieu"},
		{"max", failed, false, ""},
		{"hans", failed, true, ""},
		{"max", fault.New(fault.Disk, nil, "full"), true, ""},
		{"max", context.Canceled, true, ""},
		{"max", errors.New("ours"), true, ""},
		{"max", fault.New(fault.ToolMissing, nil, "gone"), true, "mathieu"},
	} {
		b, _ := newConfigured(t, func(cfg *voice.Config) { cfg.Fallback = c.fallback })
		v, _ := b.Resolve(t.Context(), c.voice, "")
		if got, _ := b.FindFallbackVoice(t.Context(), v, c.err); got.Name != c.want {
			t.Errorf("%s, %v: %q, want %q", c.voice, c.err, got.Name, c.want)
		}
	}
}

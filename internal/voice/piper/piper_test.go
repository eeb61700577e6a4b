package piper_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"mynah/internal/fault"
	"mynah/internal/proc"
	"mynah/internal/testrun"
	"mynah/internal/utter"
	"mynah/internal/voice"
	"mynah/internal/voice/piper"
	"mynah/internal/voice/voicetest"
)

func engine(t *testing.T, change func(*piper.Config)) *piper.Engine {
	t.Helper()
	run, err := proc.New(proc.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	cfg := piper.DefaultConfig()
	cfg.Dir, cfg.TempDir = t.TempDir(), t.TempDir()
	voicetest.InstallModel(t, cfg.Dir, "en_US-test-medium", 1, nil)
	voicetest.InstallModel(t, cfg.Dir, "en_US-two-low", 2, nil)
	voicetest.InstallModel(t, cfg.Dir, "de_DE-test-low", 1, func(c map[string]any) {
		c["espeak"], c["language"] = map[string]any{"voice": "de"}, nil
	})
	change(&cfg)
	e, err := piper.New(cfg, run)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

func byLibrary(t *testing.T) func(*piper.Config) {
	t.Helper()
	lib := voicetest.FindRuntime(t)
	return func(c *piper.Config) { c.Library, c.Program = lib, "no-such-piper" }
}

// byProgram selects a test program with piper's command line.
func byProgram(t *testing.T) func(*piper.Config) {
	t.Helper()
	program, err := filepath.Abs("testdata/piper")
	if err != nil {
		t.Fatal(err)
	}
	return func(c *piper.Config) { c.Library, c.Program = "/nowhere/libonnxruntime.so", program }
}

func TestEngine(t *testing.T) {
	t.Parallel()
	for name, by := range map[string]func(*piper.Config){"library": byLibrary(t), "program": byProgram(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "program" { // starts a program per sentence
				testrun.SkipMinute(t)
			}
			voicetest.RunSuite(t, engine(t, by), voicetest.Options{Voice: "en_US-test-medium", Deterministic: true})
		})
	}
}

func say(t *testing.T, e *piper.Engine, id string, runs ...utter.Run) []int16 {
	t.Helper()
	req := voice.Request{Voice: id, Language: "en-US", Runs: runs}
	c, err := e.Speak(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if err := voicetest.CheckClip(req, c); err != nil {
		t.Error(err)
	}
	return c.PCM
}

func TestVoices(t *testing.T) {
	t.Parallel()
	e := engine(t, byLibrary(t))
	list, err := e.Voices(t.Context())
	if err != nil || len(list) != 3 || list[0].ID != "de_DE-test-low" || list[0].Language != "de-DE" || list[2].Language != "en-US" {
		t.Errorf("%v, %v", list, err)
	}
	hello := utter.Run{Text: "Hello there."}
	a, b := say(t, e, "en_US-two-low", hello), say(t, e, "en_US-two-low+b", hello)
	if slices.Equal(a, b) || !slices.Equal(a, say(t, e, "en_US-two-low+0", hello)) {
		t.Error("speakers do not differ, or not as they should")
	}
	if _, err := e.Speak(t.Context(), voice.Request{
		Voice: "en_US-two-low+c",
		Runs:  []utter.Run{hello},
	}); err == nil || !strings.Contains(err.Error(), `no speaker "c"`) {
		t.Error(err)
	}
	if _, ok := e.DescribeVoice("en_US-two-low+c"); ok {
		t.Error("a missing speaker is accepted")
	}
}

// TestPhonemes checks that IPA is passed unchanged and sounds like the text that it describes.
func TestPhonemes(t *testing.T) {
	t.Parallel()
	e := engine(t, byLibrary(t))
	const id = "en_US-test-medium"
	if !slices.Equal(say(t, e, id, utter.Run{Text: "x", IPA: "həlˈoʊ"}), say(t, e, id, utter.Run{Text: "Hello."})) {
		t.Error("hello is said in two ways")
	}
	if slices.Equal(say(t, e, id, utter.Run{Text: "x", IPA: "hɛlˈoʊ"}), say(t, e, id, utter.Run{Text: "Hello."})) {
		t.Error("other phonemes sound the same")
	}
	mark := func(s string) []int16 { return say(t, e, id, utter.Run{Text: s}) }
	if slices.Equal(mark("Well so"), mark("Well, so")) || slices.Equal(mark("Well so?"), mark("Well so.")) ||
		!slices.Equal(mark("Well so."), mark("Well so")) {
		t.Error("marks are not heard as they should")
	}
}

// TestBothWays checks that the program gets the same phonemes as the library, by comparing the number of tones.
func TestBothWays(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	lib, program := engine(t, byLibrary(t)), engine(t, byProgram(t))
	for _, text := range []string{"Hello, world; it's 3 o'clock.", "Ça va ?", "façade (naïve)"} {
		a, b := say(t, lib, "en_US-test-medium", utter.Run{Text: text}), say(t, program, "en_US-test-medium", utter.Run{Text: text})
		// The library also speaks gaps, a start and an end symbol: 600 samples each, and 1200 per phoneme.
		if len(a) != len(b)+3*600 {
			t.Errorf("%q: %d samples by the library, %d by the program", text, len(a), len(b))
		}
	}
}

func TestVersions(t *testing.T) {
	t.Parallel()
	var dir string
	e := engine(t, func(c *piper.Config) { byLibrary(t)(c); dir = c.Dir })
	a, err := e.VoiceVersion(t.Context(), "en_US-test-medium")
	b, _ := e.VoiceVersion(t.Context(), "de_DE-test-low")
	if err != nil || a == b || a == "" {
		t.Errorf("%q, %q, %v", a, b, err)
	}
	voicetest.InstallModel(t, dir, "en_US-test-medium", 1, func(c map[string]any) { c["dataset"] = "other" })
	if again, _ := e.VoiceVersion(t.Context(), "en_US-test-medium"); again == a {
		t.Error("a different voice has the same version")
	}
	p := engine(t, byProgram(t))
	if v, err := p.Version(t.Context()); err != nil || !strings.Contains(v, "program 1.2.0") {
		t.Errorf("%q, %v", v, err)
	}
}

// TestNothingInstalled tests without library and program, and with an unrelated program of the same name.
func TestNothingInstalled(t *testing.T) {
	t.Parallel()
	mice := filepath.Join(t.TempDir(), "piper")
	if err := os.WriteFile(mice, []byte("#!/bin/sh\necho 'Usage: piper [OPTION…] configure gaming devices'\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, program := range []string{"no-such-piper", mice} {
		e := engine(t, func(c *piper.Config) { c.Library, c.Program = "/nowhere/lib.so", program })
		_, err := e.Version(t.Context())
		if fault.CodeOf(err) != fault.ToolMissing || fault.From(err).Hint == "" {
			t.Errorf("%s: %v", program, err)
		}
	}
}

// TestWrongLibrary checks that a library which exists, or is in the settings, but cannot be used is not
// reported as missing.
func TestWrongLibrary(t *testing.T) {
	t.Parallel()
	text := filepath.Join(t.TempDir(), "libtext.so")
	if err := os.WriteFile(text, []byte("no library"), 0o600); err != nil {
		t.Fatal(err)
	}
	others, _ := filepath.Glob("/lib/*/libm.so.6")
	for library, says := range map[string]string{
		"/nowhere/lib.so": "lib.so cannot be loaded", text: "libtext.so cannot be loaded",
		strings.Join(others[:min(len(others), 1)], ""): "the library is not ONNX Runtime",
	} {
		if library == "" {
			continue
		}
		e := engine(t, func(c *piper.Config) { c.Library, c.Program = library, "no-such-piper" })
		_, err := e.Version(t.Context())
		f := fault.From(err)
		if f == nil || f.Code != fault.ToolMissing || !strings.Contains(f.Public, says) ||
			strings.Contains(f.Public, "/") || !strings.Contains(err.Error(), library) {
			t.Errorf("%s: %v does not say %q", library, err, says)
		}
	}
}

// TestBroken tests a file that is no model and a description without content.
func TestBroken(t *testing.T) {
	t.Parallel()
	var dir string
	e := engine(t, func(c *piper.Config) { byLibrary(t)(c); dir = c.Dir })
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("en_US-test-medium.onnx", "no model")
	write("en_US-two-low.onnx.json", "{}")
	for id, says := range map[string]string{
		"en_US-test-medium": "cannot use the voice",
		"en_US-two-low":     "is damaged", "en_US-none-low": "is not installed",
	} {
		_, err := e.Speak(t.Context(), voice.Request{Voice: id, Runs: []utter.Run{{Text: "Hello."}}})
		f := fault.From(err)
		if f == nil || f.Code != fault.ToolFailed || !strings.Contains(f.Public, says) ||
			!strings.Contains(f.Hint, "mynah voices install "+id) {
			t.Errorf("%s: %v", id, err)
		}
	}
	if _, err := e.VoiceVersion(t.Context(), "en_US-none-low"); err == nil {
		t.Error("a voice that is not there has a version")
	}
	unknown := &voice.UnknownVoiceError{}
	if _, err := e.Speak(t.Context(), voice.Request{Voice: "../x", Runs: []utter.Run{{Text: "Hello."}}}); !errors.As(err, &unknown) {
		t.Error(err)
	}
}

// TestManyVoices uses more voices than fit in memory, in parallel.
func TestManyVoices(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	var dir string
	e := engine(t, func(c *piper.Config) { byLibrary(t)(c); dir = c.Dir })
	want := say(t, e, "en_US-test-medium", utter.Run{Text: "Hello."})
	var wg sync.WaitGroup
	for i := range 12 {
		name := "en_US-v" + string(rune('a'+i)) + "-low"
		voicetest.InstallModel(t, dir, name, 1, nil)
		for range 2 {
			wg.Go(func() {
				c, err := e.Speak(t.Context(), voice.Request{Voice: name, Runs: []utter.Run{{Text: "Hello."}}})
				if err != nil || !slices.Equal(c.PCM, want) {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
}

// TestEmphasis checks that a sentence with emphasis is a single request.
func TestEmphasis(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	for name, by := range map[string]func(*piper.Config){"library": byLibrary(t), "program": byProgram(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "program" { // starts a program per sentence
				testrun.SkipMinute(t)
			}
			voicetest.CheckEmphasis(t, engine(t, by), voicetest.Options{Voice: "en_US-test-medium", Deterministic: true})
		})
	}
}

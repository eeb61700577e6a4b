package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"mynah/internal/testrun"
	"mynah/internal/utter"
	"mynah/internal/voice/remote/remotetest"
	"mynah/internal/voice/voicetest"
)

// speechServer answers POST /audio/speech with tones.
func speechServer(t *testing.T) *remotetest.Server {
	t.Helper()
	return remotetest.StartServer(t, func(s *remotetest.Server, w http.ResponseWriter, r *http.Request) {
		var b struct{ Input string }
		if r.URL.Path != "/v1/audio/speech" {
			http.NotFound(w, r)
			return
		}
		if err := json.NewDecoder(r.Body).Decode(&b); err != nil {
			s.RejectWrongFormat(w, "%v", err)
			return
		}
		clip, _ := s.SpeakAsTones(r.Context(), []utter.Run{{Text: b.Input}}, 1, 1)
		w.Header().Set("Content-Type", "audio/wav")
		_, _ = w.Write(remotetest.FormatWAV(clip.PCM, clip.Rate))
	})
}

// run runs a command line with the given settings file and an empty cache.
func run(t *testing.T, settings string, args ...string) (code int, out, errs string) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "mynah.yaml")
	if err := os.WriteFile(file, []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	args = append(args, "--config", file, "--cache-dir", filepath.Join(dir, "cache"), "--voices-dir", filepath.Join(dir, "voices"))
	code = Main(t.Context(), Streams{In: strings.NewReader(""), Out: &stdout, Err: &stderr}, args)
	return code, stdout.String(), stderr.String()
}

func TestConfiguredVoices(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	s := speechServer(t)
	settings := fmt.Sprintf(
		"engines:\n  local: {kind: openai, url: %s/v1, language: de-DE, tries: 1, voices: [nova, onyx]}\nvoices:\n"+
			"  amy: local/nova\n  fr: {voice: local/onyx}\n",
		s.URL,
	)
	file := filepath.Join(t.TempDir(), "a.wav")
	for _, c := range []struct {
		by   string
		args []string
	}{
		{"by amy", []string{"--voice", "amy"}},
		{"by local/nova", []string{"--voice", "local/nova"}},
		{"by local/onyx", []string{"--language", "fr"}},
	} {
		before := s.Requests.Load()
		code, out, errs := run(t, settings, append([]string{"say", "Good morning to you all.", "-o", file}, c.args...)...)
		if code != 0 || errs != "" || !strings.Contains(out, c.by) || s.Requests.Load() == before {
			t.Errorf("%s: exit code %d, %s%s", c.by, code, out, errs)
		}
	}
	code, out, errs := run(t, settings, "voices", "--language", "de")
	if code != 0 || !strings.Contains(out, "local/onyx") || !strings.Contains(out, "amy ") || strings.Contains(out, "local/nova") {
		t.Errorf("exit code %d, %s%s", code, out, errs)
	}
	code, _, errs = run(t, settings, "say", "Hello.", "-o", file, "--voice", "local/nobody")
	if code == 0 && !strings.Contains(errs, `local has no installed voice "nobody"; `) {
		t.Errorf("exit code %d, %s", code, errs)
	}
	s.SetNextAnswers(remotetest.NewStatusAnswer(http.StatusUnauthorized, "", `{"error":{"message":"no"}}`))
	code, _, errs = run(t, settings, "say", "Hello.", "-o", file, "--voice", "amy")
	if code != exitTool || !strings.Contains(errs,
		`the sentence "Hello." could not be spoken by amy: local needs a key, but OPENAI_API_KEY is not set`) {
		t.Errorf("exit code %d, %s", code, errs)
	}
}

func TestWrongSettings(t *testing.T) {
	t.Parallel()
	code, _, errs := run(t, "engines:\n  x: {kind: y}\nvoices: {amy: z/a}\n", "voices")
	if code != exitUsage || !strings.Contains(errs, "mynah.yaml:2: engines.x.kind") || !strings.Contains(errs, "mynah.yaml:3: voices.amy") {
		t.Errorf("exit code %d, %s", code, errs)
	}
}

// TestNeuralVoices installs a voice from a file, speaks with it, and removes it.
func TestNeuralVoices(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	dir := t.TempDir()
	voicetest.InstallModel(t, dir, "de_DE-eva-low", 1, func(c map[string]any) {
		c["espeak"], c["language"] = map[string]any{"voice": "de"}, map[string]any{"code": "de_DE"}
	})
	settings := filepath.Join(dir, "mynah.yaml")
	text := "engines: {piper: {library: " + voicetest.FindRuntime(t) + ", steady: true}}\nvoices: {eva: " +
		"piper/de_DE-eva-low, de: piper/de_DE-eva-low}\nvoices-dir: " + filepath.Join(dir, "voices") + "\n"
	if err := os.WriteFile(settings, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	mynah := func(args ...string) (code int, out, errs string) {
		var stdout, stderr bytes.Buffer
		code = Main(t.Context(), Streams{In: strings.NewReader(""), Out: &stdout, Err: &stderr},
			append(args, "--config", settings, "--cache-dir", filepath.Join(dir, "cache")))
		return code, stdout.String(), stderr.String()
	}
	model, wav := filepath.Join(dir, "de_DE-eva-low.onnx"), filepath.Join(dir, "a.wav")
	if code, _, errs := mynah("say", "Guten Tag.", "-o", wav, "--voice", "eva"); code != 0 ||
		!strings.Contains(errs, `piper has no installed voice "de_DE-eva-low"; marlene speaks instead`) {
		t.Errorf("not installed: exit code %d, %s", code, errs)
	}
	code, out, errs := mynah("voices", "install", model, "-q")
	if code != 0 || !strings.Contains(out, "piper/de_DE-eva-low  de-DE") {
		t.Fatalf("exit code %d, %s%s", code, out, errs)
	}
	for _, args := range [][]string{{"--voice", "eva"}, {"--voice", "piper/de_DE-eva-low"}, {"--language", "de"}} {
		code, out, errs := mynah(append([]string{"say", "Guten Tag.", "-o", wav}, args...)...)
		if code != 0 || errs != "" || !strings.Contains(out, "by eva") && !strings.Contains(out, "by piper/de_DE-eva-low") {
			t.Errorf("%s: exit code %d, %s%s", args, code, out, errs)
		}
	}
	if code, out, _ := mynah("voices", "--language", "German"); code != 0 || !strings.Contains(out, "eva ") {
		t.Errorf("exit code %d, %s", code, out)
	}
	if code, out, errs := mynah("doctor"); code != 0 || !strings.Contains(out, "ONNX Runtime") {
		t.Errorf("exit code %d, %s%s", code, out, errs)
	}
	if code, out, errs := mynah("voices", "remove", "piper/de_DE-eva-low"); code != 0 {
		t.Errorf("exit code %d, %s%s", code, out, errs)
	}
	if code, _, errs := mynah("voices", "remove", "de_DE-eva-low"); code != exitUsage {
		t.Errorf("exit code %d, %s", code, errs)
	}
	if code, _, errs := mynah("voices", "install", filepath.Join(dir, "no.onnx")); code != exitScript {
		t.Errorf("exit code %d, %s", code, errs)
	}
}

// TestFallback checks that, when an engine fails in the middle of a video, another voice speaks all
// sentences of the failed voice and a warning is printed. With fallback disabled, the failure is an
// error that names the sentence.
func TestFallback(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	for _, fallback := range []bool{true, false} {
		s := speechServer(t)
		down := remotetest.NewStatusAnswer(http.StatusServiceUnavailable, "", "")
		settings := fmt.Sprintf(
			"engines:\n  local: {kind: openai, url: %s/v1, tries: 1, at-once: 1}\nvoices:\n"+
				"  max: {voice: local/onyx, gender: male}\nfallback: %t\n",
			s.URL, fallback,
		)
		var n atomic.Int64
		s.SetInterceptor(func(w http.ResponseWriter, r *http.Request) bool {
			if n.Add(1) < 3 {
				return false
			}
			down(w, r)
			return true
		})
		dir := t.TempDir()
		wav := filepath.Join(dir, "a.wav")
		code, out, errs := run(t, settings, "say",
			"One sentence here. Another one there. And a third in the end. Then a fourth.", "-o", wav, "--voice", "max")
		switch {
		case fallback && (code != 0 || !strings.Contains(errs, "warning: local failed; matthew speaks all of max instead")):
			t.Errorf("exit code %d, %s%s", code, out, errs)
		case !fallback && (code != exitTool ||
			!strings.Contains(errs, "could not be spoken by max: local failed") || !strings.Contains(errs, "text:1: the sentence")):
			t.Errorf("exit code %d, %s%s", code, out, errs)
		}
	}
	settings := "engines:\n  local: {kind: openai, url: http://127.0.0.1:1/v1, tries: 1}\nfallback: true\n"
	code, _, errs := run(t, settings, "say", "Guten Tag.", "-o", filepath.Join(t.TempDir(), "a.wav"), "--voice",
		"local/x", "--language", "de")
	if code != 0 || !strings.Contains(errs, "local cannot be reached at 127.0.0.1:1; ") {
		t.Errorf("exit code %d, %s", code, errs)
	}
}

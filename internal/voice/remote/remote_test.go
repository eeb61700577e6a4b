package remote

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"mynah/internal/utter"
	"mynah/internal/voice"
)

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	for s, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, " 7 ": 7 * time.Second, "-3": 0, "soon": 0, "1e9": 0,
		now.Add(time.Minute).Format(http.TimeFormat):                  time.Minute,
		now.Add(-time.Minute).Format(http.TimeFormat):                 0,
		now.Add(time.Minute).Format("Monday, 02-Jan-06 15:04:05 GMT"): time.Minute,
	} {
		if got := parseRetryAfter(s, now); got != want {
			t.Errorf("%q is %s, want %s", s, got, want)
		}
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	if err := DefaultConfig("x", "https://example.com/v1").Validate(); err != nil {
		t.Error(err)
	}
	err := Config{URL: "https://user:pass@example.com"}.Validate()
	for _, want := range []string{"name: ", "url: must not contain a user", "timeout: ", "at-once: ", "tries: ", "most: ", "max-body: "} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
	if strings.Contains(err.Error(), "pass") {
		t.Error(err)
	}
}

// TestSecrets checks that no fmt verb prints a key, alone or within a struct.
func TestSecrets(t *testing.T) {
	t.Parallel()
	c := struct {
		Open   Secret
		hidden Secret
		inside Config
	}{NewSecret("sesame"), NewSecret("sesame"), Config{Key: NewSecret("sesame")}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		if s := fmt.Sprintf(verb+verb, c, c.Open); strings.Contains(s, "sesame") || strings.Contains(s, "736573616d65") {
			t.Errorf("%s prints %s", verb, s)
		}
	}
	if c.hidden.RevealKey() != "sesame" || c.hidden.IsEmpty() || !NewSecret("").IsEmpty() ||
		NewSecret("").RevealKey() != "" {
		t.Error("the key is lost")
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"de-DE-KatjaNeural": "de-DE", "en-US-Chirp3-HD-Kore": "en-US",
		"fil-PH-Wavenet-A": "fil-PH", "alloy": "", "a-b-c": "", "de-de-x": "",
	} {
		if got := parseLanguagePrefix(id); got != want {
			t.Errorf("%s is of %q, want %q", id, got, want)
		}
	}
	for id, want := range map[string]bool{
		"alloy": true, "af_bella+am_adam": true, "": false, "-h": false,
		"../x": false, "a b": false, "ä": false, `a"b`: false, strings.Repeat("a", 101): false,
	} {
		if IsValidID(id) != want {
			t.Errorf("%q is %t", id, !want)
		}
	}
}

func TestSetStarts(t *testing.T) {
	t.Parallel()
	req := voice.Request{Runs: []utter.Run{{Text: "one two three four"}}}
	phrases, plain, spans := voice.SplitPhrases(req)
	clip := func() voice.Clip {
		c := voice.Clip{Rate: 1000, PCM: make([]int16, 4000), Words: voice.NewWords(plain, spans)}
		for i := range c.PCM {
			c.PCM[i] = int16(1000 * (i%2*2 - 1))
		}
		return c
	}
	ms := time.Millisecond
	for _, c := range []struct {
		starts []time.Duration
		want   string
	}{
		{[]time.Duration{0, 1000 * ms, 2000 * ms, 3000 * ms}, "0s 1s true, 1s 2s true, 2s 3s true, 3s 4s true, "},
		{[]time.Duration{0, -1, 2000 * ms, 3000 * ms}, "0s 1s false, 1s 2s false, 2s 3s true, 3s 4s true, "},
		{[]time.Duration{0, 1000 * ms, -1, 3000 * ms}, "0s 1s true, 1s 1.75s false, 1.75s 3s false, 3s 4s true, "},
		{[]time.Duration{0, 1000 * ms, 2000 * ms, -1}, "0s 1s true, 1s 2s true, 2s 3.111111111s false, 3.111111111s 4s false, "},
		{[]time.Duration{-1, 1000 * ms, 2000 * ms, 3000 * ms}, "0s 1s false, 1s 2s true, 2s 3s true, 3s 4s true, "},
		{[]time.Duration{0, 2000 * ms, 1000 * ms, 9000 * ms}, "0s 2s true, 2s 2s true, 2s 4s true, 4s 4s true, "},
	} {
		got := clip()
		SetWordStarts(&got, phrases, c.starts)
		s := ""
		for _, w := range got.Words {
			s += fmt.Sprint(w.Start, " ", w.End, " ", w.Exact, ", ")
		}
		if s != c.want {
			t.Errorf("%v: %s, want %s", c.starts, s, c.want)
		}
	}
	few := clip()
	SetWordStarts(&few, phrases, []time.Duration{0, -1, -1, -1})
	if few.Words[0].Exact || few.Words[3].End != 4*time.Second {
		t.Errorf("%+v", few.Words)
	}
}

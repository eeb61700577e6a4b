package remote_test

import (
	"context"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"mynah/internal/fault"
	"mynah/internal/utter"
	"mynah/internal/voice"
	"mynah/internal/voice/remote"
	"mynah/internal/voice/remote/remotetest"
	"mynah/internal/voice/tone"
)

// asking is an engine that sends a request to a server before it speaks.
type asking struct {
	voice.Engine
	client *remote.Client
}

func (a asking) Speak(ctx context.Context, req voice.Request) (voice.Clip, error) {
	if _, err := a.client.SendCall(ctx, remote.Call{}); err != nil {
		return voice.Clip{}, err
	}
	return a.Engine.Speak(ctx, req)
}

// sleeper is an engine that waits for its context.
type sleeper struct{ voice.Engine }

func (sleeper) Speak(ctx context.Context, _ voice.Request) (voice.Clip, error) {
	<-ctx.Done()
	return voice.Clip{}, ctx.Err()
}

// TestOneLongTry checks that the time limit of a sentence is not reported as a cancellation.
func TestOneLongTry(t *testing.T) {
	t.Parallel()
	cfg := remotetest.NewConfig("service", "http://127.0.0.1:1")
	cfg.Timeout, cfg.Tries, cfg.Most = 10*time.Millisecond, 1, 10*time.Millisecond
	_, err := remote.WithRetries(sleeper{tone.New()}, cfg).Speak(
		t.Context(), voice.Request{Voice: "high", Runs: []utter.Run{{Text: "Hello."}}},
	)
	if fault.CodeOf(err) != fault.ToolFailed {
		t.Error(err)
	}
}

// TestLongTimeouts checks that all attempts get their full timeout, and that reaching the limit is reported as
// a failure of the service.
func TestLongTimeouts(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		most, wait time.Duration
		tries      int
		want       int64
	}{
		"most is short": {10 * time.Millisecond, time.Millisecond, 3, 3},
		"truncated":     {10 * time.Millisecond, 40 * time.Millisecond, 2, 2},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			s := remotetest.StartServer(t, func(_ *remotetest.Server, _ http.ResponseWriter,
				r *http.Request,
			) {
				<-r.Context().Done()
			})
			cfg := remotetest.NewConfig("service", s.URL)
			cfg.Timeout, cfg.Tries, cfg.Most, cfg.Wait = time.Second, c.tries, c.most, c.wait
			client, err := remote.NewClient(cfg)
			if err != nil {
				t.Fatal(err)
			}
			begun := time.Now()
			_, err = remote.WithRetries(asking{tone.New(), client}, cfg).Speak(t.Context(),
				voice.Request{Voice: "high", Runs: []utter.Run{{Text: "Hello."}}})
			if n := s.Requests.Load(); n != c.want || fault.CodeOf(err) != fault.ToolFailed ||
				!strings.Contains(err.Error(), "no answer within 1s") {
				t.Errorf("%d requests: %v", n, err)
			}
			if took, most := time.Since(begun), time.Duration(c.tries)*cfg.Timeout; took > most+10*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}

// saying is an engine that returns clips of a fixed length.
type saying struct {
	voice.Engine
	takes time.Duration
}

func (s saying) Speak(context.Context, voice.Request) (voice.Clip, error) {
	pcm := make([]int16, int(s.takes.Seconds()*16000))
	for i := range pcm {
		pcm[i] = int16(8000 * math.Sin(float64(i)/20))
	}
	return voice.Clip{Rate: 16000, PCM: pcm, Words: []voice.Word{{Text: "all"}}}, nil
}

// TestPartsOfSentences checks that an answer that is too short for the sentence is refused, considering the
// speed of its runs.
func TestPartsOfSentences(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("the quick brown fox ", 7)
	for what, c := range map[string]struct {
		takes time.Duration
		runs  []utter.Run
		whole bool
	}{
		"half":  {3 * time.Second, []utter.Run{{Text: long}}, false},
		"whole": {6 * time.Second, []utter.Run{{Text: long}}, true},
		"a fast run": {
			2400 * time.Millisecond,
			[]utter.Run{{Text: "Sure: "}, {Text: long, Speed: utter.NewFactor(2.5)}},
			true,
		},
		"a long word": {time.Second, []utter.Run{{Text: "N" + strings.Repeat("o", 60) + "!"}}, true},
	} {
		cfg := remotetest.NewConfig("service", "http://127.0.0.1:1")
		_, err := remote.WithRetries(saying{tone.New(), c.takes}, cfg).Speak(t.Context(),
			voice.Request{Voice: "high", Language: "en", Runs: c.runs})
		if (err == nil) != c.whole {
			t.Errorf("%s: %v", what, err)
		}
	}
}

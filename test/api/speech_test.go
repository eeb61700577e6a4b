//go:build linux

package api_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"mynah/api"
	"mynah/internal/testrun"
)

const hello = "Good morning to all of you."

// newSpeechRequest requests that a text is spoken.
func newSpeechRequest(format, text string) request { return post("/text-to-speech/"+format, text) }

// newStreamRequest requests the sound of a text in the answer.
func newStreamRequest(format, text string) request {
	return newSpeechRequest(format, text).withHeaders("Accept", "application/octet-stream")
}

// requestSpeech polls a speech task until it has succeeded, and returns its status and its sound.
func requestSpeech(t *testing.T, s *server, q request) (api.Status, []byte) {
	t.Helper()
	st := s.waitSucceeded(t, wantJSON[api.Task](t, s, http.StatusOK, q).StatusURL)
	if st.Message != "Audio ready" || st.Poster != "" {
		t.Errorf("the status of a speech: %+v", st)
	}
	return st, s.wantStatus(t, http.StatusOK, signedRequest(http.MethodGet, st.Result, "")).body
}

func TestStreamedSpeech(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	for format, media := range map[string]string{"mp3": "audio/mpeg", "m4a": "audio/mp4"} {
		a := shared.wantStatus(t, http.StatusOK, newStreamRequest(format, hello))
		if a.media() != media {
			t.Errorf("the content type of %s is %q", format, a.media())
		}
		seconds := soundSeconds(t, a.body)
		var told int
		if _, err := fmt.Sscan(a.header.Get("X-Duration-Seconds"), &told); err != nil ||
			float64(told) < seconds-0.1 || float64(told) > seconds+1.1 {
			t.Errorf("%s lasts %g s, but the header says %q", format, seconds, a.header.Get("X-Duration-Seconds"))
		}
	}
	shared.wantRefusal(t, http.StatusNotAcceptable, "wav cannot be streamed; use mp3 or m4a, or poll", newStreamRequest("wav", hello))
	// The limit counts characters, not bytes, and includes white space.
	full := "Grüße an alle." + strings.Repeat("\u00a0", 1010)
	shared.wantStatus(t, http.StatusOK, newStreamRequest("mp3", full))
	shared.wantRefusal(t, http.StatusRequestEntityTooLarge,
		"A streamed text has at most 1024 characters; poll for longer ones", newStreamRequest("mp3", full+"x"))
}

// soundSeconds decodes a sound with ffmpeg and returns its length in seconds.
func soundSeconds(t *testing.T, sound []byte) float64 {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-i", "pipe:0", "-f", "s16le", "-ac", "1", "-ar", "8000", "pipe:1")
	cmd.Stdin = bytes.NewReader(sound)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil || stderr.Len() > 0 {
		t.Fatalf("ffmpeg cannot decode it: %v: %s", err, stderr.String())
	}
	return float64(len(out)) / 2 / 8000
}

// Some clients compare the exact spelling of the header's name.
func TestDurationHeaderOnTheWire(t *testing.T) {
	t.Parallel()
	got := shared.sendRaw(
		t,
		"POST /text-to-speech/mp3 HTTP/1.1\r\nHost: localhost\r\nx-api-key: "+goodKey+"\r\n"+
			"Accept: application/octet-stream\r\nContent-Length: 3\r\nConnection: close\r\n\r\nHi.",
		false,
	)
	head, _, _ := strings.Cut(got, "\r\n\r\n")
	if !strings.Contains(head, "\r\nx-duration-seconds: 1\r\n") && !strings.HasSuffix(head, "\r\nx-duration-seconds: 1") {
		t.Errorf("the head of a streamed answer is %q", head)
	}
}

func TestWaysOfAskingForSpeech(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	for _, c := range []struct {
		accept, kind, result string
		subtitles            bool
	}{
		{"", "", "result.mp3", false},
		{"*/*", "text/plain", "result.mp3", false},
		{"application/json", "application/json", "result.mp3", false},
		{"application/json+vtt", "application/x-www-form-urlencoded", "result.mp3", true},
		{"application/zip", "text/plain; charset=utf-8", "result.zip", false},
		{"application/octet-stream;q=1", "nonsense", "result.mp3", false},
		{"application/octet-stream, */*", "", "result.mp3", false},
		{"audio/mpeg", "text/markdown", "result.mp3", false},
	} {
		st, _ := requestSpeech(t, shared, newSpeechRequest("mp3", hello).withHeaders("Accept", c.accept, "Content-Type", c.kind))
		if !strings.Contains(st.Result, "/"+c.result+"?") || (st.Subtitles != nil) != c.subtitles {
			t.Errorf("with Accept %q the status is %+v", c.accept, st)
		}
		if c.subtitles {
			vtt := shared.wantStatus(t, http.StatusOK, signedRequest(http.MethodGet, st.Subtitles.VTT, ""))
			srt := shared.wantStatus(t, http.StatusOK, signedRequest(http.MethodGet, st.Subtitles.SRT, ""))
			if !strings.HasPrefix(string(vtt.body), "WEBVTT") ||
				!strings.Contains(string(vtt.body), "Good morning") || !strings.Contains(string(srt.body), "Good morning") {
				t.Errorf("the subtitles are %q and %q", vtt.body, srt.body)
			}
			if !strings.Contains(st.Subtitles.VTT, "/result.vtt?") || !strings.Contains(st.Subtitles.SRT, "/result.srt?") {
				t.Errorf("the subtitles are at %+v", st.Subtitles)
			}
		}
	}
	// Scripts are accepted; files that they refer to are ignored.
	for _, text := range []string{
		"---\nvoice-speed: fast\n---\n![](no-such-picture.jpg)\nGood morning.\n(pause: 0.5)\n---\nGood night.", "\ufeffGood morning.\r\n",
	} {
		requestSpeech(t, shared, newSpeechRequest("m4a", text))
	}
}

func TestFormsOfSpeech(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	st, wav := requestSpeech(t, shared, newSpeechRequest("wav", hello))
	pcm, rate := decodeWAV(t, wav)
	seconds := float64(len(pcm)) / float64(rate)
	if float64(st.DurationInSeconds) < seconds || float64(st.DurationInSeconds) > seconds+1 {
		t.Errorf("the wav lasts %g s, but the status says %d", seconds, st.DurationInSeconds)
	}
	for format, text := range map[string]string{
		"mp3": "One.\n(pause: 4)\nTwo.", // silence has the same bit rate as speech
		"m4a": strings.Repeat(hello+" ", 3),
	} {
		_, b := requestSpeech(t, shared, newSpeechRequest(format, text))
		if rate := float64(len(b)) * 8 / soundSeconds(t, b) / 1000; rate < 115 || rate > 150 {
			t.Errorf("%s has %.0f kb/s, want 128", format, rate)
		}
	}
	// Slower speech lasts longer.
	_, slow := requestSpeech(
		t, shared,
		post("/text-to-speech/wav?voice-speed=0.5&voice-volume=soft&voice-pitch=low&unknown=word&voice=BRIAN", hello),
	)
	if p, r := decodeWAV(t, slow); float64(len(p))/float64(r) < 1.4*seconds {
		t.Errorf("at half the speed the text lasts %g s, at normal speed %g s", float64(len(p))/float64(r), seconds)
	}
}

// TestSpeechWithMusic checks that built-in music is played, and that a music file is left out with
// a warning.
func TestSpeechWithMusic(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	const text = "---\nbackground: corporate-1\n---\nOne.\n\n(pause: 2)\n\nTwo."
	_, with := requestSpeech(t, shared, newSpeechRequest("wav", text))
	_, without := requestSpeech(t, shared, newSpeechRequest("wav", strings.Replace(text, "background: corporate-1\n", "", 1)))
	quiet := func(wav []byte) (n int) { // the longest silence, in milliseconds
		channels, rate := int(binary.LittleEndian.Uint16(wav[22:])), int(binary.LittleEndian.Uint32(wav[24:]))
		run := 0
		for at := 44; at+1 < len(wav); at += 2 {
			if run++; wav[at+1] != 0 && wav[at+1] != 0xff { // the amplitude is above 255 of 32768
				run = 0
			}
			n = max(n, run)
		}
		return n * 1000 / rate / channels
	}
	if a, b := quiet(with), quiet(without); a > 300 || b < 1500 {
		t.Errorf("the longest silence is %d ms with music, %d ms without", a, b)
	}
	st, _ := requestSpeech(t, shared, newSpeechRequest("mp3", strings.Replace(text, "corporate-1", "mine.mp3", 1)))
	if len(st.Warnings) != 1 || !strings.Contains(st.Warnings[0].Detail, "mine.mp3") {
		t.Errorf("%+v", st.Warnings)
	}
}

func TestSpeechByScene(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	_, b := requestSpeech(t, shared, newSpeechRequest("wav",
		"One is first.\n---\nTwo is second.\n---\n(pause: 1)\n---\n"+
			"Three is third, and longer than the others are.").withHeaders("Accept", "application/zip"))
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		pcm, rate := decodeWAV(t, text)
		if at := firstLoudSecond(pcm, rate, 0); at < 0 && f.Name != "scene-003.wav" {
			t.Errorf("%s is silent", f.Name)
		}
	}
	if got := strings.Join(names, " "); !strings.HasPrefix(got, "scene-001.wav scene-002.wav scene-003.wav") {
		t.Errorf("the zip contains %s", got)
	}
}

// TestTimedSpeech checks that each cue of subtitles is spoken at its start time.
func TestTimedSpeech(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	const vtt = "WEBVTT\n\n00:01.000 --> 00:02.500\nGood morning.\n\n00:04.250 --> 00:06.000\nGood night.\n"
	const srt = "1\n00:00:01,000 --> 00:00:02,500\nGood morning.\n\n2\n00:00:04,250 --> 00:00:06,000\nGood night.\n"
	for kind, text := range map[string]string{
		"text/vtt": vtt, "text/vtt; charset=utf-8": vtt,
		"application/x-subrip": srt, "text/srt": srt,
	} {
		st, wav := requestSpeech(t, shared, newSpeechRequest("wav", text).withHeaders("Content-Type", kind))
		pcm, rate := decodeWAV(t, wav)
		for _, at := range []float64{1, 4.25} {
			if got := firstLoudSecond(pcm, rate, at-0.75); got < at-0.1 || got > at+0.25 {
				t.Errorf("%s: the cue of %g s begins at %g s", kind, at, got)
			}
		}
		if len(st.Warnings) > 0 {
			t.Errorf("%s: %+v", kind, st.Warnings)
		}
	}
	// A cue that is too long is spoken faster. If that is not enough, there is a warning.
	st, wav := requestSpeech(t, shared, newSpeechRequest("wav",
		"WEBVTT\n\n00:00.000 --> 00:00.500\nThis is by far too much text for half a second, even if it is spoken twice as "+
			"fast.\n\n00:00.500 --> 00:05.000\nLate.\n").withHeaders("Content-Type", "text/vtt"))
	if len(st.Warnings) == 0 || st.Warnings[0].Type != "too-long" {
		t.Errorf("the warnings about a cue that is too long are %+v", st.Warnings)
	}
	if pcm, rate := decodeWAV(t, wav); float64(len(pcm))/float64(rate) < 2 {
		t.Errorf("with a cue that is too long the speech lasts %g s", float64(len(pcm))/float64(rate))
	}
	if p := shared.waitFinished(t, wantJSON[api.Task](t, shared, http.StatusOK,
		newSpeechRequest("mp3", "no subtitles").withHeaders("Content-Type", "text/vtt")).StatusURL); p.Succeeded ||
		!strings.Contains(p.Message, "subtitles") {
		t.Errorf("the status of invalid WebVTT: %+v", p)
	}
}

func gzipText(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = io.WriteString(z, text)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestCompressedText(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	z := gzipText(t, hello)
	packed := newSpeechRequest("wav", z).withHeaders("Content-Encoding", "gzip")
	_, a := requestSpeech(t, shared, packed)
	_, b := requestSpeech(t, shared, newSpeechRequest("wav", hello).withHeaders("Content-Encoding", "identity"))
	if !bytes.Equal(a, b) {
		t.Error("the speech of a compressed text differs")
	}
	shared.wantStatus(t, http.StatusOK, newStreamRequest("mp3", z).withHeaders("Content-Encoding", "gzip"))
	shared.wantRefusal(t, http.StatusBadRequest,
		"The body is not compressed with gzip, although its Content-Encoding is gzip",
		newSpeechRequest("mp3", hello).withHeaders("Content-Encoding", "gzip"))
	cut := packed
	cut.body = z[:len(z)-9]
	shared.wantRefusal(t, http.StatusBadRequest, "The request body is incomplete", cut)
	shared.wantRefusal(t, http.StatusUnsupportedMediaType, "The Content-Encoding must be gzip or absent",
		newSpeechRequest("mp3", z).withHeaders("Content-Encoding", "br"))
	bomb := newSpeechRequest("mp3", gzipText(t, strings.Repeat(" ", 2<<20))).withHeaders("Content-Encoding", "gzip")
	shared.wantRefusal(t, http.StatusRequestEntityTooLarge, "The request body is larger than 1048576 bytes", bomb)
}

func TestTextsThatCannotBeSpoken(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	const none = "The request has no text to speak"
	for name, c := range map[string]struct {
		q      request
		status int
		want   string
	}{
		"empty":           {newSpeechRequest("mp3", ""), http.StatusBadRequest, none},
		"white":           {newSpeechRequest("mp3", " \n\t"), http.StatusBadRequest, none},
		"a mark":          {newSpeechRequest("mp3", "\ufeff"), http.StatusBadRequest, none},
		"empty, streamed": {newStreamRequest("mp3", ""), http.StatusBadRequest, none},
		"no UTF-8": {
			newSpeechRequest("mp3", "Gr\xfc\xdfe"), http.StatusBadRequest,
			"The text is not UTF-8: save it as UTF-8 and send it again",
		},
		"too long": {
			newSpeechRequest("mp3", hello+strings.Repeat(" ", 1<<20-len(hello)+1)),
			http.StatusRequestEntityTooLarge, "The request body is larger than 1048576 bytes",
		},
		"silent": {newStreamRequest("mp3", "![](a.png)"), http.StatusBadRequest, "the text contains nothing that can be spoken"},
		"wrong": {
			newStreamRequest("mp3", "(voice-speed: never)\nHi."), http.StatusBadRequest,
			`text:1:15: voice-speed cannot be "never"`,
		},
		"speed": {
			post("/text-to-speech/mp3?voice-speed=9", hello), http.StatusBadRequest,
			`voice-speed cannot be "9". Allowed: slow, normal, fast, or a factor from 0.3 to 3`,
		},
		"pitch": {
			post("/text-to-speech/mp3?voice-pitch=deep", hello), http.StatusBadRequest,
			`voice-pitch cannot be "deep". Allowed: low, normal, high, or a factor from 0.3 to 3`,
		},
		"volume": {
			post("/text-to-speech/mp3?voice-volume=-1", hello), http.StatusBadRequest,
			`voice-volume cannot be "-1". Allowed: soft, normal, standard, loud, or a factor from 0 to 10`,
		},
	} {
		p := wantJSON[api.Problem](t, shared, c.status, c.q)
		if !strings.HasPrefix(p.Message, c.want) {
			t.Errorf("%s: %q, want %q", name, p.Message, c.want)
		}
	}
	requestSpeech(t, shared, newSpeechRequest("mp3", hello+strings.Repeat(" ", 1<<20-len(hello)))) // the maximum size
	st := shared.waitFinished(t, wantJSON[api.Task](t, shared, http.StatusOK,
		newSpeechRequest("mp3", "Hello.\n\n(voice-speed: never)\nHi.")).StatusURL)
	if st.Succeeded || !strings.Contains(st.Message, "text:3:15: ") {
		t.Errorf("the status of a wrong text: %+v", st)
	}
}

func TestUnknownVoices(t *testing.T) {
	t.Parallel()
	st, _ := requestSpeech(t, shared, post("/text-to-speech/mp3?voice=brain", hello))
	if len(st.Warnings) != 1 || st.Warnings[0].Type != "unknown-voice" || !strings.Contains(st.Warnings[0].Detail, "brain") {
		t.Errorf("the warnings are %+v", st.Warnings)
	}
	q := newStreamRequest("mp3", hello)
	q.path += "?voice=brain"
	if got := shared.wantStatus(t, http.StatusOK, q).header.Get("X-Mynah-Warning"); !strings.Contains(got, "brain") {
		t.Errorf("the warning of a stream is %q", got)
	}
	q.path = "/text-to-speech/mp3?voice=BRIAN"
	if got := shared.wantStatus(t, http.StatusOK, q).header.Get("X-Mynah-Warning"); got != "" {
		t.Errorf("a voice in upper case gives the warning %q", got)
	}
}

func TestVoicesAndCredits(t *testing.T) {
	t.Parallel()
	voices := wantJSON[[]api.Voice](t, shared, http.StatusOK, get("/voices"))
	if len(voices) < 10 {
		t.Errorf("there are %d voices", len(voices))
	}
	if again := wantJSON[[]api.Voice](t, shared, http.StatusOK, get("/v1/voices")); len(again) != len(voices) {
		t.Errorf("/v1/voices has %d voices, want %d", len(again), len(voices))
	}
	c := wantJSON[api.Credits](t, shared, http.StatusOK, get("/account/credits"))
	if c.Plan != "SELFHOSTED" || c.CreditSeconds < 1_000_000 || c.RequestID == "" || c.Identity == "" || c.BillingID == "" {
		t.Errorf("the credits are %+v", c)
	}
}

func TestVoiceSamples(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"brian", "BRIAN"} {
		a := shared.wantStatus(t, http.StatusOK, get("/v1/voices/"+name+"/sample"))
		if s := soundSeconds(t, a.body); s < 0.5 || s > 20 {
			t.Errorf("the sample of %s lasts %g s", name, s)
		}
	}
	for _, name := range []string{"nobody", "..", "%2e%2e", "a%20b", "a%2Fb", "%00", "%ff", "'", strings.Repeat("x", 500)} {
		if name == ".." {
			continue // clients may reject or remove it
		}
		shared.wantStatus(t, http.StatusNotFound, get("/v1/voices/"+name+"/sample"))
	}
}

// TestAStreamNobodyWaitsFor checks that a client that disconnects during speech does not affect
// other clients.
func TestAStreamNobodyWaitsFor(t *testing.T) {
	t.Parallel()
	for range 5 {
		ctx, cancel := context.WithCancel(t.Context())
		r, err := shared.newHTTPRequest(ctx, newStreamRequest("mp3", "Nobody will ever hear this sentence."))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := shared.client.Do(r)
		cancel()
		if err == nil {
			_ = resp.Body.Close()
		}
	}
	shared.wantStatus(t, http.StatusOK, get("/readyz"))
}

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

// say asks for speech.
func say(format, text string) request { return post("/text-to-speech/"+format, text) }

// stream asks for the sound itself.
func stream(format, text string) request {
	return say(format, text).with("Accept", "application/octet-stream")
}

// requestSpeech polls a speech to its end, and gives its sound.
func requestSpeech(t *testing.T, s *server, q request) (api.Status, []byte) {
	t.Helper()
	st := s.succeeded(t, ask[api.Task](t, s, http.StatusOK, q).StatusURL)
	if st.Message != "Audio ready" || st.Poster != "" {
		t.Errorf("the status of a speech: %+v", st)
	}
	return st, s.want(t, http.StatusOK, signedRequest(http.MethodGet, st.Result, "")).body
}

func TestStreamedSpeech(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	for format, media := range map[string]string{"mp3": "audio/mpeg", "m4a": "audio/mp4"} {
		a := shared.want(t, http.StatusOK, stream(format, hello))
		if a.media() != media {
			t.Errorf("%s comes as %q", format, a.media())
		}
		seconds := soundSeconds(t, a.body)
		var told int
		if _, err := fmt.Sscan(a.header.Get("X-Duration-Seconds"), &told); err != nil || float64(told) < seconds-0.1 || float64(told) > seconds+1.1 {
			t.Errorf("%s lasts %g s, the header says %q", format, seconds, a.header.Get("X-Duration-Seconds"))
		}
	}
	shared.refused(t, http.StatusNotAcceptable, "wav cannot be streamed; use mp3 or m4a, or poll", stream("wav", hello))
	// Letters count, not bytes; blanks count too.
	full := "Grüße an alle." + strings.Repeat("\u00a0", 1010)
	shared.want(t, http.StatusOK, stream("mp3", full))
	shared.refused(t, http.StatusRequestEntityTooLarge, "A streamed text has at most 1024 characters; poll for longer ones", stream("mp3", full+"x"))
}

// soundSeconds returns how long a sound lasts, after another program decoded all of it.
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

// One client looks for the header as it is written.
func TestDurationHeaderOnTheWire(t *testing.T) {
	t.Parallel()
	got := shared.sendRaw(t, "POST /text-to-speech/mp3 HTTP/1.1\r\nHost: localhost\r\nx-api-key: "+goodKey+"\r\nAccept: application/octet-stream\r\nContent-Length: 3\r\nConnection: close\r\n\r\nHi.", false)
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
		st, _ := requestSpeech(t, shared, say("mp3", hello).with("Accept", c.accept, "Content-Type", c.kind))
		if !strings.Contains(st.Result, "/"+c.result+"?") || (st.Subtitles != nil) != c.subtitles {
			t.Errorf("Accept %q gives %+v", c.accept, st)
		}
		if c.subtitles {
			vtt := shared.want(t, http.StatusOK, signedRequest(http.MethodGet, st.Subtitles.VTT, ""))
			srt := shared.want(t, http.StatusOK, signedRequest(http.MethodGet, st.Subtitles.SRT, ""))
			if !strings.HasPrefix(string(vtt.body), "WEBVTT") || !strings.Contains(string(vtt.body), "Good morning") || !strings.Contains(string(srt.body), "Good morning") {
				t.Errorf("the subtitles are %q and %q", vtt.body, srt.body)
			}
			if !strings.Contains(st.Subtitles.VTT, "/result.vtt?") || !strings.Contains(st.Subtitles.SRT, "/result.srt?") {
				t.Errorf("the subtitles are at %+v", st.Subtitles)
			}
		}
	}
	// The script language works, without its files.
	for _, text := range []string{
		"---\nvoice-speed: fast\n---\n![](no-such-picture.jpg)\nGood morning.\n(pause: 0.5)\n---\nGood night.", "\ufeffGood morning.\r\n",
	} {
		requestSpeech(t, shared, say("m4a", text))
	}
}

func TestFormsOfSpeech(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	st, wav := requestSpeech(t, shared, say("wav", hello))
	pcm, rate := samples(t, wav)
	seconds := float64(len(pcm)) / float64(rate)
	if float64(st.DurationInSeconds) < seconds || float64(st.DurationInSeconds) > seconds+1 {
		t.Errorf("the wav lasts %g s, the status says %d", seconds, st.DurationInSeconds)
	}
	for format, text := range map[string]string{
		"mp3": "One.\n(pause: 4)\nTwo.", // silence takes as much as speech does
		"m4a": strings.Repeat(hello+" ", 3),
	} {
		_, b := requestSpeech(t, shared, say(format, text))
		if rate := float64(len(b)) * 8 / soundSeconds(t, b) / 1000; rate < 115 || rate > 150 {
			t.Errorf("%s has %.0f kb/s, want 128", format, rate)
		}
	}
	// Slower is longer.
	_, slow := requestSpeech(t, shared, post("/text-to-speech/wav?voice-speed=0.5&voice-volume=soft&voice-pitch=low&unknown=word&voice=BRIAN", hello))
	if p, r := samples(t, slow); float64(len(p))/float64(r) < 1.4*seconds {
		t.Errorf("half the speed lasts %g s, the whole %g s", float64(len(p))/float64(r), seconds)
	}
}

// Built-in music plays around what is said; a file as music is left out with a warning.
func TestSpeechWithMusic(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	const text = "---\nbackground: corporate-1\n---\nOne.\n\n(pause: 2)\n\nTwo."
	_, with := requestSpeech(t, shared, say("wav", text))
	_, without := requestSpeech(t, shared, say("wav", strings.Replace(text, "background: corporate-1\n", "", 1)))
	quiet := func(wav []byte) (n int) { // the longest silence, in milliseconds
		channels, rate := int(binary.LittleEndian.Uint16(wav[22:])), int(binary.LittleEndian.Uint32(wav[24:]))
		run := 0
		for at := 44; at+1 < len(wav); at += 2 {
			if run++; wav[at+1] != 0 && wav[at+1] != 0xff { // louder than 255 of 32768
				run = 0
			}
			n = max(n, run)
		}
		return n * 1000 / rate / channels
	}
	if a, b := quiet(with), quiet(without); a > 300 || b < 1500 {
		t.Errorf("the longest silence is %d ms with music, %d ms without", a, b)
	}
	st, _ := requestSpeech(t, shared, say("mp3", strings.Replace(text, "corporate-1", "mine.mp3", 1)))
	if len(st.Warnings) != 1 || !strings.Contains(st.Warnings[0].Detail, "mine.mp3") {
		t.Errorf("%+v", st.Warnings)
	}
}

func TestSpeechByScene(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	_, b := requestSpeech(t, shared, say("wav", "One is first.\n---\nTwo is second.\n---\n(pause: 1)\n---\nThree is third, and longer than the others are.").with("Accept", "application/zip"))
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
		pcm, rate := samples(t, text)
		if at := onset(pcm, rate, 0); at < 0 && f.Name != "scene-003.wav" {
			t.Errorf("nothing is heard in %s", f.Name)
		}
	}
	if got := strings.Join(names, " "); !strings.HasPrefix(got, "scene-001.wav scene-002.wav scene-003.wav") {
		t.Errorf("the zip holds %s", got)
	}
}

// Each cue is spoken at its time.
func TestTimedSpeech(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	const vtt = "WEBVTT\n\n00:01.000 --> 00:02.500\nGood morning.\n\n00:04.250 --> 00:06.000\nGood night.\n"
	const srt = "1\n00:00:01,000 --> 00:00:02,500\nGood morning.\n\n2\n00:00:04,250 --> 00:00:06,000\nGood night.\n"
	for kind, text := range map[string]string{"text/vtt": vtt, "text/vtt; charset=utf-8": vtt, "application/x-subrip": srt, "text/srt": srt} {
		st, wav := requestSpeech(t, shared, say("wav", text).with("Content-Type", kind))
		pcm, rate := samples(t, wav)
		for _, at := range []float64{1, 4.25} {
			if got := onset(pcm, rate, at-0.75); got < at-0.1 || got > at+0.25 {
				t.Errorf("%s: the cue at %g s is heard at %g s", kind, at, got)
			}
		}
		if len(st.Warnings) > 0 {
			t.Errorf("%s: %+v", kind, st.Warnings)
		}
	}
	// One that does not fit is sped up, and a warning says when that is not enough.
	st, wav := requestSpeech(t, shared, say("wav", "WEBVTT\n\n00:00.000 --> 00:00.500\nThis is by far too much text for half a second, even if it is spoken twice as fast.\n\n00:00.500 --> 00:05.000\nLate.\n").with("Content-Type", "text/vtt"))
	if len(st.Warnings) == 0 || st.Warnings[0].Type != "too-long" {
		t.Errorf("what does not fit gives the warnings %+v", st.Warnings)
	}
	if pcm, rate := samples(t, wav); float64(len(pcm))/float64(rate) < 2 {
		t.Errorf("what does not fit lasts %g s", float64(len(pcm))/float64(rate))
	}
	if p := shared.waitFinished(t, ask[api.Task](t, shared, http.StatusOK, say("mp3", "no subtitles").with("Content-Type", "text/vtt")).StatusURL); p.Succeeded || !strings.Contains(p.Message, "subtitles") {
		t.Errorf("what is no WebVTT: %+v", p)
	}
}

func zipped(t *testing.T, text string) string {
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
	z := zipped(t, hello)
	packed := say("wav", z).with("Content-Encoding", "gzip")
	_, a := requestSpeech(t, shared, packed)
	_, b := requestSpeech(t, shared, say("wav", hello).with("Content-Encoding", "identity"))
	if !bytes.Equal(a, b) {
		t.Error("a compressed text is spoken otherwise")
	}
	shared.want(t, http.StatusOK, stream("mp3", z).with("Content-Encoding", "gzip"))
	shared.refused(t, http.StatusBadRequest, "The body is not compressed with gzip, although its Content-Encoding is gzip", say("mp3", hello).with("Content-Encoding", "gzip"))
	cut := packed
	cut.body = z[:len(z)-9]
	shared.refused(t, http.StatusBadRequest, "The request body is incomplete", cut)
	shared.refused(t, http.StatusUnsupportedMediaType, "The Content-Encoding must be gzip or absent", say("mp3", z).with("Content-Encoding", "br"))
	bomb := say("mp3", zipped(t, strings.Repeat(" ", 2<<20))).with("Content-Encoding", "gzip")
	shared.refused(t, http.StatusRequestEntityTooLarge, "The request body is larger than 1048576 bytes", bomb)
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
		"empty":           {say("mp3", ""), http.StatusBadRequest, none},
		"white":           {say("mp3", " \n\t"), http.StatusBadRequest, none},
		"a mark":          {say("mp3", "\ufeff"), http.StatusBadRequest, none},
		"empty, streamed": {stream("mp3", ""), http.StatusBadRequest, none},
		"no UTF-8":        {say("mp3", "Gr\xfc\xdfe"), http.StatusBadRequest, "The text is not UTF-8: save it as UTF-8 and send it again"},
		"too long":        {say("mp3", hello+strings.Repeat(" ", 1<<20-len(hello)+1)), http.StatusRequestEntityTooLarge, "The request body is larger than 1048576 bytes"},
		"silent":          {stream("mp3", "![](a.png)"), http.StatusBadRequest, "the text contains nothing that can be spoken"},
		"wrong":           {stream("mp3", "(voice-speed: never)\nHi."), http.StatusBadRequest, `text:1:15: voice-speed cannot be "never"`},
		"speed":           {post("/text-to-speech/mp3?voice-speed=9", hello), http.StatusBadRequest, `voice-speed cannot be "9". Allowed: slow, normal, fast, or a factor from 0.3 to 3`},
		"pitch":           {post("/text-to-speech/mp3?voice-pitch=deep", hello), http.StatusBadRequest, `voice-pitch cannot be "deep". Allowed: low, normal, high, or a factor from 0.3 to 3`},
		"volume":          {post("/text-to-speech/mp3?voice-volume=-1", hello), http.StatusBadRequest, `voice-volume cannot be "-1". Allowed: soft, normal, standard, loud, or a factor from 0 to 10`},
	} {
		p := ask[api.Problem](t, shared, c.status, c.q)
		if !strings.HasPrefix(p.Message, c.want) {
			t.Errorf("%s: %q, want %q", name, p.Message, c.want)
		}
	}
	requestSpeech(t, shared, say("mp3", hello+strings.Repeat(" ", 1<<20-len(hello)))) // just what is allowed
	st := shared.waitFinished(t, ask[api.Task](t, shared, http.StatusOK, say("mp3", "Hello.\n\n(voice-speed: never)\nHi.")).StatusURL)
	if st.Succeeded || !strings.Contains(st.Message, "text:3:15: ") {
		t.Errorf("a wrong text that is polled: %+v", st)
	}
}

func TestUnknownVoices(t *testing.T) {
	t.Parallel()
	st, _ := requestSpeech(t, shared, post("/text-to-speech/mp3?voice=brain", hello))
	if len(st.Warnings) != 1 || st.Warnings[0].Type != "unknown-voice" || !strings.Contains(st.Warnings[0].Detail, "brain") {
		t.Errorf("the warnings are %+v", st.Warnings)
	}
	q := stream("mp3", hello)
	q.path += "?voice=brain"
	if got := shared.want(t, http.StatusOK, q).header.Get("X-Mynah-Warning"); !strings.Contains(got, "brain") {
		t.Errorf("the warning of a stream is %q", got)
	}
	q.path = "/text-to-speech/mp3?voice=BRIAN"
	if got := shared.want(t, http.StatusOK, q).header.Get("X-Mynah-Warning"); got != "" {
		t.Errorf("a voice in upper case gives the warning %q", got)
	}
}

func TestVoicesAndCredits(t *testing.T) {
	t.Parallel()
	voices := ask[[]api.Voice](t, shared, http.StatusOK, get("/voices"))
	if len(voices) < 10 {
		t.Errorf("there are %d voices", len(voices))
	}
	if again := ask[[]api.Voice](t, shared, http.StatusOK, get("/v1/voices")); len(again) != len(voices) {
		t.Errorf("/v1 knows %d voices, not %d", len(again), len(voices))
	}
	c := ask[api.Credits](t, shared, http.StatusOK, get("/account/credits"))
	if c.Plan != "SELFHOSTED" || c.CreditSeconds < 1_000_000 || c.RequestID == "" || c.Identity == "" || c.BillingID == "" {
		t.Errorf("the credits are %+v", c)
	}
}

func TestVoiceSamples(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"brian", "BRIAN"} {
		a := shared.want(t, http.StatusOK, get("/v1/voices/"+name+"/sample"))
		if s := soundSeconds(t, a.body); s < 0.5 || s > 20 {
			t.Errorf("the sample of %s lasts %g s", name, s)
		}
	}
	for _, name := range []string{"nobody", "..", "%2e%2e", "a%20b", "a%2Fb", "%00", "%ff", "'", strings.Repeat("x", 500)} {
		if name == ".." {
			continue // clients take it away themselves
		}
		shared.want(t, http.StatusNotFound, get("/v1/voices/"+name+"/sample"))
	}
}

// A client that goes away while a text is spoken for it takes nobody with it.
func TestAStreamNobodyWaitsFor(t *testing.T) {
	t.Parallel()
	for range 5 {
		ctx, cancel := context.WithCancel(t.Context())
		r, err := shared.make(ctx, stream("mp3", "Nobody will ever hear this sentence."))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := shared.client.Do(r)
		cancel()
		if err == nil {
			_ = resp.Body.Close()
		}
	}
	shared.want(t, http.StatusOK, get("/readyz"))
}

package remote

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/binary"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"mynah/internal/voice"
	"mynah/internal/wav"
)

// ParseSound returns an answer's samples. The answer is a WAV file, or raw 16-bit little-endian mono samples at the
// rate in the answer's media type, else at rate.
func (c *Client) ParseSound(a Answer, rate int) (pcm []int16, got int, err error) {
	if kind := nameNonPCMFormat(a.Body); kind != "" {
		return nil, 0, c.NewBadAnswerFault("%s returned %s instead of usable sound", c.cfg.Name, kind)
	}
	if strings.HasPrefix(string(a.Body), "RIFF") {
		if problem := describeWAVDamage(a.Body); problem != "" {
			return nil, 0, c.NewBadAnswerFault("%s returned a WAV file %s", c.cfg.Name, problem)
		}
		pcm, got, err = voice.ParseWAV(a.Body)
		if err != nil {
			f := c.NewBadAnswerFault("%s returned unreadable sound", c.cfg.Name)
			f.Cause = &RequestError{Temporary: true, Err: err}
			return nil, 0, f
		}
		return pcm, got, nil
	}
	if strings.Contains(a.Type, "wav") {
		return nil, 0, c.NewBadAnswerFault("%s did not return a WAV file", c.cfg.Name)
	}
	if n, err := strconv.Atoi(a.Params["rate"]); err == nil {
		rate = n
	}
	if rate < 8000 || rate > 48000 {
		return nil, 0, c.NewBadAnswerFault("%s returned sound at %d samples per second", c.cfg.Name, rate)
	}
	if len(a.Body)%2 != 0 {
		return nil, 0, c.NewBadAnswerFault("the sound of %s ends inside a sample", c.cfg.Name)
	}
	pcm = make([]int16, len(a.Body)/2)
	for i := range pcm {
		pcm[i] = int16(binary.LittleEndian.Uint16(a.Body[2*i:]))
	}
	return pcm, rate, nil
}

// DecodeSound returns base64-encoded samples. kind is their media type; rate is as in ParseSound.
func (c *Client) DecodeSound(text, kind string, rate int) (pcm []int16, got int, err error) {
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(b) == 0 {
		return nil, 0, c.NewBadAnswerFault("%s returned an answer without sound", c.cfg.Name)
	}
	return c.ParseSound(Answer{Type: kind, Body: b}, rate)
}

// nameNonPCMFormat returns the name of a format that is not PCM sound, "" if it recognises none.
func nameNonPCMFormat(b []byte) string {
	head := strings.ToLower(strings.TrimSpace(string(b[:min(len(b), 64)])))
	switch {
	case strings.HasPrefix(head, "<!doctype") || strings.HasPrefix(head, "<html") || strings.HasPrefix(head, "<?xml"):
		return "a page of HTML"
	case strings.HasPrefix(head, `{"`):
		return "JSON"
	case strings.HasPrefix(head, "id3"):
		return "MP3"
	case strings.HasPrefix(head, "oggs"):
		return "Ogg"
	case strings.HasPrefix(head, "flac"):
		return "FLAC"
	}
	return ""
}

// describeWAVDamage describes what is wrong with a WAV file, "" if nothing: the file is truncated, or its header
// contradicts itself. Some servers do not know the length in advance and write a length of 0 or near the
// maximum, which is accepted.
func describeWAVDamage(b []byte) string {
	const unknown = 0x7fffff00
	r := bytes.NewReader(b)
	for c := range wav.ListChunks(r, r.Size()) {
		if c.Name == wav.FormChunk {
			if f, ok := wav.ReadForm(r, c); ok && f.Rate*f.Block != f.PerSecond {
				return "whose header has two rates"
			}
		}
		isCutOff := c.Claimed > c.Held
		switch {
		case c.Name == wav.DataChunk && (!isCutOff || c.Claimed >= unknown):
			return ""
		case isCutOff:
			return "that is truncated"
		}
	}
	return "without sound"
}

// describeClipDefect describes what is wrong with a clip of text that contains words, "" if nothing.
func describeClipDefect(clip voice.Clip, req voice.Request) string {
	const (
		quiet     = 30          // samples below this are inaudible
		fewSounds = 30          // letters; with fewer, the length of the clip is not checked
		longest   = time.Second // maximum length of one sound
		grace     = 30 * time.Second
	)
	peak, sum, turns := 0, 0.0, 0
	for i, v := range clip.PCM {
		peak = max(peak, int(v), -int(v))
		sum += float64(v) * float64(v)
		if i > 0 && (v < 0) != (clip.PCM[i-1] < 0) {
			turns++
		}
	}
	n := float64(max(len(clip.PCM), 1))
	effort := 0.0
	plain := req.Text()
	for _, w := range voice.SplitWords(plain) {
		effort += voice.EstimateEffort(plain[w.Start:w.End])
	}
	speed := req.ClampSpeedAndPitch().Speed.ValueOrOne()
	letters := estimateLetterEffort(req)
	sounds := time.Duration(effort / speed * float64(time.Second))
	switch {
	case len(clip.PCM) == 0:
		return "no sound"
	case peak < quiet:
		return "silence"
	case math.Sqrt(sum/n) > 9000 && float64(turns)/n > 0.35: // speech is softer and has fewer zero crossings
		return "noise"
	case letters >= fewSounds &&
		clip.Length() < time.Duration(letters/speed*float64(chooseMinimumLetterTime(req.Language))):
		return "a part of the sentence"
	case clip.Length() > time.Duration(sounds.Seconds()*float64(longest))+grace:
		return "far more than the sentence"
	}
	return ""
}

// chooseMinimumLetterTime returns the minimum time per letter, two thirds of what the fastest voices take.
func chooseMinimumLetterTime(language string) time.Duration {
	base, _, _ := strings.Cut(strings.ToLower(language), "-")
	switch base {
	case "fr", "ga", "gd", "da", "":
		return 22 * time.Millisecond // many letters are silent
	}
	return 33 * time.Millisecond
}

// estimateLetterEffort returns the effort of the letters of a request at speed 1. It does not count numbers and signs,
// because their spoken length does not follow from their characters, nor repeated letters after the third, as
// in "nooooo".
func estimateLetterEffort(req voice.Request) float64 {
	sum := 0.0
	for _, run := range req.Runs {
		said := cmp.Or(run.Say, run.Text)
		var b strings.Builder
		last, times := rune(0), 0
		for _, r := range said {
			if times++; r != last {
				last, times = r, 1
			}
			if unicode.IsLetter(r) && times <= 3 {
				b.WriteRune(r)
			}
		}
		speed, _, _ := run.ComputeFactors()
		sum += voice.EstimateEffort(b.String()) / speed
	}
	return sum
}

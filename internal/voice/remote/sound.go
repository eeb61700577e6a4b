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

// Sound reads an answer's samples: a WAV file, or bare 16-bit mono samples, the lower byte
// first, of the given rate or of the one that the answer's type names.
func (c *Client) Sound(a Answer, rate int) (pcm []int16, got int, err error) {
	if kind := nameOtherFormat(a.Body); kind != "" {
		return nil, 0, c.Bad("%s returned %s instead of usable sound", c.cfg.Name, kind)
	}
	if strings.HasPrefix(string(a.Body), "RIFF") {
		if problem := describeDamage(a.Body); problem != "" {
			return nil, 0, c.Bad("%s returned a WAV file %s", c.cfg.Name, problem)
		}
		pcm, got, err = voice.ParseWAV(a.Body)
		if err != nil {
			f := c.Bad("%s returned unreadable sound", c.cfg.Name)
			f.Cause = &RequestError{Temporary: true, Err: err}
			return nil, 0, f
		}
		return pcm, got, nil
	}
	if strings.Contains(a.Type, "wav") {
		return nil, 0, c.Bad("%s did not return a WAV file", c.cfg.Name)
	}
	if n, err := strconv.Atoi(a.Params["rate"]); err == nil {
		rate = n
	}
	if rate < 8000 || rate > 48000 {
		return nil, 0, c.Bad("%s returned sound at %d samples per second", c.cfg.Name, rate)
	}
	if len(a.Body)%2 != 0 {
		return nil, 0, c.Bad("the sound of %s ends inside a sample", c.cfg.Name)
	}
	pcm = make([]int16, len(a.Body)/2)
	for i := range pcm {
		pcm[i] = int16(binary.LittleEndian.Uint16(a.Body[2*i:]))
	}
	return pcm, rate, nil
}

// SoundIn reads samples that stand in an answer as base64, of a type and of a rate as Sound
// takes them.
func (c *Client) SoundIn(text, kind string, rate int) (pcm []int16, got int, err error) {
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(b) == 0 {
		return nil, 0, c.Bad("%s returned an answer without sound", c.cfg.Name)
	}
	return c.Sound(Answer{Type: kind, Body: b}, rate)
}

// nameOtherFormat names what is certainly no plain sound.
func nameOtherFormat(b []byte) string {
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

// describeDamage reports what is wrong with a WAV file: its header promises more than there is, or
// contradicts itself. Lengths of zero or near the field's limit are those of servers that
// did not know it.
func describeDamage(b []byte) string {
	const unknown = 0x7fffff00
	r := bytes.NewReader(b)
	for c := range wav.Chunks(r, r.Size()) {
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

// describeFault reports what is wrong with a clip of a text that holds words; empty is nothing.
func describeFault(clip voice.Clip, req voice.Request) string {
	const (
		quiet     = 30          // below this nothing is heard
		fewSounds = 30          // letters, below which lengths tell nothing
		longest   = time.Second // of one sound
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
	for _, w := range voice.Words(plain) {
		effort += voice.Effort(plain[w.Start:w.End])
	}
	speed := req.Normal().Speed.Value()
	letters := letters(req)
	sounds := time.Duration(effort / speed * float64(time.Second))
	switch {
	case len(clip.PCM) == 0:
		return "no sound"
	case peak < quiet:
		return "silence"
	case math.Sqrt(sum/n) > 9000 && float64(turns)/n > 0.35: // speech is softer, and swings slower
		return "noise"
	case letters >= fewSounds && clip.Length() < time.Duration(letters/speed*float64(fastestSyllable(req.Language))):
		return "a part of the sentence"
	case clip.Length() > time.Duration(sounds.Seconds()*float64(longest))+grace:
		return "far more than the sentence"
	}
	return ""
}

// fastestSyllable is how long a letter takes at the least: the fastest voices take half as long again.
func fastestSyllable(language string) time.Duration {
	base, _, _ := strings.Cut(strings.ToLower(language), "-")
	switch base {
	case "fr", "ga", "gd", "da", "":
		return 22 * time.Millisecond // many of their letters are silent
	}
	return 33 * time.Millisecond
}

// letters counts the letters of a request, as they would be at its speed throughout. Numbers
// and signs do not count: how long they are to say, their characters do not tell; nor do the
// letters of a drawn out "nooooo" after the third.
func letters(req voice.Request) float64 {
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
		speed, _, _ := run.Factors()
		sum += voice.Effort(b.String()) / speed
	}
	return sum
}

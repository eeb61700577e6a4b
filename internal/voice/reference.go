package voice

import (
	"cmp"
	"context"
	"strings"
	"time"

	"mynah/internal/dtw"
)

// mostUnlike is how unlike two recordings may be (dtw.Path: Cost and Bent together) that hold
// the same words. With espeak-ng as the reference, flite's voices had 2.7 to 3.8 with the same
// words, and six of seven more than this with others.
const mostUnlike = 3.95

// AlignSpeech returns the words of a clip the times at which a reference says the same words. It
// reports false, and leaves the clip alone, where the two do not go together.
func AlignSpeech(c *Clip, reference Clip) bool {
	if len(c.Words) == 0 || len(c.Words) != len(reference.Words) {
		return false
	}
	own, ownStart := spokenPart(*c)
	other, otherStart := spokenPart(reference)
	ratio := own.Length().Seconds() / max(other.Length().Seconds(), 1e-3)
	const mostTimes = 3
	if ratio < 1.0/mostTimes || ratio > mostTimes {
		return false
	}
	path, ok := dtw.Align(dtw.MFCC(other.PCM, other.Rate), dtw.MFCC(own.PCM, own.Rate))
	if !ok || path.Cost+path.Bent > mostUnlike {
		return false
	}
	frame := dtw.Hop.Seconds()
	place := func(t time.Duration) time.Duration {
		at := path.Map((t-otherStart).Seconds()/frame) * frame
		return ownStart + min(time.Duration(at*float64(time.Second)), own.Length())
	}
	last := time.Duration(0)
	for i, w := range reference.Words {
		to := &c.Words[i]
		to.Start, to.Exact = max(place(w.Start), last), false
		if to.End = to.Start; w.End > w.Start {
			to.End = max(place(w.End), to.Start)
		}
		last = to.End
	}
	return true
}

// spokenPart is a clip without the silence at its ends, and where it begins in the clip.
func spokenPart(c Clip) (Clip, time.Duration) {
	first, last := speech(c)
	return Clip{PCM: c.PCM[first:last], Rate: c.Rate}, samplesToTime(int64(first), c.Rate)
}

// timed returns the words of a clip times: those that the engine measured, else those of
// espeak-ng's speech of the same words, else estimates.
func (b *Booth) timed(ctx context.Context, s portion, c Clip) Clip {
	phrases, plain, spans := Phrases(s.req)
	if len(c.Words) != len(spans) {
		c.Words = NewWords(plain, spans)
	}
	exact, some := 0, false
	for _, w := range c.Words {
		some = some || w.End > w.Start
		if w.Exact {
			exact++
		}
	}
	if 2*exact >= len(c.Words) {
		return c
	}
	ref, ok, err := b.speakReference(ctx, s)
	if c.untimed = err != nil; ok && AlignSpeech(&c, ref) {
		return c
	}
	if !some {
		EstimateTimes(&c, phrases)
	}
	return c
}

// speakReference has espeak-ng say a request. It reports false where espeak-ng does not read its
// language in full, or fails.
func (b *Booth) speakReference(ctx context.Context, s portion) (Clip, bool, error) {
	req := s.req
	req.Language = cmp.Or(req.Language, b.cfg.Language)
	e, v, ok := b.referenceVoice(s.engine, req.Language, b.genderOf(s.engine, s.req))
	if !ok {
		return Clip{}, false, nil
	}
	if letters, lost, _ := Legible(req.Text(), v); 10*lost > letters {
		return Clip{}, false, nil
	}
	req.Voice = v.EngineVoice
	c, err := e.Speak(ctx, req)
	return c, err == nil, err
}

// referenceVersion is the version of the engine that times the words of a request, empty where
// none does.
func (b *Booth) referenceVersion(ctx context.Context, by Engine, req Request) string {
	languages := []string{cmp.Or(req.Language, b.cfg.Language)}
	for _, r := range req.Runs {
		if r.Language != "" { // another voice may say it
			languages = append(languages, r.Language)
		}
	}
	for _, l := range languages {
		if e, _, ok := b.referenceVoice(by, l, ""); ok {
			version, err := b.version(ctx, e)
			if err != nil {
				return ""
			}
			return e.Name() + " " + version
		}
	}
	return ""
}

// referenceVoice finds who says what a voice of an engine says, with exact times of words. Its
// gender matters: other voices are less alike.
func (b *Booth) referenceVoice(by Engine, language string, g Gender) (Engine, Voice, bool) {
	e, ok := b.engines[EngineEspeak]
	if !ok || by.Name() == EngineEspeak || !e.Abilities().Times {
		return nil, Voice{}, false
	}
	b.mu.Lock()
	id, known := b.references[language]
	if !known {
		id = readInFull(language)
		b.references[language] = id
	}
	b.mu.Unlock()
	v := Voice{Engine: EngineEspeak, EngineVoice: id + espeakVariant(cmp.Or(g, Female), 0), Language: language}
	return e, v, id != ""
}

// readInFull returns espeak-ng's voice of a language, for BCP 47 tags: that of the very tag, else
// the first of the language. It is empty for one that espeak-ng reads in part only, or not.
func readInFull(tag string) string {
	tag = canonical(tag)
	base, _, _ := strings.Cut(tag, "-")
	id := ""
	for _, l := range languages() {
		own := canonical(l.tag)
		ownBase, _, _ := strings.Cut(own, "-")
		if !l.limited && ownBase == base && (id == "" || own == tag) {
			id = l.id
		}
	}
	return id
}

// genderOf is that of the voice of a request, as far as it is known.
func (b *Booth) genderOf(e Engine, req Request) Gender {
	for _, v := range b.catalogue.Voices() {
		if v.Engine == e.Name() && v.EngineVoice == req.Voice && v.Gender != "" {
			return v.Gender
		}
	}
	told, _ := AboutVoice(e, req.Voice)
	return told.Gender
}

package voice

import (
	"cmp"
	"context"
	"strings"
	"time"

	"mynah/internal/dtw"
)

// mostUnlike is the maximum distance (Cost plus Bent of a dtw.Path) between two recordings that are taken to
// contain the same words. With espeak-ng as the reference, flite's voices had 2.7 to 3.8 for equal words, and
// more than this for different words in six of seven cases.
const mostUnlike = 3.95

// AlignWordsToReference sets the word times of a clip from a reference recording of the same words. It returns false,
// and does not change the clip, if the recordings do not match.
func AlignWordsToReference(c *Clip, reference Clip) bool {
	if len(c.Words) == 0 || len(c.Words) != len(reference.Words) {
		return false
	}
	own, ownStart := cutToSpeech(*c)
	other, otherStart := cutToSpeech(reference)
	ratio := own.Length().Seconds() / max(other.Length().Seconds(), 1e-3)
	const mostTimes = 3
	if ratio < 1.0/mostTimes || ratio > mostTimes {
		return false
	}
	path, ok := dtw.AlignRecordings(dtw.ComputeMFCC(other.PCM, other.Rate), dtw.ComputeMFCC(own.PCM, own.Rate))
	if !ok || path.Cost+path.Bent > mostUnlike {
		return false
	}
	frame := dtw.Hop.Seconds()
	place := func(t time.Duration) time.Duration {
		at := path.MapFrame((t-otherStart).Seconds()/frame) * frame
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

// cutToSpeech returns a clip without the silence at its ends, and where it begins in the clip.
func cutToSpeech(c Clip) (Clip, time.Duration) {
	first, last := findSpeech(c)
	return Clip{PCM: c.PCM[first:last], Rate: c.Rate}, toTime(int64(first), c.Rate)
}

// completeWordTimes sets the word times of a clip: those that the engine measured, else those of espeak-ng's recording
// of the same words, else estimates.
func (b *Booth) completeWordTimes(ctx context.Context, s portion, c Clip) Clip {
	phrases, plain, spans := SplitPhrases(s.req)
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
	if c.untimed = err != nil; ok && AlignWordsToReference(&c, ref) {
		return c
	}
	if !some {
		EstimateTimes(&c, phrases)
	}
	return c
}

// speakReference returns espeak-ng's clip of a request. It returns false if espeak-ng fails or does not read
// the language in full.
func (b *Booth) speakReference(ctx context.Context, s portion) (Clip, bool, error) {
	req := s.req
	req.Language = cmp.Or(req.Language, b.cfg.Language)
	e, v, ok := b.chooseReferenceVoice(s.engine, req.Language, b.findVoiceGender(s.engine, s.req))
	if !ok {
		return Clip{}, false, nil
	}
	if letters, lost, _ := CountUnreadableLetters(req.Text(), v); 10*lost > letters {
		return Clip{}, false, nil
	}
	req.Voice = v.EngineVoice
	c, err := e.Speak(ctx, req)
	return c, err == nil, err
}

// findReferenceVersion returns the name and version of the engine that times the words of a request, empty if
// none exists.
func (b *Booth) findReferenceVersion(ctx context.Context, by Engine, req Request) string {
	languages := []string{cmp.Or(req.Language, b.cfg.Language)}
	for _, r := range req.Runs {
		if r.Language != "" { // another voice may speak this run
			languages = append(languages, r.Language)
		}
	}
	for _, l := range languages {
		if e, _, ok := b.chooseReferenceVoice(by, l, ""); ok {
			version, err := b.findEngineVersion(ctx, e)
			if err != nil {
				return ""
			}
			return e.Name() + " " + version
		}
	}
	return ""
}

// chooseReferenceVoice returns the engine and voice that speak a reference for another engine's voice, with exact
// word times. The reference should have the same gender, because recordings of other genders are less similar.
func (b *Booth) chooseReferenceVoice(by Engine, language string, g Gender) (Engine, Voice, bool) {
	e, ok := b.engines[EngineEspeak]
	if !ok || by.Name() == EngineEspeak || !e.Abilities().Times {
		return nil, Voice{}, false
	}
	b.mu.Lock()
	id, known := b.references[language]
	if !known {
		id = findEspeakVoice(language)
		b.references[language] = id
	}
	b.mu.Unlock()
	v := Voice{Engine: EngineEspeak, EngineVoice: id + formatEspeakVariant(cmp.Or(g, Female), 0), Language: language}
	return e, v, id != ""
}

// findEspeakVoice returns espeak-ng's voice for a BCP 47 tag: the voice of exactly this tag, else the first of the
// language. It returns "" for languages that espeak-ng reads only in part or not at all.
func findEspeakVoice(tag string) string {
	tag = normalizeTag(tag)
	base, _, _ := strings.Cut(tag, "-")
	id := ""
	for _, l := range listEspeakLanguages() {
		own := normalizeTag(l.tag)
		ownBase, _, _ := strings.Cut(own, "-")
		if !l.limited && ownBase == base && (id == "" || own == tag) {
			id = l.id
		}
	}
	return id
}

// findVoiceGender returns the gender of a request's voice, empty if unknown.
func (b *Booth) findVoiceGender(e Engine, req Request) Gender {
	for _, v := range b.catalogue.ListVoices() {
		if v.Engine == e.Name() && v.EngineVoice == req.Voice && v.Gender != "" {
			return v.Gender
		}
	}
	told, _ := DescribeVoice(e, req.Voice)
	return told.Gender
}

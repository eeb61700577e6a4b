package voice

import (
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"mynah/internal/fault"
	"mynah/internal/utter"
)

// produceClip returns the clip of a sentence: at Rate, without silence at its ends, with the volume and level of
// want. It sends one request to the engine unless parts of the sentence are in another language, and applies to
// the sound what the engine cannot do. The words of the clip are those of the written text, even where another
// text is spoken.
func (b *Booth) produceClip(ctx context.Context, e Engine, req Request, want levels) (Clip, error) {
	said := req
	said.Runs = replaceBySpokenText(req.Runs)
	asked, left, volume := splitRequestByAbilities(e.Abilities(), said)
	clip, err := b.speakPortions(ctx, b.splitByLanguage(ctx, e, asked))
	if err != nil {
		return Clip{}, err
	}
	untimed := clip.untimed
	unusable := func(err error) error {
		return fault.New(fault.Internal, err, "the speech engine %s returned unusable sound", e.Name())
	}
	if clip, err = b.resampleToRate(clip); err != nil {
		return Clip{}, unusable(err)
	}
	clip = trimSilence(clip)
	// The level is measured before the changes below, so that a louder word does not make its neighbors softer.
	factor := want.volume * volume * computeLevelingFactor(clip.PCM, want.level)
	if want.level != 0 {
		factor *= computeIntendedVolume(asked.Runs)
	}
	clip, gains, err := b.applyMannersExceptVolume(clip, asked.Runs, left)
	if err != nil {
		return Clip{}, unusable(err)
	}
	amplify(clip.PCM, factor, gains...)
	if !slices.EqualFunc(req.Runs, asked.Runs, func(a, b utter.Run) bool { return a.Text == b.Text }) {
		clip.Words = req.timeWrittenWords(asked, clip.Words)
	}
	clip.untimed = untimed
	return clip, nil
}

// convertEmphasisToFactors converts the emphasis of a whole sentence to factors of its runs.
func convertEmphasisToFactors(r Request) Request {
	speed, pitch, volume := 1.0, 1.0, 1.0
	switch r.Emphasis {
	case "strong":
		speed, pitch, volume = utter.Strong.ComputeFactors()
	case "moderate":
		speed, pitch, volume = utter.Emphasis.ComputeFactors()
	case "reduced":
		speed, pitch, volume = utter.Reduced.ComputeFactors()
	}
	if r.Emphasis = ""; speed == 1 {
		return r
	}
	r.Speed, r.Pitch = r.Speed.MultiplyBy(speed), r.Pitch.MultiplyBy(pitch)
	runs := slices.Clone(r.Runs)
	for i := range runs {
		runs[i].Volume = runs[i].Volume.MultiplyBy(volume)
	}
	r.Runs = runs
	return r.ClampSpeedAndPitch()
}

// hoistProsody moves a speed and a pitch that all runs share to the request, and returns a volume that all
// share. Engines support wider ranges for a whole request.
func hoistProsody(r Request) (Request, float64) {
	var speed, pitch, volume float64
	first := true
	for _, run := range r.Runs {
		if len(SplitWords(run.Text)) == 0 && len(SplitWords(run.Say)) == 0 {
			continue
		}
		if first {
			speed, pitch, volume, first = run.Speed.ValueOrOne(), run.Pitch.ValueOrOne(), run.Volume.ValueOrOne(), false
		}
		if run.Speed.ValueOrOne() != speed || run.Pitch.ValueOrOne() != pitch || run.Volume.ValueOrOne() != volume {
			return r, 1
		}
	}
	if first || speed == 1 && pitch == 1 && volume == 1 {
		return r, 1
	}
	r = r.ClampSpeedAndPitch()
	r.Speed, r.Pitch = r.Speed.MultiplyBy(speed), r.Pitch.MultiplyBy(pitch)
	r.Runs = slices.Clone(r.Runs)
	for i := range r.Runs {
		r.Runs[i].Speed, r.Runs[i].Pitch, r.Runs[i].Volume = utter.Factor{}, utter.Factor{}, utter.Factor{}
	}
	return r.ClampSpeedAndPitch(), volume
}

// replaceBySpokenText returns the runs with the text to speak in place of the written text.
func replaceBySpokenText(runs []utter.Run) []utter.Run {
	out := slices.Clone(runs)
	for i := range out {
		if out[i].Say != "" {
			out[i].Text, out[i].Say = out[i].Say, ""
		}
	}
	return out
}

// portion is a part of a sentence that an engine speaks with one request.
type portion struct {
	engine Engine
	req    Request
	// factors that remain to be applied to the engine's sound
	stretch, shift float64
}

// splitByLanguage splits a request where its engine needs another voice for another language.
func (b *Booth) splitByLanguage(ctx context.Context, e Engine, req Request) []portion {
	can := e.Abilities()
	var parts []Request
	var languages []string
	for _, r := range req.Runs {
		language := ""
		if !can.Language {
			language, r.Language = r.Language, ""
		}
		last := len(parts) - 1
		if last >= 0 && (language == languages[last] || strings.TrimSpace(r.Text) == "") {
			parts[last].Runs = append(parts[last].Runs, r)
			continue
		}
		part := req
		part.Runs = []utter.Run{r}
		parts, languages = append(parts, part), append(languages, language)
	}
	out := make([]portion, len(parts))
	for i, part := range parts {
		part.Fragment = req.Fragment || i < len(parts)-1
		out[i] = b.planPortion(ctx, e, part, languages[i])
	}
	return out
}

// planPortion chooses the engine and voice for a request, and computes which part of speed and pitch the engine can
// apply.
func (b *Booth) planPortion(ctx context.Context, e Engine, req Request, language string) portion {
	if language != "" {
		if v, ok := b.findForeignVoice(ctx, req, language); ok {
			e, req.Voice, req.Language = b.engines[v.Engine], v.EngineVoice, v.Language
		}
	}
	s := portion{engine: e, stretch: 1, shift: 1}
	can := e.Abilities()
	req = req.ClampSpeedAndPitch()
	low, high := can.Slowest, can.Fastest
	if low == 0 {
		low, high = 1, 1
	}
	inside := req.Speed.ClampTo(low, high)
	s.stretch, req.Speed = req.Speed.ValueOrOne()/inside, utter.NewFactor(inside)
	if !can.Pitch {
		s.shift, req.Pitch = req.Pitch.ValueOrOne(), utter.Factor{}
	}
	s.req = req
	return s
}

// findForeignVoice finds a voice for text in another language, preferably of the gender of the request's voice.
func (b *Booth) findForeignVoice(ctx context.Context, req Request, language string) (Voice, bool) {
	var gender Gender
	for _, v := range b.catalogue.ListVoices() {
		if v.EngineVoice == req.Voice && v.Language == req.Language {
			gender = v.Gender
			break
		}
	}
	return b.FindVoiceForLanguage(ctx, language, gender)
}

// FindVoiceForLanguage finds a usable voice of a language, preferably of a gender. It returns false if no voice speaks the
// language.
func (b *Booth) FindVoiceForLanguage(ctx context.Context, language string, gender Gender) (Voice, bool) {
	var other Voice
	for _, v := range b.catalogue.ListForLanguage(language) {
		if !b.canUseVoice(ctx, v) {
			continue
		}
		if gender == "" || v.Gender == gender {
			return v, true
		}
		if other.Name == "" {
			other = v
		}
	}
	return other, other.Name != ""
}

// FindVoiceForScript finds a usable voice whose language is written in a script (see CountUnreadableLetters), such as
// "Cyrillic".
func (b *Booth) FindVoiceForScript(ctx context.Context, script string) (Voice, bool) {
	tag, ok := map[string]string{
		"Han": "zh-CN", "Cyrillic": "ru-RU", "Arabic": "ar-AE", "Hebrew": "he-IL", "Devanagari": "hi-IN",
		"Greek": "el-GR", "Thai": "th-TH", "Hangul": "ko-KR", "Hiragana": "ja-JP", "Katakana": "ja-JP",
		"Latin": "en-US", "Bengali": "bn-BD", "Tamil": "ta-IN", "Telugu": "te-IN", "Georgian": "ka-GE",
		"Armenian": "hy-AM",
	}[script]
	if !ok {
		return Voice{}, false
	}
	return b.FindVoiceForLanguage(ctx, tag, "")
}

// isSameLanguage reports whether two BCP 47 tags have the same language, ignoring regions.
func isSameLanguage(a, b string) bool {
	a, _, _ = strings.Cut(normalizeTag(a), "-")
	b, _, _ = strings.Cut(normalizeTag(b), "-")
	return a == b
}

// between is the silence between two parts of a sentence.
const between = 20 * time.Millisecond

// speakPortions speaks portions one after the other and joins them at Rate. A single portion that needs no
// changes is returned as the engine spoke it.
func (b *Booth) speakPortions(ctx context.Context, portions []portion) (Clip, error) {
	if len(portions) == 1 && portions[0].stretch == 1 && portions[0].shift == 1 {
		return b.speakPortion(ctx, portions[0])
	}
	out := Clip{Rate: Rate}
	offset := 0
	for i, s := range portions {
		c := Clip{Rate: Rate}
		text := s.req.Text()
		if len(SplitWords(text)) > 0 {
			var err error
			if c, err = b.speakPortion(ctx, s); err != nil {
				return Clip{}, err
			}
			out.untimed = out.untimed || c.untimed
			if c, err = b.applyRemainingFactors(c, s); err != nil {
				return Clip{}, err
			}
		}
		start := out.Length()
		for _, w := range c.Words {
			w.Offset += offset
			w.Start, w.End = w.Start+start, w.End+start
			out.Words = append(out.Words, w)
		}
		offset += len(text)
		out.PCM = append(out.PCM, c.PCM...)
		if i < len(portions)-1 {
			out.PCM = append(out.PCM, make([]int16, toSamples(between, Rate))...)
		}
	}
	return out, nil
}

// speakPortion has an engine speak a segment, and adds word times.
func (b *Booth) speakPortion(ctx context.Context, s portion) (Clip, error) {
	c, err := s.engine.Speak(ctx, s.req)
	if err != nil {
		return Clip{}, err
	}
	return b.completeWordTimes(ctx, s, c), ctx.Err()
}

// applyRemainingFactors applies the remaining factors of a portion to its clip, and returns it at Rate and without
// silence at its ends.
func (b *Booth) applyRemainingFactors(c Clip, s portion) (Clip, error) {
	if len(c.PCM) == 0 {
		return c, nil
	}
	before := len(c.PCM)
	c.PCM = ChangeSpeed(c.PCM, c.Rate, s.stretch/s.shift)
	scale := float64(len(c.PCM)) / float64(before)
	if s.shift != 1 { // faster playback raises the pitch
		c.Rate = computeRaisedRate(c.Rate, s.shift)
		scale /= s.shift
	}
	c.Words = slices.Clone(c.Words)
	for i := range c.Words {
		w := &c.Words[i]
		w.Start, w.End = time.Duration(float64(w.Start)*scale), time.Duration(float64(w.End)*scale)
	}
	c, err := b.resampleToRate(c)
	return trimSilence(c), err
}

// computeRaisedRate returns the sample rate at which samples must be played to raise the pitch by a factor. It is
// rounded to 100 Hz.
func computeRaisedRate(rate int, by float64) int {
	const step = 100 // a large common divisor keeps the resampler's tables small
	return int(math.Round(float64(rate)*by/step)) * step
}

// timeWrittenWords returns the words of the written text with times from the words of the spoken text.
func (r Request) timeWrittenWords(said Request, spoken []Word) []Word {
	plain := r.Text()
	out := NewWords(plain, SplitWords(plain))
	written, heard, next := 0, 0, 0
	for i, run := range r.Runs {
		from, to := written, written+len(run.Text)
		lo, hi := heard, heard+len(said.Runs[i].Text)
		written, heard = to, hi
		for next > 0 && out[next-1].Offset+len(out[next-1].Text) > from {
			next--
		}
		first := next
		for next < len(out) && out[next].Offset < to {
			next++
		}
		if run.Say == "" {
			for k := first; k < next; k++ {
				w := &out[k]
				a, z := max(w.Offset, from), min(w.Offset+len(w.Text), to)
				w.extendToCover(findOverlappingWords(spoken, a-from+lo, z-from+lo))
			}
			continue
		}
		setTimesFromSpokenWords(out[first:next], findOverlappingWords(spoken, lo, hi))
	}
	last := time.Duration(0)
	for i := range out {
		w := &out[i]
		w.Start = max(w.Start, last)
		w.End = max(w.End, w.Start)
		last = w.End
	}
	return out
}

// findOverlappingWords returns the words that overlap the bytes from to to.
func findOverlappingWords(words []Word, from, to int) []Word {
	first := 0
	for first < len(words) && words[first].Offset+len(words[first].Text) <= from {
		first++
	}
	end := first
	for end < len(words) && words[end].Offset < to {
		end++
	}
	return words[first:end]
}

// extendToCover extends a word's times to cover spoken words.
func (w *Word) extendToCover(spoken []Word) {
	if len(spoken) == 0 {
		return
	}
	fresh := w.Start == w.End
	exact := true
	for _, s := range spoken {
		exact = exact && s.Exact
	}
	end := spoken[len(spoken)-1].End
	if fresh {
		w.Start, w.End, w.Exact = spoken[0].Start, end, exact
		return
	}
	w.End, w.Exact = max(w.End, end), w.Exact && exact
}

// setTimesFromSpokenWords sets the times of written words from the words that were spoken in their place: one to one
// if the numbers are equal, else in proportion to effort.
func setTimesFromSpokenWords(words, spoken []Word) {
	if len(words) == 0 || len(spoken) == 0 {
		return
	}
	if len(words) == len(spoken) {
		for i := range words {
			words[i].extendToCover(spoken[i : i+1])
		}
		return
	}
	if len(words) == 1 {
		words[0].extendToCover(spoken)
		return
	}
	weights := make([]float64, len(words))
	for i, w := range words {
		weights[i] = max(EstimateEffort(w.Text), 0.5)
	}
	SpreadTimeByWeights(words, weights, spoken[0].Start, spoken[len(spoken)-1].End)
}

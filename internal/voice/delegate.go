package voice

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"mynah/internal/utter"
)

// manner contains what the Booth must still do to a run because the engine cannot: factors, and silence after
// the run.
type manner struct {
	speed, pitch, volume float64
	pause                time.Duration
}

// newPlainManner returns the manner that changes nothing.
func newPlainManner() manner { return manner{speed: 1, pitch: 1, volume: 1} }

// splitRequestByAbilities returns the request for an engine, what is left to do to each of its runs, and a factor for
// the volume of the whole sentence. Factors that all words share are moved to the sentence, because engines support
// wider ranges there.
func splitRequestByAbilities(can Abilities, req Request) (asked Request, left []manner, volume float64) {
	req = req.ClampSpeedAndPitch()
	runs := slices.Clone(req.Runs)
	left = make([]manner, len(runs))
	for i := range runs {
		left[i] = takeUnsupportedManner(can, &runs[i])
		if isSameLanguage(runs[i].Language, req.Language) {
			runs[i].Language = ""
		}
	}
	for i := range runs {
		if left[i].pause > 0 {
			runs[i].Text = addPauseComma(runs[i].Text, utter.JoinTexts(runs[i+1:]))
		}
	}
	req.Runs = runs
	req.Speed = req.Speed.MultiplyBy(extractCommonFactor(runs, left, func(m *manner) *float64 { return &m.speed }))
	req.Pitch = req.Pitch.MultiplyBy(extractCommonFactor(runs, left, func(m *manner) *float64 { return &m.pitch }))
	return req, left, extractCommonFactor(runs, left, func(m *manner) *float64 { return &m.volume })
}

// takeUnsupportedManner removes from a run what an engine cannot do, and returns it.
func takeUnsupportedManner(can Abilities, r *utter.Run) manner {
	var undone utter.Run
	if !can.Emphasis && r.Style != utter.Spell {
		undone.Style, r.Style = r.Style, utter.Plain
	}
	if !can.Prosody {
		undone.Speed, undone.Pitch, undone.Volume = r.Speed, r.Pitch, r.Volume
		r.Speed, r.Pitch, r.Volume = utter.Factor{}, utter.Factor{}, utter.Factor{}
	}
	if !can.Phonemes {
		r.IPA = ""
	}
	if !can.Pauses {
		undone.Pause, r.Pause = r.Pause, 0
	}
	m := manner{pause: undone.Pause}
	m.speed, m.pitch, m.volume = undone.ComputeFactors()
	const least = 1e-4 // avoids division by zero when the sound is stretched
	m.speed, m.pitch = max(m.speed, least), max(m.pitch, least)
	return m
}

// extractCommonFactor removes a factor that all spoken runs share from their manners and returns it. It returns 1 if
// they differ.
func extractCommonFactor(runs []utter.Run, left []manner, of func(*manner) *float64) float64 {
	all, found := 1.0, false
	for i, r := range runs {
		if len(SplitWords(r.Text)) == 0 {
			continue
		}
		f := *of(&left[i])
		if found && f != all {
			return 1
		}
		all, found = f, true
	}
	for i := range left {
		if *of(&left[i]) /= all; all == 0 {
			*of(&left[i]) = 1
		}
	}
	return all
}

// addPauseComma adds a comma to a text that rest continues, so that the voice pauses there, unless punctuation
// already makes it pause.
func addPauseComma(text, rest string) string {
	bare := strings.TrimRightFunc(text, unicode.IsSpace)
	last, _ := utf8.DecodeLastRuneInString(bare)
	next, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(rest, unicode.IsSpace))
	if bare == "" || unicode.IsPunct(last) || unicode.IsPunct(next) || len(SplitWords(rest)) == 0 {
		return text
	}
	return bare + "," + text[len(bare):]
}

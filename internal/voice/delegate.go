package voice

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"mynah/internal/utter"
)

// manner is what an engine leaves to be done to a run: factors, and silence after it.
type manner struct {
	speed, pitch, volume float64
	pause                time.Duration
}

// plainManner is the manner in which nothing is left to do.
func plainManner() manner { return manner{speed: 1, pitch: 1, volume: 1} }

// splitRequest returns the request that an engine is asked for, what is left to be done to each of
// its runs, and a factor on the volume of all of it. What all words have in common becomes
// the sentence's own: engines reach further with it.
func splitRequest(can Abilities, req Request) (asked Request, left []manner, volume float64) {
	req = req.Normal()
	runs := slices.Clone(req.Runs)
	left = make([]manner, len(runs))
	for i := range runs {
		left[i] = relieve(can, &runs[i])
		if sameLanguage(runs[i].Language, req.Language) {
			runs[i].Language = ""
		}
	}
	for i := range runs {
		if left[i].pause > 0 {
			runs[i].Text = withComma(runs[i].Text, utter.Text(runs[i+1:]))
		}
	}
	req.Runs = runs
	req.Speed = req.Speed.Times(takeCommon(runs, left, func(m *manner) *float64 { return &m.speed }))
	req.Pitch = req.Pitch.Times(takeCommon(runs, left, func(m *manner) *float64 { return &m.pitch }))
	return req, left, takeCommon(runs, left, func(m *manner) *float64 { return &m.volume })
}

// relieve takes from a run what an engine cannot do, and gives what is left to do.
func relieve(can Abilities, r *utter.Run) manner {
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
	m.speed, m.pitch, m.volume = undone.Factors()
	const least = 1e-4 // sound is stretched by what is asked for, and cannot be by 0
	m.speed, m.pitch = max(m.speed, least), max(m.pitch, least)
	return m
}

// takeCommon takes a factor out of manners that all spoken runs share, and gives it; else 1.
func takeCommon(runs []utter.Run, left []manner, of func(*manner) *float64) float64 {
	all, found := 1.0, false
	for i, r := range runs {
		if len(Words(r.Text)) == 0 {
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

// withComma has a voice pause after a text, where a sentence goes on and nothing else makes it
// pause.
func withComma(text, rest string) string {
	bare := strings.TrimRightFunc(text, unicode.IsSpace)
	last, _ := utf8.DecodeLastRuneInString(bare)
	next, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(rest, unicode.IsSpace))
	if bare == "" || unicode.IsPunct(last) || unicode.IsPunct(next) || len(Words(rest)) == 0 {
		return text
	}
	return bare + "," + text[len(bare):]
}

package voice_test

import (
	"strings"
	"testing"
	"time"

	"mynah/internal/voice"
)

// sounds returns sounds of one second each, with weights or symbols.
func sounds(weights []float64, symbols string) []voice.Sound {
	var out []voice.Sound
	for i, s := range strings.Fields(symbols) {
		v := voice.Sound{Symbol: s, Weight: 1, Start: time.Duration(i) * time.Second, End: time.Duration(i+1) * time.Second}
		if weights != nil {
			v.Weight = weights[i]
		}
		out = append(out, v)
	}
	return out
}

func TestAlignGroups(t *testing.T) {
	t.Parallel()
	words := make([]voice.Word, 6) // "of the" is spoken as one group, "3.14" as three
	effort := []float64{3, 3, 2, 3, 10.5, 6}
	groups := sounds([]float64{2, 3, 4, 3, 4, 4, 6}, "D@ end @vD@ Tri pOInt fo@ apl")
	if !voice.AlignWordsToGroups(words, effort, groups) {
		t.Fatal("not aligned")
	}
	want := []struct{ from, to time.Duration }{
		{0, time.Second},
		{time.Second, 2 * time.Second},
		{2 * time.Second, 2400 * time.Millisecond},
		{2400 * time.Millisecond, 3 * time.Second},
		{3 * time.Second, 6 * time.Second},
		{6 * time.Second, 7 * time.Second},
	}
	for i, w := range words {
		if w.Start != want[i].from || w.End != want[i].to || w.Exact {
			t.Errorf("word %d from %s to %s", i, w.Start, w.End)
		}
	}
	if voice.AlignWordsToGroups(words, effort, nil) || voice.AlignWordsToGroups(nil, nil, groups) {
		t.Error("nothing was aligned")
	}
}

func TestAlignSounds(t *testing.T) {
	t.Parallel()
	alone := [][]string{{"dh", "ax"}, {"k", "ae", "t"}, nil, {"s", "ae", "t"}}
	words := make([]voice.Word, 4)
	if !voice.AlignWordsToSounds(words, alone, sounds(nil, "dh iy k ae s ae t")) { // a vowel differs, and a "t" is missing
		t.Fatal("not aligned")
	}
	want := []struct {
		from, to time.Duration
		exact    bool
	}{
		{0, 2 * time.Second, true},
		{2 * time.Second, 4 * time.Second, true},
		{4 * time.Second, 4 * time.Second, false},
		{4 * time.Second, 7 * time.Second, true},
	}
	for i, w := range words {
		if w.Start != want[i].from || w.End != want[i].to || w.Exact != want[i].exact {
			t.Errorf("word %d is %+v", i, w)
		}
	}
	if voice.AlignWordsToSounds(words, alone, sounds(nil, "x y z x y z x y z")) {
		t.Error("unlike sounds were aligned")
	}
}

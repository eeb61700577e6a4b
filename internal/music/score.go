package music

import (
	"math"
	"strconv"
	"strings"
)

// note is a note of a melody. pitch is a MIDI number, 60 for middle C, 0 for a rest; at and beats are its start
// and length in beats.
type note struct {
	pitch     int
	at, beats float64
}

// toHertz returns the frequency of a MIDI pitch.
func toHertz(pitch int) float64 { return 440 * math.Pow(2, float64(pitch-69)/12) }

// parseMelody parses a melody: words such as "F#4:1.5", a pitch and a number of beats, or "-" for a rest. Bar lines
// "|" are ignored. A note without beats is as long as the one before.
func parseMelody(text string) []note {
	var out []note
	at, beats := 0.0, 1.0
	for word := range strings.FieldsSeq(text) {
		if word == "|" {
			continue
		}
		name, length, ok := strings.Cut(word, ":")
		if ok {
			beats, _ = strconv.ParseFloat(length, 64)
		}
		out = append(out, note{pitch: parsePitch(name), at: at, beats: beats})
		at += beats
	}
	return out
}

// parsePitch returns the MIDI number of a note name such as "Bb3"; 0 for anything else.
func parsePitch(name string) int {
	if len(name) < 2 {
		return 0
	}
	steps := strings.IndexByte("C D EF G A B", name[0])
	octave, err := strconv.Atoi(name[len(name)-1:])
	if steps < 0 || name[0] == ' ' || err != nil {
		return 0
	}
	out := 12*(octave+1) + steps
	for _, c := range name[1 : len(name)-1] {
		switch c {
		case '#':
			out++
		case 'b':
			out--
		}
	}
	return out
}

// parseChords parses one chord per bar: "D3 A3 F#4, A2 E3 C#4".
func parseChords(text string) [][]int {
	var out [][]int
	for part := range strings.SplitSeq(text, ",") {
		var chord []int
		for _, n := range parseMelody(part) {
			chord = append(chord, n.pitch)
		}
		out = append(out, chord)
	}
	return out
}

// parseFrets parses ukulele chords in the usual notation, one fret for each of the strings g c e a: "0003".
func parseFrets(text string) [][]int {
	open := []int{67, 60, 64, 69}
	var out [][]int
	for word := range strings.FieldsSeq(text) {
		chord := make([]int, len(open))
		for i := range open {
			chord[i] = open[i] + int(word[i]-'0')
		}
		out = append(out, chord)
	}
	return out
}

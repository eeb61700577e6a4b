package music

import (
	"math"
	"strconv"
	"strings"
)

// note is one of a line. Pitch is a number of MIDI, 60 the C in the middle; 0 is a rest.
type note struct {
	pitch     int
	at, beats float64
}

func hertz(pitch int) float64 { return 440 * math.Pow(2, float64(pitch-69)/12) }

// line reads a melody: words such as "F#4:1.5", a pitch and beats, "-" for a rest; a bar
// line "|" is for the reader alone. Without beats a note lasts as long as the one before.
func line(text string) []note {
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
		out = append(out, note{pitch: pitch(name), at: at, beats: beats})
		at += beats
	}
	return out
}

// pitch reads the name of a note, such as "Bb3"; 0 for anything else.
func pitch(name string) int {
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

// chords reads one chord a bar: "D3 A3 F#4, A2 E3 C#4".
func chords(text string) [][]int {
	var out [][]int
	for part := range strings.SplitSeq(text, ",") {
		var chord []int
		for _, n := range line(part) {
			chord = append(chord, n.pitch)
		}
		out = append(out, chord)
	}
	return out
}

// frets reads chords of a ukulele as players write them, one fret for each of the strings
// g c e a: "0003".
func frets(text string) [][]int {
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

// Package music composes and renders the built-in background music, so that a script can name a
// track without bringing a file, and videos need no licence for a recording: every note is written
// here, every sound is computed. All tracks are loops.
package music

import (
	"encoding/binary"
	"io"
	"math/rand/v2"
)

const (
	// Rate is that of every track, in samples a second.
	Rate = 48000
	// Channels is how many every track has: left and right.
	Channels = 2
	// Version changes whenever a track sounds different; keys of what is made of tracks
	// hold it.
	Version = "2"
)

// song is what a track is written as.
type song struct {
	name string
	// beat is the length of a beat in samples, so that loops are whole samples long.
	beat  int
	beats int
	// swing is where the second half of a beat begins: 0.5 is straight.
	swing float64
	play  func(*stage)
}

func songs() []song {
	return []song{
		{name: "ukulele-1", beat: 28800, beats: 64, swing: 0.57, play: ukulele1},     // 100 a minute
		{name: "ukulele-2", beat: 30000, beats: 48, swing: 0.5, play: ukulele2},      // 96, in three
		{name: "corporate-1", beat: 24000, beats: 64, swing: 0.5, play: corporate1},  // 120
		{name: "uplifting-1", beat: 23040, beats: 64, swing: 0.5, play: uplifting1},  // 125
		{name: "uplifting-2", beat: 32000, beats: 64, swing: 0.53, play: uplifting2}, // 90
	}
}

// Frames returns the length of a track in sample frames, of Channels samples each; 0 for an
// unknown name.
func Frames(name string) int64 {
	for _, s := range songs() {
		if s.name == name {
			return int64(s.beat) * int64(s.beats)
		}
	}
	return 0
}

// Render plays a track once: interleaved samples at Rate, which can be repeated without a
// seam because what still sounds at the end sounds on at the beginning. All tracks are
// about equally loud, near -27 LUFS. It gives false for an unknown name.
func Render(name string) ([]int16, bool) {
	for n, s := range songs() {
		if s.name != name {
			continue
		}
		st := newStage(s, rand.New(rand.NewPCG(uint64(n)+1, 7))) //nolint:gosec // noise that is the same in every film, not a secret
		s.play(st)
		return st.master(), true
	}
	return nil, false
}

// Write renders a track as raw little-endian samples.
func Write(w io.Writer, name string) error {
	samples, _ := Render(name)
	b := make([]byte, 2*len(samples))
	for i, v := range samples {
		binary.LittleEndian.PutUint16(b[2*i:], uint16(v))
	}
	_, err := w.Write(b)
	return err
}

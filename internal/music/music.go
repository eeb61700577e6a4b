// Package music composes and renders the built-in background music. Scripts can use it without an audio file,
// and videos need no licence for a recording: all notes are written here, and all sounds are computed. All
// tracks are loops.
package music

import (
	"encoding/binary"
	"io"
	"math/rand/v2"
)

const (
	// Rate is the sample rate of all tracks, in Hz.
	Rate = 48000
	// Channels is the number of channels of all tracks.
	Channels = 2
	// Version changes whenever a track sounds different. It is part of cache keys.
	Version = "2"
)

// song is the description of a track.
type song struct {
	name string
	// beat is the length of a beat in samples. Whole numbers make loops whole samples long.
	beat  int
	beats int
	// swing is where the second half of a beat begins; 0.5 means no swing.
	swing float64
	play  func(*stage)
}

func listSongs() []song {
	return []song{
		{name: "ukulele-1", beat: 28800, beats: 64, swing: 0.57, play: playUkulele1},     // 100 beats per minute
		{name: "ukulele-2", beat: 30000, beats: 48, swing: 0.5, play: playUkulele2},      // 96, in 3/4 time
		{name: "corporate-1", beat: 24000, beats: 64, swing: 0.5, play: playCorporate1},  // 120
		{name: "uplifting-1", beat: 23040, beats: 64, swing: 0.5, play: playUplifting1},  // 125
		{name: "uplifting-2", beat: 32000, beats: 64, swing: 0.53, play: playUplifting2}, // 90
	}
}

// CountSampleFrames returns the length of a track in sample frames of Channels samples each; 0 for an unknown name.
func CountSampleFrames(name string) int64 {
	for _, s := range listSongs() {
		if s.name == name {
			return int64(s.beat) * int64(s.beats)
		}
	}
	return 0
}

// RenderSong returns one pass of a track: interleaved samples at Rate. It repeats without a seam, because sounds
// that are still audible at the end continue at the start. All tracks have nearly the same loudness, about -27
// LUFS. It returns false for an unknown name.
func RenderSong(name string) ([]int16, bool) {
	for n, s := range listSongs() {
		if s.name != name {
			continue
		}
		//nolint:gosec // noise that must be the same in every video, not a secret
		st := newStage(s, rand.New(rand.NewPCG(uint64(n)+1, 7)))
		s.play(st)
		return st.mixDown(), true
	}
	return nil, false
}

// WriteRawSamples renders a track and writes it as raw little-endian samples.
func WriteRawSamples(w io.Writer, name string) error {
	samples, _ := RenderSong(name)
	b := make([]byte, 2*len(samples))
	for i, v := range samples {
		binary.LittleEndian.PutUint16(b[2*i:], uint16(v))
	}
	_, err := w.Write(b)
	return err
}

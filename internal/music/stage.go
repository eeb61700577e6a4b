package music

import (
	"math"
	"math/rand/v2"

	"mynah/internal/loudness"
)

// stage is a loop to which notes are added, with its reverb. A note that extends past the end of the loop
// continues at its start.
type stage struct {
	n     int // length in sample frames
	beat  int
	beats int
	swing float64
	dry   [Channels][]float64
	wet   []float64 // input of the reverb
	rand  *rand.Rand
	warm  []float64 // one period of the pads' waveform
}

// spot is the stereo position and the volume of an instrument.
type spot struct {
	gain float64
	pan  float64 // -1 left to 1 right
	room float64 // volume in the reverb's input
}

func newStage(s song, r *rand.Rand) *stage {
	out := &stage{n: s.beat * s.beats, beat: s.beat, beats: s.beats, swing: s.swing, rand: r}
	for c := range out.dry {
		out.dry[c] = make([]float64, out.n)
	}
	out.wet = make([]float64, out.n)
	out.warm = newWave(1, 0.42, 0.24, 0.12, 0.07, 0.04, 0.02)
	return out
}

// toSampleFrame returns the sample frame of a beat, including swing.
func (s *stage) toSampleFrame(beat float64) int {
	whole, part := math.Modf(beat)
	if part < 0.5 {
		part *= 2 * s.swing
	} else {
		part = s.swing + (part-0.5)*2*(1-s.swing)
	}
	return int((whole + part) * float64(s.beat))
}

// toSeconds returns the length of a number of beats, in seconds.
func (s *stage) toSeconds(beats float64) float64 { return beats * float64(s.beat) / Rate }

// addNote adds a sound, beginning at a sample frame.
func (s *stage) addNote(note []float64, from int, p spot) {
	// Constant power: an instrument has the same loudness at the side and in the middle.
	angle := (p.pan + 1) * math.Pi / 4
	left, right, room := p.gain*math.Cos(angle), p.gain*math.Sin(angle), p.gain*p.room
	i := ((from % s.n) + s.n) % s.n
	for _, v := range note {
		s.dry[0][i] += v * left
		s.dry[1][i] += v * right
		s.wet[i] += v * room
		if i++; i == s.n {
			i = 0
		}
	}
}

// newRandomFactor returns a random factor between 1-by and 1+by, so that no two notes are equal.
func (s *stage) newRandomFactor(by float64) float64 { return 1 + by*(2*s.rand.Float64()-1) }

// instrument returns the sound of a note with a frequency, held for a number of seconds.
type instrument func(hz, seconds float64) []float64

// playNotes adds notes, beginning at a beat.
func (s *stage) playNotes(notes []note, from float64, v instrument, p spot) {
	for _, n := range notes {
		if n.pitch == 0 {
			continue
		}
		q := p
		q.gain *= s.newRandomFactor(0.08)
		s.addNote(v(toHertz(n.pitch), s.toSeconds(n.beats)), s.toSampleFrame(from+n.at), q)
	}
}

// playChord adds notes that play together, each slightly later than the one below.
func (s *stage) playChord(pitches []int, from, beats float64, v instrument, p spot) {
	for i, n := range pitches {
		q := p
		q.gain *= s.newRandomFactor(0.05)
		q.pan += 0.15 * (float64(i) - float64(len(pitches)-1)/2)
		s.addNote(v(toHertz(n), s.toSeconds(beats)), s.toSampleFrame(from)+i*150, q)
	}
}

// playPads adds a soft chord with a slow attack and release.
func (s *stage) playPads(pitches []int, from, beats float64, p spot) {
	for _, n := range pitches {
		for _, side := range []float64{-1, 1} {
			q := p
			q.pan = 0.7 * side
			// Four cents apart, so that the two sides beat slowly against each other.
			s.addNote(s.newPadSound(toHertz(n)*(1+0.0012*side), s.toSeconds(beats)), s.toSampleFrame(from), q)
		}
	}
}

// level is the target loudness of tracks, in LUFS.
const level = -27

// mixDown adds the reverb, sets the loudness, and converts the track to 16-bit samples.
func (s *stage) mixDown() []int16 {
	left, right := computeLoopReverb(s.wet)
	for i := range left {
		s.dry[0][i] += left[i]
		s.dry[1][i] += right[i]
	}
	both := make([]float64, 0, Channels*s.n)
	for c := range s.dry {
		newHighPass(32).filterLoop(s.dry[c])
	}
	for i := range s.n {
		both = append(both, s.dry[0][i], s.dry[1][i])
	}
	m := loudness.NewMeter(Channels)
	m.AddSamples(both)
	gain := math.Pow(10, (level-loudness.ComputeIntegratedLoudness(m.ListSteps()))/20)
	out := make([]int16, Channels*s.n)
	for c := range s.dry {
		for i, v := range s.dry[c] {
			out[Channels*i+c] = int16(math.Round(compressSample(v*gain) * math.MaxInt16))
		}
	}
	return out
}

// compressSample compresses samples above the knee, so that none exceeds the top.
func compressSample(v float64) float64 {
	const knee, top = 0.55, 0.89
	a := math.Abs(v)
	if a <= knee {
		return v
	}
	return math.Copysign(knee+(top-knee)*math.Tanh((a-knee)/(top-knee)), v)
}

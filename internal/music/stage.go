package music

import (
	"math"
	"math/rand/v2"

	"mynah/internal/loudness"
)

// stage is the room in which a song is played: a loop that notes are laid on. A note that
// is longer than what is left of the loop sounds on at its beginning.
type stage struct {
	n     int // sample frames
	beat  int
	beats int
	swing float64
	dry   [Channels][]float64
	wet   []float64 // what the reverb hears
	rand  *rand.Rand
	warm  []float64 // a wave of the pads
}

// spot is where a player stands, and how loud.
type spot struct {
	gain float64
	pan  float64 // -1 left to 1 right
	room float64 // how much of it the reverb hears
}

func newStage(s song, r *rand.Rand) *stage {
	out := &stage{n: s.beat * s.beats, beat: s.beat, beats: s.beats, swing: s.swing, rand: r}
	for c := range out.dry {
		out.dry[c] = make([]float64, out.n)
	}
	out.wet = make([]float64, out.n)
	out.warm = wave(1, 0.42, 0.24, 0.12, 0.07, 0.04, 0.02)
	return out
}

// at returns the sample frame of a beat, the swing counted.
func (s *stage) at(beat float64) int {
	whole, part := math.Modf(beat)
	if part < 0.5 {
		part *= 2 * s.swing
	} else {
		part = s.swing + (part-0.5)*2*(1-s.swing)
	}
	return int((whole + part) * float64(s.beat))
}

// seconds returns the length of a number of beats.
func (s *stage) seconds(beats float64) float64 { return beats * float64(s.beat) / Rate }

// addNote adds a sound, from a sample frame on.
func (s *stage) addNote(note []float64, from int, p spot) {
	// Equal power: a player is as loud at the side as in the middle.
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

// human returns a small random factor around 1, so that no two strokes are equal.
func (s *stage) human(by float64) float64 { return 1 + by*(2*s.rand.Float64()-1) }

// voice makes the sound of a note: its frequency, and for how many seconds it is held.
type voice func(hz, seconds float64) []float64

// play plays notes from a beat on.
func (s *stage) play(notes []note, from float64, v voice, p spot) {
	for _, n := range notes {
		if n.pitch == 0 {
			continue
		}
		q := p
		q.gain *= s.human(0.08)
		s.addNote(v(hertz(n.pitch), s.seconds(n.beats)), s.at(from+n.at), q)
	}
}

// chord plays notes together, each a moment after the one below.
func (s *stage) chord(pitches []int, from, beats float64, v voice, p spot) {
	for i, n := range pitches {
		q := p
		q.gain *= s.human(0.05)
		q.pan += 0.15 * (float64(i) - float64(len(pitches)-1)/2)
		s.addNote(v(hertz(n), s.seconds(beats)), s.at(from)+i*150, q)
	}
}

// pads lays a soft chord that swells and goes.
func (s *stage) pads(pitches []int, from, beats float64, p spot) {
	for _, n := range pitches {
		for _, side := range []float64{-1, 1} {
			q := p
			q.pan = 0.7 * side
			// Four cents apart on either side: the two beat slowly against each other.
			s.addNote(s.pad(hertz(n)*(1+0.0012*side), s.seconds(beats)), s.at(from), q)
		}
	}
}

// level is the loudness that tracks are brought to, in LUFS.
const level = -27

// master lays the reverb under the track, brings it to its loudness and makes it whole
// numbers.
func (s *stage) master() []int16 {
	left, right := reverb(s.wet)
	for i := range left {
		s.dry[0][i] += left[i]
		s.dry[1][i] += right[i]
	}
	both := make([]float64, 0, Channels*s.n)
	for c := range s.dry {
		lowest(32).loop(s.dry[c])
	}
	for i := range s.n {
		both = append(both, s.dry[0][i], s.dry[1][i])
	}
	m := loudness.NewMeter(Channels)
	m.Add(both)
	gain := math.Pow(10, (level-loudness.Integrated(m.Steps()))/20)
	out := make([]int16, Channels*s.n)
	for c := range s.dry {
		for i, v := range s.dry[c] {
			out[Channels*i+c] = int16(math.Round(limit(v*gain) * math.MaxInt16))
		}
	}
	return out
}

// limit bends what is louder than the knee, so that nothing is louder than the top.
func limit(v float64) float64 {
	const knee, top = 0.55, 0.89
	a := math.Abs(v)
	if a <= knee {
		return v
	}
	return math.Copysign(knee+(top-knee)*math.Tanh((a-knee)/(top-knee)), v)
}

// Package sound mixes narration, the sound of clips, audio files and music to one track, in one pass and with
// memory that does not depend on the track's length. Its input is raw 16-bit sound at 48 kHz. It neither
// decodes nor encodes.
package sound

import (
	"bufio"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"slices"
)

// Source provides raw little-endian 16-bit samples.
type Source interface {
	// Open returns a reader that begins at a sample frame and ends with io.EOF.
	Open(frame int64) (io.ReadCloser, error)
	// Channels returns 1 or 2.
	Channels() int
	// Frames returns the length in sample frames.
	Frames() (int64, error)
}

// Clip is one sound of the track. Times are in samples of the mix.
type Clip struct {
	Source Source
	// Start and Samples are its position and length. Start may be negative: samples before the start of the mix
	// are skipped.
	Start, Samples int64
	// From is the sample frame of the source at which the clip begins.
	From int64
	// Loop repeats the source, beginning at From, when it ends.
	Loop bool
	// Gain is in thousandths; 1000 means unchanged.
	Gain int64
	// FadeIn and FadeOut are lengths in samples. Fades are linear.
	FadeIn, FadeOut int64
	// Ducks contains ranges in which the clip is softer, in order and not overlapping. Their times are like
	// Start. The clip has the lower volume from From to To, and ramps before and after; see timeline.Duck.
	Ducks []Duck
}

// MoveBy returns the clip moved by a number of samples; positive means later.
func (c Clip) MoveBy(by int64) Clip {
	c.Start += by
	c.Ducks = slices.Clone(c.Ducks)
	for i := range c.Ducks {
		c.Ducks[i].From += by
		c.Ducks[i].To += by
	}
	return c
}

// Duck is a range in which a clip is softer.
type Duck struct {
	From, To int64
	// Down and Up are the lengths of the ramps, in samples.
	Down, Up int64
	// Depth is in tenths of a decibel.
	Depth int64
}

// computeGainAt returns the gain at a time, in units of 1/unit. Ramps are linear in decibels.
func (d Duck) computeGainAt(at int64) int64 {
	part := 1.0
	switch {
	case at <= d.From-d.Down || at >= d.To+d.Up:
		return unit
	case at < d.From:
		part = float64(at-(d.From-d.Down)) / float64(d.Down)
	case at > d.To:
		part = float64(d.To+d.Up-at) / float64(d.Up)
	}
	return int64(math.Round(unit * math.Pow(10, -float64(d.Depth)*part/200)))
}

// block is the number of samples that are mixed at a time.
const block = 4096

// soundingClip is a clip that is currently audible.
type soundingClip struct {
	Clip
	r     *bufio.Reader
	c     io.Closer
	read  int64 // sample frames read since the source was opened
	done  bool
	duck  int   // index in Ducks of the first that has not ended
	low   int64 // cached gain of a duck with the depth lowOf
	lowOf int64
	raw   []byte
}

// WriteMix writes the sum of the clips, samples long, with 1 or 2 channels. It clips values beyond 16 bits.
func WriteMix(ctx context.Context, clips []Clip, samples int64, channels int, w io.Writer) error {
	out := make([]byte, block*channels*2)
	return mixByBlocks(ctx, clips, samples, channels, func(sum []int64) error {
		for i, s := range sum {
			binary.LittleEndian.PutUint16(out[2*i:], uint16(clipTo16Bits(s)))
		}
		_, err := w.Write(out[:2*len(sum)])
		return err
	})
}

// mixByBlocks passes the interleaved sum of the clips to take, block by block. Values are 16-bit samples times unit.
func mixByBlocks(ctx context.Context, clips []Clip, samples int64, channels int, take func([]int64) error) error {
	clips = slices.Clone(clips)
	slices.SortStableFunc(clips, func(a, b Clip) int { return cmp.Compare(a.Start, b.Start) })
	sum := make([]int64, block*channels)
	var heard []*soundingClip
	defer func() {
		for _, v := range heard {
			v.close()
		}
	}()
	next := 0
	for at := int64(0); at < samples; at += block {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := min(block, samples-at)
		for next < len(clips) && clips[next].Start < at+n {
			heard = append(heard, &soundingClip{Clip: clips[next]})
			next++
		}
		clear(sum)
		for _, v := range heard {
			if err := v.mixInto(sum, at, n, channels); err != nil {
				return err
			}
		}
		heard = slices.DeleteFunc(heard, func(v *soundingClip) bool {
			if v.done || v.Start+v.Samples <= at+n {
				v.close()
				return true
			}
			return false
		})
		if err := take(sum[:n*int64(channels)]); err != nil {
			return err
		}
	}
	return nil
}

// unit is the gain 1 as an integer. Integers give the same result on all machines.
const unit = 1 << 20

// clipTo16Bits converts a sum to a 16-bit sample.
func clipTo16Bits(v int64) int16 {
	v = (v + unit/2) >> 20
	return int16(max(math.MinInt16, min(v, math.MaxInt16)))
}

func (v *soundingClip) close() {
	if v.c != nil {
		_ = v.c.Close()
		v.c = nil
	}
}

// openAtClipSample opens the source so that the next sample is number clipSample of the clip.
func (v *soundingClip) openAtClipSample(clipSample int64) error {
	if v.Loop && clipSample > 0 {
		n, err := v.Source.Frames()
		if err != nil {
			return err
		}
		if n -= v.From; n > 0 {
			clipSample %= n
		}
	}
	return v.openSourceAt(clipSample)
}

// openSourceAt opens the source at pos samples after From.
func (v *soundingClip) openSourceAt(pos int64) error {
	c, err := v.Source.Open(v.From + pos)
	if err != nil {
		return err
	}
	v.close()
	v.c, v.read = c, 0
	if v.r == nil {
		v.r = bufio.NewReaderSize(c, 16<<10)
	} else {
		v.r.Reset(c)
	}
	return nil
}

// mixInto mixes the part of the clip between the samples firstSample and firstSample+samples of the soundtrack into
// sum, whose first sample is firstSample.
func (v *soundingClip) mixInto(sum []int64, firstSample, samples int64, channels int) error {
	from, to := max(v.Start, firstSample), min(v.Start+v.Samples, firstSample+samples)
	if v.done || from >= to {
		return nil
	}
	if v.c == nil {
		if err := v.openAtClipSample(from - v.Start); err != nil {
			return err
		}
	}
	width := v.Source.Channels() * 2
	for from < to {
		want := int(to-from) * width
		if cap(v.raw) < want {
			v.raw = make([]byte, block*4)
		}
		got, err := io.ReadFull(v.r, v.raw[:want])
		frames := int64(got / width)
		v.addRawSamples(sum[(from-firstSample)*int64(channels):], v.raw, from-v.Start, frames, channels)
		v.read += frames
		from += frames
		switch {
		case err == nil:
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			if !v.Loop || v.read == 0 {
				v.done = true
				return nil
			}
			if err := v.openSourceAt(0); err != nil {
				return err
			}
		default:
			return err
		}
	}
	return nil
}

// addRawSamples adds frames of raw samples. clipSample is the position of the first one in the clip.
func (v *soundingClip) addRawSamples(sum []int64, raw []byte, clipSample, frames int64, channels int) {
	gain := v.Gain * unit / 1000
	from := v.Source.Channels()
	for i := range frames {
		g := gain
		if len(v.Ducks) > 0 {
			g = g * v.advanceToDuckGain(v.Start+clipSample+i) / unit
		}
		if p := clipSample + i; p < v.FadeIn {
			g = g * p / v.FadeIn
		}
		if left := v.Samples - clipSample - i; left <= v.FadeOut {
			g = g * left / (v.FadeOut + 1)
		}
		for c := range channels {
			src := int(i) * from
			if from == 2 {
				src += c
			}
			s := int64(int16(binary.LittleEndian.Uint16(raw[2*src:])))
			if from == 2 && channels == 1 {
				r := int64(int16(binary.LittleEndian.Uint16(raw[2*src+2:])))
				s = (s + r) / 2
			}
			sum[int(i)*channels+c] += s * g
		}
	}
}

// advanceToDuckGain returns the gain of the ducks at a time. Times must not decrease between calls. Where ramps
// overlap, the lower gain counts.
func (v *soundingClip) advanceToDuckGain(at int64) int64 {
	for v.duck < len(v.Ducks) && at >= v.Ducks[v.duck].To+v.Ducks[v.duck].Up {
		v.duck++
	}
	g := int64(unit)
	for _, d := range v.Ducks[v.duck:] {
		if at <= d.From-d.Down {
			break
		}
		// Between From and To, the gain is constant; only ramps are computed per sample.
		if at >= d.From && at <= d.To {
			if v.low == 0 || v.lowOf != d.Depth {
				v.low, v.lowOf = d.computeGainAt(at), d.Depth
			}
			g = min(g, v.low)
			continue
		}
		g = min(g, d.computeGainAt(at))
	}
	return g
}

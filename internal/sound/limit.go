package sound

import (
	"context"
	"encoding/binary"
	"io"
	"math"

	"mynah/internal/loudness"
)

const (
	// Around is the limiter's range on either side, in samples: 100 ms. Its effect on a sample depends on
	// nothing outside of the range.
	Around = 4800
	// ceiling is the maximum peak relative to full scale: -2 dBTP, so that peaks stay below -1 dBTP after
	// encoding.
	ceiling = 0.7943
	// suspect is the fraction of the ceiling above which a peak between samples may exceed the ceiling.
	suspect = 0.65
)

// Master contains what is applied to the sum of clips.
type Master struct {
	// Gain is in half decibels.
	Gain int
	// Limit keeps true peaks below -2 dBTP. Otherwise, the sum is clipped at full scale.
	Limit bool
}

// WriteMastered mixes clips and writes the mastered sum. It keeps everything in memory, so it is only for chunks.
// Clips up to Around samples before the first and after the last sample influence the result.
func WriteMastered(ctx context.Context, clips []Clip, samples int64, channels int, m Master, w io.Writer) error {
	if !m.Limit && m.Gain == 0 {
		return WriteMix(ctx, clips, samples, channels, w)
	}
	wide, err := mixAndMaster(ctx, clips, samples, channels, m)
	if err != nil {
		return err
	}
	out := make([]byte, 0, int(samples)*channels*2)
	for _, v := range wide {
		v = math.RoundToEven(v * -math.MinInt16)
		out = binary.LittleEndian.AppendUint16(out, uint16(int16(min(max(v, math.MinInt16), math.MaxInt16))))
	}
	_, err = w.Write(out)
	return err
}

// MeasureLoudness mixes clips and returns the loudness of the mastered sum in steps.
func MeasureLoudness(ctx context.Context, clips []Clip, samples int64, channels int, m Master) ([]loudness.Step,
	error,
) {
	wide, err := mixAndMaster(ctx, clips, samples, channels, m)
	if err != nil {
		return nil, err
	}
	meter := loudness.NewMeter(channels)
	meter.AddSamples(wide)
	return meter.ListSteps(), nil
}

// mixAndMaster mixes clips and returns the mastered sum.
func mixAndMaster(ctx context.Context, clips []Clip, samples int64, channels int, m Master) ([]float64, error) {
	wide, err := mixClipsFrom(ctx, clips, -Around, samples+2*Around, channels)
	if err != nil {
		return nil, err
	}
	gain := loudness.HalfDecibelsToFactor(m.Gain)
	for i := range wide {
		wide[i] *= gain
	}
	if m.Limit {
		limitPeaks(wide, channels)
	}
	return wide[Around*channels : (Around+int(samples))*channels], nil
}

// mixClipsFrom returns the sum of clips, beginning at the sample from, which may be negative.
func mixClipsFrom(ctx context.Context, clips []Clip, from, samples int64, channels int) ([]float64, error) {
	moved := make([]Clip, len(clips))
	for i, c := range clips {
		moved[i] = c.MoveBy(-from)
	}
	out := make([]float64, 0, int(samples)*channels)
	err := mixByBlocks(ctx, moved, samples, channels, func(s []int64) error {
		for _, v := range s {
			out = append(out, float64(v)/(unit*-math.MinInt16))
		}
		return nil
	})
	return out, err
}

// one is the limiter's representation of the gain 1. Gains are integers, so that running sums are exact and do
// not depend on earlier values.
const one = 1 << 30

// limitPeaks keeps the true peaks of a sound below the ceiling. Each sample gets the minimum gain that any sample
// within half of Around needs, smoothed over the other half.
func limitPeaks(x []float64, channels int) {
	n := len(x) / channels
	var need []int64
	for c := range channels {
		forEachSuspectPeak(x, c, channels, func(i int, peak float64) {
			if peak <= ceiling {
				return
			}
			if need == nil {
				need = make([]int64, n)
				for k := range need {
					need[k] = one
				}
			}
			need[i] = min(need[i], int64(one*ceiling/peak))
		})
	}
	if need == nil {
		return
	}
	const half, quarter = Around / 2, Around / 4
	gain, scale := computeSlidingSum(computeSlidingMinimum(need, half), quarter, one)
	gain, scale = computeSlidingSum(gain, half-quarter, scale)
	for i, g := range gain {
		if g == scale {
			continue
		}
		for c := range channels {
			x[i*channels+c] *= float64(g) / float64(scale)
		}
	}
}

// computeSlidingMinimum returns, for each position, the minimum within a distance.
func computeSlidingMinimum(v []int64, far int) []int64 {
	out := make([]int64, len(v))
	var queue []int // positions with rising values
	for i := range len(v) + far {
		if i < len(v) {
			for len(queue) > 0 && v[queue[len(queue)-1]] >= v[i] {
				queue = queue[:len(queue)-1]
			}
			queue = append(queue, i)
		}
		if at := i - far; at >= 0 {
			for queue[0] < at-far {
				queue = queue[1:]
			}
			out[at] = v[queue[0]]
		}
	}
	return out
}

// computeSlidingSum returns, for each position, the sum of the values within a distance. scale is the sum if all values
// are full. Values beyond the ends count as full.
func computeSlidingSum(v []int64, far int, full int64) (out []int64, scale int64) {
	out = make([]int64, len(v))
	at := func(i int) int64 {
		if i < 0 || i >= len(v) {
			return full
		}
		return v[i]
	}
	sum := int64(0)
	for i := -far; i <= far; i++ {
		sum += at(i)
	}
	for i := range v {
		out[i] = sum
		sum += at(i+far+1) - at(i-far)
	}
	return out, full * int64(2*far+1)
}

// forEachSuspectPeak calls tell with the true peak at each sample of a channel that may exceed the ceiling. The peak is the
// maximum of the sample and four interpolated values up to the next sample (BS.1770-4, annex 2).
func forEachSuspectPeak(x []float64, channel, channels int, tell func(i int, peak float64)) {
	taps := newPeakFilter()
	n := len(x) / channels
	for i := range n {
		v := math.Abs(x[i*channels+channel])
		next := 0.0
		if i+1 < n {
			next = math.Abs(x[(i+1)*channels+channel])
		}
		if max(v, next) < suspect*ceiling {
			continue
		}
		peak := v
		for _, phase := range taps {
			s := 0.0
			for k, h := range phase {
				// The filter's newest sample is the sixth after the current one, so taps are symmetric around
				// the gap.
				if at := i + 6 - k; at >= 0 && at < n {
					s += h * x[at*channels+channel]
				}
			}
			peak = max(peak, math.Abs(s))
		}
		tell(i, peak)
	}
}

// newPeakFilter returns the interpolation filter of BS.1770-4, annex 2: 48 taps in four phases.
func newPeakFilter() [4][12]float64 {
	return [4][12]float64{
		{
			0.0017089843750, 0.0109863281250, -0.0196533203125, 0.0332031250000, -0.0594482421875, 0.1373291015625,
			0.9721679687500, -0.1022949218750, 0.0476074218750, -0.0266113281250, 0.0148925781250, -0.0083007812500,
		},
		{
			-0.0291748046875, 0.0292968750000, -0.0517578125000, 0.0891113281250, -0.1665039062500, 0.4650878906250,
			0.7797851562500, -0.2003173828125, 0.1015625000000, -0.0582275390625, 0.0330810546875, -0.0189208984375,
		},
		{
			-0.0189208984375, 0.0330810546875, -0.0582275390625, 0.1015625000000, -0.2003173828125, 0.7797851562500,
			0.4650878906250, -0.1665039062500, 0.0891113281250, -0.0517578125000, 0.0292968750000, -0.0291748046875,
		},
		{
			-0.0083007812500, 0.0148925781250, -0.0266113281250, 0.0476074218750, -0.1022949218750, 0.9721679687500,
			0.1373291015625, -0.0594482421875, 0.0332031250000, -0.0196533203125, 0.0109863281250, 0.0017089843750,
		},
	}
}

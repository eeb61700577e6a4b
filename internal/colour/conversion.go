package colour

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// version changes whenever the same facts would give other colours.
const version = "colours 1"

// Conversion turns encoded colours of a picture into those of a video. Both are 0 to 1.
type Conversion struct {
	id string
	// shaper is a curve for each channel, which stands in front of the map; nil for none.
	// It brings light to even steps, so that a coarse grid is exact.
	shaper [3]func(float64) float64
	shaped func(vec) vec
	grid   int
}

const (
	fineGrid   = 65 // for curves that bend within the map
	coarseGrid = 33
	// shaperPoints is how many points of a shaper a table holds.
	shaperPoints = 1024
)

// ID names the conversion: equal ids convert alike.
func (c *Conversion) ID() string { return c.id }

// Convert converts one colour. The result may lie below 0 or above 1: such colours do not
// exist in the video and are clipped, as browsers do.
func (c *Conversion) Convert(r, g, b float64) (float64, float64, float64) {
	v := vec{r, g, b}
	for i, f := range c.shaper {
		if f != nil {
			v[i] = f(v[i])
		}
	}
	v = c.shaped(v)
	return v[0], v[1], v[2]
}

// changes reports whether any colour becomes another by more than what 8 bits can show.
func (c *Conversion) changes() bool {
	const steps, least = 16, 0.6 / 255
	for r := range steps + 1 {
		for g := range steps + 1 {
			for b := range steps + 1 {
				in := vec{float64(r) / steps, float64(g) / steps, float64(b) / steps}
				x, y, z := c.Convert(in[0], in[1], in[2])
				for i, v := range []float64{x, y, z} {
					if math.Abs(math.Min(math.Max(v, 0), 1)-in[i]) > least {
						return true
					}
				}
			}
		}
	}
	return false
}

// finish gives the conversion a name and drops one that changes nothing.
func (c *Conversion) finish(facts string) *Conversion {
	if !c.changes() {
		return nil
	}
	sum := sha256.Sum256([]byte(version + "\x00" + facts))
	c.id = hex.EncodeToString(sum[:16])
	return c
}

// linear is the conversion of pictures whose channels are light behind a curve each, and
// whose primaries a matrix brings to XYZ of D50.
func linear(curves [3]func(float64) float64, toD50 matrix) *Conversion {
	m := fromD50().times(toD50)
	c := &Conversion{grid: coarseGrid}
	for i, curve := range curves {
		c.shaper[i] = func(v float64) float64 { return math.Min(math.Max(encode(curve(v)), 0), 1) }
	}
	c.shaped = func(v vec) vec {
		light := m.apply(vec{decode(v[0]), decode(v[1]), decode(v[2])})
		return vec{encode(light[0]), encode(light[1]), encode(light[2])}
	}
	return c
}

// FromCodes gives the conversion of colours whose primaries and transfer characteristics are
// code points of ITU-T H.273; nil where there is nothing to convert.
func FromCodes(primary, curve int) *Conversion {
	toD50, ok := primaries(primary).toD50()
	if !ok {
		return nil
	}
	facts := fmt.Sprintf("codes %d %d", primary, curve)
	if HDR(curve) {
		m := fromD50().times(toD50)
		c := &Conversion{grid: fineGrid, shaped: func(v vec) vec { return toneMap(m.apply(hdrLight(curve, v))) }}
		return c.finish(facts)
	}
	f := transfer(curve)
	return linear([3]func(float64) float64{f, f, f}, toD50).finish(facts)
}

// FromGamma gives the conversion of a PNG file's gAMA chunk, as the power from light to
// values, and cHRM chunk; either may be missing (0, nil).
func FromGamma(gamma float64, chroma *Chromaticities) *Conversion {
	p := bt709
	if chroma != nil {
		p = *chroma
	}
	toD50, ok := p.toD50()
	if !ok {
		return nil
	}
	f := decode
	if gamma > 0 {
		f = func(v float64) float64 { return math.Pow(v, 1/gamma) }
	}
	return linear([3]func(float64) float64{f, f, f}, toD50).finish(fmt.Sprint("gamma ", gamma, p))
}

// Table gives the conversion as a table of the Cinespace format (.csp), for values of so many
// bits: half of one is added, because ffmpeg's lut3d cuts values off where it should round.
func (c *Conversion) Table(bits int) []byte {
	half := 0.5 / float64(int(1)<<bits-1)
	var b strings.Builder
	number := func(v float64) {
		b.WriteString(strconv.FormatFloat(math.Min(math.Max(v, -4), 4), 'f', 6, 64))
	}
	b.WriteString("CSPLUTV100\n3D\n\n")
	for _, f := range c.shaper {
		points := 2
		if f != nil {
			points = shaperPoints
		}
		fmt.Fprintln(&b, points)
		for i := range points {
			number(float64(i) / float64(points-1))
			b.WriteByte(' ')
		}
		b.WriteByte('\n')
		for i := range points {
			v := float64(i) / float64(points-1)
			if f != nil {
				v = f(v)
			}
			number(v)
			b.WriteByte(' ')
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "\n%d %d %d\n", c.grid, c.grid, c.grid)
	step := float64(c.grid - 1)
	for z := range c.grid { // red changes fastest
		for y := range c.grid {
			for x := range c.grid {
				v := c.shaped(vec{float64(x) / step, float64(y) / step, float64(z) / step})
				for i, f := range v {
					if i > 0 {
						b.WriteByte(' ')
					}
					number(f + half)
				}
				b.WriteByte('\n')
			}
		}
	}
	return []byte(b.String())
}

package colour

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// version is part of each conversion's ID. It changes when the computation changes.
const version = "colours 1"

// Conversion converts encoded colours of a picture to encoded colours of a video. All values are from
// 0 to 1. It has three steps: a curve per channel (before), a map of colours (within), which is
// approximated by a grid, and a curve (after).
type Conversion struct {
	id     string
	before [3]func(float64) float64 // nil means no curve; values from 0 to 1
	within func(vec) vec
	grid   int
	// after converts the results of within, from 0 to 1, to encoded values.
	after func(float64) float64
}

const (
	linearGrid = 2 // a linear map needs only the corners of a cube
	tableGrid  = 33
	hdrGrid    = 49
	// curvePoints and afterPoints are the numbers of points in tables of curves. Linear light needs many
	// points near black.
	curvePoints = 1024
	afterPoints = 4096
)

// ID identifies the conversion: conversions with equal IDs are equal.
func (c *Conversion) ID() string { return c.id }

// Convert converts one colour. Colours outside the video's gamut are clipped, as in browsers.
func (c *Conversion) Convert(r, g, b float64) (float64, float64, float64) {
	v := vec{r, g, b}
	for i, f := range c.before {
		if f != nil {
			v[i] = f(v[i])
		}
	}
	v = c.within(v)
	for i := range v {
		v[i] = c.after(clampUnit(v[i]))
	}
	return v[0], v[1], v[2]
}

// hasVisibleEffect reports whether any colour changes by more than a step of 8 bits.
func (c *Conversion) hasVisibleEffect() bool {
	const steps, least = 16, 0.6 / 255
	for r := range steps + 1 {
		for g := range steps + 1 {
			for b := range steps + 1 {
				in := vec{float64(r) / steps, float64(g) / steps, float64(b) / steps}
				x, y, z := c.Convert(in[0], in[1], in[2])
				for i, v := range []float64{x, y, z} {
					if math.Abs(clampUnit(v)-in[i]) > least {
						return true
					}
				}
			}
		}
	}
	return false
}

// setIDOrDrop sets the ID of a conversion, or returns nil if the conversion changes nothing. facts
// identifies its parameters.
func (c *Conversion) setIDOrDrop(facts string) *Conversion {
	if !c.hasVisibleEffect() {
		return nil
	}
	sum := sha256.Sum256([]byte(version + "\x00" + facts))
	c.id = hex.EncodeToString(sum[:16])
	return c
}

// newLinearConversion returns the conversion for a picture with a curve per channel and a matrix from linear light
// to XYZ of D50.
func newLinearConversion(curves [3]func(float64) float64, toD50 matrix) *Conversion {
	m := newMatrixFromD50().multiply(toD50)
	c := &Conversion{grid: linearGrid, within: m.apply, after: encodeSRGB}
	for i, curve := range curves {
		c.before[i] = func(v float64) float64 { return clampUnit(curve(v)) }
	}
	return c
}

// softness is the parameter of encodeSoftened, which encodes linear light for the grid. Near black, it is less
// steep than the sRGB curve. Otherwise colours outside the video's gamut would distort their
// neighbours in the grid.
const softness = 0.02

func encodeSoftened(light float64) float64 {
	const low, power = softness, 1 / 2.4
	bottom := math.Pow(low, power)
	v := (math.Pow(math.Abs(light)+low, power) - bottom) / (math.Pow(1+low, power) - bottom)
	return math.Copysign(v, light)
}

func decodeSoftened(v float64) float64 {
	const low, power = softness, 1 / 2.4
	bottom := math.Pow(low, power)
	return math.Pow(v*(math.Pow(1+low, power)-bottom)+bottom, 2.4) - low
}

// newMappedConversion returns the conversion for a function from encoded colours to linear light of the video.
func newMappedConversion(f func(vec) vec, grid int) *Conversion {
	return &Conversion{
		grid:  grid,
		after: func(v float64) float64 { return encodeSRGB(decodeSoftened(v)) },
		within: func(v vec) vec {
			light := f(v)
			return vec{encodeSoftened(light[0]), encodeSoftened(light[1]), encodeSoftened(light[2])}
		},
	}
}

// NewFromCodes returns the conversion for primaries and transfer characteristics given by code points of
// ITU-T H.273. It returns nil if there is nothing to convert.
func NewFromCodes(primary, curve int) *Conversion {
	toD50, ok := chooseChromaticities(primary).newMatrixToD50()
	if !ok {
		return nil
	}
	facts := fmt.Sprintf("codes %d %d", primary, curve)
	if IsHDR(curve) {
		m := newMatrixFromD50().multiply(toD50)
		return newMappedConversion(func(v vec) vec { return mapToSDR(m.apply(decodeHDR(curve, v))) },
			hdrGrid).setIDOrDrop(facts)
	}
	f := chooseDecoder(curve)
	return newLinearConversion([3]func(float64) float64{f, f, f}, toD50).setIDOrDrop(facts)
}

// NewFromPNGCodes is like NewFromCodes for the cICP chunk of a PNG file. Browsers interpret the transfer
// code points of SDR video (BT.709 and similar) in it as the curve of a display.
func NewFromPNGCodes(primary, curve int) *Conversion {
	switch curve {
	case 1, 6, 14, 15:
		return NewFromCodes(primary, displayCurve)
	default:
		return NewFromCodes(primary, curve)
	}
}

// NewFromGamma returns the conversion for the gAMA and cHRM chunks of a PNG file. gamma is the exponent
// from light to values, 0 without gAMA; chroma is nil without cHRM.
func NewFromGamma(gamma float64, chroma *Chromaticities) *Conversion {
	p := newBT709Chromaticities()
	if chroma != nil {
		p = *chroma
	}
	toD50, ok := p.newMatrixToD50()
	if !ok {
		return nil
	}
	f := decodeSRGB
	if gamma > 0 {
		f = func(v float64) float64 { return math.Pow(v, 1/gamma) }
	}
	return newLinearConversion([3]func(float64) float64{f, f, f}, toD50).setIDOrDrop(fmt.Sprint("gamma ", gamma, p))
}

// white is the 16-bit value, as a share of 65535, to which swscale (ffmpeg's converter) converts the
// largest 8-bit value.
const white = 255.0 * 256 / 65535

// half is half a 16-bit step. It is added because ffmpeg's filters truncate instead of rounding.
const half = 0.5 / 65535

func writeClampedNumber(b *strings.Builder, v float64, end byte) {
	b.WriteString(strconv.FormatFloat(math.Min(math.Max(clampFinite(v), -4), 4), 'f', 7, 64))
	b.WriteByte(end)
}

// FormatGrid returns the first two steps as a table in the Cinespace format (.csp) for 16-bit pixels. whole
// is true for pixels that use the full range of 16 bits, and false for pixels that swscale converted
// from fewer bits.
func (c *Conversion) FormatGrid(whole bool) []byte {
	top := white
	if whole {
		top = 1
	}
	var b strings.Builder
	b.WriteString("CSPLUTV100\n3D\n\n")
	for _, f := range c.before {
		points := 2
		if f != nil {
			points = curvePoints
		}
		fmt.Fprintln(&b, points+1)
		for i := range points {
			writeClampedNumber(&b, top*float64(i)/float64(points-1), ' ')
		}
		writeClampedNumber(&b, top+1, '\n')
		v := 0.0
		for i := range points {
			if v = float64(i) / float64(points-1); f != nil {
				v = f(v)
			}
			writeClampedNumber(&b, v, ' ')
		}
		writeClampedNumber(&b, v, '\n')
	}
	fmt.Fprintf(&b, "\n%d %d %d\n", c.grid, c.grid, c.grid)
	step := float64(c.grid - 1)
	for z := range c.grid { // red varies fastest
		for y := range c.grid {
			for x := range c.grid {
				v := c.within(vec{float64(x) / step, float64(y) / step, float64(z) / step})
				writeClampedNumber(&b, v[0]+half, ' ')
				writeClampedNumber(&b, v[1]+half, ' ')
				writeClampedNumber(&b, v[2]+half, '\n')
			}
		}
	}
	return []byte(b.String())
}

// FormatCurve returns the last step as a one-dimensional table (.cube) for 16-bit pixels.
func (c *Conversion) FormatCurve() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "LUT_1D_SIZE %d\n", afterPoints)
	for i := range afterPoints {
		v := white*c.after(float64(i)/(afterPoints-1)) + half
		writeClampedNumber(&b, v, ' ')
		writeClampedNumber(&b, v, ' ')
		writeClampedNumber(&b, v, '\n')
	}
	return []byte(b.String())
}

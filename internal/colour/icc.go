package colour

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// MaxProfile is the maximum size of a profile in bytes. Profiles of printers have some megabytes.
const MaxProfile = 8 << 20

// errProfile is the error for profiles that are damaged or not meant for pictures.
var errProfile = errors.New("the colour profile is damaged")

// profile is a parsed ICC profile (ICC.1:2022).
type profile struct {
	data   []byte
	space  string // "RGB ", "GRAY" or "CMYK"
	lab    bool   // the connection space is CIELAB instead of XYZ
	tables map[string][]byte
}

func parseProfile(data []byte) (*profile, error) {
	const head = 128
	if len(data) < head+4 || len(data) > MaxProfile || string(data[36:40]) != "acsp" {
		return nil, errProfile
	}
	p := &profile{data: data, space: string(data[16:20]), lab: string(data[20:24]) == "Lab ", tables: map[string][]byte{}}
	if !p.lab && string(data[20:24]) != "XYZ " {
		return nil, errProfile
	}
	n := int(binary.BigEndian.Uint32(data[head:]))
	if n > 200 || head+4+12*n > len(data) {
		return nil, errProfile
	}
	for i := range n {
		t := data[head+4+12*i:]
		at, size := uint64(binary.BigEndian.Uint32(t[4:])), uint64(binary.BigEndian.Uint32(t[8:]))
		if at+size > uint64(len(data)) || size < 8 {
			continue // ignore damaged tables that may not be needed
		}
		p.tables[string(t[:4])] = data[at : at+size]
	}
	return p, nil
}

// NewFromICC returns the conversion for an ICC profile of a picture with the given number of channels: 1
// (grey), 3 (RGB) or 4 (CMYK). It returns nil if there is nothing to convert, and an error if the
// profile cannot be used.
func NewFromICC(data []byte, channels int) (*Conversion, error) {
	p, err := parseProfile(data)
	if err != nil {
		return nil, err
	}
	want := map[string]int{"GRAY": 1, "RGB ": 3, "CMYK": 4}[p.space]
	if want != channels && (want != 3 || channels != 1) { // grey pictures may have an RGB profile
		return nil, fmt.Errorf("the colour profile is for %q, not for this picture", p.space)
	}
	facts := "icc " + string(data)
	switch want {
	case 1:
		if p.lab {
			return nil, nil //nolint:nilnil // grey in CIELAB: browsers take it for that of sRGB
		}
		curve, err := p.parseCurve("kTRC")
		if err != nil {
			return nil, err
		}
		toD50, _ := newBT709Chromaticities().newMatrixToD50()
		return newLinearConversion([3]func(float64) float64{curve, curve, curve}, toD50).setIDOrDrop(facts), nil
	case 4:
		return nil, errors.New("the colour profile is for printing inks")
	}
	if t, ok := p.tables["cicp"]; ok && len(t) >= 12 && IsHDR(int(t[9])) {
		return NewFromCodes(int(t[8]), int(t[9])), nil
	}
	if f, err := p.newLookup(3); err == nil {
		return newMappedConversion(func(v vec) vec { return f(v[:]) }, tableGrid).setIDOrDrop(facts), nil
	}
	var curves [3]func(float64) float64
	var m matrix
	for i, name := range []string{"r", "g", "b"} {
		if curves[i], err = p.parseCurve(name + "TRC"); err != nil {
			return nil, err
		}
		xyz, err := p.parseXYZ(name + "XYZ")
		if err != nil {
			return nil, err
		}
		for k := range 3 {
			m[k][i] = xyz[k]
		}
	}
	if _, ok := m.invert(); !ok {
		return nil, errProfile
	}
	return newLinearConversion(curves, m).setIDOrDrop(facts), nil
}

// NewInkConverter returns the function from printing inks (cyan, magenta, yellow, black) to colours of a video,
// both with 8 bits. data is an ICC profile.
func NewInkConverter(data []byte) (func(inks [4]byte) [3]byte, error) {
	p, err := parseProfile(data)
	if err != nil {
		return nil, err
	}
	if p.space != "CMYK" {
		return nil, fmt.Errorf("the colour profile is for %q, not for this picture", p.space)
	}
	f, err := p.newLookup(4)
	if err != nil {
		return nil, err
	}
	const points = 17
	g, n, _ := newGrid([]int{points, points, points, points})
	g.values = make([]float64, 0, n)
	for i := range n / 3 {
		in := make([]float64, 4)
		for k := range in {
			in[3-k] = float64(i%points) / (points - 1)
			i /= points
		}
		light := f(in)
		for _, v := range light {
			g.values = append(g.values, encodeSoftened(v))
		}
	}
	return func(inks [4]byte) [3]byte {
		in := [4]float64{float64(inks[0]) / 255, float64(inks[1]) / 255, float64(inks[2]) / 255, float64(inks[3]) / 255}
		var out [3]byte
		for i, v := range g.interpolate(in[:]) {
			out[i] = byte(math.Round(255 * math.Min(encodeSRGB(decodeSoftened(clampUnit(v))), 1)))
		}
		return out
	}, nil
}

func parseFixed(b []byte) float64 { return float64(int32(binary.BigEndian.Uint32(b))) / 65536 }

func (p *profile) parseXYZ(name string) (vec, error) {
	t := p.tables[name]
	if len(t) < 20 || string(t[:4]) != "XYZ " {
		return vec{}, errProfile
	}
	return vec{parseFixed(t[8:]), parseFixed(t[12:]), parseFixed(t[16:])}, nil
}

func (p *profile) parseCurve(name string) (func(float64) float64, error) {
	f, _, err := parseFiniteCurve(p.tables[name])
	return f, err
}

// parseFiniteCurve parses a curve and returns its length in bytes. The curve returns finite numbers for
// finite numbers.
func parseFiniteCurve(b []byte) (func(float64) float64, int, error) {
	f, size, err := parseAnyCurve(b)
	if err != nil {
		return nil, 0, err
	}
	return func(v float64) float64 { return clampFinite(f(v)) }, size, nil
}

// parseAnyCurve parses a sampled curve (ICC.1:2022, 10.6) or a parametric one (10.18), and returns its
// length in bytes.
func parseAnyCurve(b []byte) (func(float64) float64, int, error) {
	if len(b) < 12 {
		return nil, 0, errProfile
	}
	switch string(b[:4]) {
	case "curv":
		n := int(binary.BigEndian.Uint32(b[8:]))
		if n < 0 || n > (len(b)-12)/2 {
			return nil, 0, errProfile
		}
		size := 12 + 2*n
		switch n {
		case 0:
			return func(v float64) float64 { return v }, size, nil
		case 1:
			g := float64(binary.BigEndian.Uint16(b[12:])) / 256
			return func(v float64) float64 { return math.Pow(math.Max(v, 0), g) }, size, nil
		}
		return newSampledCurve(parse16Bit(b[12:], n)), size, nil
	case "para":
		return parseParametricCurve(b)
	}
	return nil, 0, errProfile
}

func parseParametricCurve(b []byte) (func(float64) float64, int, error) {
	kind := int(binary.BigEndian.Uint16(b[8:]))
	counts := []int{1, 3, 4, 5, 7}
	if kind >= len(counts) || len(b) < 12+4*counts[kind] {
		return nil, 0, errProfile
	}
	var v [7]float64 // the parameters g, a, b, c, d, e, f of ICC.1:2022, 10.18
	for i := range counts[kind] {
		v[i] = parseFixed(b[12+4*i:])
	}
	size := 12 + 4*counts[kind]
	g, a, bb, c, d, e, f := v[0], v[1], v[2], v[3], v[4], v[5], v[6]
	power := func(x float64) float64 { return math.Pow(math.Max(a*x+bb, 0), g) }
	switch kind {
	case 0:
		return func(x float64) float64 { return math.Pow(math.Max(x, 0), g) }, size, nil
	case 1, 2:
		if a == 0 {
			return nil, 0, errProfile
		}
		shift := 0.0
		if kind == 2 {
			shift = c
		}
		return func(x float64) float64 {
			if x >= -bb/a {
				return power(x) + shift
			}
			return shift
		}, size, nil
	default:
		return func(x float64) float64 {
			if x >= d {
				return power(x) + e
			}
			return c*x + f
		}, size, nil
	}
}

// parse16Bit converts n 16-bit numbers to values from 0 to 1; octets does the same for 8-bit numbers.
func parse16Bit(b []byte, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = float64(binary.BigEndian.Uint16(b[2*i:])) / 65535
	}
	return out
}

func parse8Bit(b []byte, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = float64(b[i]) / 255
	}
	return out
}

// newSampledCurve returns a curve that interpolates between points at equal distances from 0 to 1.
func newSampledCurve(points []float64) func(float64) float64 {
	return func(v float64) float64 {
		at := clampUnit(v) * float64(len(points)-1)
		i := min(int(at), len(points)-2)
		return points[i] + (points[i+1]-points[i])*(at-float64(i))
	}
}

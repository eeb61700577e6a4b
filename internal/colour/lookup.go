package colour

import "encoding/binary"

// newLookup returns the function from device colours to linear light of a video. It uses the profile's
// table for the perceptual intent (A2B0), or else the colorimetric one (A2B1).
func (p *profile) newLookup(channels int) (func([]float64) vec, error) {
	t := p.tables["A2B0"]
	if t == nil {
		t = p.tables["A2B1"]
	}
	if len(t) < 32 || int(t[8]) != channels || t[9] != 3 {
		return nil, errProfile
	}
	var stages func([]float64) vec
	var err error
	legacy := false
	switch string(t[:4]) {
	case "mft1":
		stages, err = p.parseLutTable(t, channels, 1)
	case "mft2":
		legacy = p.lab
		stages, err = p.parseLutTable(t, channels, 2)
	case "mAB ":
		stages, err = parseLutAToB(t, channels)
	default:
		return nil, errProfile
	}
	if err != nil {
		return nil, err
	}
	m := newMatrixFromD50()
	return func(in []float64) vec {
		return m.apply(p.convertConnectionToXYZ(stages(in), legacy))
	}, nil
}

// convertConnectionToXYZ converts values of the connection space to XYZ (ICC.1:2022, 6.3.4). With legacy, 16-bit
// values of CIELAB end at 0xFF00.
func (p *profile) convertConnectionToXYZ(v vec, legacy bool) vec {
	if !p.lab {
		const top = 1 + 32767.0/32768
		return vec{v[0] * top, v[1] * top, v[2] * top}
	}
	if legacy {
		for i := range v {
			v[i] *= 65535.0 / 65280
		}
	}
	l, a, b := v[0]*100, v[1]*255-128, v[2]*255-128
	f := func(t float64) float64 {
		if t > 24.0/116 {
			return t * t * t
		}
		return (t - 16.0/116) * 108 / 841
	}
	y, white := (l+16)/116, newWhitePointD50()
	return vec{white[0] * f(y+a/500), white[1] * f(y), white[2] * f(y-b/200)}
}

// grid is a table of colours, indexed by device colours. The last channel varies fastest.
type grid struct {
	points []int
	values []float64 // three values per point
}

func newGrid(points []int) (grid, int, bool) {
	n := 3
	for _, p := range points {
		if p < 2 || n > MaxProfile/p {
			return grid{}, 0, false
		}
		n *= p
	}
	return grid{points: points}, n, true
}

// interpolate interpolates linearly between the neighbours of a colour in all dimensions.
func (g grid) interpolate(in []float64) vec {
	var base [4]int
	var part [4]float64
	for i, p := range g.points {
		x := clampUnit(in[i]) * float64(p-1)
		base[i] = min(int(x), p-2)
		part[i] = x - float64(base[i])
	}
	var out vec
	for corner := range 1 << len(g.points) {
		weight, index := 1.0, 0
		for i, p := range g.points {
			bit := corner >> i & 1
			if bit == 1 {
				weight *= part[i]
			} else {
				weight *= 1 - part[i]
			}
			index = index*p + base[i] + bit
		}
		if weight == 0 {
			continue
		}
		for k := range out {
			out[k] += weight * g.values[3*index+k]
		}
	}
	return out
}

// parseLutTable parses lut8Type and lut16Type (ICC.1:2022, 10.10 and 10.11), in which numbers have size
// bytes.
func (p *profile) parseLutTable(t []byte, channels, size int) (func([]float64) vec, error) {
	in, out, at := 256, 256, 48
	read := parse8Bit
	if size == 2 {
		if len(t) < 52 {
			return nil, errProfile
		}
		in, out, at, read = int(binary.BigEndian.Uint16(t[48:])), int(binary.BigEndian.Uint16(t[50:])), 52, parse16Bit
	}
	points := make([]int, channels)
	for i := range points {
		points[i] = int(t[10])
	}
	g, n, ok := newGrid(points)
	if !ok || in < 2 || in > 4096 || out < 2 || out > 4096 || len(t) < at+size*(in*channels+n+out*3) {
		return nil, errProfile
	}
	take := func(n int) []float64 {
		v := read(t[at:], n)
		at += n * size
		return v
	}
	var before, after []func(float64) float64
	for range channels {
		before = append(before, newSampledCurve(take(in)))
	}
	g.values = take(n)
	for range 3 {
		after = append(after, newSampledCurve(take(out)))
	}
	return func(v []float64) vec {
		var shaped [4]float64
		for i, f := range before {
			shaped[i] = f(v[i])
		}
		c := g.interpolate(shaped[:channels])
		return vec{after[0](c[0]), after[1](c[1]), after[2](c[2])}
	}, nil
}

// parseLutAToB parses lutAToBType (ICC.1:2022, 10.12): A curves, grid, M curves, matrix and B curves. All
// except the B curves may be missing.
func parseLutAToB(t []byte, channels int) (func([]float64) vec, error) {
	offset := func(i int) int { return int(binary.BigEndian.Uint32(t[12+4*i:])) }
	curves := func(at, n int) ([]func(float64) float64, error) {
		out := make([]func(float64) float64, n)
		for i := range out {
			out[i] = func(v float64) float64 { return v }
		}
		if at == 0 {
			return out, nil
		}
		for i := range out {
			if at < 0 || at > len(t) {
				return nil, errProfile
			}
			f, size, err := parseFiniteCurve(t[at:])
			if err != nil {
				return nil, err
			}
			out[i] = f
			at += (size + 3) &^ 3
		}
		return out, nil
	}
	b, err := curves(offset(0), 3)
	if err != nil {
		return nil, err
	}
	m, err := curves(offset(2), 3)
	if err != nil {
		return nil, err
	}
	a, err := curves(offset(4), channels)
	if err != nil {
		return nil, err
	}
	linear := matrix{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}
	var shift vec
	if at := offset(1); at != 0 {
		if at < 0 || at > len(t)-48 {
			return nil, errProfile
		}
		for i := range 9 {
			linear[i/3][i%3] = parseFixed(t[at+4*i:])
		}
		for i := range 3 {
			shift[i] = parseFixed(t[at+36+4*i:])
		}
	}
	g, err := parseLutGrid(t, offset(3), channels)
	if err != nil {
		return nil, err
	}
	return func(v []float64) vec {
		var shaped [4]float64
		for i, f := range a {
			shaped[i] = f(v[i])
		}
		c := vec{shaped[0], shaped[1], shaped[2]}
		if g.values != nil {
			c = g.interpolate(shaped[:channels])
		}
		c = linear.apply(vec{m[0](c[0]), m[1](c[1]), m[2](c[2])})
		return vec{b[0](c[0] + shift[0]), b[1](c[1] + shift[1]), b[2](c[2] + shift[2])}
	}, nil
}

// parseLutGrid parses the grid of a lutAToBType. With three channels it may be missing.
func parseLutGrid(t []byte, at, channels int) (grid, error) {
	if at == 0 && channels == 3 {
		return grid{}, nil
	}
	if at <= 0 || at > len(t)-20 {
		return grid{}, errProfile
	}
	points := make([]int, channels)
	for i := range points {
		points[i] = int(t[at+i])
	}
	g, n, ok := newGrid(points)
	size := int(t[at+16])
	if !ok || size != 1 && size != 2 || len(t)-at-20 < n*size {
		return grid{}, errProfile
	}
	if size == 1 {
		g.values = parse8Bit(t[at+20:], n)
	} else {
		g.values = parse16Bit(t[at+20:], n)
	}
	return g, nil
}

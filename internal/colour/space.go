// Package colour computes how the encoded colours of a picture are converted for a video with BT.709
// primaries and the sRGB curve, as browsers show them. The colours of the picture are described by an
// ICC profile, code points of ITU-T H.273, or chunks of a PNG file. A Conversion provides tables for
// ffmpeg's filters.
package colour

import "math"

// vec is a colour, matrix a linear map of colours.
type (
	vec    [3]float64
	matrix [3]vec
)

func (m matrix) apply(v vec) vec {
	var out vec
	for i, row := range m {
		out[i] = row[0]*v[0] + row[1]*v[1] + row[2]*v[2]
	}
	return out
}

func (m matrix) multiply(n matrix) matrix {
	var out matrix
	for i := range 3 {
		for k := range 3 {
			out[i][k] = m[i][0]*n[0][k] + m[i][1]*n[1][k] + m[i][2]*n[2][k]
		}
	}
	return out
}

// clampUnit limits a value to the range from 0 to 1; NaN becomes 0. Values must be limited before they are
// converted to indexes or bytes, because int(NaN) is undefined.
func clampUnit(v float64) float64 {
	if !(v > 0) { // false for NaN too
		return 0
	}
	return math.Min(v, 1)
}

// clampFinite limits a value to twice the range of numbers in profiles; NaN becomes 0. Sums and products of
// such values are finite.
func clampFinite(v float64) float64 {
	const most = 1 << 16
	if math.IsNaN(v) {
		return 0
	}
	return math.Min(math.Max(v, -most), most)
}

// invert returns the inverse matrix, or false if the matrix is singular.
func (m matrix) invert() (matrix, bool) {
	cross := func(a, b vec) vec { return vec{a[1]*b[2] - a[2]*b[1], a[2]*b[0] - a[0]*b[2], a[0]*b[1] - a[1]*b[0]} }
	c := matrix{cross(m[1], m[2]), cross(m[2], m[0]), cross(m[0], m[1])}
	det := m[0][0]*c[0][0] + m[0][1]*c[0][1] + m[0][2]*c[0][2]
	if math.Abs(det) < 1e-9 || math.IsNaN(det) || math.IsInf(det, 0) {
		return matrix{}, false
	}
	var out matrix
	for i := range 3 {
		for k := range 3 {
			out[i][k] = c[k][i] / det
		}
	}
	return out, true
}

// Chromaticities are the CIE 1931 coordinates x and y of red, green, blue and white.
type Chromaticities [8]float64

// newWhitePointD50 is the white point of the ICC connection space (ICC.1:2022, 7.2.16).
func newWhitePointD50() vec { return vec{0.9642, 1, 0.8249} }

// newMatrixToD50 returns the matrix from linear light in these primaries to XYZ, adapted to D50 with the
// Bradford transform (ICC.1:2022, annex E).
func (c Chromaticities) newMatrixToD50() (matrix, bool) {
	xyz := func(x, y float64) vec { return vec{x / y, 1, (1 - x - y) / y} }
	for i := 1; i < len(c); i += 2 {
		if !(c[i] > 1e-4) || c[i] > 1 || math.IsNaN(c[i-1]) || math.Abs(c[i-1]) > 1 {
			return matrix{}, false
		}
	}
	r, g, b, w := xyz(c[0], c[1]), xyz(c[2], c[3]), xyz(c[4], c[5]), xyz(c[6], c[7])
	p := matrix{{r[0], g[0], b[0]}, {r[1], g[1], b[1]}, {r[2], g[2], b[2]}}
	inverse, ok := p.invert()
	if !ok {
		return matrix{}, false
	}
	s := inverse.apply(w)
	for i := range 3 {
		for k := range 3 {
			p[i][k] *= s[k]
		}
	}
	bradford := matrix{{0.8951, 0.2664, -0.1614}, {-0.7502, 1.7135, 0.0367}, {0.0389, -0.0685, 1.0296}}
	back, _ := bradford.invert()
	from, to := bradford.apply(w), bradford.apply(newWhitePointD50())
	for _, v := range from {
		if math.Abs(v) < 1e-6 {
			return matrix{}, false
		}
	}
	scale := matrix{{to[0] / from[0]}, {0, to[1] / from[1]}, {0, 0, to[2] / from[2]}}
	return back.multiply(scale).multiply(bradford).multiply(p), true
}

// newBT709Chromaticities returns the primaries and white point of videos and of sRGB.
func newBT709Chromaticities() Chromaticities {
	return Chromaticities{0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290}
}

// newMatrixFromD50 returns the matrix from the ICC connection space to linear light with BT.709 primaries.
func newMatrixFromD50() matrix {
	m, _ := newBT709Chromaticities().newMatrixToD50()
	out, _ := m.invert()
	return out
}

// encodeSRGB applies the sRGB curve (IEC 61966-2-1) to linear light. It is mirrored below 0 and continued
// above 1.
func encodeSRGB(v float64) float64 {
	switch {
	case v < 0:
		return -encodeSRGB(-v)
	case v <= 0.0031308:
		return 12.92 * v
	default:
		return 1.055*math.Pow(v, 1/2.4) - 0.055
	}
}

func decodeSRGB(v float64) float64 {
	switch {
	case v < 0:
		return -decodeSRGB(-v)
	case v <= 0.04045:
		return v / 12.92
	default:
		return math.Pow((v+0.055)/1.055, 2.4)
	}
}

// chooseChromaticities returns the chromaticities for a code point of ITU-T H.273, table 2. Code points without
// defined primaries are treated as BT.709, as in browsers.
func chooseChromaticities(code int) Chromaticities {
	const dx, dy = 0.3127, 0.3290 // D65
	const cx, cy = 0.310, 0.316   // illuminant C
	switch code {
	case 4: // BT.470 M
		return Chromaticities{0.67, 0.33, 0.21, 0.71, 0.14, 0.08, cx, cy}
	case 5: // BT.470 BG
		return Chromaticities{0.64, 0.33, 0.29, 0.60, 0.15, 0.06, dx, dy}
	case 6, 7: // SMPTE 170M and 240M
		return Chromaticities{0.630, 0.340, 0.310, 0.595, 0.155, 0.070, dx, dy}
	case 8: // film
		return Chromaticities{0.681, 0.319, 0.243, 0.692, 0.145, 0.049, cx, cy}
	case 9: // BT.2020
		return Chromaticities{0.708, 0.292, 0.170, 0.797, 0.131, 0.046, dx, dy}
	case 11: // SMPTE RP 431-2, P3 with the white of cinemas
		return Chromaticities{0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.314, 0.351}
	case 12: // Display P3
		return Chromaticities{0.680, 0.320, 0.265, 0.690, 0.150, 0.060, dx, dy}
	case 22: // EBU Tech 3213
		return Chromaticities{0.630, 0.340, 0.295, 0.605, 0.155, 0.077, dx, dy}
	default:
		return newBT709Chromaticities()
	}
}

// displayCurve is an internal code point for the curve of a display, ITU-R BT.1886.
const displayCurve = 1001

// chooseDecoder returns the curve from encoded values to linear light for a code point of ITU-T H.273,
// table 3. The camera curves of SDR video are treated as the sRGB curve, as in browsers.
func chooseDecoder(code int) func(float64) float64 {
	switch code {
	case 4:
		return func(v float64) float64 { return math.Pow(v, 2.2) }
	case 5:
		return func(v float64) float64 { return math.Pow(v, 2.8) }
	case 8:
		return func(v float64) float64 { return v }
	case displayCurve:
		return func(v float64) float64 { return math.Pow(v, 2.4) }
	case 17: // SMPTE 428-1, relative to the white of cinemas of 48 nits
		return func(v float64) float64 { return math.Pow(v, 2.6) * 52.37 / 48 }
	default:
		return decodeSRGB
	}
}

// Transfer code points of ITU-T H.273 for high dynamic range.
const (
	pq  = 16 // SMPTE ST 2084
	hlg = 18 // ARIB STD-B67
)

// IsHDR reports whether a transfer code point of ITU-T H.273 has a high dynamic range.
func IsHDR(transfer int) bool { return transfer == pq || transfer == hlg }

// referenceWhite is the luminance of diffuse white in HDR pictures (ITU-R BT.2408), in nits.
const referenceWhite = 203

// decodePQ returns the luminance, in nits, of an encoded value of SMPTE ST 2084.
func decodePQ(v float64) float64 {
	const m1, m2 = 2610.0 / 16384, 2523.0 / 4096 * 128
	const c1, c2, c3 = 3424.0 / 4096, 2413.0 / 4096 * 32, 2392.0 / 4096 * 32
	p := math.Pow(math.Max(v, 0), 1/m2)
	return 10000 * math.Pow(math.Max(p-c1, 0)/(c2-c3*p), 1/m1)
}

// decodeHLG returns the scene light, from 0 to 1, of an encoded value of HLG (ITU-R BT.2100, table 5).
func decodeHLG(v float64) float64 {
	const a, b, c = 0.17883277, 0.28466892, 0.55991073
	if v <= 0.5 {
		return math.Max(v, 0) * math.Max(v, 0) / 3
	}
	return (math.Exp((v-c)/a) + b) / 12
}

// decodeHDR returns the linear light of an HDR colour, relative to referenceWhite. code is pq or hlg.
func decodeHDR(code int, v vec) vec {
	if code == pq {
		return vec{decodePQ(v[0]) / referenceWhite, decodePQ(v[1]) / referenceWhite, decodePQ(v[2]) / referenceWhite}
	}
	// The system gamma for a display of 1000 nits applies to the luminance of the scene (BT.2100, table
	// 5).
	const peak, gamma = 1000.0, 1.2
	s := vec{decodeHLG(v[0]), decodeHLG(v[1]), decodeHLG(v[2])}
	y := 0.2627*s[0] + 0.6780*s[1] + 0.0593*s[2]
	k := 0.0
	if y > 0 {
		k = peak / referenceWhite * math.Pow(y, gamma-1)
	}
	return vec{s[0] * k, s[1] * k, s[2] * k}
}

// encodeSDR encodes linear light for SDR. Browsers decode videos with the sRGB curve, television sets
// with a power of 2.4 (ITU-R BT.1886). The mean of both curves differs from each by at most 6.3 of
// 255.
func encodeSDR(light float64) float64 {
	light = math.Max(light, 0)
	return (encodeSRGB(light) + math.Pow(light, 1/2.4)) / 2
}

// compressHighlights compresses values above a knee smoothly to below 1: referenceWhite becomes 0.916, 1000 nits
// 0.993, 10000 nits 0.999. Values up to the knee do not change.
func compressHighlights(v float64) float64 {
	const knee, bend = 0.72, 1.95
	if v <= knee {
		return v
	}
	u := (v - knee) / (1 - knee)
	return knee + (1-knee)*u/math.Pow(1+math.Pow(u, bend), 1/bend)
}

// mapToSDR converts HDR light to SDR light. It scales all channels by the same factor, which compresses
// the brightest channel, so that colours keep their hue.
func mapToSDR(light vec) vec {
	top := math.Max(light[0], math.Max(light[1], light[2]))
	if top <= 0 {
		return vec{}
	}
	k := decodeSRGB(compressHighlights(encodeSDR(top))) / top
	return vec{light[0] * k, light[1] * k, light[2] * k}
}

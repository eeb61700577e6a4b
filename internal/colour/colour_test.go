package colour_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"mynah/internal/colour"
)

// s15 encodes numbers of type s15Fixed16Number.
func s15(values ...float64) []byte {
	var out []byte
	for _, v := range values {
		out = binary.BigEndian.AppendUint32(out, uint32(int32(math.Round(v*65536))))
	}
	return out
}

type tag struct {
	name string
	body []byte
}

// profile encodes an ICC profile with tags.
func profile(space, connection string, tags ...tag) []byte {
	head := make([]byte, 128)
	copy(head[12:], "mntr"+space+connection)
	copy(head[36:], "acsp")
	table := binary.BigEndian.AppendUint32(nil, uint32(len(tags)))
	var bodies []byte
	for _, t := range tags {
		table = append(table, t.name...)
		table = binary.BigEndian.AppendUint32(table, uint32(len(head)+4+12*len(tags)+len(bodies)))
		table = binary.BigEndian.AppendUint32(table, uint32(len(t.body)))
		bodies = append(bodies, append(t.body, make([]byte, -len(t.body)&3)...)...)
	}
	return append(append(head, table...), bodies...)
}

func xyz(name string, x, y, z float64) tag {
	return tag{name, append([]byte("XYZ \x00\x00\x00\x00"), s15(x, y, z)...)}
}

func gamma(name string, g float64) tag {
	b := append([]byte("curv\x00\x00\x00\x00"), 0, 0, 0, 1)
	return tag{name, binary.BigEndian.AppendUint16(b, uint16(math.Round(g*256)))}
}

// srgbCurve returns the sRGB curve as a parametric curve.
func srgbCurve(name string) tag {
	return tag{name, append([]byte("para\x00\x00\x00\x00\x00\x03\x00\x00"), s15(2.4, 1/1.055, 0.055/1.055, 1/12.92, 0.04045)...)}
}

func curves(f func(string) tag) []tag { return []tag{f("rTRC"), f("gTRC"), f("bTRC")} }

// p3 and the following functions return profiles with the matrices that Apple and the ICC publish.
func p3() []byte {
	return profile("RGB ", "XYZ ", append(curves(srgbCurve),
		xyz("rXYZ", 0.51512, 0.2412, -0.00105), xyz("gXYZ", 0.29198, 0.69225, 0.04189), xyz("bXYZ", 0.1571, 0.06657, 0.78407))...)
}

func srgb() []byte {
	return profile("RGB ", "XYZ ", append(curves(srgbCurve),
		xyz("rXYZ", 0.43607, 0.22249, 0.01392), xyz("gXYZ", 0.38515, 0.71687, 0.09708), xyz("bXYZ", 0.14307, 0.06061, 0.7141))...)
}

func proPhoto() []byte {
	return profile("RGB ", "XYZ ", append(curves(func(n string) tag { return gamma(n, 1.8) }),
		xyz("rXYZ", 0.79767, 0.28804, 0), xyz("gXYZ", 0.13519, 0.71188, 0), xyz("bXYZ", 0.03134, 0.00009, 0.82491))...)
}

// table encodes a lut8Type (size 1) or lut16Type (size 2) whose grid has the values of f.
func table(channels, size int, f func(v []float64) [3]float64) []byte {
	const grid = 9
	b := []byte{'m', 'f', 't', byte('0' + size), 0, 0, 0, 0, byte(channels), 3, grid, 0}
	b = append(b, s15(1, 0, 0, 0, 1, 0, 0, 0, 1)...)
	put := func(v float64) {
		v = math.Min(math.Max(v, 0), 1)
		if size == 1 {
			b = append(b, byte(math.Round(v*255)))
		} else {
			b = binary.BigEndian.AppendUint16(b, uint16(math.Round(v*65535)))
		}
	}
	steps := 256
	if size == 2 {
		steps = 2
		b = append(b, 0, 2, 0, 2)
	}
	ramps := func(n int) {
		for range n {
			for i := range steps {
				put(float64(i) / float64(steps-1))
			}
		}
	}
	ramps(channels)
	count := int(math.Pow(grid, float64(channels)))
	for i := range count {
		v := make([]float64, channels)
		for k := channels - 1; k >= 0; k-- {
			v[k] = float64(i%grid) / (grid - 1)
			i /= grid
		}
		for _, c := range f(v) {
			put(c)
		}
	}
	ramps(3)
	return b
}

// newTable encodes a lutAToBType with only a matrix: from linear BT.709 to XYZ.
func newTable() []byte {
	curve := append([]byte("curv"), make([]byte, 8)...)
	power := []byte("curv\x00\x00\x00\x00\x00\x00\x00\x01\x02\x33\x00\x00") // 2.2
	return tableOfCurves(curve, power)
}

// power encodes a parametric curve with only an exponent.
func power(g float64) []byte {
	return append([]byte("para\x00\x00\x00\x00\x00\x00\x00\x00"), s15(g)...)
}

// ramp encodes a curve of three samples.
func ramp() []byte {
	return []byte("curv\x00\x00\x00\x00\x00\x00\x00\x03\x00\x00\x80\x00\xff\xff\x00\x00")
}

// tableOfCurves encodes newTable with the given B and M curves.
func tableOfCurves(curve, power []byte) []byte {
	b := []byte{'m', 'A', 'B', ' ', 0, 0, 0, 0, 3, 3, 0, 0}
	const head = 32
	matrix := head + 3*len(curve)
	m := matrix + 48
	for _, at := range []int{head, matrix, m, 0, 0} {
		b = binary.BigEndian.AppendUint32(b, uint32(at))
	}
	b = append(b, bytes.Repeat(curve, 3)...)
	const top = 1 + 32767.0/32768
	for _, v := range []float64{0.43607, 0.38515, 0.14307, 0.22249, 0.71687, 0.06061, 0.01392, 0.09708, 0.7141} {
		b = append(b, s15(v/top)...)
	}
	b = append(b, s15(0, 0, 0)...)
	return append(b, bytes.Repeat(power, 3)...)
}

func convert(c *colour.Conversion, r, g, b int) [3]int {
	if c == nil {
		return [3]int{r, g, b}
	}
	x, y, z := c.Convert(float64(r)/255, float64(g)/255, float64(b)/255)
	return [3]int{int(math.Round(x * 255)), int(math.Round(y * 255)), int(math.Round(z * 255))}
}

func isNear(a, b [3]int, by int) bool {
	for i := range a {
		if a[i]-b[i] > by || b[i]-a[i] > by {
			return false
		}
	}
	return true
}

// TestProfiles compares conversions with the formulas in the standards of the profiles. Chromium draws
// the same colours.
func TestProfiles(t *testing.T) {
	t.Parallel()
	grey := profile("GRAY", "XYZ ", gamma("kTRC", 1))
	lab := func(v []float64) [3]float64 { return [3]float64{v[0], 128.0 / 255, 128.0 / 255} }
	for name, c := range map[string]struct {
		icc      []byte
		channels int
		in, want [3]int
	}{
		"Display P3":             {p3(), 3, [3]int{200, 100, 50}, [3]int{215, 93, 31}},
		"Display P3, white":      {p3(), 3, [3]int{255, 255, 255}, [3]int{255, 255, 255}},
		"Display P3, pure green": {p3(), 3, [3]int{0, 255, 0}, [3]int{0, 255, 0}},
		"ProPhoto":               {proPhoto(), 3, [3]int{200, 100, 50}, [3]int{255, 80, 46}},
		"light of a grey":        {grey, 1, [3]int{48, 48, 48}, [3]int{120, 120, 120}},
		"of colours, for a grey": {proPhoto(), 1, [3]int{255, 255, 255}, [3]int{255, 255, 255}},
		"a table of 8 bits":      {profile("RGB ", "Lab ", tag{"A2B0", table(3, 1, lab)}), 3, [3]int{128, 9, 9}, [3]int{119, 119, 119}},
		"a table of 16 bits": {profile("RGB ", "Lab ", tag{"A2B0", table(3, 2, func(v []float64) [3]float64 {
			return [3]float64{v[0] * 0xff00 / 0xffff, 0x8000 / 65535.0, 0x8000 / 65535.0}
		})}), 3, [3]int{128, 9, 9}, [3]int{119, 119, 119}},
		"a table of the new form": {profile("RGB ", "XYZ ", tag{"A2B0", newTable()}), 3, [3]int{200, 100, 50}, [3]int{202, 100, 46}},
	} {
		got, err := colour.NewFromICC(c.icc, c.channels)
		if err != nil || !isNear(convert(got, c.in[0], c.in[1], c.in[2]), c.want, 1) {
			t.Errorf("%s: %v becomes %v, want %v (%v)", name, c.in, convert(got, c.in[0], c.in[1], c.in[2]), c.want, err)
		}
	}
	if c, err := colour.NewFromICC(srgb(), 3); c != nil || err != nil {
		t.Errorf("sRGB is converted: %v", err)
	}
}

func TestInks(t *testing.T) {
	t.Parallel()
	icc := profile("CMYK", "Lab ", tag{"A2B0", table(4, 1, func(v []float64) [3]float64 {
		return [3]float64{1 - v[3], 128.0 / 255, 128.0 / 255}
	})})
	f, err := colour.NewInkConverter(icc)
	if err != nil {
		t.Fatal(err)
	}
	for k, want := range map[byte]byte{0: 255, 255: 0, 127: 119} {
		if got := f([4]byte{9, 200, 30, k}); !isNear([3]int{int(got[0]), int(got[1]), int(got[2])},
			[3]int{int(want), int(want), int(want)}, 2) {
			t.Errorf("black of %d is %v, want %d", k, got, want)
		}
	}
	if _, err := colour.NewInkConverter(p3()); err == nil {
		t.Error("Inks accepts an RGB profile")
	}
}

func TestBadProfiles(t *testing.T) {
	t.Parallel()
	flat := profile("RGB ", "XYZ ", append(curves(srgbCurve), xyz("rXYZ", 1, 1, 1), xyz("gXYZ", 1, 1, 1), xyz("bXYZ", 1, 1, 1))...)
	for name, icc := range map[string][]byte{
		"nothing": nil, "noise": bytes.Repeat([]byte("noise"), 100), "a head alone": p3()[:128], "half": p3()[:len(p3())/2],
		"no light": flat, "for inks": profile("CMYK", "Lab "), "too large": append(p3(), make([]byte, colour.MaxProfile)...),
		"a table that is cut": profile("RGB ", "Lab ", tag{"A2B0", table(3, 1, func([]float64) [3]float64 { return [3]float64{} })[:900]}),
	} {
		if c, err := colour.NewFromICC(icc, 3); err == nil {
			t.Errorf("%s: %v", name, c)
		}
	}
	if _, err := colour.NewFromICC(append(p3(), make([]byte, 5_000_000)...), 3); err != nil {
		t.Errorf("a profile of 5 MB: %v", err)
	}
}

// TestCurvesWithoutBounds checks that curves that return infinity or NaN still produce colours.
func TestCurvesWithoutBounds(t *testing.T) {
	t.Parallel()
	steep := append([]byte("para\x00\x00\x00\x00\x00\x03\x00\x00"), s15(32767, 32767, 32767, -32768, 0.5)...)
	for name, m := range map[string][]byte{
		"of a power below 0": power(-1), "of a large power": power(32767),
		"of all kinds of numbers": steep,
	} {
		for _, b := range [][]byte{ramp(), power(0.5), power(-1), steep} {
			c, err := colour.NewFromICC(profile("RGB ", "XYZ ", tag{"A2B0", tableOfCurves(b, m)}), 3)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			checkColours(t, c)
		}
		c, err := colour.NewFromICC(profile("GRAY", "XYZ ", tag{"kTRC", m}), 1)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		checkColours(t, c)
	}
}

// checkColours converts many colours, also outside the usual range, and checks the tables for ffmpeg.
func checkColours(t *testing.T, c *colour.Conversion) {
	t.Helper()
	if c == nil {
		return
	}
	for _, v := range []float64{0, 0.3, 0.999, 1, -1, 2, math.NaN(), math.Inf(1), math.Inf(-1)} {
		x, y, z := c.Convert(v, 1-v, v)
		for _, got := range []float64{x, y, z} {
			if math.IsNaN(got) || got < -0.001 || got > 1.001 {
				t.Fatalf("%v becomes %v", v, got)
			}
		}
	}
	for _, table := range [][]byte{c.FormatGrid(true), c.FormatCurve()} {
		if bytes.Contains(table, []byte("NaN")) || bytes.Contains(table, []byte("Inf")) {
			t.Fatal("a table holds what is no number")
		}
	}
}

// TestHDR checks the brightness of HDR pictures after conversion.
func TestHDR(t *testing.T) {
	t.Parallel()
	pq := func(nits float64) float64 { // SMPTE ST 2084
		y := math.Pow(nits/10000, 2610.0/16384)
		return math.Pow((3424.0/4096+2413.0/128*y)/(1+2392.0/128*y), 2523.0/4096*128)
	}
	hlg := func(nits float64) float64 { // ITU-R BT.2100, of a display of 1000 nits
		e := math.Pow(nits/1000, 1/1.2)
		if e <= 1.0/12 {
			return math.Sqrt(3 * e)
		}
		return 0.17883277*math.Log(12*e-0.28466892) + 0.55991073
	}
	for name, c := range map[string]struct {
		code   int
		signal func(float64) float64
	}{"PQ": {16, pq}, "HLG": {18, hlg}} {
		conversion := colour.NewFromCodes(9, c.code)
		last := -1.0
		for nits := 0.05; nits < 1000; nits *= 1.02 {
			v := c.signal(nits)
			r, g, b := conversion.Convert(v, v, v)
			if math.Abs(r-g) > 0.002 || math.Abs(b-g) > 0.002 {
				t.Fatalf("%s: a grey of %.1f nits has a hue: %v %v %v", name, nits, r, g, b)
			}
			light := nits / 203
			srgb, display := 12.92*light, math.Pow(light, 1/2.4)
			if light > 0.0031308 {
				srgb = 1.055*math.Pow(light, 1/2.4) - 0.055
			}
			if srgb <= 180.0/255 && (math.Abs(g-srgb) > 7.0/255 || math.Abs(g-display) > 7.0/255) {
				t.Errorf("%s: %.2f nits are %.1f, and should be %.1f to %.1f", name, nits, g*255, srgb*255, display*255)
			}
			if g <= last || g > 254.5/255 {
				t.Fatalf("%s: %.1f nits are %.4f, after %.4f", name, nits, g, last)
			}
			last = g
		}
		v := c.signal(203)
		if _, g, _ := conversion.Convert(v, v, v); g < 231.0/255 || g > 246.0/255 {
			t.Errorf("%s: its white is %.1f", name, g*255)
		}
	}
}

func TestCodes(t *testing.T) {
	t.Parallel()
	for _, codes := range [][2]int{{0, 0}, {1, 1}, {1, 13}, {2, 2}, {1, 6}, {1, 14}, {999, -5}} {
		if c := colour.NewFromCodes(codes[0], codes[1]); c != nil {
			t.Errorf("%v is converted", codes)
		}
	}
	if got := convert(colour.NewFromCodes(12, 13), 200, 100, 50); !isNear(got, [3]int{215, 93, 31}, 1) {
		t.Errorf("P3 is %v", got)
	}
	if got := convert(colour.NewFromCodes(9, 1), 255, 255, 255); got != [3]int{255, 255, 255} {
		t.Errorf("white of BT.2020 is %v", got)
	}
	if got := convert(colour.NewFromGamma(1, nil), 48, 48, 48); !isNear(got, [3]int{120, 120, 120}, 1) {
		t.Errorf("light is %v", got)
	}
	if c := colour.NewFromGamma(1, &colour.Chromaticities{}); c != nil {
		t.Error("primaries of nothing are converted")
	}
}

// TestTables applies the tables with ffmpeg.
func TestTables(t *testing.T) {
	t.Parallel()
	icc, err := colour.NewFromICC(p3(), 3)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		*colour.Conversion
		by int
	}{"P3": {icc, 1}, "PQ": {
		colour.NewFromCodes(9, 16),
		5,
	}, "ProPhoto": {func() *colour.Conversion { c, _ := colour.NewFromICC(proPhoto(), 3); return c }(), 1}} {
		dir := t.TempDir()
		for file, b := range map[string][]byte{"t.csp": c.FormatGrid(false), "t.cube": c.FormatCurve()} {
			if err := os.WriteFile(filepath.Join(dir, file), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		var pixels []byte
		for i := range 64 {
			pixels = append(pixels, byte(i*37), byte(i*91+5), byte(i*53+100))
		}
		cmd := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "64x1", "-i", "-",
			"-vf", fmt.Sprintf("format=gbrp16le,lut3d=file=%[1]s/t.csp,lut1d=file=%[1]s/t.cube",
				dir), "-f", "rawvideo", "-pix_fmt", "gbrp16le", "-")
		cmd.Stdin = bytes.NewReader(pixels)
		out, err := cmd.Output()
		if err != nil || len(out) != 3*2*64 {
			t.Fatalf("%s: %d bytes %v", name, len(out), err)
		}
		for i := range 64 {
			at := func(plane int) int { return (int(binary.LittleEndian.Uint16(out[plane*128+2*i:])) + 128) / 256 }
			got, want := [3]int{at(2), at(0), at(1)}, convert(c.Conversion, int(pixels[3*i]), int(pixels[3*i+1]), int(pixels[3*i+2]))
			if !isNear(got, want, c.by) {
				t.Errorf("%s: %v becomes %v, want %v", name, pixels[3*i:3*i+3], got, want)
			}
		}
	}
}

func FuzzICC(f *testing.F) {
	f.Add(p3(), 3)
	f.Add(srgb(), 1)
	f.Add(profile("GRAY", "XYZ ", gamma("kTRC", 1.8)), 1)
	f.Add(profile("RGB ", "Lab ", tag{"A2B0", table(3, 1, func(v []float64) [3]float64 { return [3]float64(v) })}), 3)
	f.Add(profile("CMYK", "Lab ", tag{"A2B0", table(4, 2, func(v []float64) [3]float64 { return [3]float64(v[:3]) })}), 4)
	f.Add(profile("RGB ", "XYZ ", tag{"A2B0", newTable()}), 3)
	f.Add(profile("RGB ", "XYZ ", tag{"A2B0", tableOfCurves(ramp(), power(-1))}), 3)
	f.Add(profile("RGB ", "Lab ", tag{"A2B0", tableOfCurves(ramp(), ramp())}), 3)
	f.Fuzz(func(t *testing.T, b []byte, channels int) {
		if c, err := colour.NewFromICC(b, channels); err == nil {
			checkColours(t, c)
		}
		if f, err := colour.NewInkConverter(b); err == nil {
			for v := range 256 {
				f([4]byte{byte(v), byte(255 - v), 3, byte(v * 7)})
			}
		}
	})
}

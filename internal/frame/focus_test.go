package frame_test

import (
	"math"
	"testing"

	"mynah/internal/frame"
)

func TestParseFocus(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]frame.Focus{
		"70% 30%": {Set: true, X: 0.7, Y: 0.3}, " 0%,100% ": {Set: true, Y: 1}, "12.5%\t50%": {Set: true, X: 0.125, Y: 0.5},
		"": {}, "70%": {}, "70 30": {}, "120% 5%": {}, "-1% 5%": {}, "1% 2% 3%": {}, "% %": {}, "a% b%": {}, "1.2.3% 1%": {},
	} {
		if got, ok := frame.ParseFocus(text); ok != want.Set || ok && got != want {
			t.Errorf("%q is %v, %v", text, got, ok)
		}
	}
}

// TestFocusOfCrops checks that the visible part of a crop is inside the picture, and contains the focus as near as
// possible to its middle.
func TestFocusOfCrops(t *testing.T) {
	t.Parallel()
	for _, seen := range []float64{0.1, 0.5, 0.9} {
		for at := 0.0; at <= 1; at += 0.05 {
			p := frame.Placing{Focus: frame.Focus{Set: true, X: at, Y: 1 - at}, Position: frame.Position{X: frame.AlignEnd}}
			x, y := p.ComputeCropShares(seen, seen)
			for _, axis := range [][2]float64{{x, at}, {y, 1 - at}} {
				from := axis[0] * (1 - seen)
				want := math.Min(math.Max(axis[1]-seen/2, 0), 1-seen)
				if math.Abs(from-want) > 1e-9 {
					t.Errorf("focus %.2f in a part of %.1f begins at %.3f, want %.3f", axis[1], seen, from, want)
				}
			}
		}
	}
}

func FuzzParseFocus(f *testing.F) {
	for _, s := range []string{"70% 30%", "1e3% 2%", "NaN% 1%", "%", "100% 0%"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if p, ok := frame.ParseFocus(s); ok && !(p.X >= 0 && p.X <= 1 && p.Y >= 0 && p.Y <= 1) {
			t.Errorf("%q is %v", s, p)
		}
	})
}

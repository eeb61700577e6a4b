package frame_test

import (
	"testing"

	"mynah/internal/frame"
)

func TestParseSize(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]frame.Size{
		"720p": {Width: 1280, Height: 720}, "1080P": {Width: 1920, Height: 1080}, "4K": {Width: 3840, Height: 2160},
		"16x7680": {Width: 16, Height: 7680}, " 640 × 360 ": {Width: 640, Height: 360},
		"14x16": {}, "16x7682": {}, "641x360": {}, "640": {}, "x": {}, "640x360x2": {}, "": {}, "-640x360": {},
	} {
		if got, ok := frame.ParseSize(text); ok != (want != frame.Size{}) || ok && got != want {
			t.Errorf("%q is %v, %v", text, got, ok)
		}
	}
}

func TestParseRate(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]frame.Rate{
		"25": {Num: 25, Den: 1}, "1": {Num: 1, Den: 1}, "120": {Num: 120, Den: 1}, "12.5": {Num: 25, Den: 2},
		"29.97": {Num: 30000, Den: 1001}, "23.976": {Num: 24000, Den: 1001}, "59.940": {Num: 60000, Den: 1001},
		"50/2": {Num: 25, Den: 1}, "0": {}, "0.5": {}, "121": {}, "240/1": {}, "1/0": {}, "-25": {}, "1e1": {},
		"25.0000001": {}, "": {}, "/": {}, ".5": {},
	} {
		got, ok := frame.ParseRate(text)
		if ok != (want != frame.Rate{}) || ok && got != want {
			t.Errorf("%q is %v, %v", text, got, ok)
		}
		if b, err := got.MarshalText(); ok {
			var back frame.Rate
			if back.UnmarshalText(b) != nil || err != nil || back != got {
				t.Errorf("%q comes back as %v", text, back)
			}
		}
	}
	for _, text := range []string{"25", "25/0", "a/1", "1/b", "-1/1", "1/-1"} {
		if new(frame.Rate).UnmarshalText([]byte(text)) == nil {
			t.Errorf("%q is taken for a rate", text)
		}
	}
}

func TestParseColor(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]frame.Color{
		"white": {R: 255, G: 255, B: 255, A: 255}, "#F00": {R: 255, A: 255}, "#0f08": {G: 255, A: 136},
		"rgb(1, 2, 3)": {R: 1, G: 2, B: 3, A: 255}, "transparent": {}, "rgb(300 0 0)": {R: 255, A: 255},
	} {
		if got, ok := frame.ParseColor(text); !ok || got != want {
			t.Errorf("%q is %v, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "f00", "whit", "rgb(nan, 0, 0)", "hsl(inf 0% 0%)", "url(x)", "#ff"} {
		if got, ok := frame.ParseColor(text); ok {
			t.Errorf("%q is taken for %v", text, got)
		}
	}
	for _, name := range frame.ListColorNames() {
		if _, ok := frame.ParseColor(name); !ok {
			t.Errorf("%q is a name and no colour", name)
		}
	}
}

func TestParsePosition(t *testing.T) {
	t.Parallel()
	const start, end = frame.AlignStart, frame.AlignEnd
	for text, want := range map[string]struct {
		at   frame.Position
		edge string
	}{
		"center": {}, "top": {frame.Position{Y: start}, "top"}, "center-left": {frame.Position{X: start}, "left"},
		"right-bottom": {frame.Position{X: end, Y: end}, "bottom-right"},
	} {
		if at, edge, ok := frame.ParsePosition(text); !ok || at != want.at || edge != want.edge {
			t.Errorf("%q is %v at %q, %v", text, at, edge, ok)
		}
	}
	for _, text := range []string{"", "middle", "top-bottom", "left-left", "top-left-center", "-"} {
		if at, _, ok := frame.ParsePosition(text); ok {
			t.Errorf("%q is taken for %v", text, at)
		}
	}
}

// FuzzParse checks that parsed values are within their limits.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"1080p", "1920x1080", "29.97", "30000/1001", "#fff", "rgb(1 2 3 / 50%)", "top-left", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if v, ok := frame.ParseSize(s); ok && (min(v.Width, v.Height) < frame.MinSide || max(v.Width, v.Height) > frame.MaxSide ||
			v.Width%2+v.Height%2 != 0) {
			t.Errorf("%q is a size of %v", s, v)
		}
		if r, ok := frame.ParseRate(s); ok && (r.Den < 1 || r.Num < r.Den || r.Num > frame.MaxRate*r.Den) {
			t.Errorf("%q is a rate of %v", s, r)
		}
		_, _ = frame.ParseColor(s)
		_ = new(frame.Rate).UnmarshalText([]byte(s))
		if _, edge, ok := frame.ParsePosition(s); ok && edge != "" {
			if _, again, ok := frame.ParsePosition(edge); !ok || again != edge {
				t.Errorf("the edge %q of %q is read as %q", edge, s, again)
			}
		}
	})
}

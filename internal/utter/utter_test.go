package utter_test

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"
	"time"

	"mynah/internal/utter"
)

func TestFactor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		factor utter.Factor
		value  float64
		zero   bool
		text   string // in cache keys
		json   string
	}{
		{utter.Factor{}, 1, true, "0", "null"},
		{utter.NewFactor(0), 0, false, "-0", "0"},
		{utter.NewFactor(1), 1, false, "1", "1"},
		{utter.NewFactor(0.001), 0.001, false, "0.001", "0.001"},
		{utter.NewFactor(math.NaN()), 1, true, "0", "null"},
		{utter.Factor{}.MultiplyBy(2), 2, false, "2", "2"},
		{utter.NewFactor(0).MultiplyBy(2), 0, false, "-0", "0"},
		{utter.NewFactor(4).MultiplyBy(0.5), 2, false, "2", "2"},
	} {
		if c.factor.ValueOrOne() != c.value || c.factor.IsZero() != c.zero || c.factor.String() != c.text {
			t.Errorf("%s is %g, zero %v; want %s, %g, %v", c.factor, c.factor.ValueOrOne(), c.factor.IsZero(), c.text, c.value, c.zero)
		}
		b, err := json.Marshal(c.factor)
		var back utter.Factor
		if err := json.Unmarshal(b, &back); err != nil || string(b) != c.json || back != c.factor {
			t.Errorf("%s is written %s and comes back as %s, %v", c.factor, b, back, err)
		}
		if err != nil {
			t.Error(err)
		}
	}
	for given, want := range map[utter.Factor]float64{{}: 1, utter.NewFactor(0): 0.5, utter.NewFactor(9): 2, utter.NewFactor(1.5): 1.5} {
		if got := given.ClampTo(0.5, 2); got != want {
			t.Errorf("%s within 0.5 and 2 is %g, want %g", given, got, want)
		}
	}
	if new(utter.Factor).UnmarshalJSON([]byte(`"fast"`)) == nil {
		t.Error("a text is taken for a factor")
	}
}

func TestRun(t *testing.T) {
	t.Parallel()
	run := utter.Run{Style: utter.Strong, Text: "a", Speed: utter.NewFactor(2), Volume: utter.NewFactor(0)}
	if s, p, v := run.ComputeFactors(); s != 2*0.82 || p != 1.15 || v != 0 {
		t.Errorf("%g %g %g", s, p, v)
	}
	if s, p, v := (utter.Run{Style: utter.Spell}).ComputeFactors(); s != 1 || p != 1 || v != 1 {
		t.Errorf("%g %g %g", s, p, v)
	}
	b, err := json.Marshal([]utter.Run{run, {Text: "b"}})
	if want := `[{"style":"strong","text":"a","speed":2,"volume":0},{"text":"b"}]`; err != nil || string(b) != want {
		t.Errorf("%s, %v", b, err)
	}
	if got := fmt.Sprint(utter.Run{Text: "b", Speed: utter.NewFactor(1.5)}); got != "{ b    1.5 0 0 0s}" {
		t.Errorf("a run is %q in explanations", got)
	}
	if got := utter.JoinTexts([]utter.Run{{Text: "a "}, {Text: "b", Say: "c"}}); got != "a b" {
		t.Error(got)
	}
}

func TestLike(t *testing.T) {
	t.Parallel()
	a := utter.Run{Text: "a", Style: utter.Emphasis, Speed: utter.NewFactor(2)}
	for name, c := range map[string]struct {
		change func(*utter.Run)
		like   bool
	}{
		"text":  {func(r *utter.Run) { r.Text = "b" }, true},
		"style": {func(r *utter.Run) { r.Style = utter.Plain }, false},
		"speed": {func(r *utter.Run) { r.Speed = utter.Factor{} }, false},
		"words": {func(r *utter.Run) { r.Language = "de" }, false},
	} {
		b := a
		c.change(&b)
		if a.CanJoinRun(b) != c.like {
			t.Errorf("different %s: Like returns %v", name, a.CanJoinRun(b))
		}
	}
	for _, r := range []utter.Run{{Say: "x"}, {IPA: "x"}, {Pause: time.Second}} {
		if r.CanJoinRun(r) {
			t.Errorf("%+v goes together with another", r)
		}
	}
}

// FuzzFactor checks that a decoded factor is encoded to an equivalent value.
func FuzzFactor(f *testing.F) {
	for _, s := range []string{"0", "-0", "1", "1.5", "null", "1e-9", `"x"`, "1e999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var a, b utter.Factor
		if json.Unmarshal([]byte(s), &a) != nil {
			return
		}
		text, err := json.Marshal(a)
		if err != nil || json.Unmarshal(text, &b) != nil || a != b {
			t.Errorf("%q is %s, written %s, read as %s", s, a, text, b)
		}
	})
}

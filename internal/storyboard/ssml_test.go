package storyboard_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"mynah/internal/script"
	"mynah/internal/storyboard"
	"mynah/internal/utter"
)

// TestProsody checks the factors for words and limits of SSML's prosody; -1 means an error.
func TestProsody(t *testing.T) {
	t.Parallel()
	const wrong = -1
	for attribute, values := range map[string]map[string]float64{
		"rate": {
			"x-slow": 0.5, "slow": 0.75, "medium": 1, "default": 1, "fast": 1.3, "X-Fast": 1.7, "80%": 0.8,
			"0.5%": 0.005, "+20%": 1.2,
			"-20%": 0.8, "1.5": 1.5, "10": 10, "10.1": wrong, "0": wrong, "-1": wrong, "0%": wrong, "-100%": wrong,
			"1000%": 10, "1001%": wrong, "quick": wrong, "x%": wrong,
		},
		"pitch": {
			"x-low": 0.7, "low": 0.85, "medium": 1, "high": 1.15, "x-high": 1.35, "+10%": 1.1, "12st": 2, "-12st": 0.5,
			"24st": 4, "-24st": 0.25, "24.1st": wrong, "-24.1st": wrong, "150hz": 1, "300Hz": 2, "+75hz": 1.5, "-75hz": 0.5,
			"-150hz": wrong, "0hz": wrong, "1999hz": 1999.0 / 150, "2000hz": wrong, "+1850hz": wrong,
			"150": wrong, "xhz": wrong, "xst": wrong,
		},
		"volume": {
			"silent": 0.001, "x-soft": 0.3, "soft": 0.6, "medium": 1, "loud": 1.5, "x-loud": 2, "+6db": math.Pow(10, 0.3),
			"-100db": 1e-5, "-101db": wrong, "12db": math.Pow(10, 0.6), "40db": math.Pow(10, 0.6), "50%": 0.5, "100": 1,
			"50": 0.5, "0": 0.001, "101": wrong, "-1": wrong, "x": wrong, "xdb": wrong,
		},
	} {
		for said, want := range values {
			src := fmt.Sprintf(`<speak><prosody %s=" %s ">Said.</prosody></speak>`, attribute, said)
			board, list := plan(t, src, storyboard.Options{})
			if list.HasErrors() != (want == wrong) {
				t.Errorf("%s %q: %v", attribute, said, list)
				continue
			}
			if want == wrong {
				if !strings.HasPrefix(list[0].Detail, "Allowed: ") || !strings.Contains(list[0].Summary, attribute) {
					t.Errorf("%s %q: %+v", attribute, said, list[0])
				}
				continue
			}
			r := board.Scenes[0].Parts[0].Runs[0]
			got := map[string]utter.Factor{"rate": r.Speed, "pitch": r.Pitch, "volume": r.Volume}
			for name, f := range got {
				if name == attribute && math.Abs(f.ValueOrOne()-want) > want*1e-9 || name != attribute && !f.IsZero() {
					t.Errorf("%s %q gives %s %v, want %v", attribute, said, name, f, want)
				}
			}
		}
	}
}

// TestProsodyNested checks that factors of nested elements multiply, and that attributes without
// effect get a warning.
func TestProsodyNested(t *testing.T) {
	t.Parallel()
	const src = `<speak><prosody rate="0.5">a <prosody rate="0.5" pitch="2st">b</prosody> c</prosody></speak>`
	board, list := plan(t, src, storyboard.Options{})
	var got []string
	for _, r := range board.Scenes[0].Parts[0].Runs {
		got = append(got, fmt.Sprint(strings.TrimSpace(r.Text), " ", r.Speed, " ", !r.Pitch.IsZero()))
	}
	if want := "a 0.5 false, b 0.25 true, c 0.5 false"; strings.Join(got, ", ") != want || len(list) > 0 {
		t.Errorf("got %q, want %q; %v", got, want, list)
	}
	for _, name := range []string{"contour", "range", "duration"} {
		_, list := plan(t, `<speak><prosody `+name+`="x">a</prosody></speak>`, storyboard.Options{})
		if len(list) != 1 || !strings.Contains(list[0].Summary, name) {
			t.Errorf("%s: %v", name, list)
		}
	}
}

// TestBreakStrengths checks the length of each strength.
func TestBreakStrengths(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	for strength, want := range map[string]time.Duration{
		"x-weak": 100 * ms, "weak": 250 * ms, "medium": 500 * ms, "strong": 750 * ms, "x-strong": 1200 * ms,
	} {
		board, _ := plan(t, `<speak>a <break strength="`+strength+`"/> b</speak>`, storyboard.Options{})
		if p := board.Scenes[0].Parts[1]; p.Kind != storyboard.Pause || p.Length != want {
			t.Errorf("%s lasts %v, want %v", strength, p.Length, want)
		}
	}
	// Times with a space before the unit, and in seconds without a unit.
	board, _ := plan(t, `<speak>a <break time="1 s"/> b <break time="2"/> c</speak>`, storyboard.Options{})
	if a, b := board.Scenes[0].Parts[1].Length, board.Scenes[0].Parts[3].Length; a != time.Second || b != 2*time.Second {
		t.Errorf("%v and %v", a, b)
	}
}

// cast is a project whose voices have languages and genders.
type cast struct{ project }

func (cast) ChooseVoiceLike(language, gender string) (storyboard.Voice, bool) {
	return storyboard.Voice{Name: language + "/" + gender, Language: language}, language != "xx"
}

func (cast) ResolveVoice(name, language string) storyboard.Voice {
	v := storyboard.Voice{Name: name, Language: "en-GB"}
	if name == "" {
		v.Name, v.Language = "usual-"+language, language
	}
	return v
}

func (cast) ReadAs(text, as, format, language string) (string, bool) {
	return strings.Join([]string{text, as, format, language}, "|"), as != "nonsense"
}

// planCast plans a script with the voices of cast.
func planCast(t *testing.T, src string) (*storyboard.Board, []string) {
	t.Helper()
	s, list := script.Parse("film.md", []byte(src))
	if len(list) > 0 {
		t.Fatal(list)
	}
	board, found := storyboard.Plan(s, cast{}, storyboard.Options{})
	var out []string
	for _, d := range found {
		out = append(out, d.Summary)
	}
	return board, out
}

// TestVoicesOfSSML checks how voices are found by name, language and gender.
func TestVoicesOfSSML(t *testing.T) {
	t.Parallel()
	for attributes, want := range map[string]string{
		`name="ann"`:                             "ann",
		`name="ann bob"`:                         "ann",
		`name="ann" xml:lang="de" gender="male"`: "ann",
		`xml:lang="de"`:                          "de/",
		`languages="de fr"`:                      "de/",
		`xml:lang="fr" languages="de"`:           "fr/",
		`xml:lang="de" gender="female"`:          "de/female",
		`gender="female"`:                        "en-GB/female",
		`xml:lang="xx"`:                          "usual-xx",
		``:                                       "amy",
	} {
		board, _ := planCast(t, "---\nvoice: amy\n---\n<speak>a <voice "+attributes+">b</voice> c</speak>")
		var got []string
		for _, p := range board.Scenes[0].Parts {
			got = append(got, p.Voice)
		}
		if len(got) != 3 || got[0] != "amy" || got[1] != want || got[2] != "amy" {
			t.Errorf("<voice %s>: %q, want %q between two of amy", attributes, got, want)
		}
	}
}

// TestSayings checks the spoken form and style of SSML elements.
func TestSayings(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		`<say-as interpret-as="date" format="dmy">1.2.</say-as>`:         `"1.2." says "1.2.|date|dmy|en-GB"`,
		`<say-as interpret-as="Date">1</say-as>`:                         `"1" says "1|date||en-GB"`,
		`<lang xml:lang="de"><say-as interpret-as="x">1</say-as></lang>`: `"1" says "1|x||de" in de`,
		`<say-as interpret-as="spell-out">abc</say-as>`:                  `"abc" spell`,
		`<say-as interpret-as="letters">abc</say-as>`:                    `"abc" spell`,
		`<say-as interpret-as="verbatim">abc</say-as>`:                   `"abc" spell`,
		`<sub alias="World">W</sub>`:                                     `"W" says "World"`,
		`<sub alias="World"></sub>`:                                      `"World"`,
		`<phoneme ph="x">a</phoneme>`:                                    `"a" as /x/`,
		`<phoneme alphabet="IPA" ph="x">a</phoneme>`:                     `"a" as /x/`,
		`<emphasis>a</emphasis>`:                                         `"a" emphasis`,
		`<emphasis level="moderate">a</emphasis>`:                        `"a" emphasis`,
		`<emphasis level="strong">a</emphasis>`:                          `"a" strong`,
		`<emphasis level="reduced">a</emphasis>`:                         `"a" reduced`,
		`<emphasis level="none">a</emphasis>`:                            `"a"`,
		`<lang xml:lang="fr">a</lang>`:                                   `"a" in fr`,
		`<metadata>x</metadata><desc>y</desc>a`:                          `"a"`,
	} {
		board, found := planCast(t, "---\nvoice: amy\n---\n<speak>"+src+"</speak>")
		var got []string
		for _, p := range board.Scenes[0].Parts {
			for _, r := range p.Runs {
				said := fmt.Sprintf("%q", r.Text)
				if r.Say != "" {
					said += fmt.Sprintf(" says %q", r.Say)
				}
				if r.IPA != "" {
					said += " as /" + r.IPA + "/"
				}
				if r.Style != "" {
					said += " " + string(r.Style)
				}
				if r.Language != "" {
					said += " in " + r.Language
				}
				got = append(got, said)
			}
		}
		if strings.Join(got, ", ") != want || len(found) > 0 {
			t.Errorf("%s: got %q, want %s; %q", src, got, want, found)
		}
	}
	for src, want := range map[string]string{
		`<say-as interpret-as="nonsense">1</say-as>`: "say-as has no effect",
		`<sub>a</sub>`: "no alias",
		`<phoneme alphabet="x-sampa" ph="x">a</phoneme>`: "alphabet",
		`<phoneme ph="x"> </phoneme>a`:                   "contains no text",
		`<emphasis level="loud">a</emphasis>`:            "level",
		`<audio src="a.mp3">a</audio>`:                   "audio plays nothing",
		`<lexicon uri="x"/>a`:                            "lexicon has no effect",
	} {
		if _, found := planCast(t, "<speak>"+src+"</speak>"); len(found) != 1 || !strings.Contains(found[0], want) {
			t.Errorf("%s: %q, want one with %q", src, found, want)
		}
	}
}

// TestLanguageOfABlock checks that xml:lang with the voice's own language, in any region, has no
// effect.
func TestLanguageOfABlock(t *testing.T) {
	t.Parallel()
	for lang, want := range map[string]string{"en-US": "", "EN": "", "de": "de"} {
		board, _ := planCast(t, "---\nvoice: amy\n---\n<speak xml:lang=\""+lang+"\">a</speak>")
		if got := board.Scenes[0].Parts[0].Runs[0].Language; got != want {
			t.Errorf("%s: the run is in %q, want %q", lang, got, want)
		}
	}
}

// TestBlanksOfSSML checks that white space becomes single spaces.
func TestBlanksOfSSML(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"<speak> a\n\t b </speak>":                                       "a b",
		"<speak>a<emphasis> b </emphasis>c</speak>":                      "a b c",
		"<speak>a <emphasis>b</emphasis> <emphasis>c</emphasis></speak>": "a b c",
		"<speak>\n <emphasis>b</emphasis>\n</speak>":                     "b",
		"<speak><p>a</p>\n<p>b</p></speak>":                              "a / b",
		"<speak><s>a</s>b</speak>":                                       "a / b",
		"<speak>a <desc>x</desc>b</speak>":                               "a b",
		"<speak>One. <break time=\"1s\"/>Two</speak>":                    "One. / Two",
	} {
		board, _ := plan(t, src, storyboard.Options{})
		var got []string
		for _, p := range board.Scenes[0].Parts {
			if p.Kind == storyboard.Speech {
				got = append(got, strings.Join(strings.Fields(p.Text), " "))
			}
		}
		if strings.Join(got, " / ") != want {
			t.Errorf("%q: %q, want %s", src, got, want)
		}
	}
	// Whether the sentence continues after a break.
	for src, want := range map[string]bool{
		"One <break/> two": true, "One. <break/> Two": false, "一。<break/> 二": false, "One! <break/> Two": false,
	} {
		board, _ := plan(t, "<speak>"+src+"</speak>", storyboard.Options{})
		if got := board.Scenes[0].Parts[0].Fragment; got != want {
			t.Errorf("%q: the first part is a fragment: %v", src, got)
		}
	}
}

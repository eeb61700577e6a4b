package storyboard_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mynah/internal/diag"
	"mynah/internal/script"
	"mynah/internal/storyboard"
)

// TestScenesNamed checks how FormatScenes formats scene numbers.
func TestScenesNamed(t *testing.T) {
	t.Parallel()
	upTo := func(n int) []int {
		var out []int
		for i := range n {
			out = append(out, i+1)
		}
		return out
	}
	for n, want := range map[int]string{
		1: "scene 1", 2: "scenes 1 and 2", 3: "scenes 1, 2 and 3",
		12: "scenes 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 12",
		13: "scenes 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and 1 more",
		20: "scenes 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and 8 more",
	} {
		if got := storyboard.FormatScenes(upTo(n)); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

// TestLevel checks the loudness of films.
func TestLevel(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"Said.":                                    "-16 true",
		"![](a.png)":                               "0 false",
		"(pause: 1)\n\n![](a.png)":                 "0 false",
		"---\nloudness: -20\n---\nSaid.":           "-20 true",
		"---\nloudness: none\n---\nSaid.":          "0 false",
		"---\nloudness: -20\n---\n![](a.png)":      "0 false",
		"![](a.png)\n\n---\n\n![](a.png)\n\nSaid.": "-16 true",
	} {
		board, _ := plan(t, src, storyboard.Options{})
		level, ok := board.FindTargetLoudness()
		if got := fmt.Sprint(level, " ", ok); got != want {
			t.Errorf("%q: %s, want %s", src, got, want)
		}
	}
}

// TestNumbers checks that scenes are numbered from 1, or from FirstScene.
func TestNumbers(t *testing.T) {
	t.Parallel()
	for first, want := range map[int]string{0: "1 2", 1: "1 2", 7: "7 8"} {
		board, _ := plan(t, "One.\n\n---\n\nTwo.", storyboard.Options{FirstScene: first})
		if got := fmt.Sprint(board.Scenes[0].Number, " ", board.Scenes[1].Number); got != want {
			t.Errorf("from %d: %s, want %s", first, got, want)
		}
	}
}

// TestParagraphs checks the index of each sentence's paragraph.
func TestParagraphs(t *testing.T) {
	t.Parallel()
	board, _ := plan(t, "One. *Two.* Three.\n\n<speak><p>Four.</p><p>Five.</p></speak>\n\nSix.\n\n---\n\nSeven.",
		storyboard.Options{})
	var got []string
	for _, s := range board.Scenes {
		for _, p := range s.Parts {
			got = append(got, fmt.Sprint(strings.TrimSpace(p.Text), p.Paragraph))
		}
	}
	if want := "One.0|Two.0|Three.0|Four.1|Five.2|Six.3|Seven.0"; strings.Join(got, "|") != want {
		t.Errorf("%q", got)
	}
}

// TestReach checks where directions apply: to the whole scene wherever they are in it, or from their
// place to the end of the scene, and never in the next scene.
func TestReach(t *testing.T) {
	t.Parallel()
	board, list := plan(t, "---\nvoice: bob\nfont-size: 30\ncanvas: red\n---\nOne.\n\n"+
		"(voice-speed: 2)\n(voice-emphasis: strong)\n\nTwo.\n\n```\na\n```\n\n(font-size: 20)\n(canvas: blue)\n"+
		"(duration: 4)\n(theme: bold)\n\n---\n\nThree.\n\n```\nb\n```\n", storyboard.Options{})
	if len(list) > 0 {
		t.Fatal(list)
	}
	var got []string
	for _, s := range board.Scenes {
		for _, p := range s.Parts {
			got = append(got, fmt.Sprint(p.Text, p.Voice, p.Speed, p.Emphasis))
		}
		got = append(got, fmt.Sprint(s.Slides[0].FontSize, s.Slides[0].Theme, s.Canvas.B, s.CanvasSet, s.Duration != nil))
	}
	want := []string{
		"One.bob1", "Two.bob2strong", "20bold255truetrue",
		"Three.bob1", "30default0truefalse",
	}
	for i := range got {
		got[i] = strings.ReplaceAll(got[i], " ", "")
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestLastCounts checks that the last of two directions for the whole scene is used.
func TestLastCounts(t *testing.T) {
	t.Parallel()
	s, _ := script.Parse("film.md", []byte("![](a.png)\n\n(duration: 3)\n(duration: 5)\n"+
		"(background: music.mp3)\n(background: none)"))
	board, _ := storyboard.Plan(s, project{}, storyboard.Options{})
	scene := board.Scenes[0]
	if *scene.Duration != 5*time.Second || scene.Music == nil || scene.Music.File != "" {
		t.Errorf("%v, %+v", *scene.Duration, scene.Music)
	}
}

// TestWaiting checks that a direction belongs to the slide or picture above it, else to the next one,
// and is applied once.
func TestWaiting(t *testing.T) {
	t.Parallel()
	board, list := plan(t, "(highlight: 1)\n\n```go\na\n```\n\n```go\nb\n```\n\n(reveal: 1, 2)\n\n"+
		"---\n\n(callout:\n  cx: 1\n  cy: 2\n  size: 3)\n\nSaid.\n\n---\n\nMore.",
		storyboard.Options{})
	first := board.Scenes[0].Slides
	if len(list) > 0 || len(first[0].Highlight) != 1 || len(first[1].Highlight) != 0 ||
		len(first[0].Ranges) != 0 || len(first[1].Ranges) != 2 {
		t.Errorf("%+v; %v", first, list)
	}
	if a, b := board.Scenes[1].Callouts, board.Scenes[2].Callouts; len(a) != 1 || len(b) != 0 {
		t.Errorf("%v and %v", a, b)
	}
}

// TestNothingToReveal checks the warning for a reveal or highlight on a slide without a list or code.
func TestNothingToReveal(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]int{
		"```md\n- a\n```\n(reveal: items)":      0,
		"```md\ntext\n```\n(reveal: items)":     1,
		"```md\n# a\n\nb\n```\n(reveal: items)": 1,
		"```go\na\n```\n(reveal: items)":        1,
		"```md\n- a\n```\n(reveal: 1)":          1,
		"```\na\n```\n(reveal: 1)":              1,
		"```dot\na\n```\n(highlight: 1)":        1,
		"```go\na\n```\n(highlight: 1)":         0,
		"Said.\n\n(highlight: 1)":               1,
	} {
		board, list := plan(t, src, storyboard.Options{})
		if len(list) != want || want > 0 && len(board.Scenes[0].Slides) > 0 && board.Scenes[0].Slides[0].Steps != 1 {
			t.Errorf("%q: %v", src, list)
		}
	}
}

// TestUnreadable checks that it is an error if a voice can read no letter of its narration in a scene,
// and one warning if it can read a part.
func TestUnreadable(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"Said.":                          "",
		"Привет.":                        "1:1 error",
		"Said.\n\nПривет.":               "3:1 warning",
		"Said and ж.\n\n---\n\nAgain ж.": "1:1 warning",
		"Said.\n\n---\n\nПривет.":        "5:1 error",
		"Привет.\n\n(voice: ann)\n\nПока, all.": "1:1 error, 5:1 warning",
	} {
		_, list := plan(t, src, storyboard.Options{})
		var got []string
		for _, d := range list {
			if d.Code == diag.Unreadable {
				got = append(got, fmt.Sprintf("%d:%d %s", d.Range.Start.Line, d.Range.Start.Column, d.Severity))
				if !strings.Contains(d.Hint, "olga") || !strings.Contains(d.Summary, "Cyrillic") {
					t.Errorf("%q: %+v", src, d)
				}
			}
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%q: %q, want %s", src, got, want)
		}
	}
}

// TestNothingToSay checks that narration without letters and digits is skipped with a warning.
func TestNothingToSay(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]int{"🙂\n\n![](a.png)": 0, "…\n\nSaid.": 1, "7": 1, "é": 1} {
		board, list := plan(t, src, storyboard.Options{})
		if len(board.Scenes[0].Parts) != want || (len(list) == 1) != (want == 0 || strings.HasPrefix(src, "…")) {
			t.Errorf("%q: %d parts, %v", src, len(board.Scenes[0].Parts), list)
		}
	}
}

// german is a text that is long enough for its language to be detected.
const german = "Das ist ein Haus und es steht nicht weit von der Stadt, in der wir auch wohnen, " +
	"aber sie ist sehr klein."

// TestOtherLanguage checks the warning for a voice that reads text in another language, and the scenes
// in it.
func TestOtherLanguage(t *testing.T) {
	t.Parallel()
	english := "This is a house and it is not far from the town in which we live, but it is very small and that is all."
	for src, want := range map[string]string{
		english:                          "",
		german:                           "in scene 1 is probably German",
		english + "\n\n---\n\n" + german: "in scene 2 is probably German",
		german + "\n\n---\n\n" + english + "\n\n---\n\n" + german: "in scenes 1 and 3 is probably German",
	} {
		s, _ := script.Parse("film.md", []byte("---\nvoice: amy\n---\n"+src))
		_, list := storyboard.Plan(s, cast{}, storyboard.Options{})
		got, hint := "", ""
		for _, d := range list {
			if d.Code == diag.OtherLanguage {
				got, hint = d.Summary, d.Hint
			}
		}
		if want == "" && got != "" || !strings.HasSuffix(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		// The hint suggests to name no voice only if the whole film is in that language.
		if whole := src == german; strings.Contains(hint, "language: de") != whole {
			t.Errorf("%q hints at %q", src[:20], hint)
		}
	}
}

// TestFilmsLanguage checks that the film's language is the header's, or else that of the narration.
func TestFilmsLanguage(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		german:                              "de",
		"Said.":                             "",
		"---\nlanguage: fr\n---\n" + german: "fr",
		"---\nvoice: amy\n---\n" + german:   "en-GB",
		"<speak>" + german + "</speak>":     "",
	} {
		s, _ := script.Parse("film.md", []byte(src))
		board, _ := storyboard.Plan(s, cast{}, storyboard.Options{})
		if board.Film.Language != want {
			t.Errorf("%q: %q, want %q", src, board.Film.Language, want)
		}
	}
}

// greek is a project whose default voice cannot read Greek. It may have a voice that can.
type greek struct {
	cast
	reads bool
}

func (g greek) CanRead(_ string, v storyboard.Voice) bool { return v.Language == "el" && g.reads }

// TestVoiceOfLetters checks that the default voice is one that can read the letters of the narration.
func TestVoiceOfLetters(t *testing.T) {
	t.Parallel()
	const narration = "Καλημέρα σε όλους σας, το λιμάνι είναι όμορφο."
	for src, want := range map[string][2]string{
		"---\nlanguage: en\n---\n" + narration: {"usual-en", "usual-el"},
		"---\nlanguage: en\n---\nHello.":       {"usual-en", "usual-en"},
		"---\nvoice: amy\n---\n" + narration:   {"amy", "amy"},
		narration:                              {"usual-el", "usual-el"},
	} {
		for i, reads := range []bool{false, true} {
			s, _ := script.Parse("film.md", []byte(src))
			board, _ := storyboard.Plan(s, greek{reads: reads}, storyboard.Options{})
			if got := board.Scenes[0].Parts[0].Voice; got != want[i] {
				t.Errorf("%q, with a voice that reads it %v: %s, want %s", src, reads, got, want[i])
			}
		}
	}
}

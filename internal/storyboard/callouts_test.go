package storyboard_test

import (
	"fmt"
	"slices"
	"testing"

	"mynah/internal/script"
	"mynah/internal/storyboard"
)

// TestCalloutsFindTheirPicture checks that a callout belongs to the nearest picture above it, or else
// to the next one.
func TestCalloutsFindTheirPicture(t *testing.T) {
	t.Parallel()
	callout := func(cx int) string { return fmt.Sprintf("\n\n(callout:\n  cx: %d\n  cy: 1\n  size: 1)\n\n", cx) }
	board, _ := plan(t, callout(1)+"![](a.png)"+callout(2)+"![](pictures/a.png)"+callout(3)+callout(4), storyboard.Options{})
	var got []string
	for _, s := range board.Scenes[0].Shots {
		for _, c := range s.Callouts {
			got = append(got, fmt.Sprint(s.File, " ", c.CX))
		}
	}
	if want := []string{"a.png 1", "a.png 2", "pictures/a.png 3", "pictures/a.png 4"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestChapters checks that chapters come from directions, or else from headings of slides, and that
// one starts at the beginning of the film.
func TestChapters(t *testing.T) {
	t.Parallel()
	const md = "\n```md\n%s\n```\n\n---\n"
	slides := func(texts ...string) string {
		var out string
		for _, text := range texts {
			out += fmt.Sprintf(md, text)
		}
		return out
	}
	for _, c := range []struct {
		name, src string
		want      []string
	}{
		{"none", "One.\n\n---\nTwo.", []string{"", ""}},
		{"named", "(chapter: A: b)\nOne.\n---\nTwo.\n---\n(chapter: C)\nThree.", []string{"A: b", "", "C"}},
		{"not from the beginning", "---\ntitle: The film\n---\nOne.\n---\n(chapter: C)\nTwo.", []string{"The film", "C"}},
		{"without a title", "One.\n---\n(chapter: C)\nTwo.", []string{"Start", "C"}},
		{"headings", slides("# One **and** `all`\n\n- a", "text alone", "## [Two](x) &amp; \\*more\\*",
			"## Two & \\*more\\*", "Under\n==="), []string{"One and all", "", "Two & *more*", "", "Under"}},
		{"names win over headings", slides("# One", "# Two") + "(chapter: C)\nThree.", []string{"Start", "", "C"}},
		{"code is no heading", "```sh\n# not one\n```\n---\n```\n# nor this\n```\n", []string{"", ""}},
	} {
		board, list := plan(t, c.src, storyboard.Options{})
		var got []string
		for _, s := range board.Scenes {
			got = append(got, s.Chapter)
		}
		if !slices.Equal(got, c.want) || list.HasErrors() {
			t.Errorf("%s: %q, want %q (%v)", c.name, got, c.want, list)
		}
	}
}

// TestRevealingCallouts checks which of several reveal directions counts, and the warning for a scene without callouts.
func TestRevealingCallouts(t *testing.T) {
	t.Parallel()
	const list, circle = "```md\n- a\n- b\n```\n\n", "(callout:\n  cx: 1\n  cy: 2\n  size: 3)\n\n"
	for _, c := range []struct {
		src             string
		callouts, items bool
		warnings        int
	}{
		{circle + "(reveal: callouts)", true, false, 0},
		{"(reveal: callouts)\n\n" + circle, true, false, 0},
		{"![](a.png)\n\n" + circle + circle + "(reveal: callouts)", true, false, 0},
		{list + "(reveal: callouts)", false, false, 1},
		{list + circle + "(reveal: items)\n\n(reveal: callouts)", true, false, 0},
		{list + circle + "(reveal: callouts)\n\n(reveal: items)", false, true, 0},
	} {
		parsed, _ := script.Parse("film.md", []byte(c.src)) // warns that one of two directions is ignored
		board, found := storyboard.Plan(parsed, project{}, storyboard.Options{})
		s := board.Scenes[0]
		items := len(s.Slides) > 0 && s.Slides[0].Reveal
		if s.RevealCallouts != c.callouts || items != c.items || len(found) != c.warnings || found.HasErrors() {
			t.Errorf("%q: callouts %v, items %v, %v", c.src, s.RevealCallouts, items, found)
		}
	}
}

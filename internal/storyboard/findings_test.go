package storyboard_test

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"

	"mynah/internal/storyboard"
)

// TestFindings checks each finding of the planner with a separate script.
func TestFindings(t *testing.T) {
	t.Parallel()
	const fine = "\n\n![](a.png)\n"
	for _, c := range []struct {
		name, src string
		dir       string
		// want is "LINE:COLUMN SEVERITY CODE" of each finding; says are words that the message must contain.
		want []string
		says []string
	}{
		{"nothing is wrong", "Said.\n\n![](a.png)", "", nil, nil},
		{"no scene", "", "", []string{"1:1 error"}, []string{"scene"}},
		{"missing picture", "![](c.png)", "", []string{"1:5 error"}, []string{"c.png"}},
		{"missing picture, and what is like it", "![](a.pnk)", "", []string{"1:5 error"}, []string{"a.pnk", `did you mean "a.png"?`}},
		{"missing clip", "(video: no.mp4)", "", []string{"1:9 error"}, []string{"no.mp4"}},
		{"missing sound", "(audio: no.wav)" + fine, "", []string{"1:9 error"}, []string{"no.wav"}},
		{"missing music", "(background: no.mp3)" + fine, "", []string{"1:14 error"}, []string{"no.mp3"}},
		{"missing music of the header", "---\nbackground: no.mp3\n---" + fine, "", []string{"2:13 error"}, []string{"no.mp3"}},
		{"a folder", "![](pictures)", "", []string{"1:5 error"}, []string{"pictures", "folder"}},
		{"a text as a picture", "![](lies.png)", "", []string{"1:5 error"}, []string{"lies.png", "is a text file"}},
		{"a sound as a picture", "![](sound.wav)", "", []string{"1:5 error"}, []string{"is a sound"}},
		{"a picture as a sound", "(audio: a.png)" + fine, "", []string{"1:9 error"}, []string{"is a picture"}},
		{"a text as music", "(background: lies.wav)" + fine, "", []string{"1:14 error"}, []string{"is a text file"}},
		{"missing theme", "(theme: no.css)" + fine, "", []string{"1:9 error"}, []string{"no.css"}},
		{"missing lexicon", "---\nlexicon: no.txt\n---" + fine, "", []string{"2:10 error"}, []string{"no.txt"}},
		{"missing font", "---\nsubtitles:\n  mode: external\n  font: no.ttf\n---" + fine, "", []string{"4:9 error"}, []string{"no.ttf"}},
		{
			"every missing file is told", "![](c.png)\n![](c.png)\n\n---\n(audio: c.wav)", "",
			[]string{"1:5 error", "2:5 error", "5:9 error"},
			nil,
		},

		{"unknown voice", "(voice: zoe)\n\nSaid.\n", "", []string{"1:2 warning unknown-voice"}, []string{"zoe", "say ann"}},
		{"unknown voice of the header", "---\nvoice: zoe\n---\nSaid.\n", "", []string{"2:1 warning unknown-voice"}, []string{"zoe"}},
		{
			"unknown language of the header", "---\ntitle: x\nlanguage: tlh\n---\nSaid.\n", "",
			[]string{"3:1 warning unknown-voice"},
			[]string{"tlh"},
		},
		{
			"unknown voice in SSML", "<speak>\n<voice name=\"zoe\">Said.</voice></speak>", "",
			[]string{"2:1 warning unknown-voice"},
			[]string{"zoe"},
		},
		{
			"unknown voices are told once each",
			"(voice: zoe)\n\nOne.\n\nTwo.\n\n---\n(voice: zoe)\n\nThree.\n\n(voice: yan)\n\nFour.", "",
			[]string{"1:2 warning unknown-voice", "12:2 warning unknown-voice"},
			[]string{"zoe", "yan"},
		},
		{"missing voice", "(voice: gone)\n\nSaid.", "", []string{"1:2 warning missing-voice"}, []string{"install it"}},

		{"two ways to play clips", "![loop](clip.mp4)\n![trim](clip.mp4)", "", []string{"2:1 warning"}, []string{"loop", "trim"}},
		{
			"a clip's options on an image",
			"![loop](a.png)\n![end](a.png)\n![1-2](a.png)\n![mute](a.png)\n\n(video:\n  file: a.png\n  volume: 0.5)", "",
			[]string{"1:1 warning", "2:1 warning", "3:1 warning", "4:1 warning", "6:1 warning"},
			[]string{"loop", "end", "segment", "mute", "volume"},
		},
		{
			"a clip's options on a GIF", "![start](dot.gif)\n![1-2](dot.gif)", "",
			[]string{"1:1 warning", "2:1 warning"},
			[]string{"start", "segment"},
		},
		{
			"an image's options on a clip", "![zoom](clip.mp4)\n![pan](dot.gif)", "",
			[]string{"1:1 warning", "2:1 warning"},
			[]string{"zoom", "pan"},
		},
		{
			"a callout of a picture that is not there",
			"Said.\n\n(callout:\n  of: image\n  cx: 1\n  cy: 2\n  size: 3)", "",
			[]string{"3:1 warning"},
			[]string{"picture"},
		},
		{"a reveal without a slide", "Said.\n\n(reveal: items)", "", []string{"3:1 warning"}, []string{"slide"}},
		{"a reveal without a list", "(reveal: items)\n\n```\n- a\n```\n", "", []string{"3:1 warning"}, []string{"list"}},
		{"lines of a text", "```\na\n```\n(highlight: 1)", "", []string{"1:1 warning"}, []string{"language"}},
		{"a break of no length", "<speak>a <break time=\"soon\"/> b</speak>", "", []string{"1:10 error"}, []string{"500ms"}},
		{"a break longer than an hour", "<speak>a <break time=\"3601s\"/> b</speak>", "", []string{"1:10 error"}, nil},
		{
			"a break of an unknown strength", "<speak>a <break strength=\"hard\"/> b</speak>", "",
			[]string{"1:10 error"},
			[]string{"x-strong"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, list := plan(t, c.src, storyboard.Options{Dir: c.dir})
			var got []string
			var all strings.Builder
			for _, d := range list {
				got = append(got, strings.TrimSpace(fmt.Sprintf("%d:%d %s %s", d.Range.Start.Line,
					d.Range.Start.Column, d.Severity, d.Code)))
				fmt.Fprintln(&all, d.Summary, d.Detail, d.Hint)
				if d.Range.File != path.Join(c.dir, "film.md") {
					t.Errorf("%v is not about the script", d)
				}
			}
			slices.Sort(got)
			slices.Sort(c.want)
			if !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q\n%s", got, c.want, &all)
			}
			for _, s := range c.says {
				if !strings.Contains(all.String(), s) {
					t.Errorf("it does not tell %q:\n%s", s, &all)
				}
			}
		})
	}
}

// TestNearestNames checks the suggestions for names of missing files.
func TestNearestNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ dir, missing, found string }{
		{"", "a.pnk", "a.png"},
		{".", "pictures/a.pnk", "pictures/a.png"},
		{"films/part", "in.pnk", "films/part/in.png"},
		{"films", "part/in.pnk", "films/part/in.png"},
		{"films", "./up.pnk", "films/up.png"},
		{"films/part", "../up.pnk", "films/up.png"},
		{"films/part", "../../pictures/a.pnk", "pictures/a.png"},
	} {
		_, list := plan(t, "![]("+c.missing+")", storyboard.Options{Dir: c.dir})
		if len(list) != 1 {
			t.Fatalf("%+v: %v", c, list)
		}
		_, near, _ := strings.Cut(list[0].Hint, `"`)
		near, _, _ = strings.Cut(near, `"`)
		board, list := plan(t, "![]("+near+")", storyboard.Options{Dir: c.dir})
		if len(list) > 0 || board.Scenes[0].Shots[0].File != c.found {
			t.Errorf("in %q, for %q: the suggestion is %q: %v", c.dir, c.missing, near, list)
		}
	}
}

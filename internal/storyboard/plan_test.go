package storyboard_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path"
	"strings"
	"testing"
	"time"
	"unicode"

	"mynah/internal/diag"
	"mynah/internal/frame"
	"mynah/internal/script"
	"mynah/internal/storyboard"
	"mynah/internal/utter"
)

var update = flag.Bool("update", false, "accept what is seen now")

// project is a Project with a few files and two voices.
type project struct{}

// files describes the files of the project, by path.
func files() map[string]storyboard.File {
	picture := storyboard.File{Exists: true, Kind: storyboard.Image, Describe: "is a picture"}
	sound := storyboard.File{Exists: true, Sound: true, Describe: "is a sound"}
	text := storyboard.File{Exists: true, Describe: "is a text file"}
	return map[string]storyboard.File{
		"a.png": picture, "pictures/a.png": picture, "pictures/b.jpg": picture, "films/part/in.png": picture, "films/up.png": picture,
		"dot.gif":  {Exists: true, Kind: storyboard.GIF, Describe: "is a picture"},
		"clip.mp4": {Exists: true, Kind: storyboard.Clip, Sound: true, Describe: "is a clip"},
		"mute.mp4": {
			Exists: true, Kind: storyboard.Clip,
			Describe: "is a clip",
		}, "music.mp3": sound, "other.mp3": sound, "sound.wav": sound,
		"lies.png": text, "lies.wav": text, "look.css": text, "words.txt": text,
		"pictures": {Exists: true, Dir: true, Describe: "is a folder"},
	}
}

func (project) DescribeFile(name string) storyboard.File { return files()[name] }
func (project) IsTrack(name string) bool                 { return name == "ukulele-1" }

// SuggestFile returns a file whose name differs only in its last letter.
func (project) ChooseVoiceLike(string, string) (storyboard.Voice, bool) {
	return storyboard.Voice{}, false
}
func (project) ReadAs(string, string, string, string) (string, bool) { return "", false }
func (project) AddLexicon(string) diag.List                          { return nil }
func (project) CountLegible(sentence []utter.Run, _ storyboard.Voice) storyboard.Legibility {
	var l storyboard.Legibility
	for _, r := range sentence {
		for _, c := range r.Text {
			if unicode.IsLetter(c) {
				l.Letters++
			}
			if unicode.Is(unicode.Cyrillic, c) {
				l.Lost, l.Script, l.Reader, l.ReaderLanguage = l.Lost+1, "Cyrillic", "olga", "Russian"
			}
		}
	}
	return l
}
func (project) CanRead(string, storyboard.Voice) bool { return true }
func (project) SuggestFile(name, _ string) string {
	for n := range files() {
		if len(n) == len(name) && path.Dir(n) == path.Dir(name) && n[:len(n)-1] == name[:len(name)-1] {
			return n
		}
	}
	return ""
}

func (project) ResolveVoice(name, language string) storyboard.Voice {
	switch name {
	case "ann", "bob":
		return storyboard.Voice{Name: name}
	case "":
		v := storyboard.Voice{Name: "default-" + language}
		if language == "tlh" {
			v.Problem, v.Code = "nobody speaks tlh", diag.UnknownVoice
		}
		return v
	case "gone":
		return storyboard.Voice{Name: "ann", Problem: "gone is not installed", Hint: "install it", Code: diag.MissingVoice}
	default:
		return storyboard.Voice{Name: "ann", Problem: name + " is not known", Hint: "say ann", Code: diag.UnknownVoice}
	}
}

// SplitSentences splits after full stops.
func (project) SplitSentences(runs []utter.Run, _ string) [][]utter.Run {
	var out [][]utter.Run
	var cur []utter.Run
	for _, r := range runs {
		cur = append(cur, r)
		if strings.HasSuffix(strings.TrimSpace(r.Text), ".") {
			out, cur = append(out, cur), nil
		}
	}
	if cur != nil {
		out = append(out, cur)
	}
	return out
}

// plan parses a script, which must have no errors, and plans it.
func plan(t *testing.T, src string, opt storyboard.Options) (*storyboard.Board, diag.List) {
	t.Helper()
	s, list := script.Parse(path.Join(opt.Dir, "film.md"), []byte(src))
	for _, d := range list {
		t.Fatalf("the script is wrong before it is planned: %v", d)
	}
	return storyboard.Plan(s, project{}, opt)
}

// TestGolden compares the plan of a script that uses most of the language with a golden file.
func TestGolden(t *testing.T) {
	t.Parallel()
	src, err := os.ReadFile("testdata/mixed.md")
	if err != nil {
		t.Fatal(err)
	}
	board, list := plan(t, string(src), storyboard.Options{})
	if list.HasErrors() {
		t.Errorf("errors: %v", list)
	}
	got, err := json.MarshalIndent(struct {
		Findings diag.List         `json:"findings"`
		Board    *storyboard.Board `json:"storyboard"`
	}{list, board}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/mixed.golden.json"
	if *update {
		if err := os.WriteFile(golden, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(bytes.TrimSpace(want), got) {
		t.Errorf("the plan changed; look at it, then accept it by -update:\n%s", got)
	}
}

// TestAllIsRendered checks that a script with every feature of the language has no warnings.
func TestAllIsRendered(t *testing.T) {
	t.Parallel()
	const speak = "\n\nSaid.\n"
	for _, src := range []string{
		"---\nsubtitles: overlay\n---" + speak,
		"---\nsubtitles: embed\n---" + speak,
		"(chapter: One)" + speak + "\n---\n(chapter: Two)" + speak,
		"---\nsubtitles: {style: karaoke, highlight: red}\n---" + speak,
		"---\nsubtitles: external\ntransition: none\ntheme: default\n---" + speak,
		"---\nbackground: music.mp3\n---\n\n(audio: sound.wav)",
		"---\nbackground: ukulele-1\nducking: 12\nloudness: -20\nlexicon: words.txt\n---" + speak,
		"A *word*, **more**, and ~~less~~.\n\n(voice-emphasis: strong)" + speak,
		"<speak><prosody rate=\"fast\">a</prosody> <lang xml:lang=\"de\">b</lang> <phoneme ph=\"x\">c</phoneme> <emphasis>a</emphasis></speak>",
		"(transition: none)\n(theme: default)\n(voice-emphasis: none)" + speak,
		"<speak>a <sub alias=\"c\">b</sub> <say-as interpret-as=\"characters\">d</say-as><break/></speak>",
	} {
		if _, list := plan(t, src, storyboard.Options{}); len(list) > 0 {
			t.Errorf("%q: %v", src, list)
		}
	}
}

// TestResolving checks the values that a plan contains for properties of a script.
func TestResolving(t *testing.T) {
	t.Parallel()
	type look = func(b *storyboard.Board) any
	film := func(f func(f storyboard.Film) any) look {
		return func(b *storyboard.Board) any { return f(b.Film) }
	}
	scene := func(n int, f func(s storyboard.Scene) any) look {
		return func(b *storyboard.Board) any { return f(b.Scenes[n]) }
	}
	shot := func(f func(s storyboard.Shot) any) look {
		return func(b *storyboard.Board) any { return f(b.Scenes[len(b.Scenes)-1].Shots[0]) }
	}
	slide := func(f func(s storyboard.Slide) any) look {
		return func(b *storyboard.Board) any { return f(b.Scenes[len(b.Scenes)-1].Slides[0]) }
	}
	size := film(func(f storyboard.Film) any { return fmt.Sprint(f.Width, "x", f.Height) })
	fps := film(func(f storyboard.Film) any { return f.FPS })
	subtitles := film(func(f storyboard.Film) any { return fmt.Sprint(f.Subtitles.Mode, " ", f.Subtitles.Break) })
	poster := film(func(f storyboard.Film) any { return f.Poster })
	music := film(func(f storyboard.Film) any { m := f.Music; m.Range = diag.Range{}; return *m })
	canvas := scene(0, func(s storyboard.Scene) any { return s.Canvas })
	under := shot(func(s storyboard.Shot) any { return s.Canvas })
	fit := shot(func(s storyboard.Shot) any { return s.Fit })
	volume := shot(func(s storyboard.Shot) any { return s.Volume })
	file := shot(func(s storyboard.Shot) any { return s.File })
	sync := scene(0, func(s storyboard.Scene) any { return s.Sync })
	enters := func(n int) look { return scene(n, func(s storyboard.Scene) any { return s.Transition }) }
	letters := slide(func(s storyboard.Slide) any { return s.FontSize })
	steps := func(b *storyboard.Board) any { return b.Scenes[0].Slides[0].Steps }
	theme := slide(func(s storyboard.Slide) any { return s.Theme })
	speakers := func(b *storyboard.Board) any {
		var out []string
		for _, s := range b.Scenes {
			for _, p := range s.Parts {
				out = append(out, p.Voice)
			}
		}
		return strings.Join(out, " ")
	}
	sound := func(b *storyboard.Board) any {
		p := b.Scenes[0].Parts[len(b.Scenes[0].Parts)-1]
		return fmt.Sprint(p.Speed, " ", p.Volume, " ", p.Pitch)
	}
	silences := func(b *storyboard.Board) any {
		var out []string
		for _, s := range b.Scenes {
			for _, p := range s.Parts {
				out = append(out, p.After.String())
			}
		}
		return strings.Join(out, " ")
	}
	text := scene(0, func(s storyboard.Scene) any { return s.Parts[0].Text })
	tongue := scene(0, func(s storyboard.Scene) any { return s.Parts[0].Runs[0].Language })
	quote := scene(0, func(s storyboard.Scene) any {
		if s.Quote == nil {
			return nil
		}
		return *s.Quote
	})
	white, black := frame.Color{R: 255, G: 255, B: 255, A: 255}, frame.Color{A: 255}
	red, blue := frame.Color{R: 255, A: 255}, frame.Color{B: 255, A: 255}
	const picture, fence = "![](a.png)", "```\na\n```"
	header := func(lines, rest string) string { return "---\n" + lines + "\n---\n" + rest }
	for _, c := range []struct {
		name string
		src  string
		opt  storyboard.Options
		look look
		want any
	}{
		{"size", picture, storyboard.Options{}, size, "1280x720"},
		{"size of the header", header("size: 1080x1920", picture), storyboard.Options{}, size, "1080x1920"},
		{
			"size of the build", header("size: 1080x1920", picture),
			storyboard.Options{Size: &frame.Size{Width: 64, Height: 36}},
			size, "64x36",
		},
		{"rate, left to the clips", picture, storyboard.Options{}, fps, frame.Rate{}},
		{"rate of the header", header("fps: 30", picture), storyboard.Options{}, fps, frame.Rate{Num: 30, Den: 1}},
		{
			"rate of the build", header("fps: 30", picture),
			storyboard.Options{FPS: &frame.Rate{Num: 24, Den: 1}},
			fps,
			frame.Rate{Num: 24, Den: 1},
		},
		{"subtitles", picture, storyboard.Options{}, subtitles, "none 80"},
		{"subtitles of a map without a mode", header("subtitles:\n  break: 30", picture), storyboard.Options{}, subtitles, "overlay 30"},
		{"poster", picture, storyboard.Options{}, poster, script.Poster{Word: "middle"}},
		{"poster of the header", header("poster: 1:30", picture), storyboard.Options{}, poster, script.Poster{At: 90 * time.Second}},
		{"no music", picture, storyboard.Options{}, film(func(f storyboard.Film) any { return f.Music == nil }), true},
		{"music", header("background: music.mp3", picture), storyboard.Options{}, music, storyboard.Music{File: "music.mp3", Volume: 1}},
		{
			"music with options", header("background: music.mp3 fade-out 0.3 fade-in", picture),
			storyboard.Options{},
			music,
			storyboard.Music{File: "music.mp3", Volume: 0.3, FadeIn: true, FadeOut: true},
		},

		{"canvas", picture, storyboard.Options{}, canvas, white},
		{"canvas of the header", header("canvas: red", picture), storyboard.Options{}, canvas, red},
		{"canvas of the scene", header("canvas: red", picture+"\n(canvas: blue)"), storyboard.Options{}, canvas, blue},
		{"behind an image that fills", picture, storyboard.Options{}, under, white},
		{"behind a padded image", "![contain](a.png)", storyboard.Options{}, under, black},
		{"behind a padded image, on a canvas", header("canvas: red", "![contain](a.png)"), storyboard.Options{}, under, red},
		{"fit", picture, storyboard.Options{}, fit, frame.Cover},
		{"fit of the header", header("asset-resize: fit", picture), storyboard.Options{}, fit, frame.Stretch},
		{"fit of the line", header("asset-resize: fit", "![contain](a.png)"), storyboard.Options{}, fit, frame.Contain},
		{"a clip's sound", "![](clip.mp4)", storyboard.Options{}, volume, 1.0},
		{"a clip's sound, muted", "![mute](clip.mp4)", storyboard.Options{}, volume, 0.0},
		{"a clip's sound, softer", "(video:\n  file: clip.mp4\n  volume: 0.3)", storyboard.Options{}, volume, 0.3},
		{"a file beside the script", "![](in.png)", storyboard.Options{Dir: "films/part"}, file, "films/part/in.png"},
		{"a file by way of its folder", "![](./../part/in.png)", storyboard.Options{Dir: "films/part"}, file, "films/part/in.png"},
		{"a file above the script", "![](../../a.png)", storyboard.Options{Dir: "films/part"}, file, "a.png"},
		{"clips play by their default", "![](clip.mp4)", storyboard.Options{}, sync, script.Sync("")},
		{
			"clips play as the first that says so", "![](clip.mp4)\n![match](clip.mp4)\n![loop](dot.gif)",
			storyboard.Options{},
			sync, script.Match,
		},
		{"a still decides nothing", "![start loop](clip.mp4)", storyboard.Options{}, sync, script.Sync("")},

		{
			"the first scene enters by a cut", header("transition: fade", picture),
			storyboard.Options{},
			enters(0),
			script.Transition{Type: "none"},
		},
		{
			"the first scene does so whatever it says", "(transition: fade 2)\n" + picture,
			storyboard.Options{},
			enters(0),
			script.Transition{Type: "none"},
		},
		{
			"the next ones as the header says", header("transition: fade", picture+"\n\n---\n"+picture),
			storyboard.Options{},
			enters(1),
			script.Transition{Type: "crossfade", Duration: 500 * time.Millisecond},
		},
		{
			"or as they say", header("transition: fade", picture+"\n\n---\n(transition: 2)\n"+picture),
			storyboard.Options{},
			enters(1),
			script.Transition{Type: "crossfade", Duration: 2 * time.Second},
		},

		{"letters of plain text", fence, storyboard.Options{}, letters, 0.0},
		{"letters of formatted slides", "```md\na\n```", storyboard.Options{}, letters, 0.0},
		{"letters of the header", header("font-size: 30", fence), storyboard.Options{}, letters, 30.0},
		{
			"letters of the scene, wherever it says so", header("font-size: 30", fence+"\n\n(font-size: 20)"),
			storyboard.Options{},
			letters, 20.0,
		},
		{"theme", fence, storyboard.Options{}, theme, "default"},
		{"theme of the header", header("theme: light", fence), storyboard.Options{}, theme, "light"},
		{"theme of the scene", header("theme: light", fence+"\n\n(theme: bold)"), storyboard.Options{}, theme, "bold"},
		{"steps of a list", "```md\n- a\n  - b\n- c\n```\n(reveal: items)", storyboard.Options{}, steps, 3},
		{"steps of code, told before", "(reveal: 1-2, 3)\n\n```go\na\n```\n", storyboard.Options{}, steps, 2},
		{"steps of a slide that shows at once", "```md\n- a\n- b\n```", storyboard.Options{}, steps, 1},
		{"theme of the scene", header("theme: light", "(theme: default)\n"+fence), storyboard.Options{}, theme, "default"},

		{"the language's voice", header("language: de", "Said."), storyboard.Options{}, speakers, "default-de"},
		{"the header's voice", header("voice: bob", "Said."), storyboard.Options{}, speakers, "bob"},
		{"the build's voice", header("voice: bob", "Said."), storyboard.Options{Voice: "ann"}, speakers, "ann"},
		{"a scene's voice goes before the build's", "(voice: bob)\n\nSaid.", storyboard.Options{Voice: "ann"}, speakers, "bob"},
		{
			"a voice holds from its place to the end of the scene",
			header("voice: bob", "One.\n\n(voice: ann)\n\nTwo.\n\n---\n\nThree."),
			storyboard.Options{},
			speakers, "bob ann bob",
		},
		{"a voice of SSML holds to its end", header("voice: bob",
			"<speak>a <voice name=\"ann\">b</voice> c</speak>"), storyboard.Options{}, speakers, "bob ann bob"},
		{"speed, volume and pitch", "Said.", storyboard.Options{}, sound, "1 1 1"},
		{
			"those of the header", header("voice-speed: 2\nvoice-volume: 0.5\nvoice-pitch: 1.5", "Said."),
			storyboard.Options{},
			sound, "2 0.5 1.5",
		},
		{"no volume is not the usual one", "(voice-volume: 0)\n\nSaid.", storyboard.Options{}, sound, "1 0.001 1"},
		{
			"those of the scene", header("voice-speed: 2\nvoice-pitch: 1.5", "(voice-speed: 0.5)\n\nSaid."),
			storyboard.Options{},
			sound, "0.5 1 1.5",
		},

		{"nothing behind the last sentence", "One.", storyboard.Options{}, silences, "0s"},
		{"a paragraph's break is longer than a sentence's", "One. *Two* three.\n\nFour.", storyboard.Options{}, silences, "350ms 650ms 0s"},
		{"a pause is all the silence there is", "One.\n\n(pause: 2)\n\nTwo.", storyboard.Options{}, silences, "0s 0s 0s"},
		{"a sound follows as a paragraph does", "One.\n\n(audio: sound.wav)", storyboard.Options{}, silences, "650ms 0s"},
		{"each scene ends for itself", "One.\n\n---\n\nTwo.", storyboard.Options{}, silences, "0s 0s"},
		{
			"sentences of SSML", "<speak><p><s>One.</s> <s>Two.</s></p><p>Three.</p></speak>",
			storyboard.Options{},
			silences, "350ms 650ms 0s",
		},
		{
			"a voice within a paragraph", "<speak>One. <voice name=\"ann\">Two.</voice> Three.</speak>\n\nFour.",
			storyboard.Options{},
			silences, "350ms 350ms 650ms 0s",
		},
		{
			"sentences of SSML in fragments", "(narration-mode: fragment)\n\n<speak><s>One.</s><s>Two.</s></speak>\n\nthree.",
			storyboard.Options{},
			silences, "350ms 80ms 0s",
		},
		{"a break of no length", "<speak>Do <break strength=\"none\"/>not stop.</speak>", storyboard.Options{}, silences, "0s"},

		{"a fragment goes on at once", "(narration-mode: fragment)\n\nOne\n\ntwo.", storyboard.Options{}, silences, "80ms 0s"},

		{
			"blanks that do not break", "<speak>10&#160;<emphasis>kilo</emphasis>&#160;grams</speak>",
			storyboard.Options{},
			text, "10\u00a0kilo\u00a0grams",
		},
		{"the language of a block", "<speak xml:lang=\"fr-FR\">Oui</speak>", storyboard.Options{}, tongue, "fr-FR"},

		{"subtitles of the narration", "Said.", storyboard.Options{}, quote, nil},
		{"subtitles of a quote", "> a\n> b\n\n> c", storyboard.Options{}, quote, "a\nb\n\nc"},
		{"no subtitles", "> a\n\n>", storyboard.Options{}, quote, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			board, list := plan(t, c.src, c.opt)
			if list.HasErrors() {
				t.Fatal(list)
			}
			if got := c.look(board); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

// TestBreaks checks the lengths of SSML breaks (SSML 1.1, section 3.2.3).
func TestBreaks(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	for attributes, want := range map[string]time.Duration{
		`time="250ms"`: 250 * ms, `time="2s"`: 2000 * ms, `time="1.5s"`: 1500 * ms, `time="1h"`: -1, `time="-1s"`: -1, `time="3600s"`: time.Hour,
		`time="1e99s"`: -1, `time="nan"`: -1, `time="infs"`: -1, `time="0s"`: 0,
		`strength="none"`: 0, `strength="medium"`: 500 * ms, ``: 500 * ms,
	} {
		board, list := plan(t, "<speak>a <break "+attributes+"/> b</speak>", storyboard.Options{})
		got := time.Duration(0)
		for _, p := range board.Scenes[0].Parts {
			got += p.Length
		}
		if list.HasErrors() {
			got = -1
		}
		if got != want {
			t.Errorf("%s lasts %v, want %v", attributes, got, want)
		}
	}
	var last time.Duration
	for _, s := range []string{"x-weak", "weak", "medium", "strong", "x-strong"} {
		board, _ := plan(t, "<speak>a <break strength=\""+s+"\"/> b</speak>", storyboard.Options{})
		if d := board.Scenes[0].Parts[1].Length; d <= last {
			t.Errorf("%s lasts %v, no longer than the weaker one", s, d)
		} else {
			last = d
		}
	}
}

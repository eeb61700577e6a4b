package compile

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/script"
)

func TestCuesThatCannotBe(t *testing.T) {
	t.Parallel()
	for name, c := range map[string][2]string{
		"no cue":           {"vtt", "WEBVTT\n\n"},
		"nothing":          {"srt", "hello"},
		"no times":         {"vtt", "WEBVTT\n\nhello there\n"},
		"an end before":    {"vtt", "WEBVTT\n\n00:00:05.000 --> 00:00:04.000\nx\n"},
		"out of order":     {"vtt", "WEBVTT\n\n00:00:05.000 --> 00:00:06.000\nx\n\n00:00:01.000 --> 00:00:02.000\ny\n"},
		"a day":            {"srt", "1\n00:00:05,000 --> 30:00:06,000\nx\n"},
		"times like words": {"srt", "1\naa:bb:cc,000 --> 00:00:06,000\nx\n"},
	} {
		_, err := parseAndCheckCues(c[1], c[0], longestTimed)
		if f, ok := fault.As(err); !ok || f.Code != fault.Input {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestCuesAtTheLimits checks that a cue may have no length, begin with the previous cue, and end at
// the latest allowed time.
func TestCuesAtTheLimits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		times   [2]string
		longest time.Duration
		want    string
	}{
		{[2]string{"00:01.000 --> 00:02.000", "00:02.000 --> 00:03.000"}, 3 * time.Second, ""},
		{
			[2]string{"00:01.000 --> 00:02.000", "00:02.000 --> 00:03.001"},
			3 * time.Second,
			"line 6: a cue cannot last from 2s to 3.001s",
		},
		{[2]string{"00:01.000 --> 00:01.000", "00:01.000 --> 00:03.000"}, time.Minute, ""},
		{[2]string{"00:01.000 --> 00:02.000", "00:01.500 --> 00:03.000"}, time.Minute, ""},
		{
			[2]string{"00:01.000 --> 00:00.999", "00:01.500 --> 00:03.000"},
			time.Minute,
			"line 3: a cue cannot last from 1s to 999ms",
		},
		{
			[2]string{"00:01.000 --> 00:02.000", "00:00.999 --> 00:03.000"},
			time.Minute,
			"line 6: the cue begins before the previous cue",
		},
	} {
		text := "WEBVTT\n\n" + c.times[0] + "\nOne.\n\n" + c.times[1] + "\nTwo.\n"
		cues, err := parseAndCheckCues(text, "vtt", c.longest)
		if got := fault.From(err); c.want == "" && (err != nil || len(cues) != 2) || c.want != "" &&
			(err == nil || got.Public != c.want) {
			t.Errorf("%v: %v, %v", c.times, cues, err)
		}
	}
}

// TestCuesInPlace checks that the scene and the narration of a cue have the position of its line.
func TestCuesInPlace(t *testing.T) {
	t.Parallel()
	s := &script.Script{File: TextFile}
	if _, err := addCueScenes(s, TextRequest{
		Text:  "WEBVTT\n\n00:01.000 --> 09:59:59.000\nOne.\n",
		Timed: "vtt",
	}); err != nil {
		t.Fatal(err)
	}
	at := diag.Range{File: TextFile, Start: diag.Pos{Line: 3, Column: 1}, End: diag.Pos{Line: 3, Column: 1}}
	if n := s.Scenes[0].Nodes[0].(*script.Narration); s.Scenes[0].Range != at || n.Range != at || n.Source != "One." ||
		n.Runs[0].Text != "One." {
		t.Errorf("%+v, %+v", s.Scenes[0], n)
	}
	for _, r := range []TextRequest{
		{Text: "WEBVTT\n\n00:01.000 --> 10:00:00.001\nOne.\n", Timed: "vtt"},
		{Text: "WEBVTT\n\n00:01.000 --> 00:05.001\nOne.\n", Timed: "vtt", Longest: 5 * time.Second},
	} {
		if _, err := addCueScenes(s, r); err == nil {
			t.Errorf("%+v was accepted", r)
		}
	}
}

// TestOverrideVoice checks that the properties of a request override those of the text and keep the
// rest of the header.
func TestOverrideVoice(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "de 0.5 1.1 0.8", "language: fr": "fr 0.5 1.1 0.8", "voice-speed: 2": "de 2 1.1 0.8",
		"voice-pitch: 0.9": "de 0.5 0.9 0.8", "voice-volume: 3": "de 0.5 1.1 3",
	} {
		s,
			_ := script.Parse(TextFile,
			[]byte("---\nlanguage: de\nvoice-speed: 0.5\nvoice-pitch: 1.1\nvoice-volume: 0.8\n---\nHello.\n"))
		over, _ := script.Parse(TextFile, []byte("---\n"+text+"\n---\n"))
		overrideVoiceProperties(&s.Header, over.Header.Properties)
		h := s.Header
		if got := fmt.Sprint(*h.Language, " ", *h.VoiceSpeed, " ", *h.VoicePitch, " ", *h.VoiceVolume); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// TestKeepSpoken checks that a spoken text keeps directions about voices and built-in music, and no
// others.
func TestKeepSpoken(t *testing.T) {
	t.Parallel()
	const left = "; the background \"song.mp3\" is a file and is left out: a spoken text has no files"
	for text, want := range map[string]string{
		"(voice: tone/low)":           "set voice",
		"(voice-speed: fast)":         "set voice-speed",
		"(narration-mode: fragment)":  "set narration-mode",
		"(transition: wipe)":          "",
		"(theme: dark)":               "",
		"(font-size: 30)":             "",
		"(background: corporate-1)":   "set background",
		"(background: none)":          "set background",
		"(background: song.mp3)":      left,
		"(pause: 1)":                  "pause",
		"<speak>Hello.</speak>":       "ssml",
		"Hello.":                      "narration",
		"![](a.png)":                  "",
		"(audio: a.mp3)":              "",
		"```md\n# a\n```":             "",
		"(pause: 1)\n\n![](a.png)":    "pause",
		"(size: 720p)\n\n(pause: 1)":  "pause",
		"(canvas: black)\n\nHello.":   "narration",
		"(duration: 5)\n\n(pause: 1)": "pause",
	} {
		s, _ := script.Parse(TextFile, []byte(text+"\n"))
		var list diag.List
		removeNonSpeech(s, func(name string) bool { return name == "corporate-1" }, &list)
		var got []string
		for _, scene := range s.Scenes {
			for _, n := range scene.Nodes {
				switch n := n.(type) {
				case *script.Set:
					got = append(got, "set "+n.Name)
				case *script.Narration:
					got = append(got, "narration")
				case *script.SSML:
					got = append(got, "ssml")
				case *script.Pause:
					got = append(got, "pause")
				default:
					got = append(got, fmt.Sprintf("%T", n))
				}
			}
		}
		said := strings.Join(got, " ")
		for _, d := range list {
			said += "; " + d.Summary
		}
		if said != want {
			t.Errorf("%q: %q, want %q", text, said, want)
		}
	}
	for text, want := range map[string]bool{
		"background: corporate-1": true, "background: none": true,
		"background: song.mp3": false, "title: x": false,
	} {
		s,
			_ := script.Parse(TextFile,
			[]byte("---\n"+text+"\ntransition: wipe\nsubtitles: none\nlexicon: a.txt\n---\nHello.\n"))
		var list diag.List
		removeNonSpeech(s, func(name string) bool { return name == "corporate-1" }, &list)
		h := s.Header
		if (h.Background != nil) != want || len(list) > 0 != (text == "background: song.mp3") || h.Transition != nil ||
			h.Subtitles != nil || h.Lexicon != nil {
			t.Errorf("%s: %+v, %v", text, h.Properties, list)
		}
	}
}

func FuzzCues(f *testing.F) {
	f.Add("vtt", "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nFirst\n")
	f.Add("srt", "1\n00:00:01,000 --> 00:00:02,500\nFirst\n")
	f.Add("vtt", "WEBVTT\n\nREGION\nid:a\n\n1\n01:00.000 --> 01:01.000 region:a line:0%\n<b>x</b><00:19.000>y\n")
	f.Fuzz(func(t *testing.T, form, text string) {
		if form != "vtt" {
			form = "srt"
		}
		cues, err := parseAndCheckCues(text, form, longestTimed)
		if err != nil {
			if fault.CodeOf(err) != fault.Input {
				t.Fatalf("%v is not an error of the text", err)
			}
			return
		}
		last := time.Duration(0)
		for _, c := range cues {
			if c.From < last || c.To < c.From || c.To > longestTimed || strings.TrimSpace(c.Text) == "" {
				t.Fatalf("%+v", cues)
			}
			last = c.From
		}
	})
}

func TestHeaderProperties(t *testing.T) {
	t.Parallel()
	p, err := parseHeaderProperties(map[string]string{
		"voice": "Joanna", "voice-speed": "fast", "voice-pitch": "1.1", "voice-volume": " loud ",
	})
	if err != nil || *p.Voice != "Joanna" || *p.VoiceSpeed != 1.25 || *p.VoicePitch != 1.1 || *p.VoiceVolume != 1.5 {
		t.Errorf("%+v, %v", p, err)
	}
	for _, wrong := range []map[string]string{
		{"voice-speed": "quick"},
		{"voice-pitch": "99"},
		{"voice": "a\nsize: 720p"},
		{"voice": "a: b"},
		{"voice-volume": strings.Repeat("1", 200)},
	} {
		f, ok := fault.As(CheckTextHeader(wrong))
		if !ok || f.Code != fault.Usage || f.Public == "" || strings.Contains(f.Public, "..") {
			t.Errorf("%v: %v", wrong, f)
		}
	}
	for _, c := range []struct {
		v    string
		good bool
	}{
		{strings.Repeat("x", 100), true},
		{strings.Repeat("x", 101), false},
		{"a\rb", false},
		{"a#b", false},
		{"", true},
		{"  ", true},
	} {
		if err := CheckTextHeader(map[string]string{"voice": c.v}); (err == nil) != c.good {
			t.Errorf("%q: %v", c.v, err)
		}
	}
	if f, _ := fault.As(CheckTextHeader(map[string]string{"voice-speed": "quick"})); f == nil ||
		!strings.Contains(f.Public, ". Allowed") {
		t.Errorf("the fault lacks its detail: %v", f)
	}
}

package caption_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"mynah/internal/caption"
	"mynah/internal/frame"
	"mynah/internal/script"
	"mynah/internal/storyboard"
	"mynah/internal/timeline"
)

// cuesOf returns the cues of a scene with one sentence, in which each word lasts half a second.
func cuesOf(text string, limit int, quote *string) ([]caption.Cue, *timeline.Line) {
	words := strings.Fields(text)
	n := int64(len(words)) * timeline.SampleRate / 2
	b := &storyboard.Board{Film: storyboard.Film{Subtitles: script.Subtitles{Break: limit}}, Scenes: []storyboard.Scene{{
		Parts: []storyboard.Part{{Kind: storyboard.Speech, Text: text}}, Quote: quote,
	}}}
	l := &timeline.Line{FPS: frame.Rate{Num: 25, Den: 1}, Scenes: []timeline.Scene{{
		Frames: 250, Voice: []timeline.Voice{{Start: 0, Samples: n}}, VoiceEnd: n,
	}}}
	return caption.MakeCues(b, l, func(int, int) []caption.Word {
		var out []caption.Word
		at := 0
		for i, w := range words {
			k := at + strings.Index(text[at:], w)
			out = append(out, caption.Word{Offset: k, Start: int64(i) * timeline.SampleRate / 2, End: int64(i+1) * timeline.SampleRate / 2})
			at = k + len(w)
		}
		return out
	}), l
}

func TestPiecesAreCutAtWords(t *testing.T) {
	t.Parallel()
	cues, _ := cuesOf("one two three four five six seven", 14, nil)
	var texts []string
	for i, c := range cues {
		texts = append(texts, c.Text)
		if len(c.Text) >= 14 || c.End <= c.Start {
			t.Errorf("%+v", c)
		}
		if i > 0 && c.Start-cues[i-1].End != timeline.SampleRate/5 {
			t.Errorf("the gap before %q lasts %d samples", c.Text, c.Start-cues[i-1].End)
		}
	}
	if got := strings.Join(texts, "|"); got != "one two three|four five|six seven" {
		t.Error(got)
	}
}

func TestQuotes(t *testing.T) {
	t.Parallel()
	text, none := "instead of it...", ""
	if cues, _ := cuesOf("spoken words", 80, &text); len(cues) != 1 || cues[0].Text != text ||
		cues[0].Start != 4800 || cues[0].End != 475200 {
		t.Errorf("%+v", cues)
	}
	if cues, _ := cuesOf("spoken words", 80, &none); len(cues) != 0 {
		t.Errorf("%+v", cues)
	}
}

// TestQuotesLastAsLongAsTheScene checks that a quote is shown for the whole scene except 0.1 s at its
// edges.
func TestQuotesLastAsLongAsTheScene(t *testing.T) {
	t.Parallel()
	const second = timeline.SampleRate
	text := "instead"
	for name, c := range map[string]struct {
		kinds      []storyboard.PartKind
		start, end int64
	}{
		"pauses around": {[]storyboard.PartKind{
			storyboard.Pause, storyboard.Speech, storyboard.Pause,
			storyboard.Audio, storyboard.Pause,
		}, second / 10, 10*second - second/10},
		"nothing but one": {[]storyboard.PartKind{storyboard.Pause}, second / 10, 10*second - second/10},
	} {
		b := &storyboard.Board{Film: storyboard.Film{Subtitles: script.Subtitles{Break: 80}}, Scenes: []storyboard.Scene{{Quote: &text}}}
		l := &timeline.Line{FPS: frame.Rate{Num: 25, Den: 1}, Scenes: []timeline.Scene{{Frames: 250}}}
		for i, k := range c.kinds {
			b.Scenes[0].Parts = append(b.Scenes[0].Parts, storyboard.Part{Kind: k})
			l.Scenes[0].Voice = append(l.Scenes[0].Voice, timeline.Voice{Part: i, Start: int64(i) * second, Samples: second})
			l.Scenes[0].VoiceEnd = int64(i+1) * second
		}
		cues := caption.MakeCues(b, l, nil)
		if len(cues) != 1 || cues[0].Start != c.start || cues[0].End != c.end {
			t.Errorf("%s: %+v", name, cues)
		}
	}
}

// TestQuotesKeepTheirLines checks that quotes keep the lines of the script, that several share the
// scene in proportion to their characters, and that a line wider than the frame is wrapped.
func TestQuotesKeepTheirLines(t *testing.T) {
	t.Parallel()
	text := "a short line \nand a second, longer line... of it\n\nabout as long as the first two\nin a way"
	cues, _ := cuesOf("spoken words", 80, &text)
	if got := cueLines(cues); len(got) != 2 || got[0] != "a short line / and a second, longer line... of it" ||
		got[1] != "about as long as the first two / in a way" {
		t.Errorf("%q", got)
	}
	if a, b := cues[0], cues[1]; a.Start != 4800 || b.Start-a.End != timeline.SampleRate/5 || b.End != 475200 || a.End < 4*b.Start/5 {
		t.Errorf("%+v", cues)
	}
	long := strings.Repeat("word ", 30)
	b := &storyboard.Board{Film: plainFilm(80), Scenes: []storyboard.Scene{{Quote: &long}}}
	b.Film.Width, b.Film.Height, b.Film.Subtitles.Mode = 1280, 720, script.SubtitlesOverlay
	l := &timeline.Line{FPS: frame.Rate{Num: 25, Den: 1}, Scenes: []timeline.Scene{{Frames: 250}}}
	if cues := caption.MakeCues(b, l, nil); len(cues) != 1 || len(cues[0].Lines()) != 3 {
		t.Errorf("%+v", cues)
	}
}

// TestCuesOfScenesAreApart checks the gap between cues of two scenes, and that short cues keep some
// time.
func TestCuesOfScenesAreApart(t *testing.T) {
	t.Parallel()
	quote := "instead"
	b := &storyboard.Board{Film: storyboard.Film{Subtitles: script.Subtitles{Break: 80}}}
	l := &timeline.Line{FPS: frame.Rate{Num: 100, Den: 1}}
	var at int64
	for _, frames := range []int64{100, 25, 5, 100} {
		b.Scenes = append(b.Scenes, storyboard.Scene{Quote: &quote})
		l.Scenes = append(l.Scenes, timeline.Scene{Start: at, Frames: frames})
		at += frames
	}
	var got []int64
	for _, c := range caption.MakeCues(b, l, nil) {
		got = append(got, c.Start*100/timeline.SampleRate, c.End*100/timeline.SampleRate)
		if w := c.Words[0]; w.End > c.End {
			t.Errorf("%+v is on longer than its cue: %+v", w, c)
		}
	}
	if want := []int64{10, 80, 100, 110, 125, 130, 140, 220}; !slices.Equal(got, want) {
		t.Errorf("the cues are on at %v, want %v", got, want)
	}
}

func TestScriptsWithoutBlanksAreCut(t *testing.T) {
	t.Parallel()
	cues, _ := cuesOf(strings.Repeat("あ", 50), 20, nil)
	if len(cues) != 3 {
		t.Fatalf("%+v", cues)
	}
}

func TestForms(t *testing.T) {
	t.Parallel()
	cues := []caption.Cue{{Start: 0, End: 48000, Text: "a < b & c --> d"}, {Start: 3600 * 48000, End: 3600*48000 + 24, Text: "x"}}
	srt := "1\n00:00:00,000 --> 00:00:01,000\na < b & c → d\n\n2\n01:00:00,000 --> 01:00:00,001\nx\n\n"
	if got := caption.FormatSRT(cues); got != srt {
		t.Errorf("%q", got)
	}
	vtt := "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\na &lt; b &amp; c --&gt; d\n\n01:00:00.000 --> 01:00:00.001\nx\n\n"
	if got := caption.FormatVTT(cues); got != vtt {
		t.Errorf("%q", got)
	}
}

// TestMarksStayWithTheirWord checks that quotes and brackets stay in the cue of their word.
func TestMarksStayWithTheirWord(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`He said "hello there" to (all of) them`, `Either c/def or "¿Qué?" or well-known words`} {
		b := &storyboard.Board{Film: storyboard.Film{Subtitles: script.Subtitles{Break: 13}}, Scenes: []storyboard.Scene{{
			Parts: []storyboard.Part{{Kind: storyboard.Speech, Text: text}},
		}}}
		var words []caption.Word
		inWord := false
		for i, r := range text {
			is := unicode.IsLetter(r)
			if is && !inWord {
				k := int64(len(words))
				words = append(words, caption.Word{Offset: i, Start: k * 24000, End: (k + 1) * 24000})
			}
			inWord = is
		}
		n := int64(len(words)) * 24000
		l := &timeline.Line{FPS: frame.Rate{Num: 25, Den: 1}, Scenes: []timeline.Scene{{
			Frames: 500, Voice: []timeline.Voice{{Samples: n}}, VoiceEnd: n,
		}}}
		var got []string
		for _, c := range caption.MakeCues(b, l, func(int, int) []caption.Word { return words }) {
			got = append(got, strings.Fields(c.Text)...)
		}
		if want := strings.Fields(text); !slices.Equal(got, want) {
			t.Errorf("%q is cut into %q", text, got)
		}
	}
}

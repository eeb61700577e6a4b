package caption_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"mynah/internal/caption"
	"mynah/internal/frame"
	"mynah/internal/script"
	"mynah/internal/storyboard"
	"mynah/internal/timeline"
	"mynah/internal/voice"
)

// cuesOfSentences returns the cues of a paragraph of sentences, in which each letter lasts 0.06 s.
func cuesOfSentences(film storyboard.Film, sentences ...string) []caption.Cue {
	const letter = timeline.SampleRate * 6 / 100
	b := &storyboard.Board{Film: film, Scenes: []storyboard.Scene{{}}}
	l := &timeline.Line{FPS: frame.Rate{Num: 25, Den: 1}, Scenes: []timeline.Scene{{}}}
	var words [][]caption.Word
	var at int64
	for i, text := range sentences {
		b.Scenes[0].Parts = append(b.Scenes[0].Parts, storyboard.Part{Kind: storyboard.Speech, Text: text})
		n := int64(utf8.RuneCountInString(text)) * letter
		l.Scenes[0].Voice = append(l.Scenes[0].Voice, timeline.Voice{Part: i, Start: at, Samples: n})
		var ws []caption.Word
		for _, s := range voice.SplitWords(text) {
			from, to := int64(utf8.RuneCountInString(text[:s.Start]))*letter, int64(utf8.RuneCountInString(text[:s.End]))*letter
			ws = append(ws, caption.Word{Offset: s.Start, Start: from, End: to})
		}
		words = append(words, ws)
		at += n + timeline.SampleRate*35/100
	}
	return caption.MakeCues(b, l, func(_, part int) []caption.Word { return words[part] })
}

func plainFilm(limit int) storyboard.Film {
	return storyboard.Film{Subtitles: script.Subtitles{Break: limit}}
}

// cueLines formats cues, with a slash between lines.
func cueLines(cues []caption.Cue) []string {
	var out []string
	for _, c := range cues {
		out = append(out, strings.Join(c.Lines(), " / "))
	}
	return out
}

// TestCutsAreReadable checks that cues end at sentences and clauses, that lines are balanced, and that
// no word is alone in a line.
func TestCutsAreReadable(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		sentences []string
		want      []string
	}{
		{"a short sentence", []string{"This is Mynah."}, []string{"This is Mynah."}},
		{
			"two balanced lines",
			[]string{"It turns a text file into a narrated video, on your own machine."},
			[]string{"It turns a text file into a narrated / video, on your own machine."},
		},
		{
			"sentences stay whole",
			[]string{
				"The harbour wakes before the sun is over the hill.",
				"Boats go out, one after the other, without a sound.", "Nobody in the town hears any of them.",
			},
			[]string{
				"The harbour wakes before / the sun is over the hill.",
				"Boats go out, one after the other, / without a sound.", "Nobody in the town hears any of them.",
			},
		},
		{
			"no orphan",
			[]string{"Whatever you think about the weather of this island you should still bring an umbrella."},
			[]string{"Whatever you think about the weather", "of this island you should / still bring an umbrella."},
		},
		{
			"no piece of a word",
			[]string{"Nobody in the whole of this little town has seen the old lighthouse keeper now.", "No."},
			[]string{"Nobody in the whole of this little", "town has seen the old / lighthouse keeper now. No."},
		},
		{
			"clauses",
			[]string{"When the tide has gone out, which takes about six hours on this coast, people walk over to the island with the lighthouse."},
			[]string{
				"When the tide has gone out, / which takes about six hours on this coast,",
				"people walk over to the island / with the lighthouse.",
			},
		},
		{
			"Chinese",
			[]string{"今天早上，港口里非常安静，只有几只海鸥在水面上飞来飞去，寻找它们的早餐。"},
			[]string{"今天早上，港口里非常安静， / 只有几只海鸥在水面上飞来飞去，", "寻找它们的早餐。"},
		},
		{"Japanese", []string{"この映画は、テキストファイルから自動的に作られました。"}, []string{"この映画は、 / テキストファイルから自動的に作られました。"}},
		{
			"Japanese with few marks",
			[]string{"これは日本語の字幕の改行を確認するための映画です。", "空白がないので、適切な場所で改行しなければなりません。"},
			[]string{"これは日本語の字幕の改行を / 確認するための映画です。", "空白がないので、 / 適切な場所で改行しなければなりません。"},
		},
		{
			"Thai", // the voice returns no times of words for this text
			[]string{"นี่คือภาพยนตร์สั้นๆที่ใช้ทดสอบการตัดบรรทัดของคำบรรยายภาษาไทยซึ่งไม่มีช่องว่างระหว่างคำ"},
			[]string{"นี่คือภาพยนตร์สั้นๆที่ใช้ทดสอบการตัดบรรทัด", "ของคำบรรยายภาษาไทยซึ่งไม่มีช่องว่างระหว่างคำ"},
		},
		{
			"French blanks hold",
			[]string{"Qu'est-ce que c'est\u00a0? Un oiseau\u00a0!"},
			[]string{"Qu'est-ce que c'est\u00a0? Un oiseau\u00a0!"},
		},
	} {
		got := cueLines(cuesOfSentences(plainFilm(80), c.sentences...))
		if strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}

// TestSentencesOfQuotes checks that long quotes are split at the ends of sentences.
func TestSentencesOfQuotes(t *testing.T) {
	t.Parallel()
	quote := "Dr. Smith paid $3.5 million. Mr. Jones, e.g., paid nothing at all. They met on Jan. 5 in St. Louis, at 10 p.m. sharp."
	long := strings.TrimSpace(strings.Repeat(quote+" ", 3)) // more than four pieces: it is cut
	cues, _ := cuesOf("said", 80, &long)
	want := "Dr. Smith paid $3.5 million. / Mr. Jones, e.g., paid nothing at all.|They met on Jan. 5 in St. Louis, / at 10 p.m. sharp."
	if got := strings.Join(cueLines(cues)[:2], "|"); got != want {
		t.Errorf("cut into %s\nwant %s", got, want)
	}
	for _, quote := range []string{
		"Die meisten Leute, die damals in dieser Gegend an der Elbe lebten, konnten u. U. auch für längere Zeit fort.",
		"Они приехали рано утром и вышли у д. Иваново, где их уже давно ждали все их старые друзья и соседи.",
		"They say that it is a matter of one old and very tired Johnson vs. Smith, who is neither old nor tired.",
	} {
		quote = strings.TrimSpace(strings.Repeat(quote+" ", 4))
		cues, _ := cuesOf("said", 80, &quote)
		pieces := cueLines(cues)
		for _, l := range pieces[:len(pieces)-1] {
			if strings.HasSuffix(l, "U.") || strings.HasSuffix(l, "д.") || strings.HasSuffix(l, "vs.") {
				t.Errorf("a piece ends behind an abbreviation: %q", l)
			}
		}
	}
}

// TestLongerBreaksMakeLongerLines checks that lines become longer with the setting break, up to the
// width of the frame.
func TestLongerBreaksMakeLongerLines(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("All that is said stands on the screen for a while and then goes. ", 6)
	for _, c := range []struct {
		film        storyboard.Film
		line, lines int
	}{
		{plainFilm(80), 42, 2},
		{plainFilm(120), 65, 2},
		{plainFilm(200), 105, 2},
		{storyboard.Film{Width: 1280, Height: 720, Subtitles: script.Subtitles{Break: 200, Mode: script.SubtitlesOverlay}}, 57, 4},
		{storyboard.Film{Width: 720, Height: 1280, Subtitles: script.Subtitles{Break: 80, Mode: script.SubtitlesOverlay}}, 32, 2},
		{storyboard.Film{Width: 720, Height: 1280, Subtitles: script.Subtitles{Break: 80, Scale: 2, Mode: script.SubtitlesOverlay}}, 16, 2},
	} {
		line, lines := 0, 0
		for _, cue := range cuesOfSentences(c.film, text) {
			lines = max(lines, len(cue.Lines()))
			for _, l := range cue.Lines() {
				line = max(line, uniseg.StringWidth(l))
			}
		}
		if line > c.line || line < c.line*3/4 || lines != c.lines {
			t.Errorf("%+v: %d lines of up to %d columns, want %d of %d", c.film.Subtitles, lines, line, c.lines, c.line)
		}
	}
}

// TestWordsKeepTheirTimes checks that each word is in the cue that is shown while it is spoken.
func TestWordsKeepTheirTimes(t *testing.T) {
	t.Parallel()
	text := `He said: "Hello, old (and grey) friend" — and then, after a while, he went on and on about the weather.`
	cues := cuesOfSentences(plainFilm(60), text)
	var got []string
	behind := 0
	for _, c := range cues {
		for _, w := range c.Words {
			word := c.Text[w.Offset : w.Offset+w.Length]
			got = append(got, word)
			behind += strings.Index(text[behind:], word) // each letter is one byte, except for one mark
			at := int64(utf8.RuneCountInString(text[:behind])) * timeline.SampleRate * 6 / 100
			behind += len(word)
			if off := w.Start - at; off < -timeline.SampleRate/8 && word != "—" || off > timeline.SampleRate/8 {
				t.Errorf("%q is on at %d, said at %d", word, w.Start, at)
			}
			if w.Start < c.Start || w.End > c.End || w.End < w.Start {
				t.Errorf("%q is on from %d to %d, its cue from %d to %d", word, w.Start, w.End, c.Start, c.End)
			}
		}
	}
	if strings.Join(got, " ") != text {
		t.Errorf("the words are %q", got)
	}
}

// TestLettersOfWordsWithoutTimes checks that a sentence without word times is split, and that its
// words share its time.
func TestLettersOfWordsWithoutTimes(t *testing.T) {
	t.Parallel()
	quote := "one two three four"
	cues, _ := cuesOf("spoken", 80, &quote)
	if len(cues) != 1 || len(cues[0].Words) != 4 || cues[0].Words[1].Start != 4800+470400*4/18 || cues[0].Words[3].End != 475200 {
		t.Errorf("%+v", cues)
	}
}

// TestWordsThatAreSaidAtOnce checks that the cues contain the whole text, even if word times are
// equal.
func TestWordsThatAreSaidAtOnce(t *testing.T) {
	t.Parallel()
	text := strings.TrimSpace(strings.Repeat("words that a voice says all at the same time ", 6))
	b := &storyboard.Board{
		Film:   plainFilm(80),
		Scenes: []storyboard.Scene{{Parts: []storyboard.Part{{Kind: storyboard.Speech, Text: text}}}},
	}
	l := &timeline.Line{FPS: frame.Rate{Num: 25, Den: 1}, Scenes: []timeline.Scene{{Voice: []timeline.Voice{{Samples: 480000}}}}}
	var words []caption.Word
	for _, s := range voice.SplitWords(text) {
		words = append(words, caption.Word{Offset: s.Start, Start: 0, End: 480000})
	}
	cues := caption.MakeCues(b, l, func(int, int) []caption.Word { return words })
	var got []string
	for _, c := range cues {
		got = append(got, c.Text)
		if c.End-c.Start < 48000 {
			t.Errorf("%q is on for %d samples", c.Text, c.End-c.Start)
		}
	}
	check(t, cues, 80)
	if strings.Join(got, " ") != text {
		t.Errorf("of the text there is left %q", got)
	}
}

// TestParagraphsAreWholeAgain checks that joining the cues of a paragraph restores its text, without
// additional spaces where a word was split.
func TestParagraphsAreWholeAgain(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"Die Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft tagt heute.",
		"我们使用Prometheus来监控所有的服务器，然后把数据送到Grafana里面显示出来，给所有的人看。",
		"今天早上 港口里非常安静 只有几只海鸥在水面上飞来飞去", "One word and another, and so on, until there are some pieces of it all.",
	} {
		for _, limit := range []int{12, 20, 40} {
			cues := cuesOfSentences(plainFilm(limit), text)
			if got := caption.FormatText(cues); got != text+"\n" || limit < 20 && len(cues) < 2 {
				t.Errorf("%d pieces of fewer than %d make %q", len(cues), limit, got)
			}
		}
	}
}

// TestVowelsStay checks that no cue and no line of Thai or Lao ends between a vowel and its consonant,
// with and without word times.
func TestVowelsStay(t *testing.T) {
	t.Parallel()
	for _, letters := range []string{"กเข", "เก", "แม่น้ำ", "ไป", "ໄປກໂຕ", "ຂເກ", "ภาษา", "เกาะ", "ต่างๆ", "ພາສາ", "ทำงาน", "ຄຳ"} {
		text := strings.Repeat(letters, 60)
		for limit := 10; limit < 24; limit++ {
			quote := text
			cues, _ := cuesOf("said", limit, &quote)
			if len(cues) < 3 {
				t.Fatalf("%+v", cues)
			}
			for _, c := range cues[:len(cues)-1] {
				for _, l := range c.Lines() {
					if last, _ := utf8.DecodeLastRuneInString(l); strings.ContainsRune("เแโใไເແໂໃໄ", last) {
						t.Errorf("with %d characters, a line ends in %q: %q", limit, last, l)
					}
					if first, _ := utf8.DecodeRuneInString(l); strings.ContainsRune("ะาำๅๆະາຳໆ", first) {
						t.Errorf("with %d characters, a line begins with %q: %q", limit, first, l)
					}
				}
			}
		}
	}
}

// check verifies properties that all cues of a scene have.
func check(t *testing.T, cues []caption.Cue, limit int) {
	t.Helper()
	var end int64
	for _, c := range cues {
		if c.Start < end || c.End <= c.Start {
			t.Errorf("%q is on from %d to %d, the one before until %d", c.Text, c.Start, c.End, end)
		}
		end = c.End
		cluster := strings.Count(c.Text, "\u200d") > 0 || uniseg.GraphemeClusterCount(c.Text) == 1
		if n := utf8.RuneCountInString(c.Text); n >= limit && !cluster {
			t.Errorf("%q has %d characters", c.Text, n)
		}
		if c.Text == "" || strings.TrimSpace(c.Text) == "" && !strings.Contains(c.Text, "\u00a0") ||
			strings.Contains(c.Text, "  ") || strings.ContainsAny(c.Text, "\n\r\x00") {
			t.Errorf("the text %q", c.Text)
		}
		if limit <= 80 && len(c.Lines()) > 2 {
			t.Errorf("%q has %d lines", c.Text, len(c.Lines()))
		}
		for _, l := range c.Lines() {
			if uniseg.StringWidth(l) > 42 && limit <= 80 && uniseg.GraphemeClusterCount(l) > 1 {
				t.Errorf("the line %q has %d columns", l, uniseg.StringWidth(l))
			}
		}
		at := 0
		for _, w := range c.Words {
			if w.Offset < at || w.Offset+w.Length > len(c.Text) || w.Length <= 0 || w.Start < c.Start || w.End > c.End || w.End < w.Start {
				t.Errorf("%q: the word %+v", c.Text, w)
				return
			}
			at = w.Offset + w.Length
			if !utf8.ValidString(c.Text[w.Offset:at]) {
				t.Errorf("%q: the word %+v cuts a letter", c.Text, w)
			}
		}
	}
}

func FuzzCut(f *testing.F) {
	for _, s := range []string{
		"One two. Three, four five six!", "今天早上，港口里非常安静。", "สวัสดีชาวโลก นี่คือภาพยนตร์",
		"เเเเแแแแไไโโใใกเ้้้้", "שלום עולם, זה סרט.", "a\u00a0b\u200dc \u200b d\ufeff",
		"👩‍👩‍👧‍👦👩‍👩‍👧‍👦 hi", strings.Repeat("x", 300), "— — — …", "\x00\xff\u2028", "e\u0301\u0301\u0301 z", "\u00a0",
	} {
		f.Add(s, 80, uint16(3), false)
		f.Add(s, 10, uint16(500), true)
	}
	f.Fuzz(func(t *testing.T, text string, limit int, pace uint16, quote bool) {
		if limit < 10 || limit > 1000 || len(text) > 4000 {
			return // longer than any paragraph, or a value that the header does not allow
		}
		b := &storyboard.Board{
			Film: plainFilm(limit),
			Scenes: []storyboard.Scene{{Parts: []storyboard.Part{
				{Kind: storyboard.Speech, Text: text},
				{Kind: storyboard.Speech, Text: text},
			}}},
		}
		if quote {
			b.Scenes[0].Quote = &text
		}
		var words []caption.Word
		for i, s := range voice.SplitWords(text) {
			words = append(words, caption.Word{Offset: s.Start, Start: int64(i) * int64(pace), End: int64(i+1) * int64(pace)})
		}
		n := int64(len(words))*int64(pace) - int64(pace)/2
		l := &timeline.Line{
			FPS: frame.Rate{Num: 25, Den: 1},
			Scenes: []timeline.Scene{{
				Frames: 100,
				Voice:  []timeline.Voice{{Samples: n}, {Part: 1, Start: n + 10, Samples: n}}, VoiceEnd: 2*n + 10,
			}},
		}
		cues := caption.MakeCues(b, l, func(int, int) []caption.Word { return words })
		most := limit
		if quote { // quotes that are not much longer than a cue are not split
			most = 4*limit + 1
		}
		check(t, cues, most)
		if pace > 48 {
			for _, problem := range append(badVTT(caption.FormatVTT(cues)), badSRT(caption.FormatSRT(cues))...) {
				t.Error(problem)
			}
		}
	})
}

func ExampleCue_Lines() {
	c := caption.Cue{Text: "two lines of text", Breaks: []int{10}}
	fmt.Println(strings.Join(c.Lines(), "|"))
	// Output: two lines|of text
}

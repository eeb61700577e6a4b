package caption_test

import (
	"strings"
	"testing"

	"github.com/rivo/uniseg"

	"mynah/internal/caption"
	"mynah/internal/timeline"
)

func listTexts(cues []caption.Cue) []string {
	var out []string
	for _, c := range cues {
		out = append(out, c.Text)
	}
	return out
}

// TestSplitIntoWords checks which words are shown together.
func TestSplitIntoWords(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		sentences []string
		want      string
	}{
		"three words at most":     {[]string{"We go up to it at ten."}, "We go up|to it at|ten."},
		"groups end with clauses": {[]string{"Yes, we do; it is so."}, "Yes,|we do;|it is so."},
		"quotation marks":         {[]string{"He said “no,” and he left."}, "He said “no,”|and he left."},
		"points inside a word":    {[]string{"Now 3.5 more come."}, "Now 3.5 more|come."},
		"sentences":               {[]string{"One.", "Two is more."}, "One.|Two is more."},
		"long words are alone": {
			[]string{"An internationalisation of everything."}, "An|internationalisation|of everything.",
		},
		"wide letters": {[]string{"東京湾の夜景を見る。"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			whole := cuesOfSentences(plainFilm(80), c.sentences...)
			got := caption.SplitIntoWords(whole)
			if s := strings.Join(listTexts(got), "|"); c.want != "" && s != c.want {
				t.Errorf("got  %s\nwant %s", s, c.want)
			}
			shown := ""
			for i, g := range got {
				shown += g.Text
				if words := strings.Fields(g.Text); len(words) > 3 ||
					len(g.Text) > 3*4 && uniseg.StringWidth(g.Text) > 14 && len(words) > 1 {
					t.Errorf("%q is too much", g.Text)
				}
				if len(g.Words) > 0 || len(g.Breaks) > 0 || g.End <= g.Start {
					t.Errorf("%+v", g)
				}
				if i > 0 && g.Start < got[i-1].End {
					t.Errorf("%q begins before %q ends", g.Text, got[i-1].Text)
				}
			}
			want := ""
			for _, w := range whole {
				want += w.Text
			}
			if strings.ReplaceAll(shown, " ", "") != strings.ReplaceAll(want, " ", "") {
				t.Errorf("shown is %q of %q", shown, want)
			}
		})
	}
	cues := cuesOfSentences(plainFilm(80), "東京湾の夜景を、みんなで一緒に見る。")
	if wide := caption.SplitIntoWords(cues); len(wide) < 2 {
		t.Errorf("wide letters are shown all together: %q", listTexts(wide))
	}
}

// TestWordsWithPauses checks that the screen is empty in pauses, and that groups follow each other without gaps
// elsewhere.
func TestWordsWithPauses(t *testing.T) {
	t.Parallel()
	const second = timeline.SampleRate
	cue := caption.Cue{
		Start: 0, End: 5 * second, Text: "one two three four",
		Words: []caption.CueWord{
			{Offset: 0, Length: 3, Start: 0, End: second},
			{Offset: 4, Length: 3, Start: second * 11 / 10, End: 2 * second},
			{Offset: 8, Length: 5, Start: 3 * second, End: second * 35 / 10},
			{Offset: 14, Length: 4, Start: second * 36 / 10, End: 5 * second},
		},
	}
	got := caption.SplitIntoWords([]caption.Cue{cue})
	if s := strings.Join(listTexts(got), "|"); s != "one two|three four" {
		t.Fatalf("%s", s)
	}
	if got[0].End != 2*second || got[1].Start != 3*second || got[1].End != 5*second {
		t.Errorf("%+v", got)
	}
}

// TestWordsNobodySpeaks checks that the words of quotes share the time of their cue by their lengths.
func TestWordsNobodySpeaks(t *testing.T) {
	t.Parallel()
	cue := caption.Cue{Start: 1000, End: 5000, Text: "aa bb\ncc dd"}
	got := caption.SplitIntoWords([]caption.Cue{cue})
	if s := strings.Join(listTexts(got), "|"); s != "aa bb|cc dd" {
		t.Fatalf("%q", s)
	}
	if got[0].Start != 1000 || got[0].End != 3000 || got[1].Start != 3000 || got[1].End != 5000 {
		t.Errorf("%+v", got)
	}
	if got := caption.SplitIntoWords([]caption.Cue{{Start: 1, End: 2}}); len(got) > 0 {
		t.Errorf("nothing becomes %+v", got)
	}
}

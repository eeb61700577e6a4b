package caption_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"mynah/internal/caption"
)

func TestReadCues(t *testing.T) {
	t.Parallel()
	const at = "1\n00:00:01,000 --> 00:00:04,000\n"
	for name, c := range map[string]struct {
		form caption.Form
		text string
		want []string
	}{
		"blanks between tags": {
			caption.SubRip,
			at + "<b>One</b> <i>two</i> three\n<i>six</i>\n<font color=\"red\">seven</font>.",
			[]string{"One two three six seven."},
		},
		"voices and classes": {
			caption.WebVTT,
			"WEBVTT\n\n00:01.000 --> 00:04.000\n<c.red>One</c> a<i> b</i>c\n- <v Ann>Yes</v> <v Bob>No</v>\n",
			[]string{"One a bc - Yes No"},
		},
		"times within": {
			caption.WebVTT,
			"WEBVTT\n\n00:01.000 --> 00:04.000 align:start\n \nhello<00:00:00.480><c> there</c>\n",
			[]string{"hello there"},
		},
		"entities": {
			caption.WebVTT,
			"WEBVTT\n\n00:01.000 --> 00:04.000\n5 &lt; 6 &amp;&amp; R&amp;D, it&#39;s &lt;b&gt;not bold&lt;/b&gt;&nbsp;end\n",
			[]string{"5 < 6 && R&D, it's <b>not bold</b> end"},
		},
		"a bare ampersand": {caption.SubRip, at + "Me & you, 3 < 4", []string{"Me & you, 3 < 4"}},
		"marks": {
			caption.SubRip,
			at + `{\an8}Top line. {\i1}Slanted{\i0}. {y:i}Micro.\NNext {sic}.`,
			[]string{"Top line. Slanted. Micro. Next {sic}."},
		},
		"blank lines within": {
			caption.SubRip,
			at + "First half.\n\nSecond half.\n\n2\n00:00:08,000 --> 00:00:09,000\nEnd.\n\n\nLast.",
			[]string{"First half. Second half.", "End. Last."},
		},
		"numbers as text": {
			caption.SubRip,
			at + "The year is\n1999\n\n2\n00:00:04,000 --> 00:00:06,000\n42\n",
			[]string{"The year is 1999", "42"},
		},
		"no blank line between": {caption.SubRip, at + "One.\n2\n00:00:04,000 --> 00:00:06,000\nTwo.", []string{"One.", "Two."}},
		"no numbers": {
			caption.SubRip,
			"00:00:01,000 --> 00:00:03,000\nOne.\n\n00:00:04,000 --> 00:00:06,000\nTwo.",
			[]string{"One.", "Two."},
		},
		"text in front of times": {
			caption.SubRip, at + "One.\n\nTwo.\n00:00:04,000 --> 00:00:06,000\nThree.",
			[]string{"One. Two.", "Three."},
		},
		"names of cues": {
			caption.WebVTT,
			"WEBVTT\n\nintro\n00:01.000 --> 00:03.000\nOne.\n\nthe end\n00:04.000 --> 00:05.000\nTwo.",
			[]string{"One.", "Two."},
		},
		"remarks": {
			caption.WebVTT,
			"WEBVTT Kind: captions\nLanguage: en\n\nNOTE\nnot said\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:a\n\n" +
				"00:01.000 --> 00:03.000\nOne.\n\nNOTE nor this\nand this\n\n00:04.000 --> 00:05.000\nTwo.\nNOTE three",
			[]string{"One.", "Two. NOTE three"},
		},
		"no header": {caption.WebVTT, "00:01.000 --> 00:03.000\nOne.", []string{"One."}},
		"cues without text": {
			caption.SubRip,
			at + "\n2\n00:00:04,000 --> 00:00:06,000\n<i></i>\n\n3\n00:00:07,000 --> 00:00:08,000\nTwo.",
			[]string{"Two."},
		},
		"byte-order mark, CR, LF": {caption.SubRip, "\ufeff1\r\n00:00:01,000 --> 00:00:03,000\r\nOne\rtwo.\r\n", []string{"One two."}},
		"nothing":                 {caption.WebVTT, "", nil},
		"no cue":                  {caption.WebVTT, "WEBVTT\n\nhello there\n", nil},
	} {
		cues, err := caption.ParseCues(c.text, c.form)
		var got []string
		for _, cue := range cues {
			got = append(got, cue.Text)
		}
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, %v, want %q", name, got, err, c.want)
		}
	}
}

func TestReadTimes(t *testing.T) {
	t.Parallel()
	for line, want := range map[string][2]time.Duration{
		"00:00:01,000 --> 00:00:03,500":                     {time.Second, 3500 * time.Millisecond},
		"00:00:01.000 --> 00:00:03.500":                     {time.Second, 3500 * time.Millisecond},
		"01.5 --> 02.5":                                     {-1, 0},
		"00:01.000 --> 01:03.000 align:start position:0%":   {time.Second, 63 * time.Second},
		"0:00:01,000 --> 0:00:03,0":                         {time.Second, 3 * time.Second},
		"00:00:04,00 --> 00:00:06,25":                       {4 * time.Second, 6250 * time.Millisecond},
		"00:00:04 --> 00:00:06":                             {4 * time.Second, 6 * time.Second},
		"00:00:01,000-->00:00:03,000":                       {time.Second, 3 * time.Second},
		"00:00:01,000 --> 00:00:03,000 X1:100 X2:200 Y1:10": {time.Second, 3 * time.Second},
		"100:00:00,000 --> 100:00:01,000":                   {100 * time.Hour, 100*time.Hour + time.Second},
		"-->":                                               {-1, 0},
		"aa:bb:cc,000 --> 00:00:06,000":                     {-1, 0},
		"00:00:01,000 --> soon":                             {-1, 0},
	} {
		cues, err := caption.ParseCues("\n"+line+"\nText.", caption.SubRip)
		if want[0] < 0 {
			var e *caption.ReadError
			if !errors.As(err, &e) || e.Line != 2 {
				t.Errorf("%s: %+v, %v", line, cues, err)
			}
			continue
		}
		if err != nil || len(cues) != 1 || cues[0].From != want[0] || cues[0].To != want[1] || cues[0].Line != 2 {
			t.Errorf("%s: %+v, %v", line, cues, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(true, "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nFirst\n")
	f.Add(false, "1\n00:00:01,000 --> 00:00:02,500\nFirst\n\n2\n00:00:03,000 --> 00:00:04,000\n{\\an8}<i>x</i> &amp;\n")
	f.Add(true, "WEBVTT\n\nREGION\nid:a\n\n1\n01:00.000 --> 01:01.000 region:a line:0%\n<b>x</b><00:19.000>y\n")
	f.Fuzz(func(t *testing.T, vtt bool, text string) {
		form := caption.SubRip
		if vtt {
			form = caption.WebVTT
		}
		cues, err := caption.ParseCues(text, form)
		if err != nil {
			if e := new(caption.ReadError); !errors.As(err, &e) || e.Line < 1 {
				t.Fatalf("%v names no line", err)
			}
			return
		}
		for i, c := range cues {
			if strings.TrimSpace(c.Text) == "" || strings.ContainsAny(c.Text, "\n\r") || c.From < 0 || c.To < 0 {
				t.Fatalf("%+v", c)
			}
			if i > 0 && c.Line <= cues[i-1].Line {
				t.Fatalf("%+v", cues)
			}
		}
	})
}

package studio

import (
	"strings"
	"testing"
	"time"

	"mynah/internal/fault"
)

func TestCues(t *testing.T) {
	t.Parallel()
	vtt := "WEBVTT\n\nNOTE a remark\n\nSTYLE\n::cue { color: red }\n\nid\n00:01.000 --> 00:02.500 align:start\n<v Ann>First &amp; <i>best</i>\nof all\n\n00:00:03.000 --> 00:00:04.000\n\n\n00:00:05.000 --> 00:00:06.000\nLast\n"
	srt := "1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>First</i> line\r\nand more\r\n\r\n2\r\n00:00:05,000 --> 00:00:06,000\r\nLast\r\n"
	for _, c := range []struct{ form, text, first string }{
		{"vtt", vtt, "First & best of all"}, {"vtt", "\ufeff" + vtt, "First & best of all"}, {"srt", srt, "First line and more"},
	} {
		cues, err := parseCues(c.text, c.form)
		if err != nil {
			t.Errorf("%s: %v", c.form, err)
			continue
		}
		if len(cues) != 2 || cues[0].text != c.first || cues[0].from != time.Second || cues[0].to != 2500*time.Millisecond || cues[1].text != "Last" || cues[1].from != 5*time.Second {
			t.Errorf("%s: %+v", c.form, cues)
		}
	}
}

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
		_, err := parseCues(c[1], c[0])
		if f, ok := fault.As(err); !ok || f.Code != fault.Input {
			t.Errorf("%s: %v", name, err)
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
		cues, err := parseCues(text, form)
		if err != nil {
			if fault.CodeOf(err) != fault.Input {
				t.Fatalf("%v is no fault of the text", err)
			}
			return
		}
		last := time.Duration(0)
		for _, c := range cues {
			if c.from < last || c.to < c.from || c.to > longestTimed || strings.TrimSpace(c.text) == "" {
				t.Fatalf("%+v", cues)
			}
			last = c.from
		}
	})
}

func TestHeaderProperties(t *testing.T) {
	t.Parallel()
	p, err := properties(map[string]string{"voice": "Joanna", "voice-speed": "fast", "voice-pitch": "1.1", "voice-volume": " loud "})
	if err != nil || *p.Voice != "Joanna" || *p.VoiceSpeed != 1.25 || *p.VoicePitch != 1.1 || *p.VoiceVolume != 1.5 {
		t.Errorf("%+v, %v", p, err)
	}
	for _, wrong := range []map[string]string{
		{"voice-speed": "quick"}, {"voice-pitch": "99"}, {"voice": "a\nsize: 720p"}, {"voice": "a: b"}, {"voice-volume": strings.Repeat("1", 200)},
	} {
		if _, err := properties(wrong); fault.CodeOf(err) != fault.Usage {
			t.Errorf("%v: %v", wrong, err)
		}
	}
}

package compile

import (
	"strings"
	"testing"
	"time"

	"mynah/internal/fault"
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
		_, err := parseCues(c[1], c[0], longestTimed)
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
		cues, err := parseCues(text, form, longestTimed)
		if err != nil {
			if fault.CodeOf(err) != fault.Input {
				t.Fatalf("%v is no fault of the text", err)
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
	p, err := headerProperties(map[string]string{"voice": "Joanna", "voice-speed": "fast", "voice-pitch": "1.1", "voice-volume": " loud "})
	if err != nil || *p.Voice != "Joanna" || *p.VoiceSpeed != 1.25 || *p.VoicePitch != 1.1 || *p.VoiceVolume != 1.5 {
		t.Errorf("%+v, %v", p, err)
	}
	for _, wrong := range []map[string]string{
		{"voice-speed": "quick"}, {"voice-pitch": "99"}, {"voice": "a\nsize: 720p"}, {"voice": "a: b"}, {"voice-volume": strings.Repeat("1", 200)},
	} {
		if _, err := headerProperties(wrong); fault.CodeOf(err) != fault.Usage {
			t.Errorf("%v: %v", wrong, err)
		}
	}
}

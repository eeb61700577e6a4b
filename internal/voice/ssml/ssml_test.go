package ssml_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"mynah/internal/utter"
	"mynah/internal/voice"
	"mynah/internal/voice/ssml"
)

func all() ssml.Dialect {
	return ssml.Dialect{Open: "<speak>", Close: "</speak>", Pitch: true, Emphasis: true, Language: true, IPA: true}
}

func TestWrite(t *testing.T) {
	t.Parallel()
	plain := ssml.Dialect{Open: "<speak>", Close: "</speak>"}
	marks := plain
	marks.Marks = true
	around := plain
	around.SpeedAround, around.Pitch, around.Semitones = true, true, true
	factors := plain
	factors.Factors = true
	for _, c := range []struct {
		name string
		d    ssml.Dialect
		req  voice.Request
		want string
	}{
		{
			"plain", plain,
			voice.Request{Runs: []utter.Run{{Text: "A & <b> \"c\"'s\x00 \x1b."}}},
			"A &amp; &lt;b&gt; &quot;c&quot;&apos;s   .",
		},
		{"broken", plain, voice.Request{Runs: []utter.Run{{Text: "a\xffb\ufffe"}}}, "a\ufffdb "},
		{
			"emphasis", all(),
			voice.Request{Runs: []utter.Run{
				{Text: "a "},
				{Text: "b", Style: utter.Strong},
				{Text: " c", Style: utter.Reduced},
			}},
			`a <emphasis level="strong">b</emphasis><emphasis level="reduced"> c</emphasis>`,
		},
		{
			"emphasis as prosody", plain,
			voice.Request{Runs: []utter.Run{{Text: "b", Style: utter.Strong}}},
			`<prosody rate="82%" volume="+3.5dB">b</prosody>`,
		},
		{
			"prosody", all(),
			voice.Request{Runs: []utter.Run{{
				Text: "b", Speed: utter.NewFactor(1.5),
				Pitch: utter.NewFactor(0.9), Volume: utter.NewFactor(0.5),
			}}},
			`<prosody rate="150%" pitch="-10%" volume="-6.0dB">b</prosody>`,
		},
		{"factors", factors, voice.Request{Runs: []utter.Run{{
			Text: "b", Speed: utter.NewFactor(1.5),
			Volume: utter.NewFactor(0.5),
		}}}, `<prosody rate="1.50" volume="-50%">b</prosody>`},
		{"around", around, voice.Request{
			Speed: utter.NewFactor(2), Pitch: utter.NewFactor(2),
			Runs: []utter.Run{{Text: "b"}},
		}, `<prosody rate="200%" pitch="+12.00st">b</prosody>`},
		{"language", all(), voice.Request{Runs: []utter.Run{{Text: "ça", Language: `fr"FR`}}}, `<lang xml:lang="fr&quot;FR">ça</lang>`},
		{
			"ipa", all(),
			voice.Request{Runs: []utter.Run{{Text: "a"}, {Text: " b c ", IPA: "b\"<"}, {Text: "d"}}},
			`a <phoneme alphabet="ipa" ph="b&quot;&lt;">b c</phoneme> d`,
		},
		{"no ipa", plain, voice.Request{Runs: []utter.Run{{Text: "b", IPA: "x", Language: "fr"}}}, `b`},
		{"spelled", plain, voice.Request{Runs: []utter.Run{{Text: "A "}, {Text: "SAR", Style: utter.Spell}, {Text: "s."}}}, `A S, A, Rs.`},
		{
			"pause", plain,
			voice.Request{Runs: []utter.Run{{Text: "a", Pause: 12500 * time.Millisecond}}},
			`a<break time="10000ms"/><break time="2500ms"/>`,
		},
		{"fragment", plain, voice.Request{Fragment: true, Runs: []utter.Run{{Text: "a."}}}, `a,`},
		{
			"marks", marks,
			voice.Request{Runs: []utter.Run{{Text: "Hi, th"}, {Text: "ere"}, {Text: " you."}}},
			`<mark name="w0"/>Hi, <mark name="w1"/>there <mark name="w2"/>you.`,
		},
	} {
		doc := ssml.FormatSSML(c.req, c.d)
		if want := "<speak>" + c.want + "</speak>"; doc.Text != want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, doc.Text, want)
		}
	}
}

// FuzzWrite checks that the markup of any text is well-formed, and that the reported positions of words are
// correct.
func FuzzWrite(f *testing.F) {
	f.Add("Hello <b>& \"you\"", "wɔːld", "there, SAR.", "fr", true)
	f.Add("\x00\xff\ufffe", "\"", "]]> <!-- &amp;", "", false)
	f.Fuzz(func(t *testing.T, a, ipa, b, language string, marks bool) {
		d := all()
		d.Marks = marks
		req := voice.Request{Runs: []utter.Run{
			{Text: a, Style: utter.Emphasis, Pause: time.Second},
			{Text: b, IPA: ipa, Language: language},
			{Text: a + b, Style: utter.Spell, Speed: utter.NewFactor(2)},
			{Text: b},
		}}
		doc := ssml.FormatSSML(req, d)
		x := xml.NewDecoder(strings.NewReader(doc.Text))
		for {
			if _, err := x.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%v: %s", err, doc.Text)
			}
		}
		for i := range doc.At {
			if doc.At[i] < 0 || doc.Ends[i] < doc.At[i] || doc.Ends[i] > len(doc.Text) {
				t.Fatalf("word %d from %d to %d of %d", i, doc.At[i], doc.Ends[i], len(doc.Text))
			}
		}
	})
}

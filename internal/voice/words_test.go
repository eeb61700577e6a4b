package voice_test

import (
	"slices"
	"strings"
	"testing"

	"mynah/internal/utter"
	"mynah/internal/voice"
)

func TestWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Hello, big world!":             "Hello|big|world",
		"  \n\t":                        "",
		"... — (“”)":                    "",
		"It's 3.14 or $5, 50% of it":    "It's|3.14|or|$5|50%|of|it",
		"the U.S. army":                 "the|U.S|army",
		"(see https://x.org/a?b=1).":    "see|https://x.org/a?b=1",
		"well-known “quotes”…":          "well-known|quotes",
		"你好，世界。":                        "你|好|世|界",
		"iPhone手机":                      "iPhone|手|机",
		"こんにちは、トーキョー":                   "こ|ん|に|ち|は|トーキョー",
		"สวัสดีครับ":                    "สวัสดีครับ",
		"ok 😀 fine":                     "ok|😀|fine",
		"👩‍👩‍👧 team":                    "👩‍👩‍👧|team",
		"naïve cafe\u0301":              "naïve|cafe\u0301",
		"a\x00b":                        "a|b",
		"bad \xff bytes":                "bad|bytes",
		"नमस्ते दुनिया।":                "नमस्ते|दुनिया",
		"مرحبا بالعالم؟":                "مرحبا|بالعالم",
		"<break/> C++ & C# @home #tag.": "<break/>|C++|&|C#|@home|#tag",
	} {
		var got []string
		at := 0
		for _, s := range voice.SplitWords(text) {
			if s.Start < at || s.End <= s.Start || s.End > len(text) {
				t.Fatalf("Words(%q) = %v", text, voice.SplitWords(text))
			}
			at = s.End
			got = append(got, text[s.Start:s.End])
		}
		if strings.Join(got, "|") != want {
			t.Errorf("Words(%q) = %q, want %q", text, strings.Join(got, "|"), want)
		}
	}
}

func TestPieces(t *testing.T) {
	t.Parallel()
	req := voice.Request{Runs: []utter.Run{
		{Text: "The "}, {Text: "SAR", Style: utter.Spell}, {Text: "s, "}, {Text: "git log", Style: utter.Spell}, {Text: "\nend\x00."},
	}}
	phrases, plain, spans := voice.SplitPhrases(req)
	if plain != "The SARs, git log\nend\x00." || len(spans) != 5 {
		t.Fatalf("plain %q, spans %v", plain, spans)
	}
	var said []string
	for i, p := range phrases {
		if (p.Word >= 0) != (i%2 == 0) {
			t.Errorf("phrase %d is %+v", i, p)
		}
		said = append(said, p.Text)
	}
	want := []string{"The", " ", "S, A, Rs", ", ", "G, I, T", " ", "L, O, G", " ", "end", " ."}
	if !slices.Equal(said, want) {
		t.Errorf("phrases %q, want %q", said, want)
	}
}

func FuzzWords(f *testing.F) {
	f.Add("Hello, 世界! 👩‍👩‍👧 \xff\x00 สวัสดี")
	f.Fuzz(func(t *testing.T, text string) {
		at := 0
		for _, s := range voice.SplitWords(text) {
			if s.Start < at || s.End <= s.Start || s.End > len(text) {
				t.Fatalf("Words(%q) = %v", text, voice.SplitWords(text))
			}
			at = s.End
		}
		voice.SplitPhrases(voice.Request{Runs: []utter.Run{{Text: text, Style: utter.Spell}}})
		at = 0
		for _, s := range voice.SplitSentences(text, "de") {
			if s.Start < at || s.End <= s.Start || s.End > len(text) {
				t.Fatalf("Sentences(%q) = %v", text, voice.SplitSentences(text, "de"))
			}
			at = s.End
		}
	})
}

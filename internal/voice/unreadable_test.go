package voice_test

import (
	"slices"
	"testing"

	"mynah/internal/voice"
)

func TestUnreadable(t *testing.T) {
	t.Parallel()
	c := voice.NewCatalogue()
	for _, x := range []struct{ voice, text, script string }{
		{"wade", "Hello, world! 123 % — “quotes” 😀 ½ ²", ""},
		{"wade", "naïve café Straße Łódź", ""},
		{"wade", "He said 你好 to me.", "Han"},
		{"wade", "Москва is a city", "Cyrillic"},
		{"wade", "π, Δt and σ² of 5 μm", ""},
		{"wade", "The word Σχέδιο", "Greek"},
		{"wade", "नमस्ते and 안녕", ""},
		{"wade", "สวัสดี", "Thai"},
		{"wade", "ខ្មែរ", "Khmer"},
		{"joanna", "Hello café", ""},
		{"joanna", "नमस्ते", "Devanagari"},
		{"joanna", "Привет", "Cyrillic"},
		{"marlene", "Das Wort „Привет“", "Cyrillic"},
		{"marlene", "Γειά σου Κόσμε", ""},
		{"tatyana", "Привет, Windows!", ""},
		{"zhiyu", "你好，世界。iPhone 15", ""},
		{"zhiyu", "こんにちは", "Hiragana"},
		{"hiujin", "佢哋", ""},
		{"mizuki", "こんにちは、コンピュータ。", ""},
		{"mizuki", "私は学生です", "Han"},
		{"mizuki", "これは USB です", "Latin"},
		{"hila", "שלום", ""},
		{"hila", "שלום USB", "Latin"},
		{"zeina", "مرحبا Google", ""},
		{"moi", "客家話", "Han"},
		{"seoyeon", "한국어 漢字", "Han"},
		{"", "你好 Привет", ""},
	} {
		v, _ := c.FindByName(x.voice)
		if letters, lost, got := voice.CountUnreadableLetters(x.text, v); got != x.script || (lost > 0) != (x.script != "") || lost > letters {
			t.Errorf("%s: %q the first unreadable script is %q, want %q", x.voice, x.text, got, x.script)
		}
	}
	neural := voice.Voice{Engine: "piper", EngineVoice: "de_DE-x-low", Language: "de-DE"}
	if letters, lost, s := voice.CountUnreadableLetters("Привет", neural); s != "Cyrillic" || letters != 6 || lost != 6 {
		t.Error(s)
	}
	neural.Language = "zh-CN"
	if _, lost, s := voice.CountUnreadableLetters("你好", neural); lost > 0 {
		t.Error(s)
	}
	if _, lost, s := voice.CountUnreadableLetters("你好", voice.Voice{Engine: "openai"}); lost > 0 {
		t.Error(s)
	}
}

// TestManyLanguages checks that there are over a hundred languages, and that incompletely supported ones are
// marked.
func TestManyLanguages(t *testing.T) {
	t.Parallel()
	var tags []string
	for _, v := range voice.NewCatalogue().ListVoices() {
		if !slices.Contains(tags, v.Language) {
			tags = append(tags, v.Language)
		}
		if slices.Contains([]string{"ja-JP", "he-IL", "th-TH", "my-MM", "shn-MM", "hak-CN", "as-IN", "kok-IN"}, v.Language) && !v.Limited {
			t.Errorf("%s is not limited", v.Name)
		}
	}
	if len(tags) < 100 {
		t.Errorf("%d languages", len(tags))
	}
}

package compile

import (
	"testing"
	"testing/fstest"

	"mynah/internal/script"
	"mynah/internal/voice"
)

// TestScriptIn: a language is found however its tag is written, and never a wrong one.
func TestScriptIn(t *testing.T) {
	t.Parallel()
	fsys := fstest.MapFS{}
	for name, text := range map[string]string{
		"a/s.md": "Hello.\n", "a/s.de.md": "Hallo.\n", "a/s.pt-BR.md": "Oi.\n", "a/s.zh-Hans.md": "x\n", "a/s.zh-Hant.md": "x\n", "a/s.en-GB.md": "Hullo.\n",
		"b.md": "---\nlanguage: fr-CA\n---\nBonjour.\n", "b.fr-FR.md": "Bonjour.\n",
	} {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	for _, c := range [][3]string{
		{"a/s.md", "de", "a/s.de.md"},
		{"a/s.md", "DE", "a/s.de.md"},
		{"a/s.md", "de-AT", "a/s.de.md"},
		{"a/s.md", "pt", "a/s.pt-BR.md"},
		{"a/s.md", "pt-br", "a/s.pt-BR.md"},
		{"a/s.md", "pt-PT", ""},
		{"a/s.md", "zh", ""},
		{"a/s.md", "p", ""},
		{"a/s.md", "en", "a/s.md"},
		{"a/s.md", "en-GB", "a/s.en-GB.md"},
		{"a/s.md", "en-US", "a/s.md"},
		{"a/s.de.md", "De", "a/s.de.md"},
		{"a/s.de.md", "en", "a/s.md"},
		{"a/s.de.md", "pt", "a/s.pt-BR.md"},
		{"b.md", "fr", "b.md"},
		{"b.md", "fr-FR", "b.fr-FR.md"},
	} {
		got, err := ScriptIn(fsys, c[0], c[1], nil)
		if got != c[2] || (err == nil) != (c[2] != "") {
			t.Errorf("%s in %s is %q (%v), want %q", c[0], c[1], got, err, c[2])
		}
	}
}

// TestTranslationsIntoWhatIsSpoken: a script can be translated into the language of every
// voice of the catalogue.
func TestTranslationsIntoWhatIsSpoken(t *testing.T) {
	t.Parallel()
	for _, v := range voice.NewCatalogue().Voices() {
		name := script.TranslationName("s.md", v.Language)
		if base, tag, ok := script.TranslationOf(name); !ok || base != "s.md" || tag != v.Language {
			t.Errorf("%s is no translation", name)
		}
	}
}

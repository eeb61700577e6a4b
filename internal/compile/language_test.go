package compile

import (
	"strings"
	"testing"
	"testing/fstest"

	"mynah/internal/fault"
	"mynah/internal/script"
	"mynah/internal/voice"
)

// TestScriptIn checks that a translation is found in whatever form its language tag is written, and
// that no wrong one is found.
func TestScriptIn(t *testing.T) {
	t.Parallel()
	fsys := fstest.MapFS{}
	for name, text := range map[string]string{
		"a/s.md": "Hello.\n", "a/s.de.md": "Hallo.\n", "a/s.pt-BR.md": "Oi.\n", "a/s.zh-Hans.md": "x\n",
		"a/s.zh-Hant.md": "x\n", "a/s.en-GB.md": "Hullo.\n",
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
		got, err := FindScriptForLanguage(fsys, c[0], c[1], nil)
		if got != c[2] || (err == nil) != (c[2] != "") {
			t.Errorf("%s in %s is %q (%v), want %q", c[0], c[1], got, err, c[2])
		}
	}
}

// TestTranslationsIntoWhatIsSpoken checks that a file name with the language of any voice in the
// catalogue is recognized as a translation.
func TestTranslationsIntoWhatIsSpoken(t *testing.T) {
	t.Parallel()
	for _, v := range voice.NewCatalogue().ListVoices() {
		name := script.FormatTranslationName("s.md", v.Language)
		if base, tag, ok := script.ParseTranslationName(name); !ok || base != "s.md" || tag != v.Language {
			t.Errorf("%s is not recognized as a translation", name)
		}
	}
}

// TestLanguages checks that the translations of a script are listed in order, and nothing else.
func TestLanguages(t *testing.T) {
	t.Parallel()
	fsys := fstest.MapFS{}
	for _, name := range []string{"a/s.md", "a/s.fr.md", "a/s.de.md", "a/t.es.md", "a/s.txt", "a/s.it.md/x", "s.en.md"} {
		fsys[name] = &fstest.MapFile{Data: []byte("x\n")}
	}
	for name, want := range map[string]string{
		"a/s.md": "de fr", "s.md": "en", "a/t.md": "es", "a/none.md": "",
		"nowhere/s.md": "",
	} {
		if got := strings.Join(ListTranslationLanguages(fsys, name), " "); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// TestMissingTranslation checks that the error names the file to write and the existing
// translations.
func TestMissingTranslation(t *testing.T) {
	t.Parallel()
	fsys := fstest.MapFS{}
	for name, text := range map[string]string{
		"a/s.md": "---\nlanguage: fr\n---\nx\n", "a/s.de.md": "x\n", "one.md": "x\n", "only.de.md": "x\n", "dir.md/x": "x\n",
		"dir.de.md": "x\n",
	} {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	for _, c := range [][3]string{
		{"a/s.md", "it", "it exists in fr, de; write s.it.md next to it for another language"},
		{"one.md", "it", "write one.it.md next to it, with the same scenes"},
		{"only.de.md", "it", "write only.de.it.md next to it, with the same scenes"},
		{"dir.de.md", "it", "write dir.de.it.md next to it, with the same scenes"},
	} {
		_, err := FindScriptForLanguage(fsys, c[0], c[1], nil)
		f, ok := fault.As(err)
		if !ok || f.Code != fault.Input || f.Hint != c[2] {
			t.Errorf("%s in %s: %+v", c[0], c[1], f)
		}
	}
}

// TestFitting checks that the longest matching form of a language tag is chosen.
func TestFitting(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ tag, languages, want string }{
		{"de", "de", "de"},
		{"DE", "de", "de"},
		{"de", "DE de", "de"},
		{"de-AT", "de de-AT", "de-AT"},
		{"de-AT-1996", "de de-AT", "de-AT"},
		{"de-AT-1996", "de", "de"},
		{"de", "de-AT", ""},
		{"d", "de", ""},
		{"", "de", ""},
		{"de-", "de", "de"},
		{"-", "de", ""},
		{"fr", "", ""},
	} {
		got, ok := matchLanguage(c.tag, strings.Fields(c.languages))
		if got != c.want || ok != (c.want != "") {
			t.Errorf("%q in %q: %q", c.tag, c.languages, got)
		}
	}
	for _, c := range []struct{ tag, own, languages, want string }{
		{"pt", "en", "pt-BR", "pt-BR"},
		{"PT", "en", "pt-BR", "pt-BR"},
		{"pt", "pt-PT", "pt-BR", "pt-PT"},
		{"pt", "en", "pt-BR pt-PT", ""},
		{"pt", "en", "ptx-BR", ""},
		{"pt", "pt", "pt", ""},
		{"p", "en", "pt-BR", ""},
		{"pt", "pt-", "", "pt-"},
		{"pt", "en", "de pt-BR fr", "pt-BR"},
	} {
		got, ok := expandLanguage(c.tag, c.own, strings.Fields(c.languages))
		if got != c.want || ok != (c.want != "") {
			t.Errorf("%q of %q in %q: %q", c.tag, c.own, c.languages, got)
		}
	}
}

package slide

import (
	"slices"
	"testing"

	"golang.org/x/image/font/gofont/goregular"
)

func TestLettersThatAFontLacks(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Hello, Zoë!": "", "日本 and 日 – Ω\u200d\ufe0f": "日本", "": "",
	} {
		if got := findMissingCharacters([][]byte{goregular.TTF}, text); string(got) != want {
			t.Errorf("%q: %q, want %q", text, string(got), want)
		}
	}
	if got := findMissingCharacters([][]byte{goregular.TTF, []byte("wOF2 packed")}, "日"); got != nil {
		t.Errorf("of a font that cannot be read: %q", string(got))
	}
	if got := findMissingCharacters(nil, "日"); got != nil {
		t.Errorf("without a font: %q", string(got))
	}
}

func TestFacesOfATheme(t *testing.T) {
	t.Parallel()
	k := &projectFiles{files: map[string][]byte{"css/a.ttf": {1}, "b.otf": {2}}, theme: `
@font-face { font-family: "My Font"; src: url('a.ttf') format("truetype"); }
@font-face{src:url(../b.otf);font-family:my font}
@font-face{font-family:Lost;src:url(lost.ttf)} @font-face{font-family:Local;src:local(x)}`}
	got := k.listThemeFonts("css/theme.css")
	if len(got) != 2 || !slices.EqualFunc(got["my font"], [][]byte{{1}, {2}}, slices.Equal) ||
		len(got["lost"]) != 1 || got["lost"][0] != nil {
		t.Errorf("%v", got)
	}
}

func FuzzLettersLacked(f *testing.F) {
	f.Add(goregular.TTF[:2000], "Hello")
	f.Add([]byte("OTTO"), "日")
	f.Fuzz(func(_ *testing.T, font []byte, text string) { _ = findMissingCharacters([][]byte{font}, text) })
}

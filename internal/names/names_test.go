package names_test

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"mynah/internal/names"
)

func TestAnyForm(t *testing.T) {
	t.Parallel()
	const composed, decomposed = "M\u00fcller", "Mu\u0308ller"
	files := names.NewAnyFormFS(fstest.MapFS{
		decomposed + "/Cafe\u0301.png": {Data: []byte("1")},
		"a/" + composed + ".png":       {Data: []byte("composed")},
		"a/" + decomposed + ".png":     {Data: []byte("decomposed")},
		"b/q\u0323\u0307":              {Data: []byte("marks")},
		"plain.png":                    {Data: []byte("plain")},
	})
	for name, want := range map[string]string{
		composed + "/Caf\u00e9.png":   "1",
		decomposed + "/Caf\u00e9.png": "1",
		composed + "/Cafe\u0301.png":  "1",
		"a/" + composed + ".png":      "composed",
		"a/" + decomposed + ".png":    "decomposed",
		"b/q\u0307\u0323":             "marks",
		"plain.png":                   "plain",
		"plain.PNG":                   "",
		composed + "/cafe.png":        "",
		"../" + composed:              "",
		composed + "/none/Caf\u00e9":  "",
	} {
		b, err := fs.ReadFile(files, name)
		if string(b) != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q %v, want %q", name, b, err, want)
		}
		if info, err := fs.Stat(files, name); (err == nil) != (want != "") || err == nil && info.Size() != int64(len(want)) {
			t.Errorf("%q: %v %v", name, info, err)
		}
	}
}

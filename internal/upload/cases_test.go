package upload_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mynah/internal/upload"
)

// TestCases unpacks archives that other programs wrote, if they are available.
func TestCases(t *testing.T) {
	t.Parallel()
	dir := filepath.Join("..", "..", "..", "shared", "cases", "08-zips")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("shared/cases is not next to the repository: its inputs are not tested")
	}
	for name, c := range map[string]struct {
		files   []string
		refused string
	}{
		"abs.zip":        {refused: "absolute path"},
		"backslash.zip":  {refused: "backslash"},
		"dup.zip":        {refused: "twice"},
		"case.zip":       {files: []string{"Script.MD", "a.png"}},
		"cp1252.zip":     {files: []string{"Mⁿller.png", "script.md"}},
		"cp437.zip":      {files: []string{"Müller.png", "script.md"}},
		"utf8noflag.zip": {files: []string{"Müller.png", "script.md"}},
		"upath.zip":      {files: []string{"Müller.png", "script.md"}},
		"dotslash.zip":   {files: []string{"img/", "img/a.png", "script.md"}},
		"mac-flat.zip":   {files: []string{"a.png", "script.md"}},
		"mac.zip":        {files: []string{"film/", "film/script.md"}},
	} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		root, err := os.OpenRoot(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		_, err = upload.Unpack(t.Context(), bytes.NewReader(b), int64(len(b)), root, options())
		if c.refused != "" {
			if err == nil || !strings.Contains(err.Error(), c.refused) {
				t.Errorf("%s: %v", name, err)
			}
		} else if err != nil {
			t.Errorf("%s: %v", name, err)
		} else {
			for _, f := range c.files {
				if _, err := root.Lstat(strings.TrimSuffix(f, "/")); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
		_ = root.Close()
	}
}

package cli

import (
	"os"
	"path/filepath"
	"testing"

	"mynah/internal/cell"
	"mynah/internal/fault"
)

// TestCopyCellResults checks what is copied of what a cell leaves and says.
func TestCopyCellResults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files, further []string
		missing        bool // the target's folder
		want           fault.Code
		copied         []string
	}{
		"all": {
			files:   []string{cell.ResultFilm, cell.ResultSRT, cell.FormatResultName("1080x1920")},
			further: []string{"1080x1920"}, copied: []string{"a.mp4", "a.srt", "a-1080x1920.mp4"},
		},
		"no video":              {files: []string{cell.ResultSRT}, want: fault.Internal},
		"no video of a size":    {files: []string{cell.ResultFilm}, further: []string{"1080x1920"}, want: fault.Internal},
		"a path as a size":      {files: []string{cell.ResultFilm}, further: []string{"../../x"}, want: fault.Internal},
		"another name as size":  {files: []string{cell.ResultFilm}, further: []string{"x"}, want: fault.Internal},
		"no folder to write to": {files: []string{cell.ResultFilm}, missing: true, want: fault.Disk},
	} {
		dir, to := t.TempDir(), t.TempDir()
		for _, f := range c.files {
			if err := os.WriteFile(filepath.Join(dir, f), []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if c.missing {
			to = filepath.Join(to, "missing")
		}
		out, err := os.OpenRoot(dir)
		if err != nil {
			t.Fatal(err)
		}
		if err := copyCellResults(out, filepath.Join(to, "a.mp4"), c.further); fault.CodeOf(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
		_ = out.Close()
		for _, f := range c.copied {
			if _, err := os.Stat(filepath.Join(to, f)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

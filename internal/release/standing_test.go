package release

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mynah/internal/system"
)

// TestStandingFile checks that changes are detected even if the file's times are the same.
func TestStandingFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "film.mp4")
	content := strings.Repeat("a film", 100_000)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	sum := newCRC32C()
	_, _ = sum.Write([]byte(content))
	st, err := system.IdentifyRegular(path)
	if f := (notedFile{Path: path, Stat: st, Sum: sum.Sum32()}); err != nil || !f.isUnchanged() {
		t.Errorf("%+v does not stand", f)
	}
	if f := (notedFile{Path: path, Stat: st, Sum: sum.Sum32() + 1}); f.isUnchanged() {
		t.Error("a file with different content counts as unchanged")
	}
	if _, err := system.IdentifyRegular(filepath.Dir(path)); err == nil {
		t.Error("a folder is taken for a file")
	}
}

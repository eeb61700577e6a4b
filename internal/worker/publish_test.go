package worker_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"mynah/internal/blob"
	"mynah/internal/cell"
	"mynah/internal/objects"
	"mynah/internal/record"
	"mynah/internal/worker"
)

// writer is a worker.Builder that leaves files of given sizes in bytes.
type writer struct {
	files map[string]int64
	told  cell.BuildResult
}

// Build implements worker.Builder.
func (f writer) Build(
	_ context.Context, _ string, w cell.BuildWork, _ *os.File, _ func(cell.Progress),
) (cell.BuildResult, error) {
	for name, size := range f.files {
		if err := os.WriteFile(filepath.Join(w.Dir, "out", name), make([]byte, size), 0o600); err != nil {
			return cell.BuildResult{}, err
		}
	}
	return f.told, nil
}

// TestLimitsOfResults checks which sizes of a cell's files are stored.
func TestLimitsOfResults(t *testing.T) {
	t.Parallel()
	const most = 1 << 20
	small, large := cell.FormatResultName("640x360"), cell.FormatResultName("320x180")
	none, sizes := cell.BuildResult{}, cell.BuildResult{Seconds: 1, Further: []string{"640x360", "320x180"}}
	type files = map[string]int64
	for name, c := range map[string]struct {
		writer
		most int64
		want record.State
	}{
		"small":             {writer{files{cell.ResultFilm: most, cell.ResultSRT: 9}, none}, most, record.Succeeded},
		"a large video":     {writer{files{cell.ResultFilm: most + 1}, none}, most, record.Failed},
		"too much together": {writer{files{cell.ResultFilm: most, small: most, large: 1}, sizes}, most, record.Failed},
		"just enough":       {writer{files{cell.ResultFilm: most - 1, small: most, large: 1}, sizes}, most, record.Succeeded},
		"a large poster": {
			writer{files{cell.ResultFilm: 1, cell.ResultPoster: 64<<20 + 1}, none}, 1 << 30, record.Failed,
		},
		"large subtitles": {
			writer{files{cell.ResultFilm: 1, cell.ResultVTT: 64<<20 + 1}, none}, 1 << 30, record.Failed,
		},
		"no video": {writer{files{cell.ResultSRT: 9}, none}, most, record.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			disk, err := blob.OpenDisk(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			store := objects.New(disk, []byte("a secret for the tests"))
			defer func() { _ = store.Close() }()
			r, a := begin(t, record.Video)
			r.b.Spec.Speech, a.Build.Spec.Speech = nil, nil
			cfg := worker.Config{Dir: filepath.Join(t.TempDir(), "work"), MostResult: c.most}
			w, err := worker.New(cfg, r, store, nil, c.writer, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			w.Work(t.Context(), a)
			if r.b.State != c.want {
				t.Errorf("the build is %s: %s", r.b.State, r.b.Message)
			}
		})
	}
}

package assets

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"mynah/internal/cache"
	"mynah/internal/ffmpeg"
	"mynah/internal/part"
	"mynah/internal/proc"
)

// TestDecodedAVIFGoesByItsDecoder checks that a picture is decoded again after a change of avifdec or
// ffmpeg.
func TestDecodedAVIFGoesByItsDecoder(t *testing.T) {
	t.Parallel()
	store, err := cache.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	work, programs := t.TempDir(), t.TempDir()
	cfg := proc.DefaultConfig()
	cfg.Path = programs + string(filepath.ListSeparator) + cfg.Path
	run, err := proc.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	calls := 0
	decode := func(decoder, version string) string {
		t.Helper()
		// The program's last argument is the file that it writes.
		script := fmt.Sprintf("#!/bin/sh\nfor out; do :; done\nprintf %%s '%s' > \"$out\"\necho >> %s/runs\n", decoder, work)
		if old, _ := os.ReadFile(filepath.Join(programs, "avifdec")); string(old) != script {
			if err := os.WriteFile(filepath.Join(programs, "avifdec"), []byte(script), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		calls++
		w := &identifier{Maker: part.Maker{Store: store}, tools: Tools{Run: run, Version: version}}
		b, err := w.decodeAVIF(t.Context(), &Asset{Input: ffmpeg.Input{Path: filepath.Join(work, fmt.Sprint("in-", calls))}})
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	for i, c := range []struct {
		decoder, version string
		runs             int
	}{{"old", "1", 1}, {"old", "1", 1}, {"newer", "1", 2}, {"newer", "2", 3}, {"newer", "2", 3}} {
		got := decode(c.decoder, c.version)
		runs, err := os.ReadFile(filepath.Join(work, "runs"))
		if err != nil || got != c.decoder || len(runs) != c.runs {
			t.Errorf("%d: %q, decoded %d times, want %q, %d times (%v)", i, got, len(runs), c.decoder, c.runs, err)
		}
	}
}

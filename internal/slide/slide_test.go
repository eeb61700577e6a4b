package slide_test

import (
	"testing"

	"mynah/internal/proc"
	"mynah/internal/slide"
)

// drawer returns a Drawer that is closed at the end of the test.
func drawer(tb testing.TB, change func(*slide.Config)) *slide.Drawer {
	tb.Helper()
	run, err := proc.New(proc.DefaultConfig())
	if err != nil {
		tb.Fatal(err)
	}
	cfg := slide.DefaultConfig()
	cfg.TempDir = tb.TempDir()
	if change != nil {
		change(&cfg)
	}
	found := false
	for _, name := range slide.ListPrograms() {
		_, err := run.FindProgram(name)
		found = found || err == nil
	}
	if !found {
		tb.Fatal("no Chromium is installed: scripts/setup installs one")
	}
	d, err := slide.New(cfg, run, nil)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(d.Close)
	return d
}

package slide_test

import (
	"testing"

	"mynah/internal/proc"
	"mynah/internal/slide"
)

// drawer makes a Drawer that ends with the test.
func drawer(t testing.TB, change func(*slide.Config)) *slide.Drawer {
	t.Helper()
	run, err := proc.New(proc.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	cfg := slide.DefaultConfig()
	cfg.TempDir = t.TempDir()
	if change != nil {
		change(&cfg)
	}
	found := false
	for _, name := range slide.Programs() {
		_, err := run.Look(name)
		found = found || err == nil
	}
	if !found {
		t.Skip("no Chromium is installed: scripts/setup installs one")
	}
	d, err := slide.New(cfg, run)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

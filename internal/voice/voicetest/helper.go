package voicetest

import (
	"os"
	"path/filepath"
	"testing"

	"mynah/internal/proc"
)

// BuildEspeakHelper builds the program mynah-espeak and returns its path.
func BuildEspeakHelper(tb testing.TB) string {
	tb.Helper()
	root, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			break
		}
		if root == filepath.Dir(root) {
			tb.Fatal("no folder above the test's contains go.mod")
		}
		root = filepath.Dir(root)
	}
	out := filepath.Join(tb.TempDir(), "mynah-espeak")
	source := filepath.Join(root, "helpers", "espeak", "mynah-espeak.c")
	run, err := proc.New(proc.DefaultConfig())
	if err != nil {
		tb.Fatal(err)
	}
	args := []string{"-O2", "-Wall", "-Wextra", "-Werror", "-o", out, source, "-lespeak-ng"}
	if err := run.Run(tb.Context(), proc.Command{Program: "cc", Args: args}); err != nil {
		tb.Fatalf("mynah-espeak cannot be built (make setup installs libespeak-ng-dev): %v", err)
	}
	return out
}

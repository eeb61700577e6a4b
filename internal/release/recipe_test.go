package release_test

import (
	"testing"

	"mynah/internal/part/parttest"
	"mynah/internal/release"
)

// TestRecipes: every field of a recipe decides its key, and recipes can be written and read back.
func TestRecipes(t *testing.T) {
	t.Parallel()
	parttest.Check(t, parttest.Fill[release.Poster](t))
}

// TestVersion: another version of the recipe makes all posters again, so it is not changed by mistake.
func TestVersion(t *testing.T) {
	t.Parallel()
	if got := (release.Poster{}).Version(); got != 2 {
		t.Errorf("the version is %d, want 2", got)
	}
}

package release_test

import (
	"testing"

	"mynah/internal/part/parttest"
	"mynah/internal/release"
)

// TestRecipes checks that each field of a recipe changes its key, and that recipes can be encoded and decoded.
func TestRecipes(t *testing.T) {
	t.Parallel()
	parttest.CheckRecipe(t, parttest.NewFilled[release.Poster](t))
}

// TestVersion pins the version of the recipe, because a new version makes all posters again.
func TestVersion(t *testing.T) {
	t.Parallel()
	if got := (release.Poster{}).Version(); got != 2 {
		t.Errorf("the version is %d, want 2", got)
	}
}

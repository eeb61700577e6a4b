package overlay_test

import (
	"testing"

	"mynah/internal/overlay"
	"mynah/internal/part/parttest"
)

// TestRecipes checks that every field of a recipe changes its key, and that recipes can be encoded and
// decoded.
func TestRecipes(t *testing.T) {
	t.Parallel()
	parttest.CheckRecipe(t, parttest.NewFilled[overlay.Slide](t))
	parttest.CheckRecipe(t, parttest.NewFilled[overlay.Caption](t))
	parttest.CheckRecipe(t, parttest.NewFilled[overlay.Callouts](t))
}

// TestVersions checks the versions of recipes. A change of a version makes builds draw everything
// again, so it must be intended.
func TestVersions(t *testing.T) {
	t.Parallel()
	if s, c := (overlay.Slide{}).Version(), (overlay.Caption{}).Version(); s != 2 || c != 2 {
		t.Errorf("versions are %d and %d", s, c)
	}
}

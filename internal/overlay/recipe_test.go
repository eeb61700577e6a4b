package overlay_test

import (
	"testing"

	"mynah/internal/overlay"
	"mynah/internal/part/parttest"
)

// TestRecipes: every field of a recipe decides its key, and recipes can be written and read back.
func TestRecipes(t *testing.T) {
	t.Parallel()
	parttest.Check(t, parttest.Fill[overlay.Slide](t))
	parttest.Check(t, parttest.Fill[overlay.Caption](t))
}

// TestVersions: what was drawn before is drawn anew only where somebody means it.
func TestVersions(t *testing.T) {
	t.Parallel()
	if s, c := (overlay.Slide{}).Version(), (overlay.Caption{}).Version(); s != 2 || c != 2 {
		t.Errorf("versions are %d and %d", s, c)
	}
}

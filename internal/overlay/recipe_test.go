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

package assets_test

import (
	"testing"

	"mynah/internal/assets"
	"mynah/internal/part/parttest"
)

// TestRecipes: every field of a recipe decides its key, and recipes can be written and read back.
func TestRecipes(t *testing.T) {
	t.Parallel()
	parttest.Check(t, parttest.Fill[assets.Probe](t))
	parttest.Check(t, parttest.Fill[assets.Drawing](t))
	parttest.Check(t, parttest.Fill[assets.Decoded](t))
	parttest.Check(t, parttest.Fill[assets.Converted](t))
	parttest.Check(t, parttest.Fill[assets.Movie](t))
}

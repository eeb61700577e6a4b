package assets_test

import (
	"testing"

	"mynah/internal/assets"
	"mynah/internal/part/parttest"
)

// TestRecipes checks that every field of a recipe changes its key, and that recipes can be encoded and
// decoded.
func TestRecipes(t *testing.T) {
	t.Parallel()
	parttest.Check(t, parttest.Fill[assets.Probe](t))
	parttest.Check(t, parttest.Fill[assets.Drawing](t))
	parttest.Check(t, parttest.Fill[assets.Decoded](t))
	parttest.Check(t, parttest.Fill[assets.Converted](t))
	parttest.Check(t, parttest.Fill[assets.Movie](t))
}

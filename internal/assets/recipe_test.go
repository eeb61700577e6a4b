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
	parttest.CheckRecipe(t, parttest.NewFilled[assets.Probe](t))
	parttest.CheckRecipe(t, parttest.NewFilled[assets.Drawing](t))
	parttest.CheckRecipe(t, parttest.NewFilled[assets.Decoded](t))
	parttest.CheckRecipe(t, parttest.NewFilled[assets.Converted](t))
	parttest.CheckRecipe(t, parttest.NewFilled[assets.Movie](t))
}

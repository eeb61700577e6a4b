package mix_test

import (
	"testing"

	"mynah/internal/mix"
	"mynah/internal/part"
	"mynah/internal/part/parttest"
)

// TestRecipes checks that each field of a recipe changes its key, and that recipes can be encoded and decoded.
func TestRecipes(t *testing.T) {
	t.Parallel()
	parttest.CheckRecipe(t, parttest.NewFilled[mix.Chunk](t))
	parttest.CheckRecipe(t, parttest.NewFilled[mix.Loudness](t))
	parttest.CheckRecipe(t, parttest.NewFilled[mix.Samples](t))
	parttest.CheckRecipe(t, parttest.NewFilled[mix.Music](t))
}

// TestVersions pins the versions of recipes, because a new version makes all parts again.
func TestVersions(t *testing.T) {
	t.Parallel()
	for recipe, want := range map[part.Recipe]int{
		&mix.Chunk{}: 3, &mix.Loudness{}: 4, &mix.Samples{}: 3,
		&mix.Music{}: 2,
	} {
		if got := recipe.Version(); got != want {
			t.Errorf("%T has the version %d, want %d", recipe, got, want)
		}
	}
}

package cut_test

import (
	"testing"

	"mynah/internal/cut"
	"mynah/internal/part"
	"mynah/internal/part/parttest"
)

// TestRecipes checks that each field of a recipe changes its key, and that recipes can be encoded and decoded.
func TestRecipes(t *testing.T) {
	t.Parallel()
	parttest.CheckRecipe(t, parttest.NewFilled[cut.Still](t))
	parttest.CheckRecipe(t, parttest.NewFilled[cut.Chain](t))
	parttest.CheckRecipe(t, parttest.NewFilled[cut.Motion](t))
}

// TestKinds checks the kinds of motions: transition, clip or move. It also pins the versions, because a new
// version makes all parts again.
func TestKinds(t *testing.T) {
	t.Parallel()
	clip := cut.Motion{}
	clip.Moment.Plays = true
	crossing := clip
	crossing.Enter = "crossfade"
	for _, c := range []struct {
		recipe  part.Recipe
		kind    part.Kind
		version int
	}{
		{cut.Still{}, part.Picture, 1},
		{cut.Chain{}, part.Picture, 2},
		{cut.Motion{}, part.Move, 2},
		{clip, part.Clip, 2},
		{crossing, part.Crossing, 2},
	} {
		if c.recipe.Kind() != c.kind || c.recipe.Version() != c.version {
			t.Errorf("%T: %s, version %d, want %s, version %d", c.recipe, c.recipe.Kind(), c.recipe.Version(), c.kind, c.version)
		}
	}
}

package cut_test

import (
	"testing"

	"mynah/internal/cut"
	"mynah/internal/part"
	"mynah/internal/part/parttest"
)

// TestRecipes: every field of a recipe decides its key, and recipes can be written and read back.
func TestRecipes(t *testing.T) {
	t.Parallel()
	parttest.Check(t, parttest.Fill[cut.Still](t))
	parttest.Check(t, parttest.Fill[cut.Chain](t))
	parttest.Check(t, parttest.Fill[cut.Motion](t))
}

// TestKinds: of a motion the transition, the clip or the move says what it is; another version of a
// recipe makes all of its parts anew in every cache, so it is not changed by mistake.
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

package mix_test

import (
	"testing"

	"mynah/internal/mix"
	"mynah/internal/part/parttest"
)

// TestRecipes: every field of a recipe decides its key, and recipes can be written and read back.
func TestRecipes(t *testing.T) {
	t.Parallel()
	parttest.Check(t, parttest.Fill[mix.Chunk](t))
	parttest.Check(t, parttest.Fill[mix.Loudness](t))
	parttest.Check(t, parttest.Fill[mix.Samples](t))
	parttest.Check(t, parttest.Fill[mix.Music](t))
}

package cut_test

import (
	"testing"

	"mynah/internal/cut"
	"mynah/internal/part/parttest"
)

// TestRecipes: every field of a recipe decides its key, and recipes can be written and read back.
func TestRecipes(t *testing.T) {
	t.Parallel()
	parttest.Check(t, parttest.Fill[cut.Still](t))
	parttest.Check(t, parttest.Fill[cut.Chain](t))
	parttest.Check(t, parttest.Fill[cut.Motion](t))
}

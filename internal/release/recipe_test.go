package release_test

import (
	"testing"

	"mynah/internal/part/parttest"
	"mynah/internal/release"
)

// TestRecipes: every field of a recipe decides its key, and recipes can be written and read back.
func TestRecipes(t *testing.T) {
	t.Parallel()
	parttest.Check(t, parttest.Fill[release.Poster](t))
}

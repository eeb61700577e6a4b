package voice_test

import (
	"testing"

	"mynah/internal/part/parttest"
	"mynah/internal/voice"
)

// TestRecipes checks that each field of a recipe changes its key, and that recipes can be encoded and decoded.
func TestRecipes(t *testing.T) {
	t.Parallel()
	parttest.CheckRecipe(t, parttest.NewFilled[voice.Narration](t))
}

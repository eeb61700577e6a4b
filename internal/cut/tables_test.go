package cut

import (
	"os"
	"testing"
)

// TestTables checks that the files for colour conversion are written only if a picture is made.
func TestTables(t *testing.T) {
	t.Parallel()
	const text = "![](linear.png)\n(duration: 1)\n"
	s := newStudio(t, text)
	for _, want := range []bool{true, false} {
		s.makePlan(t)
		_, err := os.Stat(s.Files.GetUsable("linear.png").ToPicture().Source.Table + ".csp")
		if (err == nil) != want {
			t.Errorf("a table is there: %t, want %t", !want, want)
		}
		s.Timed = s.PlanTimeline(t, s.NewMaker(t), header+text)
	}
}

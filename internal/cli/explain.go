package cli

import (
	"fmt"
	"text/tabwriter"

	"mynah/internal/meter"
	"mynah/internal/studio"
)

// explainBuild tells what was made anew, and what the rest of the build took.
func (a *app) explainBuild(r *studio.Result) {
	if len(r.Made) == 0 {
		fmt.Fprintln(a.Out, "\nNothing was made anew: every sentence, picture and piece of sound was in the cache.")
	} else {
		fmt.Fprintf(a.Out, "\nMade anew, %d parts:\n", len(r.Made))
		w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
		for _, m := range r.Made {
			scene := ""
			if m.Scene > 0 {
				scene = fmt.Sprintf("scene %d", m.Scene)
			}
			fmt.Fprintf(w, "  %s\t%s\t%s\t%s\t%.0f ms\n", m.What, scene, m.Name, m.Why, m.MS)
		}
		_ = w.Flush()
	}
	fmt.Fprintln(a.Out)
	a.phases(r.Phases)
}

// phases prints what each phase of a build took.
func (a *app) phases(phases []meter.Phase) {
	w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "phase\ttime\tprocessor\tprograms")
	for _, p := range phases {
		fmt.Fprintf(w, "%s\t%d ms\t%d ms\t%d\n", p.Name, p.WallMS, p.CPUMS, p.Programs)
	}
	_ = w.Flush()
}

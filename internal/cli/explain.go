package cli

import (
	"fmt"
	"text/tabwriter"

	"mynah/internal/meter"
	"mynah/internal/studio"
)

// printExplanation prints which parts were rebuilt and why, and the time of each phase.
func (a *app) printExplanation(r *studio.Result) {
	if len(r.Made) == 0 {
		fmt.Fprintln(a.Out, "\nNothing was rebuilt: every part was in the cache.")
	} else {
		fmt.Fprintf(a.Out, "\nParts rebuilt: %d\n", len(r.Made))
		w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "  part\tscene\tname\treason\ttime")
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
	a.printPhases(r.Phases)
}

// printPhases prints the time and programs of each phase of a build.
func (a *app) printPhases(phases []meter.Phase) {
	w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "phase\ttime\tprocessor\tprograms")
	for _, p := range phases {
		fmt.Fprintf(w, "%s\t%d ms\t%d ms\t%d\n", p.Name, p.WallMS, p.CPUMS, p.Programs)
	}
	_ = w.Flush()
}

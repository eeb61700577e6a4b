package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"mynah/internal/fault"
	"mynah/internal/house"
	"mynah/internal/meter"
	"mynah/internal/proc"
	"mynah/internal/studio"
)

// benchRun holds the costs of one build of a project.
type benchRun struct {
	// Name is "cold" (empty cache) or "warm" (nothing changed).
	Name string `json:"name"`
	// WallMS and CPUMS are in milliseconds. CPUMS includes the programs that Mynah ran.
	WallMS int64 `json:"wallMs"`
	CPUMS  int64 `json:"cpuMs"`
	// Realtime is the seconds of video built per second.
	Realtime float64 `json:"realtime"`
	// Programs counts started programs, Made the parts that were made, and Found the parts that
	// were in the cache.
	Programs int64         `json:"programs"`
	Made     int           `json:"made"`
	Found    int           `json:"found"`
	Phases   []meter.Phase `json:"phases"`
}

// benchResult is the output of mynah bench --json.
type benchResult struct {
	Film    string  `json:"film"`
	Seconds float64 `json:"seconds"`
	Bytes   int64   `json:"bytes"`
	Scenes  int     `json:"scenes"`
	// PeakMB is the peak memory of Mynah itself, PeakProgramMB that of its largest program, in
	// megabytes.
	PeakMB        float64    `json:"peakMb"`
	PeakProgramMB float64    `json:"peakProgramMb"`
	Runs          []benchRun `json:"runs"`
}

func (a *app) newBenchCommand() *cobra.Command {
	f := &buildFlags{}
	runs := 3
	cmd := &cobra.Command{
		Use:   "bench [DIR|SCRIPT]",
		Short: "Measures the time and memory of builds",
		Long: `Builds a project with an empty cache, then again with nothing changed, and prints the time that
each phase took. The video and the cache of these builds are temporary; figures are those
of the run with the median processor time.`,
		Args: withUsageErrors(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if runs < 1 || runs > 99 {
				return usageError{fmt.Errorf("--runs: %d, must be 1 to 99", runs)}
			}
			return a.runBench(cmd.Context(), f, args, runs)
		},
	}
	f.addVideoFlags(cmd.Flags())
	_ = cmd.Flags().MarkHidden("output")
	_ = cmd.Flags().MarkHidden("force")
	cmd.Flags().BoolVar(&f.json, "json", false, "print the figures as JSON")
	cmd.Flags().IntVar(&runs, "runs", runs, "number of builds of each kind")
	return cmd
}

func (a *app) runBench(ctx context.Context, f *buildFlags, args []string, runs int) error {
	dir, err := os.MkdirTemp("", "mynah-bench-*")
	if err != nil {
		return a.reportErrorAs(f.json, fault.New(fault.Disk, err, "cannot create a temporary folder"))
	}
	defer func() { _ = os.RemoveAll(dir) }()
	f.output = filepath.Join(dir, "film.mp4")
	r, err := a.newFilmRequest(f, args)
	if err != nil {
		return a.reportErrorAs(f.json, err)
	}
	out := benchResult{}
	var cold, warm []benchRun
	for i := range runs {
		// Each pair has its own cache; the system's file cache is warm for all of them.
		a.cfg.CacheDir = filepath.Join(dir, fmt.Sprintf("cache-%d", i))
		pair, result, err := a.buildColdAndWarm(ctx, r)
		if err != nil {
			return a.reportErrorAs(f.json, err)
		}
		cold, warm = append(cold, pair[0]), append(warm, pair[1])
		out.Film, out.Seconds, out.Bytes, out.Scenes = r.Script, result.Seconds, result.Bytes, result.Scenes
		if i == 0 {
			own, child := proc.ReadPeakMemory()
			out.PeakMB, out.PeakProgramMB = float64(own)/1e6, float64(child)/1e6
		}
		_ = os.RemoveAll(a.cfg.CacheDir)
	}
	out.Runs = []benchRun{chooseMedianRun(cold), chooseMedianRun(warm)}
	if f.json {
		return a.printJSON(out)
	}
	a.printBenchTable(out)
	return nil
}

// buildColdAndWarm builds with an empty cache, then again with nothing changed.
func (a *app) buildColdAndWarm(ctx context.Context, r studio.Request) (runs [2]benchRun, result *studio.Result,
	err error,
) {
	for i, name := range []string{"cold", "warm"} {
		var h *house.House
		if h, err = a.newHouse(); err != nil {
			return runs, nil, err
		}
		result, err = h.Studio.Produce(ctx, r)
		h.Close()
		if err != nil {
			return runs, nil, err
		}
		run := benchRun{
			Name: name, WallMS: max(result.ElapsedMS, 1), Phases: result.Phases,
			Made: len(result.Made), Found: result.Parts - len(result.Made),
		}
		for _, p := range result.Phases {
			run.CPUMS += p.CPUMS
			run.Programs += p.Programs
		}
		run.Realtime = result.Seconds * 1000 / float64(run.WallMS)
		runs[i] = run
	}
	return runs, result, nil
}

// chooseMedianRun returns the run with the median processor time.
func chooseMedianRun(runs []benchRun) benchRun {
	slices.SortStableFunc(runs, func(a, b benchRun) int { return int(a.CPUMS - b.CPUMS) })
	return runs[len(runs)/2]
}

func (a *app) printBenchTable(b benchResult) {
	fmt.Fprintf(a.Out, "%s: %.2f s of video, %s, %.1f MB; peak memory %.0f MB, of the largest program %.0f MB\n",
		b.Film, b.Seconds, formatSceneCount(b.Scenes), float64(b.Bytes)/1e6, b.PeakMB, b.PeakProgramMB)
	for _, run := range b.Runs {
		fmt.Fprintf(a.Out, "\n%s build: %.2f s, %.2f s of processor time, %.0f times real time, %d parts made, %d found in the cache\n",
			run.Name, float64(run.WallMS)/1000, float64(run.CPUMS)/1000, run.Realtime, run.Made, run.Found)
		a.printPhases(run.Phases)
	}
}

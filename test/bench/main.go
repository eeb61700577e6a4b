// Command bench measures Mynah's promises about speed: the CPU time of Mynah as a ratio to that of
// plain ffmpeg recipes in the same run. Wall times are medians, and the report includes the
// machine's load.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// row is a row of the table of results.
type row struct {
	measure, ours, other, result, reach string
	good                                bool
}

type bench struct {
	ctx   context.Context
	dir   string
	mynah string
	runs  int
	rows  []row
	group string // control group of the measured programs; only set for peers
}

func main() {
	runs := flag.Int("runs", 3, "runs of each side; figures are medians")
	only := flag.String("only", "", "run only the parts whose names contain this")
	peers := flag.String("peers", "", "compare with other programs instead, which scripts/bench-peers installed in this `folder`")
	doc := flag.String("doc", "", "write the figures of -peers into this `file`")
	flag.Parse()
	if err := run(*runs, *only, *peers, *doc); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(runs int, only, peers, doc string) error {
	dir, err := os.MkdirTemp("", "mynah-bench-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	mynah, err := filepath.Abs("bin/mynah")
	if err != nil {
		return err
	}
	b := &bench{ctx: context.Background(), dir: dir, mynah: mynah, runs: runs}
	if peers != "" {
		return b.peers(peers, doc, only)
	}
	for _, part := range []struct {
		name string
		do   func() error
	}{
		{"yardstick", b.yardstick},
		{"check", b.check},
		{"clip", b.clip},
		{"motion", b.motion},
		{"scale", b.scale},
		{"rebuild", b.rebuild},
		{"joins", b.joins},
		{"slides", b.slides},
		{"callouts", b.callouts},
		{"layouts", b.layouts},
		{"captions", b.captions},
		{"speech", b.speech},
		{"cells", b.cells},
		{"service", b.service},
		{"waiting", b.waiting},
	} {
		if strings.Contains(part.name, only) {
			if err := part.do(); err != nil {
				return fmt.Errorf("%s: %w", part.name, err)
			}
		}
	}
	return b.print()
}

func (b *bench) print() error {
	load, _ := os.ReadFile("/proc/loadavg")
	fmt.Printf("%s, %d cores, load %s, %d runs of each side\n\n", runtime.GOOS+"/"+runtime.GOARCH, runtime.NumCPU(),
		strings.Join(strings.Fields(string(load))[:min(3, len(strings.Fields(string(load))))], " "), b.runs)
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "measure\tmynah\tother\tresult\treach\t")
	bad := 0
	for _, r := range b.rows {
		verdict := "ok"
		if !r.good {
			verdict, bad = "SHORT", bad+1
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", r.measure, r.ours, r.other, r.result, r.reach, verdict)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if bad > 0 {
		return fmt.Errorf("%d measures miss their bound", bad)
	}
	return nil
}

// add adds a row to the table and prints it at once, because a run takes long.
func (b *bench) add(r row) {
	b.rows = append(b.rows, r)
	fmt.Fprintf(os.Stderr, "%s: %s against %s: %s\n", r.measure, r.ours, r.other, r.result)
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}

// measurePair measures two alternatives in alternation and returns their medians.
func (b *bench) measurePair(ours, other func() (cost, error)) (a, z cost, err error) {
	var as, zs, aw, zw []float64
	for range b.runs {
		if a, err = ours(); err != nil {
			return a, z, err
		}
		if z, err = other(); err != nil {
			return a, z, err
		}
		as, zs = append(as, a.cpu), append(zs, z.cpu)
		aw, zw = append(aw, a.wall), append(zw, z.wall)
	}
	a.cpu, z.cpu, a.wall, z.wall = median(as), median(zs), median(aw), median(zw)
	return a, z, nil
}

func seconds(c cost) string { return fmt.Sprintf("%.2f s cpu, %.2f s", c.cpu, c.wall) }

func since(t time.Time) float64 { return time.Since(t).Seconds() }

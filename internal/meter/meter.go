// Package meter measures the phases of a build and computes its progress in percent.
package meter

import (
	"sync"
	"time"

	"mynah/internal/assets"
	"mynah/internal/proc"
	"mynah/internal/storyboard"
)

// Progress is how far a build is.
type Progress struct {
	Phase   string  `json:"phase"`
	Percent float64 `json:"percent"` // of the whole build, 0 to 100
}

// Phase is what a phase of a build took.
type Phase struct {
	Name string `json:"name"`
	// WallMS and CPUMS in milliseconds; the processor time is that of this process and
	// of the programs that it ran.
	WallMS int64 `json:"wallMs"`
	CPUMS  int64 `json:"cpuMs"`
	// Programs that were started.
	Programs int64 `json:"programs"`
}

func (p *Phase) add(other Phase, times int64) {
	p.WallMS += times * other.WallMS
	p.CPUMS += times * other.CPUMS
	p.Programs += times * other.Programs
}

// The phases of a build, in order.
const (
	Script   = "reading the script"
	Files    = "reading files"
	Voice    = "speaking"
	Slides   = "drawing slides"
	Pictures = "drawing pictures"
	Sound    = "mixing sound"
	// Check is within Film.
	Check = "checking the video"
	Film  = "writing the video"
)

// order lists the phases that follow each other.
func order() []string { return []string{Script, Files, Voice, Slides, Pictures, Sound, Film} }

// usual are the costs that are expected of phases of which nothing is known.
func usual() map[string]float64 {
	return map[string]float64{Script: 2, Files: 8, Voice: 20, Slides: 15, Pictures: 35, Sound: 15, Film: 5}
}

// Meter measures the phases of a build and reports how far it is.
type Meter struct {
	// Phases say what each phase took so far, in their order.
	Phases []Phase

	run    *proc.Runner
	report func(Progress) // may be nil
	within Phase          // what phases within the current one took

	mu      sync.Mutex         // guards what follows
	costs   map[string]float64 // expected of each phase
	done    map[string]float64 // of each phase, 0 to 1
	phase   string             // the current one
	percent float64
}

// New returns a meter of what a runner runs. report receives how far the build is; it may be nil.
func New(run *proc.Runner, report func(Progress)) *Meter {
	return &Meter{run: run, report: report, costs: usual(), done: map[string]float64{}}
}

// Clock measures a phase until the function that it returns is called. A phase within another one
// counts by itself, and not for that one.
func (m *Meter) Clock(name string) func() {
	start, cpu, before := time.Now(), proc.OwnCPU(), m.run.Stats()
	outer := m.within
	m.within = Phase{}
	return func() {
		after := m.run.Stats()
		all := Phase{
			WallMS: time.Since(start).Milliseconds(), Programs: after.Started - before.Started,
			CPUMS: (proc.OwnCPU() - cpu + after.User + after.System - before.User - before.System).Milliseconds(),
		}
		if k := len(m.Phases); k == 0 || m.Phases[k-1].Name != name {
			m.Phases = append(m.Phases, Phase{Name: name})
		}
		p := &m.Phases[len(m.Phases)-1]
		p.add(all, 1)
		p.add(m.within, -1)
		outer.add(all, 1)
		m.within = outer
	}
}

// Expect estimates what the phases will cost from a storyboard and its files.
func (m *Meter) Expect(board *storyboard.Board, files *assets.Set) { m.expect(expected(board, files)) }

// expect takes what phases are expected to cost, in any unit; phases that are not named cost what
// they usually do beside the others.
func (m *Meter) expect(costs map[string]float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	sum, known := 0.0, 0.0
	for phase, cost := range costs {
		sum += cost
		known += usual()[phase]
	}
	if sum <= 0 {
		return
	}
	for phase, cost := range costs {
		m.costs[phase] = cost * known / sum
	}
}

// Progress reports how far the current phase is, 0 to 1. Those in front of it are over.
func (m *Meter) Progress(phase string, done float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.phase = phase
	for _, p := range order() {
		if p == phase {
			m.done[p] = max(m.done[p], done)
			break
		}
		m.done[p] = 1
	}
	m.tell()
}

// Ahead reports how far a later phase is beside the current one, 0 to 1.
func (m *Meter) Ahead(phase string, done float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done[phase] = max(m.done[phase], done)
	m.tell()
}

// tell reports the share of the expected cost that is done. It never falls.
func (m *Meter) tell() {
	all, done := 0.0, 0.0
	for _, p := range order() {
		all += m.costs[p]
		done += m.costs[p] * min(m.done[p], 1)
	}
	m.percent = max(m.percent, min(100*done/all, 100))
	if m.report != nil {
		m.report(Progress{Phase: m.phase, Percent: m.percent})
	}
}

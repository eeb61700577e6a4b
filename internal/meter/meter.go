// Package meter measures the phases of a build and computes its progress in percent.
package meter

import (
	"sync"
	"time"

	"mynah/internal/assets"
	"mynah/internal/proc"
	"mynah/internal/storyboard"
)

// Progress is the progress of a build.
type Progress struct {
	Phase   string  `json:"phase"`
	Percent float64 `json:"percent"` // of the whole build, 0 to 100
}

// Phase contains the resources that a phase of a build used.
type Phase struct {
	Name string `json:"name"`
	// WallMS and CPUMS are in milliseconds. The processor time includes the programs that the phase ran.
	WallMS int64 `json:"wallMs"`
	CPUMS  int64 `json:"cpuMs"`
	// Programs is the number of programs that were started.
	Programs int64 `json:"programs"`
}

// addMultiple adds the resources of another phase, multiplied by times.
func (p *Phase) addMultiple(other Phase, times int64) {
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
	// Check is a part of Film.
	Check = "checking the video"
	Film  = "writing the video"
)

// listPhases returns the phases in order, without Check.
func listPhases() []string { return []string{Script, Files, Voice, Slides, Pictures, Sound, Film} }

// listUsualCosts returns the relative costs of the phases that are assumed until better estimates exist.
func listUsualCosts() map[string]float64 {
	return map[string]float64{Script: 2, Files: 8, Voice: 20, Slides: 15, Pictures: 35, Sound: 15, Film: 5}
}

// Meter measures the phases of a build and reports its progress.
type Meter struct {
	// Phases contains the measured phases, in order.
	Phases []Phase

	run    *proc.Runner
	report func(Progress) // may be nil
	within Phase          // resources used by phases within the current one

	mu      sync.Mutex         // guards the fields below
	costs   map[string]float64 // expected cost of each phase
	done    map[string]float64 // progress of each phase, 0 to 1
	phase   string             // the current phase
	percent float64
}

// New returns a meter. It counts the programs that run starts. report receives the progress; it may be nil.
func New(run *proc.Runner, report func(Progress)) *Meter {
	return &Meter{run: run, report: report, costs: listUsualCosts(), done: map[string]float64{}}
}

// StartPhase measures a phase until the returned function is called. A phase within another one is not counted as a
// part of it.
func (m *Meter) StartPhase(name string) func() {
	start, cpu, before := time.Now(), proc.ReadOwnCPU(), m.run.ReadStats()
	outer := m.within
	m.within = Phase{}
	return func() {
		after := m.run.ReadStats()
		all := Phase{
			WallMS: time.Since(start).Milliseconds(), Programs: after.Started - before.Started,
			CPUMS: (proc.ReadOwnCPU() - cpu + after.User + after.System - before.User - before.System).Milliseconds(),
		}
		if k := len(m.Phases); k == 0 || m.Phases[k-1].Name != name {
			m.Phases = append(m.Phases, Phase{Name: name})
		}
		p := &m.Phases[len(m.Phases)-1]
		p.addMultiple(all, 1)
		p.addMultiple(m.within, -1)
		outer.addMultiple(all, 1)
		m.within = outer
	}
}

// SetEstimatedCosts estimates the costs of the phases from a storyboard and its files.
func (m *Meter) SetEstimatedCosts(board *storyboard.Board, files *assets.Set) {
	m.setExpectedCosts(estimateCosts(board, files))
}

// setExpectedCosts sets the expected costs of phases, in any unit. Other phases keep their usual share of the total.
func (m *Meter) setExpectedCosts(costs map[string]float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	sum, known := 0.0, 0.0
	for phase, cost := range costs {
		sum += cost
		known += listUsualCosts()[phase]
	}
	if sum <= 0 {
		return
	}
	for phase, cost := range costs {
		m.costs[phase] = cost * known / sum
	}
}

// ReportCurrentPhase reports the progress of the current phase, 0 to 1. All phases before it count as finished.
func (m *Meter) ReportCurrentPhase(phase string, done float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.phase = phase
	for _, p := range listPhases() {
		if p == phase {
			m.done[p] = max(m.done[p], done)
			break
		}
		m.done[p] = 1
	}
	m.reportTotal()
}

// ReportLaterPhase reports the progress of a later phase that runs concurrently with the current one, 0 to 1.
func (m *Meter) ReportLaterPhase(phase string, done float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done[phase] = max(m.done[phase], done)
	m.reportTotal()
}

// reportTotal reports the finished fraction of the expected cost. It never decreases.
func (m *Meter) reportTotal() {
	all, done := 0.0, 0.0
	for _, p := range listPhases() {
		all += m.costs[p]
		done += m.costs[p] * min(m.done[p], 1)
	}
	m.percent = max(m.percent, min(100*done/all, 100))
	if m.report != nil {
		m.report(Progress{Phase: m.phase, Percent: m.percent})
	}
}

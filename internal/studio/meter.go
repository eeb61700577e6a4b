package studio

import (
	"sync"
	"time"

	"mynah/internal/proc"
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
	phaseScript   = "reading the script"
	phaseFiles    = "reading files"
	phaseVoice    = "speaking"
	phaseSlides   = "drawing slides"
	phasePictures = "drawing pictures"
	phaseSound    = "mixing sound"
	// phaseCheck lies within phaseFilm.
	phaseCheck = "checking the video"
	phaseFilm  = "cutting the video"
)

// share is how much of the whole a phase is taken to be, in percent.
type share struct {
	phase   string
	percent float64
}

func shares() []share {
	return []share{
		{phaseScript, 2},
		{phaseFiles, 8},
		{phaseVoice, 20},
		{phaseSlides, 15},
		{phasePictures, 35},
		{phaseSound, 15},
		{phaseFilm, 5},
	}
}

// meter measures the phases of a session and reports how far it is.
type meter struct {
	run    *proc.Runner
	report func(Progress) // may be nil
	phases []Phase
	within Phase // what phases within the current one took

	mu      sync.Mutex // guards what follows
	percent float64
}

func newMeter(run *proc.Runner, report func(Progress)) *meter {
	return &meter{run: run, report: report}
}

// clock measures a phase until the function that it returns is called. A phase within another one
// counts by itself, and not for that one.
func (m *meter) clock(name string) func() {
	start, cpu, before := time.Now(), proc.OwnCPU(), m.run.Stats()
	outer := m.within
	m.within = Phase{}
	return func() {
		after := m.run.Stats()
		all := Phase{
			WallMS: time.Since(start).Milliseconds(), Programs: after.Started - before.Started,
			CPUMS: (proc.OwnCPU() - cpu + after.User + after.System - before.User - before.System).Milliseconds(),
		}
		if k := len(m.phases); k == 0 || m.phases[k-1].Name != name {
			m.phases = append(m.phases, Phase{Name: name})
		}
		p := &m.phases[len(m.phases)-1]
		p.add(all, 1)
		p.add(m.within, -1)
		outer.add(all, 1)
		m.within = outer
	}
}

// progress reports how far a phase is, 0 to 1.
func (m *meter) progress(phase string, done float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	before := 0.0
	for _, s := range shares() {
		if s.phase == phase {
			m.percent = max(m.percent, min(before+s.percent*done, 100))
			break
		}
		before += s.percent
	}
	if m.report != nil {
		m.report(Progress{Phase: phase, Percent: m.percent})
	}
}

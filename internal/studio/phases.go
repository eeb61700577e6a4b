package studio

import (
	"time"

	"golang.org/x/sys/unix"
)

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

// clock measures a phase until the function that it gives is called. A phase within another one
// counts apart, and not for that one.
func (j *job) clock(name string) func() {
	start, cpu, before := time.Now(), ownCPU(), j.studio.run.Stats()
	outer := j.within
	j.within = Phase{}
	return func() {
		after := j.studio.run.Stats()
		all := Phase{
			WallMS: time.Since(start).Milliseconds(), Programs: after.Started - before.Started,
			CPUMS: (ownCPU() - cpu + after.User + after.System - before.User - before.System).Milliseconds(),
		}
		if k := len(j.phases); k == 0 || j.phases[k-1].Name != name {
			j.phases = append(j.phases, Phase{Name: name})
		}
		p := &j.phases[len(j.phases)-1]
		p.add(all, 1)
		p.add(j.within, -1)
		outer.add(all, 1)
		j.within = outer
	}
}

// ownCPU is the processor time of this process so far.
func ownCPU() time.Duration {
	var r unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// progress tells how far a phase is, 0 to 1.
func (j *job) progress(phase string, part float64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	before := 0.0
	for _, w := range weights() {
		if w.phase == phase {
			j.percent = max(j.percent, min(before+w.share*part, 100))
			break
		}
		before += w.share
	}
	if j.req.Progress != nil {
		j.req.Progress(Progress{Phase: phase, Percent: j.percent})
	}
}

package cli

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"mynah/internal/meter"
)

// reporter shows the progress of a build.
type reporter interface {
	showProgress(p meter.Progress)
	finishProgress(good bool)
}

// newReporter returns the reporter for the output: JSON lines, a bar on a terminal, plain lines in a
// pipe.
func (a *app) newReporter(f *buildFlags) reporter {
	switch {
	case f.json:
		return &jsonLines{a: a}
	case f.quiet:
		return silence{}
	case isTerminal(a.Err):
		return newBar(a)
	default:
		return &plainLines{a: a}
	}
}

type silence struct{}

func (silence) showProgress(meter.Progress) {}
func (silence) finishProgress(bool)         {}

// jsonLines prints an event for each phase and each percent.
type jsonLines struct {
	a     *app
	phase string
	last  int
}

func (j *jsonLines) showProgress(p meter.Progress) {
	if p.Phase == j.phase && int(p.Percent) == j.last {
		return
	}
	j.phase, j.last = p.Phase, int(p.Percent)
	_ = json.NewEncoder(j.a.Out).Encode(struct {
		Event   string `json:"event"`
		Phase   string `json:"phase"`
		Percent int    `json:"percent"`
	}{"progress", p.Phase, int(p.Percent)})
}

func (*jsonLines) finishProgress(bool) {}

// plainLines prints a line for each phase, and every few seconds in long phases.
type plainLines struct {
	a     *app
	phase string
	at    time.Time
}

func (l *plainLines) showProgress(p meter.Progress) {
	if p.Phase == l.phase && time.Since(l.at) < 5*time.Second {
		return
	}
	l.phase, l.at = p.Phase, time.Now()
	fmt.Fprintf(l.a.Err, "%3.0f %%  %s\n", p.Percent, p.Phase)
}

func (*plainLines) finishProgress(bool) {}

// bar draws a progress bar with the phase, the percentage and the remaining time.
type bar struct {
	p     *mpb.Progress
	b     *mpb.Bar
	phase chan string
	now   string
	start time.Time
}

func newBar(a *app) *bar {
	b := &bar{phase: make(chan string, 1), start: time.Now()}
	b.p = mpb.New(mpb.WithOutput(a.Err), mpb.WithWidth(40), mpb.WithRefreshRate(100*time.Millisecond))
	b.b = b.p.AddBar(1000, mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Any(func(decor.Statistics) string {
			select {
			case b.now = <-b.phase:
			default:
			}
			return fmt.Sprintf("%-20s", b.now)
		})),
		mpb.AppendDecorators(decor.Percentage(decor.WCSyncSpace), decor.Any(func(s decor.Statistics) string {
			if s.Current < 50 {
				return ""
			}
			left := time.Duration(float64(time.Since(b.start)) * float64(s.Total-s.Current) / float64(s.Current))
			return fmt.Sprintf("  %s left", left.Round(time.Second))
		})))
	return b
}

func (b *bar) showProgress(p meter.Progress) {
	select {
	case <-b.phase:
	default:
	}
	b.phase <- p.Phase
	b.b.SetCurrent(min(int64(p.Percent*10), 999))
}

func (b *bar) finishProgress(good bool) {
	if good {
		b.b.SetTotal(-1, true)
	} else {
		b.b.Abort(true)
	}
	b.p.Wait()
}

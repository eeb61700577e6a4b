package inside

import (
	"sync"
	"testing"
	"time"

	"mynah/internal/cell"
	"mynah/internal/meter"
)

// TestReporterSendsSeldom checks the number of events of a phase and of phases that alternate, and that the latest
// progress is sent although nothing follows it.
func TestReporterSendsSeldom(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		phases      []string
		least, most int // events in about 1.1 s
	}{
		"one phase":          {[]string{"a"}, 2, 4},
		"alternating phases": {[]string{"a", "b", "c"}, 4, 13},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			var got []cell.Progress
			report, end := newReporter(func(m cell.Message) error {
				mu.Lock()
				defer mu.Unlock()
				got = append(got, m.Body.(cell.Progress))
				return nil
			})
			defer end()
			start := time.Now()
			var last meter.Progress
			for i := 0; time.Since(start) < 1100*time.Millisecond; i++ {
				last = meter.Progress{Phase: c.phases[i%len(c.phases)], Percent: float64(i)}
				report(last)
				time.Sleep(time.Millisecond)
			}
			mu.Lock()
			n := len(got)
			mu.Unlock()
			if n < c.least || n > c.most {
				t.Errorf("%d events, want %d to %d", n, c.least, c.most)
			}
			time.Sleep(2 * progressPause)
			mu.Lock()
			defer mu.Unlock()
			if p := got[len(got)-1]; p.Phase != last.Phase || p.Percent != last.Percent {
				t.Errorf("the last event is %v, want %v", p, last)
			}
		})
	}
}

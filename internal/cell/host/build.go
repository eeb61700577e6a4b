package host

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"syscall"
	"unicode/utf8"

	"mynah/internal/cell"
	"mynah/internal/fault"
	"mynah/internal/proc"
	"mynah/internal/turns"
)

// KilledError is the error of a build whose cell was killed from outside. The build can be tried again.
type KilledError struct{ Err error }

func (e *KilledError) Error() string { return "the cell was killed: " + e.Err.Error() }

// Unwrap returns how the process ended.
func (e *KilledError) Unwrap() error { return e.Err }

// Build does a build in a cell of its own. The archive, which may be nil, is read from its start. When ctx ends, the cell
// and its programs are killed. report is called with the progress, never concurrently. If the cell dies by itself, the
// error is a fault that names what was done last; if it is killed, a *KilledError.
func (h *Host) Build(
	ctx context.Context, tenant string, w cell.BuildWork, archive *os.File, report func(cell.Progress),
) (cell.BuildResult, error) {
	r, err := h.start(ctx, tenant, turns.Builds)
	if err != nil {
		return cell.BuildResult{}, err
	}
	var mu sync.Mutex
	var last cell.Progress
	m := cell.Message{Body: w}
	if archive != nil {
		m = addArchive(m, &w.ProjectWork, archive)
		m.Body = w
	}
	out, err := r.Call(ctx, cell.Build, m, func(m cell.Message) {
		closeFiles(m.Files)
		var p cell.Progress
		if m.Decode(&p) != nil {
			return
		}
		p = clean(p)
		mu.Lock()
		last = p
		mu.Unlock()
		report(p)
	})
	closeFiles(out.Files)
	grace := h.cfg.Grace
	if ctx.Err() != nil {
		grace = 0
	}
	said := r.stop(grace)
	switch {
	case ctx.Err() != nil:
		return cell.BuildResult{}, ctx.Err()
	case errors.Is(err, cell.ErrGone):
		mu.Lock()
		defer mu.Unlock()
		return cell.BuildResult{}, explainDeath(last, said, r.Err())
	case err != nil:
		return cell.BuildResult{}, err
	}
	var result cell.BuildResult
	if err := out.Decode(&result); err != nil {
		return cell.BuildResult{}, fault.New(fault.Internal, err, "the result of the build cannot be read")
	}
	result.Clean()
	return result, result.Fault.ToError()
}

// addArchive adds an archive to a call, as a file where files can be passed.
func addArchive(m cell.Message, w *cell.ProjectWork, archive *os.File) cell.Message {
	w.HasArchive = true
	if cell.CanPassFiles {
		m.Files = append(m.Files, archive)
	} else {
		w.ArchivePath = archive.Name()
	}
	return m
}

// clean bounds what a cell says about its progress.
func clean(p cell.Progress) cell.Progress {
	const longest = 200
	if !(p.Percent >= 0 && p.Percent <= 100) {
		p.Percent = 0
	}
	p.Phase, p.Part = cut(p.Phase, longest), cut(p.Part, longest)
	return p
}

// cut returns a copy of the first most bytes of a text, without the part of a last character. A copy does not keep the
// rest of a large message in memory.
func cut(s string, most int) string {
	if len(s) <= most {
		return strings.Clone(s)
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return strings.Clone(s[:most])
}

// isKill reports whether somebody ended a process by a signal that a person, the system or a service manager sends.
// Signals of crashes are not among them.
func isKill(e *proc.ExitError) bool {
	switch e.Signal {
	case syscall.SIGKILL, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP:
		return true
	default:
		return false
	}
}

// explainDeath returns the error of a build whose cell has ended without an answer.
func explainDeath(last cell.Progress, said, broken error) error {
	exit, ok := errors.AsType[*proc.ExitError](said)
	if ok && broken == nil && isKill(exit) {
		return &KilledError{said}
	}
	doing := last.Phase
	if last.Part != "" {
		doing += ", " + last.Part
	}
	if doing == "" {
		doing = "starting"
	}
	return fault.New(fault.Internal, errors.Join(said, broken), "the build's process ended unexpectedly (%s)", doing).
		WithHint("%s", "leave out the last scene or file that was worked on to find the cause; the server's log says more")
}

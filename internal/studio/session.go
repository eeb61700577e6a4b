package studio

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"mynah/internal/blame"
	"mynah/internal/cache"
	"mynah/internal/compile"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/meter"
	"mynah/internal/part"
	"mynah/internal/project"
)

// ScriptError is the error for a script, or a file that it refers to, with mistakes. List contains
// all findings, including warnings; Sources contains the texts that they point into, by file name.
type ScriptError struct {
	List    diag.List
	Sources map[string][]byte
}

// Error implements error.
func (e *ScriptError) Error() string {
	for _, d := range e.List {
		if d.Severity == diag.Error {
			return d.Error()
		}
	}
	return "the script has errors"
}

// session is the state of one call of a Studio's method: the open project, the temporary folder,
// and the findings so far. Steps pass their results to each other as values, not through the
// session.
type session struct {
	studio  *Studio
	project *project.Project
	maker   part.Maker
	meter   *meter.Meter
	// strict turns warnings of unknown names into errors.
	strict  bool
	list    diag.List
	sources map[string][]byte
	unlock  func()
	release func() // of the copies of cache entries; nil if there are none
}

// maxAttempts is how often a session's work is done until the cache loses nothing. The second attempt keeps copies, so
// further ones are needed only for parts that were lost before they could be copied.
const maxAttempts = 5

// withSession opens a session and calls do. If the cache loses an entry or the temporary folder meanwhile, it closes the
// session and calls do in another one, which makes the entry anew. With keep, it keeps copies from the beginning, and
// leaves the session open if do succeeds.
func (s *Studio) withSession(
	ctx context.Context, dir string, report func(meter.Progress), keep bool, do func(*session) error,
) error {
	report = neverFall(report)
	var last *session
	for attempt := 1; ; attempt++ {
		e, err := s.openSession(ctx, dir, report)
		if err != nil {
			return err
		}
		if attempt > 1 || keep {
			if e.release, err = s.store.KeepCopies(); err != nil {
				e.close()
				return fault.New(fault.Disk, err, "the cache cannot be used")
			}
		}
		if last != nil {
			e.maker.Book.AdoptMade(last.maker.Book)
			e.meter.Phases = last.meter.Phases
		}
		err = do(e)
		if err == nil && keep {
			return nil
		}
		lost := errors.Is(err, cache.ErrLost) || err != nil && e.hasLostFolder()
		e.close()
		if !lost || attempt == maxAttempts || ctx.Err() != nil {
			return err
		}
		last = e
	}
}

// hasLostFolder reports whether somebody has removed the temporary folder, for example with the whole cache.
func (e *session) hasLostFolder() bool {
	_, err := os.Lstat(e.maker.Work)
	return errors.Is(err, fs.ErrNotExist)
}

// neverFall returns a function that reports progress, but no lower percentage than before.
func neverFall(report func(meter.Progress)) func(meter.Progress) {
	if report == nil {
		return nil
	}
	highest := 0.0
	return func(p meter.Progress) {
		highest = max(highest, p.Percent)
		p.Percent = highest
		report(p)
	}
}

// openSession begins a session on a project's folder; an empty dir means no project. The caller must call
// close.
func (s *Studio) openSession(ctx context.Context, dir string, report func(meter.Progress)) (*session, error) {
	if err := s.identifyTools(ctx); err != nil {
		return nil, err
	}
	in, err := openProjectOrEmpty(dir)
	if err != nil {
		return nil, err
	}
	work, err := s.store.MakeTempDir()
	if err != nil {
		_ = in.Close()
		return nil, fault.New(fault.Disk, err, "cannot create a temporary folder")
	}
	unlock, err := s.store.MarkInUse()
	if err != nil {
		_ = in.Close()
		_ = os.RemoveAll(work)
		return nil, fault.New(fault.Disk, err, "the cache cannot be used")
	}
	return &session{
		studio: s, project: in, meter: meter.New(s.run, report), unlock: unlock,
		maker: part.Maker{
			Store: s.store, Book: part.NewBook(), Executor: s.cfg.Executor, Jobs: s.run.MaxChildren(),
			Work: work,
		},
	}, nil
}

func openProjectOrEmpty(dir string) (*project.Project, error) {
	if dir == "" {
		return project.NewEmpty(), nil
	}
	in, err := project.Open(dir)
	if err != nil {
		return nil, fault.New(fault.Input, err, "the project's folder cannot be opened")
	}
	return in, nil
}

// close removes the session's temporary files and releases the project.
func (e *session) close() {
	e.unlock()
	if e.release != nil {
		e.release()
	}
	_ = os.RemoveAll(e.maker.Work)
	_ = e.project.Close()
}

// runStep runs a step. It measures the step, reports its progress, and turns a panic into a fault. If
// the findings that the step returns contain errors, runStep returns a *ScriptError.
func runStep[T any](ctx context.Context, e *session, phase string,
	step func(context.Context, part.Maker) (T, diag.List, error),
) (T, error) {
	var out, none T
	if err := ctx.Err(); err != nil {
		return none, fault.New(fault.Cancelled, err, "stopped")
	}
	e.meter.ReportCurrentPhase(phase, 0)
	m := e.maker
	m.Report = func(done float64) { e.meter.ReportCurrentPhase(phase, done) }
	var list diag.List
	took := e.meter.StartPhase(phase)
	err := fault.Guard(phase, func() (err error) {
		out, list, err = step(ctx, m)
		return err
	})
	took()
	wrong := e.addFindings(list)
	switch {
	case ctx.Err() != nil && (err != nil || wrong != nil):
		return none, fault.New(fault.Cancelled, ctx.Err(), "stopped")
	case err != nil:
		return none, blame.ToFault(err)
	case wrong != nil:
		return none, wrong
	}
	return out, nil
}

// planScript reads the script and plans its storyboard. Even with an error, the result contains what was
// planScript so far.
func (e *session) planScript(ctx context.Context, req compile.Request) (compile.Script, error) {
	e.strict = req.Strict
	var known compile.Script
	out, err := runStep(ctx, e, meter.Script, func(ctx context.Context, _ part.Maker) (compile.Script, diag.List, error) {
		var err error
		known, err = compile.PlanScript(ctx, e.project, e.studio.booth, req)
		e.sources = known.Sources
		return known, known.Findings, err
	})
	if err != nil {
		return known, err
	}
	return out, nil
}

// addFindings adds findings to the session. If any of them is an error, it returns a *ScriptError with
// all findings so far.
func (e *session) addFindings(list diag.List) error {
	e.list.Add(list...)
	if e.strict {
		e.list = e.list.WithStrictErrors()
	}
	e.list = e.list.MergeWarnings()
	if !e.list.HasErrors() {
		return nil
	}
	e.list.SortByPlace()
	return &ScriptError{List: e.list, Sources: e.sources}
}

// findScriptError returns the *ScriptError in an error's chain, and whether there is one.
func findScriptError(err error) (*ScriptError, bool) { return errors.AsType[*ScriptError](err) }

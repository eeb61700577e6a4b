package inside

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"mynah/api"
	"mynah/internal/cell"
	"mynah/internal/compile"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/meter"
	"mynah/internal/project"
	"mynah/internal/record"
	"mynah/internal/script"
	"mynah/internal/studio"
	"mynah/internal/upload"
)

// unpacked is a project in the cell's folder.
type unpacked struct {
	folder, source string
	links          []string // symbolic links that were left out
}

// unpack writes the project's files to the folder project in the cell's folder. The archive is the first of files.
func (w *Worker) unpack(
	ctx context.Context, in cell.ProjectWork, files []*os.File, limits upload.Limits, report func(meter.Progress),
) (out unpacked, err error) {
	out.folder = filepath.Join(in.Dir, "project")
	root, err := os.OpenRoot(out.folder)
	if err != nil {
		return out, fault.New(fault.Disk, err, "the project's folder cannot be opened")
	}
	defer func() { _ = root.Close() }()
	if !in.HasArchive {
		out.source = "script.md"
		if err := root.WriteFile(out.source, []byte(in.Text), 0o600); err != nil {
			return out, fault.New(fault.Disk, err, "the script cannot be written")
		}
		return out, nil
	}
	archive, err := openArchive(in, files)
	if err != nil {
		return out, err
	}
	defer func() { _ = archive.Close() }()
	report(meter.Progress{Phase: "unpacking the project", Percent: 1})
	u, err := upload.Unpack(ctx, archive, in.ArchiveSize, root, upload.UnpackOptions{Limits: limits, SkipLinks: in.SkipLinks})
	if err != nil {
		return out, err
	}
	out.links = u.Links
	out.source, err = upload.FindSource(root.FS(), in.Source)
	if err == nil && project.IsPresentationName(out.source) {
		err = fault.New(fault.Input, record.ErrDeck, "presentations are not supported by this server")
	}
	return out, err
}

// archive is a file that may be read at any place.
type archive interface {
	io.ReaderAt
	io.Closer
}

func openArchive(in cell.ProjectWork, files []*os.File) (archive, error) {
	if len(files) > 0 {
		return files[0], nil
	}
	f, err := os.Open(in.ArchivePath)
	if err != nil {
		return nil, fault.New(fault.Disk, err, "the archive cannot be read")
	}
	return f, nil
}

// newRequest returns the studio's request for an unpacked project.
func newRequest(u unpacked, in cell.ProjectWork) (studio.Request, error) {
	req := studio.Request{
		Dir:     filepath.Join(u.folder, filepath.FromSlash(filepath.Dir(u.source))),
		Request: compile.Request{Script: filepath.Base(u.source), Variables: in.Variables},
	}
	return req, applySettings(&req, in.Settings)
}

// applySettings checks settings and adds them to a request.
func applySettings(req *studio.Request, s api.Settings) error {
	values := map[string]any{}
	for name, v := range s {
		if name != "strict" {
			values[name] = v
		}
	}
	p, wrong := script.ReadSettings(values)
	if len(wrong) > 0 {
		return fault.New(fault.Usage, nil, "settings%s: %s", wrong[0].Pointer, wrong[0].Summary)
	}
	req.Strict, _ = s["strict"].(bool)
	req.Size, req.FPS = p.Size, p.FPS
	if p.Voice != nil {
		req.Voice, req.VoicePlace = *p.Voice, p.Places["voice"]
	}
	p.Size, p.FPS, p.Voice = nil, nil, nil
	req.Header = p
	return nil
}

// explainSkippedLink adds to an error that a symbolic link was left out, if that may be its cause.
func explainSkippedLink(err error, links []string) error {
	wrong, ok := errors.AsType[*studio.ScriptError](err)
	if !ok || len(links) == 0 {
		return err
	}
	wrong.List = append(wrong.List, diag.Diagnostic{
		Severity: diag.Warning,
		Summary: fmt.Sprintf("the archive contains %d symbolic links, which are left out; the first is %q",
			len(links), links[0]),
		Hint: "put the files themselves into the repository",
	})
	return err
}

// prepare reads the body of a call about a project, and unpacks the project.
func prepare[In any](
	ctx context.Context, w *Worker, m cell.Message, projectOf func(In) cell.ProjectWork, report func(meter.Progress),
) (in In, parts *Parts, req studio.Request, u unpacked, err error) {
	defer func() {
		if err != nil {
			closeFiles(m.Files)
		}
	}()
	if in, err = decode[In](m); err != nil {
		return in, nil, req, u, err
	}
	if parts, err = w.getParts(); err != nil {
		return in, nil, req, u, err
	}
	work := projectOf(in)
	if u, err = w.unpack(ctx, work, m.Files, parts.Limits, report); err != nil {
		return in, parts, req, u, err
	}
	req, err = newRequest(u, work)
	return in, parts, req, u, err
}

func closeFiles(files []*os.File) {
	for _, f := range files {
		_ = f.Close()
	}
}

// check returns the findings of a project.
func (w *Worker) check(ctx context.Context, m cell.Message, _ func(cell.Message) error) (cell.Message, error) {
	_, parts, req, _, err := prepare(ctx, w, m, func(in cell.ProjectWork) cell.ProjectWork { return in }, ignoreProgress)
	if err != nil {
		return cell.Message{}, err
	}
	list, _, err := parts.Studio.Check(ctx, req)
	if err != nil {
		return cell.Message{}, err
	}
	return cell.Message{Body: newCheckResult(list)}, nil
}

// newCheckResult returns findings within what the host accepts.
func newCheckResult(list diag.List) cell.CheckResult {
	r := cell.CheckResult{Findings: convertFindings(list)}
	r.Clean()
	return r
}

func ignoreProgress(meter.Progress) {}

// drawSnapshot draws a picture of a video that is not built.
func (w *Worker) drawSnapshot(ctx context.Context, m cell.Message, _ func(cell.Message) error) (cell.Message, error) {
	in, parts, req, _, err := prepare(ctx, w, m, func(in cell.SnapshotWork) cell.ProjectWork { return in.ProjectWork }, ignoreProgress)
	if err != nil {
		return cell.Message{}, err
	}
	shot := studio.Snapshot{Request: req, Scene: in.Scene}
	if in.Seconds != nil {
		at := time.Duration(*in.Seconds * float64(time.Second))
		shot.At = &at
	}
	png, plan, err := parts.Studio.DrawSnapshot(ctx, shot)
	switch list := listScriptErrors(err); {
	case list != nil:
		return cell.Message{Body: newCheckResult(list)}, nil
	case err != nil:
		return cell.Message{}, err
	}
	return cell.Message{Body: newCheckResult(plan.Warnings), Data: png}, nil
}

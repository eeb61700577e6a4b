package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mynah/client"
	"mynah/internal/blame"
	"mynah/internal/cell"
	"mynah/internal/cell/host"
	"mynah/internal/fault"
	"mynah/internal/house"
	"mynah/internal/meter"
	"mynah/internal/pending"
)

// buildInCell builds a script in a process of its own, as a server does.
func (a *app) buildInCell(ctx context.Context, f *buildFlags, args []string) error {
	if f.plan || f.explain || f.timeline || f.transcript || f.allLanguages || f.scenes != "" || f.language != "" {
		return usageError{errors.New("--cell cannot be combined with --plan, --explain, --timeline, --transcript, " +
			"--scenes, --language or --all-languages")}
	}
	if err := a.readEngineSettings(""); err != nil {
		return err
	}
	r, err := f.newRequest(args)
	if err != nil {
		return err
	}
	if err := f.checkVideoOutput(r.Output); err != nil {
		return err
	}
	files, err := a.listNeededFiles(ctx, r)
	if err != nil {
		return err
	}
	archive, size, err := packFiles(r.Dir, files)
	if err != nil {
		return err
	}
	defer func() { _ = archive.Close() }()
	start := time.Now()
	show := a.newReporter(f)
	result, out, clean, err := house.BuildInCell(ctx, a.cfg, house.CellBuild{
		Archive: archive, Log: slog.New(slog.NewTextHandler(a.Err, nil)),
		ProjectWork: cell.ProjectWork{ArchiveSize: size, Source: r.Script, Settings: f.newRemoteSettings(), Variables: r.Variables},
		Report:      func(p cell.Progress) { show.showProgress(meter.Progress{Phase: p.Phase, Percent: p.Percent}) },
	})
	show.finishProgress(err == nil && result.Failure == "")
	if err != nil {
		return err
	}
	defer clean()
	defer func() { _ = out.Close() }()
	a.printFindings(convertFindings(append(result.Errors, result.Warnings...), r.Dir))
	if result.Failure != "" {
		return &silentError{exitScript}
	}
	if err := copyCellResults(out, r.Output, result.Further); err != nil {
		return err
	}
	switch {
	case f.json:
		return json.NewEncoder(a.Out).Encode(result)
	case !f.quiet:
		fmt.Fprintf(a.Out, "%s  %.2f s, built in %.2f s\n", r.Output, result.Seconds, time.Since(start).Seconds())
	}
	return nil
}

// packFiles packs files of a folder, or all of it if files is nil, into a temporary archive, which has no name where the
// system allows it.
func packFiles(dir string, files []string) (*os.File, int64, error) {
	t, err := os.CreateTemp("", "mynah-*.zip")
	if err != nil {
		return nil, 0, fault.New(fault.Disk, err, "cannot create a temporary file")
	}
	if cell.CanPassFiles {
		_ = os.Remove(t.Name())
	}
	if files == nil {
		err = client.ZipFolder(dir, t)
	} else {
		err = client.ZipFiles(dir, files, t)
	}
	var size int64
	if err == nil {
		size, err = t.Seek(0, io.SeekCurrent)
	}
	if err != nil {
		_ = t.Close()
		return nil, 0, blame.NewDiskFault(err, "the folder %s cannot be packed", dir)
	}
	return t, size, nil
}

// mostResult is the maximum size of a file of a cell, in bytes.
const mostResult = 1 << 40

// copyCellResults copies the files of a cell next to the output. The cell may have said and left anything.
func copyCellResults(out *os.Root, output string, further []string) error {
	base := strings.TrimSuffix(output, filepath.Ext(output))
	type result struct {
		name, to string
		needed   bool
	}
	results := []result{
		{cell.ResultFilm, output, true},
		{cell.ResultPoster, base + ".jpg", false},
		{cell.ResultSRT, base + ".srt", false},
		{cell.ResultVTT, base + ".vtt", false},
	}
	for _, size := range further {
		if !host.IsValidSize(size) {
			return fault.New(fault.Internal, nil, "the build's process names %.40q as the size of a video", size)
		}
		results = append(results, result{cell.FormatResultName(size), base + "-" + size + ".mp4", true})
	}
	for _, r := range results {
		switch err := copyCellResult(out, r.name, r.to); {
		case errors.Is(err, fs.ErrNotExist) && r.needed && !hasResult(out, r.name):
			return fault.New(fault.Internal, err, "the build left no video %s", r.name)
		case err != nil && (!errors.Is(err, fs.ErrNotExist) || hasResult(out, r.name)):
			return blame.NewDiskFault(err, "the file %s cannot be written", r.to)
		}
	}
	return nil
}

// hasResult reports whether a cell has left a file: otherwise a file that is missing is that of the target's folder.
func hasResult(out *os.Root, name string) bool {
	_, err := out.Lstat(name)
	return err == nil
}

func copyCellResult(out *os.Root, name, to string) error {
	in, err := host.OpenResult(out, name, mostResult)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	w, err := pending.CreateFile(to)
	if err != nil {
		return err
	}
	defer w.Discard()
	if _, err := io.Copy(w, in); err != nil {
		return err
	}
	return w.Publish()
}

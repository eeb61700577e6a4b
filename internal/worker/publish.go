package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"mynah/internal/cell"
	"mynah/internal/cell/host"
	"mynah/internal/fault"
	"mynah/internal/record"
)

// mostSizes is the number of further sizes of a video.
const mostSizes = 16

// mostExtra is the maximum size of a poster, and of a file of subtitles, in bytes.
const mostExtra = 64 << 20

// mostSum is the maximum size of all files of a result together, as a multiple of that of one file.
const mostSum = 2

// publish stores the files of a build's cell. It reads names from a fixed list, never names that the cell chose.
func (w *Worker) publish(ctx context.Context, b record.Build, folder string, told cell.BuildResult) (*record.Result, error) {
	out, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fault.New(fault.Disk, err, "the result cannot be read")
	}
	defer func() { _ = out.Close() }()
	r := &record.Result{Seconds: told.Seconds, Voices: told.Voices}
	left := mostSum * w.cfg.MostResult
	store := func(key *string, name string, most int64, needed bool) {
		if err != nil {
			return
		}
		var found bool
		var size int64
		at := record.MakeResultKey(b.ID, b.Lease.Attempt, name)
		found, size, err = w.storeResult(ctx, out, name, at, min(most, w.cfg.MostResult, left))
		left -= size
		switch {
		case err != nil:
			err = fault.New(fault.Disk, err, "the result cannot be stored")
		case found:
			*key = at
		case needed:
			err = fault.New(fault.Internal, nil, "the build left no result")
		}
	}
	if b.Spec.Speech != nil {
		store(&r.Main, cell.FormatSpeechName(*b.Spec.Speech), w.cfg.MostResult, true)
	} else {
		store(&r.Main, cell.ResultFilm, w.cfg.MostResult, true)
		store(&r.Poster, cell.ResultPoster, mostExtra, false)
		if host.IsValidSize(told.Size) {
			r.Size = told.Size
		}
		for _, size := range told.Further[:min(len(told.Further), mostSizes)] {
			if host.IsValidSize(size) {
				f := record.SizedFile{Size: size}
				store(&f.Key, cell.FormatResultName(size), w.cfg.MostResult, true)
				r.Further = append(r.Further, f)
			}
		}
	}
	store(&r.SRT, cell.ResultSRT, mostExtra, false)
	store(&r.VTT, cell.ResultVTT, mostExtra, false)
	if err != nil {
		return nil, errors.Join(err, w.objects.Delete(context.WithoutCancel(ctx), r.ListKeys()...))
	}
	return r, nil
}

// storeResult stores a file of a cell under a key, and reports whether the file exists, and its size in bytes.
func (w *Worker) storeResult(
	ctx context.Context, out *os.Root, name, key string, most int64,
) (found bool, size int64, err error) {
	f, err := host.OpenResult(out, name, most)
	if errors.Is(err, fs.ErrNotExist) {
		return false, 0, nil
	}
	if err != nil {
		return false, 0, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return false, 0, err
	}
	if info.Size() > most {
		return false, 0, fmt.Errorf("the file %s grows", name)
	}
	// No more bytes than were counted, even if the file grows.
	return true, info.Size(), w.objects.PutReader(ctx, key, io.LimitReader(f, info.Size()))
}

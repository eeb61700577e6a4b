package worker

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"regexp"

	"mynah/internal/cell"
	"mynah/internal/cell/host"
	"mynah/internal/fault"
	"mynah/internal/record"
)

// validSize matches the size of a video, such as 1080x1920.
var validSize = regexp.MustCompile(`^[1-9][0-9]{1,4}x[1-9][0-9]{1,4}$`)

// mostSizes is the number of further sizes of a video.
const mostSizes = 16

// publish stores the files of a build's cell. It reads names from a fixed list, never names that the cell chose.
func (w *Worker) publish(ctx context.Context, b record.Build, folder string, told cell.BuildResult) (*record.Result, error) {
	out, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fault.New(fault.Disk, err, "the result cannot be read")
	}
	defer func() { _ = out.Close() }()
	r := &record.Result{Seconds: told.Seconds, Voices: told.Voices}
	store := func(key *string, name string, needed bool) {
		if err != nil {
			return
		}
		var found bool
		found, err = w.storeResult(ctx, out, name, record.MakeResultKey(b.ID, b.Lease.Attempt, name))
		switch {
		case err != nil:
			err = fault.New(fault.Disk, err, "the result cannot be stored")
		case found:
			*key = record.MakeResultKey(b.ID, b.Lease.Attempt, name)
		case needed:
			err = fault.New(fault.Internal, nil, "the build left no result")
		}
	}
	if b.Spec.Speech != nil {
		store(&r.Main, cell.FormatSpeechName(*b.Spec.Speech), true)
	} else {
		store(&r.Main, cell.ResultFilm, true)
		store(&r.Poster, cell.ResultPoster, false)
		if validSize.MatchString(told.Size) {
			r.Size = told.Size
		}
		for _, size := range told.Further[:min(len(told.Further), mostSizes)] {
			if validSize.MatchString(size) {
				f := record.SizedFile{Size: size}
				store(&f.Key, cell.FormatResultName(size), true)
				r.Further = append(r.Further, f)
			}
		}
	}
	store(&r.SRT, cell.ResultSRT, false)
	store(&r.VTT, cell.ResultVTT, false)
	if err != nil {
		return nil, errors.Join(err, w.objects.Delete(context.WithoutCancel(ctx), r.ListKeys()...))
	}
	return r, nil
}

// storeResult stores a file of a cell under a key, and reports whether the file exists.
func (w *Worker) storeResult(ctx context.Context, out *os.Root, name, key string) (found bool, err error) {
	f, err := host.OpenResult(out, name, w.cfg.MostResult)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer func() { _ = f.Close() }()
	return true, w.objects.PutReader(ctx, key, f)
}

package release

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"mynah/internal/blame"
	"mynah/internal/cache"
	"mynah/internal/caption"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/ffmpeg"
	"mynah/internal/film"
	"mynah/internal/mp4"
	"mynah/internal/names"
	"mynah/internal/script"
	"mynah/internal/speech"
	"mynah/internal/storyboard"
	"mynah/internal/timeline"
)

// A video is compared with its plan before it is published, because a video that looks complete but is not
// would be the worst possible result. A failure here is an error of Mynah or of a program that it ran, never of
// the author.

// newMismatchFault returns the fault for a part of a video that differs from the plan. scene counts from 0; -1
// means no scene.
func newMismatchFault(scene int, format string, args ...any) error {
	where := ""
	if scene >= 0 {
		where = fmt.Sprintf("scene %d: ", scene+1)
	}
	return fault.New(fault.Internal, nil, "%s%s", where, fmt.Sprintf(format, args...)).
		WithHint("build it again; if that does not help, empty the cache (mynah cache prune --max-size 0), " +
			"and report the problem with the script")
}

// verifyVideo compares a written video with its plan.
func (r *Releaser) verifyVideo(
	ctx context.Context, f *film.Film, written io.ReaderAt, size int64, beside []sidecar,
) error {
	sizes, silence, err := f.ListPacketSizes(r.Store)
	if err != nil {
		return err
	}
	return errors.Join(
		checkSceneFrames(r.video.Line, f),
		r.checkPartsHaveRecipes(f),
		checkFileIndex(r.video.Line, f, written, size),
		checkCueCounts(r.video.Cues, beside),
		r.checkCaptionsDrawn(),
		checkNarrationIsAudible(r.video.Board, r.video.Line, sizes, silence),
		r.checkNewSegmentStarts(ctx, f),
	)
}

// checkSceneFrames compares the lengths of the picture segments with the planned frames of each scene.
func checkSceneFrames(l *timeline.Line, f *film.Film) error {
	starts := map[int64]bool{}
	var at int64
	for _, p := range f.Runs {
		starts[at] = true
		at += p.Frames
	}
	for i, s := range l.Scenes {
		if !starts[s.Start] {
			return newMismatchFault(i, "the picture does not change at its first frame, %d", s.Start)
		}
	}
	if at != l.Frames {
		return newMismatchFault(len(l.Scenes)-1, "the pictures last %d frames instead of the planned %d", at, l.Frames)
	}
	return nil
}

// checkPartsHaveRecipes checks that each part of the video has a recipe in the book.
func (r *Releaser) checkPartsHaveRecipes(f *film.Film) error {
	for i, p := range f.Runs {
		if !r.Book.HasUnchangedRecipe(p.Segment) {
			return newMismatchFault(-1, "picture segment %d does not belong to the plan", i+1)
		}
	}
	for i, p := range f.Sound {
		if !p.Silent && !r.Book.HasUnchangedRecipe(p.Segment) {
			return newMismatchFault(-1, "sound chunk %d does not belong to the plan", i+1)
		}
	}
	return nil
}

// checkFileIndex compares the index of the written file with the plan.
func checkFileIndex(l *timeline.Line, f *film.Film, r io.ReaderAt, size int64) error {
	tracks, err := mp4.ReadTrackInfos(r, size)
	if err != nil {
		return newMismatchFault(-1, "the written video cannot be read: %s", err)
	}
	cues, titles := 0, 0
	if len(f.Cues) > 0 {
		cues = 1
	}
	if len(f.Chapters) > 0 {
		titles = 1
	}
	if want := 2 + cues + titles; len(tracks) != want {
		return newMismatchFault(-1, "the written video has %d tracks instead of the planned %d", len(tracks), want)
	}
	for _, t := range tracks {
		if t.Samples != t.Timed || t.First < 0 || t.Last >= size || t.First+t.Bytes > size {
			return newMismatchFault(-1, "the index of the written video does not match its content")
		}
	}
	if n := tracks[0].Samples; n != l.Frames {
		return newMismatchFault(-1, "the written video has %d frames instead of the planned %d", n, l.Frames)
	}
	if !tracks[0].IsSteady {
		return newMismatchFault(-1, "the frames of the written video are not shown one after the other at a constant rate")
	}
	const packet = timeline.SoundGrid
	if n := tracks[1].Samples * packet; n < l.Samples+packet || n >= l.Samples+3*packet {
		return newMismatchFault(-1, "the written soundtrack has %d samples instead of the planned %d", n-packet, l.Samples)
	}
	picture := tracks[0].Length * timeline.SampleRate / int64(max(tracks[0].Scale, 1))
	if d := picture - l.Samples; d > packet || d < -packet {
		return newMismatchFault(-1, "picture and sound differ by %d samples", d)
	}
	return nil
}

// checkCueCounts checks that each subtitle file contains as many cues as planned.
func checkCueCounts(cues []caption.Cue, beside []sidecar) error {
	for _, s := range beside {
		if !strings.HasSuffix(s.path, names.EndSRT) && !strings.HasSuffix(s.path, names.EndVTT) {
			continue
		}
		if n := bytes.Count(s.content, []byte(" --> ")); n != len(cues) {
			return newMismatchFault(-1, "only %d of %d subtitles are written", n, len(cues))
		}
	}
	return nil
}

// checkCaptionsDrawn checks that each cue that is shown in the picture has a drawing.
func (r *Releaser) checkCaptionsDrawn() error {
	if r.video.Board.Film.Subtitles.Mode != script.SubtitlesOverlay || r.video.Captions == nil {
		return nil
	}
	frame := timeline.SampleRate * r.video.Line.FPS.Den / r.video.Line.FPS.Num
	for _, c := range r.video.Cues {
		from, to := c.Start/frame, c.End/frame
		shown := int64(0)
		for _, s := range r.video.Captions[c.Scene] {
			shown += max(min(s.To, to)-max(s.From, from), 0)
		}
		if to-from > 2 && shown < (to-from)/2 {
			return newMismatchFault(c.Scene, "the subtitle %q is missing from the picture", diag.Shorten(c.Text, 60))
		}
	}
	return nil
}

// checkNarrationIsAudible checks that there is sound wherever there is narration. sizes contains the sizes of the
// encoded packets, silence the size of a silent one.
func checkNarrationIsAudible(b *storyboard.Board, l *timeline.Line, sizes []uint32, silence uint32) error {
	for _, s := range l.Sounds {
		if s.Kind != timeline.SoundSpeech || s.Samples < timeline.SoundGrid {
			continue
		}
		part := b.Scenes[s.Scene].Parts[s.Item]
		if speech.FindLoudestVolume(part) < speech.Quietest {
			continue
		}
		from, to := s.Start/timeline.SoundGrid+1, min((s.Start+s.Samples)/timeline.SoundGrid+1, int64(len(sizes)))
		if from < to && !slices.ContainsFunc(sizes[from:to], func(n uint32) bool { return n > 2*silence }) {
			return newMismatchFault(s.Scene, "the narration %q is silent", diag.Shorten(part.Text, 60))
		}
	}
	return nil
}

// checkNewSegmentStarts decodes the starts of the segments that this build encoded, joined as in the video.
func (r *Releaser) checkNewSegmentStarts(ctx context.Context, f *film.Film) error {
	fresh := f.ListNewSegments(r.Book.IsNew)
	if len(fresh) == 0 {
		return nil
	}
	err := r.decodeSegments(ctx, f, fresh)
	if err == nil || ctx.Err() != nil || !blame.MayBeInputError(err) { // a cancellation says nothing about the segments
		return err
	}
	defer func() { // the next build encodes them again
		for _, k := range fresh {
			r.Store.RemoveEntry(cache.Segments, k)
		}
	}()
	for _, k := range fresh {
		if err := r.decodeSegments(ctx, f, []cache.Key{k}); err != nil && ctx.Err() == nil {
			kind, label, _ := r.Book.FindLabel(k)
			return newMismatchFault(label.Scene-1,
				"the coded pictures of %s %q cannot be played: %s", kind, label.Name, blame.FormatReason(err))
		}
	}
	return newMismatchFault(-1, "the coded pictures cannot be played in sequence: %s", blame.FormatReason(err))
}

// decodeSegments decodes segments, and returns an error unless it gets all of their pictures.
func (r *Releaser) decodeSegments(ctx context.Context, f *film.Film, segments []cache.Key) error {
	var stream, list bytes.Buffer
	want, err := f.WriteSeams(r.Store, segments, &stream)
	if err != nil {
		return err
	}
	if err := r.tools.RunFFmpeg(ctx, ffmpeg.ListPicturesArgs(), &stream, &list); err != nil {
		return err
	}
	got := 0
	for line := range bytes.Lines(list.Bytes()) {
		if len(line) > 0 && line[0] != '#' {
			got++
		}
	}
	if got != want {
		return fmt.Errorf("only %d of %d pictures were decoded", got, want)
	}
	return nil
}

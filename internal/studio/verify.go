package studio

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"mynah/internal/cache"
	"mynah/internal/caption"
	"mynah/internal/fault"
	"mynah/internal/ffmpeg"
	"mynah/internal/film"
	"mynah/internal/mp4"
	"mynah/internal/script"
	"mynah/internal/storyboard"
	"mynah/internal/timeline"
	"mynah/internal/utter"
	"mynah/internal/voice"
)

// A film is held against its plan before it is published: what looks finished and is not is
// the worst that a build can give. What fails here is a fault of Mynah or of a program that it
// ran, never of the author.

// quietest is the volume below which narration is meant not to be heard.
const quietest = 0.05

// mismatch is a part of a film that is not as planned.
func mismatch(scene int, format string, args ...any) error {
	where := ""
	if scene >= 0 {
		where = fmt.Sprintf("scene %d: ", scene+1)
	}
	return fault.New(fault.Internal, nil, "%s%s", where, fmt.Sprintf(format, args...)).
		WithHint("build it again; if it stays so, empty the cache (mynah cache prune --max-size 0) and report it with the script")
}

// checkSpoken says which sentence came out silent, though its voice can read it.
func (j *job) checkSpoken(context.Context) error {
	for i, scene := range j.board.Scenes {
		for k, p := range scene.Parts {
			if p.Kind != storyboard.Speech || j.spoken[i][k].Heard {
				continue
			}
			if err := silentSentence(p, i, j.voices[p.Voice]); err != nil {
				return err
			}
		}
	}
	return nil
}

// silentSentence is the error that a sentence of a scene, from 0, came out silent; nil where that
// is as it should be.
func silentSentence(p storyboard.Part, scene int, v voice.Voice) error {
	letters, lost, _ := voice.Legible(saidText(p.Runs), v)
	if loudest(p) < quietest || letters-lost < 2 { // a single letter may be a sign
		return nil
	}
	return fault.New(fault.ToolFailed, nil, "%s:%d: scene %d: the voice %s gave silence for %q",
		p.Range.File, p.Range.Start.Line, scene+1, v.Name, shorten(p.Text, 60)).
		WithHint("try another voice, or say the words in another way; %s", hintDoctor)
}

// loudest is the volume of a sentence's loudest run.
func loudest(p storyboard.Part) float64 {
	most := 0.0
	for _, r := range p.Runs {
		most = max(most, r.Volume.Value())
	}
	if len(p.Runs) == 0 {
		most = 1
	}
	return p.Volume * most
}

// saidText is what the voice of a sentence is given to say.
func saidText(runs []utter.Run) string {
	var b strings.Builder
	for _, r := range runs {
		switch {
		case r.IPA != "" || r.Language != "":
		case r.Say != "":
			b.WriteString(r.Say)
		default:
			b.WriteString(r.Text)
		}
	}
	return b.String()
}

// verify holds a film that is written against its plan.
func (j *job) verify(ctx context.Context, f *film.Film, written io.ReaderAt, size int64, beside []sidecar) error {
	sizes, silence, err := f.Sounds(j.store)
	if err != nil {
		return err
	}
	return errors.Join(
		checkPieces(j.line, f),
		checkFile(j.line, f, written, size),
		checkCues(j.cues, beside),
		j.checkDrawn(),
		checkNarration(j.board, j.line, sizes, silence),
		j.checkSeams(ctx, f),
	)
}

// checkPieces holds the coded pictures against the frames of the plan, scene by scene.
func checkPieces(l *timeline.Line, f *film.Film) error {
	starts := map[int64]bool{}
	var at int64
	for _, p := range f.Pieces {
		starts[at] = true
		at += p.Frames
	}
	for i, s := range l.Scenes {
		if !starts[s.Start] {
			return mismatch(i, "no picture begins at its first frame, %d", s.Start)
		}
	}
	if at != l.Frames {
		return mismatch(len(l.Scenes)-1, "the pictures last %d frames, planned are %d", at, l.Frames)
	}
	return nil
}

// checkFile holds the index of the written file against the plan.
func checkFile(l *timeline.Line, f *film.Film, r io.ReaderAt, size int64) error {
	tracks, err := mp4.Inspect(r, size)
	if err != nil {
		return mismatch(-1, "the video that was written cannot be read: %s", err)
	}
	cues, titles := 0, 0
	if len(f.Cues) > 0 {
		cues = 1
	}
	if len(f.Chapters) > 0 {
		titles = 1
	}
	if want := 2 + cues + titles; len(tracks) != want {
		return mismatch(-1, "the video that was written has %d tracks, planned are %d", len(tracks), want)
	}
	for _, t := range tracks {
		if t.Samples != t.Timed || t.First < 0 || t.Last >= size || t.First+t.Bytes > size {
			return mismatch(-1, "the index of the video that was written does not fit its content")
		}
	}
	if n := tracks[0].Samples; n != l.Frames {
		return mismatch(-1, "the video that was written has %d frames, planned are %d", n, l.Frames)
	}
	const packet = timeline.SoundGrid
	if n := tracks[1].Samples * packet; n < l.Samples+packet || n >= l.Samples+3*packet {
		return mismatch(-1, "the soundtrack that was written has %d samples, planned are %d", n-packet, l.Samples)
	}
	picture := tracks[0].Length * timeline.SampleRate / int64(max(tracks[0].Scale, 1))
	if d := picture - l.Samples; d > packet || d < -packet {
		return mismatch(-1, "picture and sound differ by %d samples", d)
	}
	return nil
}

// checkCues finds each subtitle in the files beside the film.
func checkCues(cues []caption.Cue, beside []sidecar) error {
	for _, s := range beside {
		if !strings.HasSuffix(s.path, ".srt") && !strings.HasSuffix(s.path, ".vtt") {
			continue
		}
		if n := bytes.Count(s.content, []byte(" --> ")); n != len(cues) {
			return mismatch(-1, "%d of %d subtitles are written", n, len(cues))
		}
	}
	return nil
}

// checkDrawn finds the drawing of each subtitle that is shown in the picture.
func (j *job) checkDrawn() error {
	if j.board.Film.Subtitles.Mode != script.SubtitlesOverlay || j.captions == nil {
		return nil
	}
	frame := timeline.SampleRate * j.line.FPS.Den / j.line.FPS.Num
	for _, c := range j.cues {
		from, to := c.Start/frame, c.End/frame
		shown := int64(0)
		for _, s := range j.captions.spans[c.Scene] {
			shown += max(min(s.to, to)-max(s.from, from), 0)
		}
		if to-from > 2 && shown < (to-from)/2 {
			return mismatch(c.Scene, "the subtitle %q is not in the picture", shorten(c.Text, 60))
		}
	}
	return nil
}

// checkNarration finds sound wherever narration stands: sizes are those of the coded packets.
func checkNarration(b *storyboard.Board, l *timeline.Line, sizes []uint32, silence uint32) error {
	for _, s := range l.Sounds {
		if s.Kind != timeline.SoundSpeech || s.Samples < timeline.SoundGrid {
			continue
		}
		part := b.Scenes[s.Scene].Parts[s.Item]
		if loudest(part) < quietest {
			continue
		}
		from, to := s.Start/timeline.SoundGrid+1, min((s.Start+s.Samples)/timeline.SoundGrid+1, int64(len(sizes)))
		if from < to && !slices.ContainsFunc(sizes[from:to], func(n uint32) bool { return n > 2*silence }) {
			return mismatch(s.Scene, "nothing is heard where %q is spoken", shorten(part.Text, 60))
		}
	}
	return nil
}

// checkSeams decodes the beginnings of the segments that this build has coded, as they are
// joined in the film.
func (j *job) checkSeams(ctx context.Context, f *film.Film) error {
	fresh := f.Fresh(func(k cache.Key) bool { _, made := j.ledger.made[k]; return made })
	if len(fresh) == 0 {
		return nil
	}
	err := j.decodes(ctx, f, fresh)
	if err == nil || !blamesFile(err) {
		return err
	}
	defer func() { // the next build makes them anew
		for _, k := range fresh {
			j.store.Remove(cache.Segments, k)
		}
	}()
	for _, k := range fresh {
		if err := j.decodes(ctx, f, []cache.Key{k}); err != nil && ctx.Err() == nil {
			r := j.ledger.recipes[k]
			return mismatch(r.scene-1, "the coded pictures of %s %q cannot be played: %s", r.what, r.name, reason(err))
		}
	}
	return mismatch(-1, "the coded pictures cannot be played one after the other: %s", reason(err))
}

// decodes decodes segments, and fails unless all of their pictures come out.
func (j *job) decodes(ctx context.Context, f *film.Film, segments []cache.Key) error {
	var stream, list bytes.Buffer
	want, err := f.Seams(j.store, segments, &stream)
	if err != nil {
		return err
	}
	if err := j.studio.tools.Run(ctx, ffmpeg.ListPictures(), &stream, &list); err != nil {
		return err
	}
	got := 0
	for line := range bytes.Lines(list.Bytes()) {
		if len(line) > 0 && line[0] != '#' {
			got++
		}
	}
	if got != want {
		return fmt.Errorf("%d of %d pictures came out", got, want)
	}
	return nil
}

// Package release publishes a video: it joins the coded parts, checks the written file against the
// plan, and renames it into place together with its poster, subtitles and texts. Files that are
// still as an earlier build wrote them are not written again.
package release

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"os"

	"mynah/internal/blame"
	"mynah/internal/cache"
	"mynah/internal/caption"
	"mynah/internal/ffmpeg"
	"mynah/internal/film"
	"mynah/internal/mp4"
	"mynah/internal/names"
	"mynah/internal/overlay"
	"mynah/internal/part"
	"mynah/internal/storyboard"
	"mynah/internal/timeline"
)

// Video is what a video consists of; its parts are in the cache.
type Video struct {
	// Script is its name in the project.
	Script string
	Board  *storyboard.Board
	Line   *timeline.Line
	Cues   []caption.Cue
	// Words returns the words of a sentence.
	Words func(scene, part int) []caption.Word
	// Captions are the drawn cues of each scene; nil where no cue is shown in the picture.
	Captions [][]overlay.CaptionSpan
	Form     ffmpeg.Picture
	Pictures []film.SegmentRun
	Sound    []film.PacketRun
	AAC      ffmpeg.AAC
}

// Files are the files of a video; those that are not written are "".
type Files struct {
	Film     string `json:"film"`
	SRT      string `json:"srt,omitempty"`
	VTT      string `json:"vtt,omitempty"`
	Poster   string `json:"poster,omitempty"`
	Timeline string `json:"timeline,omitempty"`
	// Transcript and Chapters are written where a transcript was asked for; the latter is
	// empty for a video without chapters.
	Transcript string `json:"transcript,omitempty"`
	Chapters   string `json:"chapters,omitempty"`
}

func (f Files) paths() []string {
	return []string{f.Film, f.Poster, f.SRT, f.VTT, f.Timeline, f.Transcript, f.Chapters}
}

// Timeline is the file that says what stands when, and what is shown and heard.
type Timeline struct {
	Board    *storyboard.Board `json:"storyboard"`
	Line     *timeline.Line    `json:"timeline"`
	Captions []caption.Cue     `json:"captions,omitempty"`
}

// Releaser publishes one video.
type Releaser struct {
	part.Maker
	tools   *ffmpeg.Tools
	version string // of ffmpeg
	out     *Outputs
	video   Video
	// checking is called when the check of the written video begins; what it returns when the
	// check ends.
	checking func() func()
}

// New returns a releaser of a video. The check of the written video is between the calls of
// checking and of what that returns.
func New(m part.Maker, tools *ffmpeg.Tools, version string, out *Outputs, checking func() func()) *Releaser {
	return &Releaser{Maker: m, tools: tools, version: version, out: out, checking: checking}
}

// sidecar is a file beside the video whose content is known before anything is written.
type sidecar struct {
	path    string
	content []byte
}

// Publish writes a video and the files beside it, and returns the video's size in bytes. Each file
// is written whole under another name, synced and renamed; the video comes last. Where all of it
// stands as an earlier build wrote it, nothing is written.
func (r *Releaser) Publish(ctx context.Context, v Video) (Files, int64, error) {
	r.video = v
	f := r.film()
	files, beside, err := r.describe()
	if err != nil {
		return files, 0, err
	}
	key, err := r.standingKey(f, beside)
	if err != nil {
		return files, 0, blame.Disk(err, "the video cannot be moved to its output file")
	}
	if n, ok := r.isStanding(key, files); ok {
		return files, n, nil
	}
	poster, err := r.poster(ctx, f)
	if err != nil {
		return files, 0, err
	}
	n, err := r.write(ctx, f, files, append([]sidecar{{files.Poster, poster}}, beside...), key)
	return files, n, err
}

// write writes, checks and publishes the video and the files beside it.
func (r *Releaser) write(ctx context.Context, f *film.Film, files Files, beside []sidecar, key cache.Key) (size int64, err error) {
	w := &writer{out: r.out}
	defer w.discard()
	for _, s := range beside {
		if err := w.writeSidecar(s); err != nil {
			return 0, err
		}
	}
	err = w.add(files.Film, "", func(w io.Writer) error {
		m := &countingWriter{w: &contextWriter{ctx: ctx, w: w}, total: r.video.Line.Frames * 100, report: func(p float64) { r.Progress(min(p, 0.9)) }}
		b := bufio.NewWriterSize(m, 256<<10) // packets are small
		if size, err = f.Write(r.Store, b); err != nil {
			return err
		}
		return b.Flush()
	})
	if err != nil {
		return 0, err
	}
	checked := r.checking()
	err = r.verify(ctx, f, w.files[len(w.files)-1], size, beside)
	checked()
	if err != nil {
		return 0, err
	}
	if err := w.publish(ctx); err != nil {
		return 0, err
	}
	if files.SRT == "" && r.out.replaces {
		// Subtitles of the video that was replaced would be taken for this one's.
		for _, path := range r.out.subtitles() {
			_ = os.Remove(path)
		}
	}
	if r.hasStaleChapters(files) {
		_ = os.Remove(r.out.named(names.EndChapters))
	}
	w.note(key, size)
	return size, nil
}

// WriteTexts writes files, all of them whole or none; those without a path are left out.
func (o *Outputs) WriteTexts(ctx context.Context, paths, texts []string) error {
	w := &writer{out: o}
	defer w.discard()
	for i, path := range paths {
		if path == "" {
			continue
		}
		if err := w.writeSidecar(sidecar{path, []byte(texts[i])}); err != nil {
			return err
		}
	}
	return w.publish(ctx)
}

// film is the video as it is joined.
func (r *Releaser) film() *film.Film {
	about := r.video.Board.Film
	return &film.Film{
		Picture: r.video.Form, Runs: r.video.Pictures, Sound: r.video.Sound, Samples: r.video.Line.Samples, AAC: r.video.AAC,
		Language: iso639(about.Language), Tag: bcp47(about.Language), Cues: r.soft(), Chapters: r.chapters(),
		Tags: []mp4.Tag{
			{Code: mp4.TagTitle, Value: about.Title},
			{Code: mp4.TagArtist, Value: about.Author},
			{Code: mp4.TagDescription, Value: about.Description},
			{Code: mp4.TagComment, Value: about.Description}, // some players show only this
			{Code: mp4.TagTool, Value: "Mynah"},
		},
	}
}

func (r *Releaser) chapters() []film.Chapter {
	var out []film.Chapter
	for _, c := range timeline.Chapters(r.video.Board, r.video.Line) {
		out = append(out, film.Chapter(c))
	}
	return out
}

// describe names the files of the video, and returns the content of those beside it that are text.
func (r *Releaser) describe() (Files, []sidecar, error) {
	files := Files{Film: r.out.Video, Poster: r.out.named(names.EndPoster)}
	var beside []sidecar
	if cues := r.video.Cues; len(cues) > 0 {
		files.SRT, files.VTT = r.out.subtitles()[0], r.out.subtitles()[1]
		beside = append(beside, sidecar{files.SRT, []byte(caption.SRT(cues))}, sidecar{files.VTT, []byte(caption.VTT(cues))})
	}
	if r.out.Timeline {
		files.Timeline = r.out.named(names.EndTimeline)
		b, err := json.MarshalIndent(Timeline{Board: r.video.Board, Line: r.video.Line, Captions: r.video.Cues}, "", "  ")
		if err != nil {
			return files, nil, err
		}
		beside = append(beside, sidecar{files.Timeline, append(b, '\n')})
	}
	if r.out.Transcript {
		text, list := r.transcript()
		files.Transcript = r.out.named(names.EndTranscript)
		beside = append(beside, sidecar{files.Transcript, []byte(text)})
		if list != "" {
			files.Chapters = r.out.named(names.EndChapters)
			beside = append(beside, sidecar{files.Chapters, []byte(list)})
		}
	}
	return files, beside, nil
}

// hasStaleChapters reports a list of chapters that an earlier build wrote, of a video that has none
// any more.
func (r *Releaser) hasStaleChapters(files Files) bool {
	return r.out.Transcript && files.Chapters == "" && r.out.replaces && r.out.isOurs(r.out.named(names.EndChapters))
}

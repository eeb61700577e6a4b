// Package release publishes a video: it joins the encoded parts, checks the written file against the plan, and
// renames it to its final path together with its poster, subtitles and texts. It does not write again if all
// files are still as an earlier build wrote them.
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

// Video describes a video whose parts are in the cache.
type Video struct {
	// Script is the script's name in the project.
	Script string
	Board  *storyboard.Board
	Line   *timeline.Line
	Cues   []caption.Cue
	// Words returns the words of a sentence.
	Words func(scene, part int) []caption.Word
	// Captions contains the drawn cues of each scene; nil if cues are not drawn into the picture.
	Captions [][]overlay.CaptionSpan
	// Poster is the poster as JPEG; nil means the frame of the video that the script selects.
	Poster   []byte
	Form     ffmpeg.Picture
	Pictures []film.SegmentRun
	Sound    []film.PacketRun
	AAC      ffmpeg.AAC
}

// Files contains the paths of a video's files; "" for files that are not written.
type Files struct {
	Film     string `json:"film"`
	SRT      string `json:"srt,omitempty"`
	VTT      string `json:"vtt,omitempty"`
	Poster   string `json:"poster,omitempty"`
	Timeline string `json:"timeline,omitempty"`
	// Transcript and Chapters are set if a transcript was requested. Chapters is "" for a video without
	// chapters.
	Transcript string `json:"transcript,omitempty"`
	Chapters   string `json:"chapters,omitempty"`
}

func (f Files) listPaths() []string {
	return []string{f.Film, f.Poster, f.SRT, f.VTT, f.Timeline, f.Transcript, f.Chapters}
}

// Timeline is the content of the timeline file: what is shown and heard when.
type Timeline struct {
	Board    *storyboard.Board `json:"storyboard"`
	Line     *timeline.Line    `json:"timeline"`
	Captions []caption.Cue     `json:"captions,omitempty"`
}

// Releaser publishes one video.
type Releaser struct {
	part.Maker
	tools   *ffmpeg.Tools
	version string // version of ffmpeg
	out     *Outputs
	video   Video
	// checking is called when the check of the written video begins. The function that it returns is called
	// when the check ends.
	checking func() func()
}

// New returns a releaser of a video. It calls checking before the check of the written video, and the result of
// checking after it.
func New(m part.Maker, tools *ffmpeg.Tools, version string, out *Outputs, checking func() func()) *Releaser {
	return &Releaser{Maker: m, tools: tools, version: version, out: out, checking: checking}
}

// sidecar is a file next to the video with its content.
type sidecar struct {
	path    string
	content []byte
}

// PublishVideo writes a video and the files next to it, and returns the video's size in bytes. It writes each file
// under a temporary name, syncs and renames it, the video last. It writes nothing if all files are still as an
// earlier build wrote them.
func (r *Releaser) PublishVideo(ctx context.Context, v Video) (Files, int64, error) {
	r.video = v
	f := r.newFilmToJoin()
	files, beside, err := r.describeFiles()
	if err != nil {
		return files, 0, err
	}
	key, err := r.computeRecordKey(f, beside)
	if err != nil {
		return files, 0, blame.NewDiskFault(err, "the video cannot be moved to its output file")
	}
	if n, ok := r.isVideoUnchanged(key, files); ok {
		return files, n, nil
	}
	poster, err := r.makePoster(ctx, f)
	if err != nil {
		return files, 0, err
	}
	n, err := r.writeVideo(ctx, f, files, append([]sidecar{{files.Poster, poster}}, beside...), key)
	return files, n, err
}

// writeVideo writes, checks and publishes the video and the files next to it.
func (r *Releaser) writeVideo(
	ctx context.Context, f *film.Film, files Files, beside []sidecar, key cache.Key,
) (size int64, err error) {
	w := &writer{out: r.out}
	defer w.discardUnpublished()
	for _, s := range beside {
		if err := w.writeSidecar(s); err != nil {
			return 0, err
		}
	}
	err = w.writeTemporaryFile(files.Film, "", func(w io.Writer) error {
		m := &countingWriter{
			w: &contextWriter{ctx: ctx, w: w}, total: r.video.Line.Frames * 100,
			report: func(p float64) { r.ReportProgress(min(p, 0.9)) },
		}
		b := bufio.NewWriterSize(m, 256<<10) // packets are small
		if size, err = f.WriteMP4(r.Store, b); err != nil {
			return err
		}
		return b.Flush()
	})
	if err != nil {
		return 0, err
	}
	checked := r.checking()
	err = r.verifyVideo(ctx, f, w.files[len(w.files)-1], size, beside)
	checked()
	if err != nil {
		return 0, err
	}
	if err := w.publishAll(ctx); err != nil {
		return 0, err
	}
	if files.SRT == "" && r.out.replaces {
		// Remove the subtitles of the replaced video, which players would use for this one.
		for _, path := range r.out.listSubtitlePaths() {
			_ = os.Remove(path)
		}
	}
	if r.hasStaleChapters(files) {
		_ = os.Remove(r.out.makePathWithEnding(names.EndChapters))
	}
	w.storeRecord(key, size)
	return size, nil
}

// WriteTexts writes all files or none. It skips files with an empty path.
func (o *Outputs) WriteTexts(ctx context.Context, paths, texts []string) error {
	w := &writer{out: o}
	defer w.discardUnpublished()
	for i, path := range paths {
		if path == "" {
			continue
		}
		if err := w.writeSidecar(sidecar{path, []byte(texts[i])}); err != nil {
			return err
		}
	}
	return w.publishAll(ctx)
}

// newFilmToJoin returns the video as it will be joined.
func (r *Releaser) newFilmToJoin() *film.Film {
	about := r.video.Board.Film
	return &film.Film{
		Picture: r.video.Form, Runs: r.video.Pictures, Sound: r.video.Sound, Samples: r.video.Line.Samples,
		AAC:      r.video.AAC,
		Language: toISO639(about.Language), Tag: toBCP47(about.Language), Cues: r.listEmbeddedCues(),
		Chapters: r.listChapters(),
		Tags: []mp4.Tag{
			{Code: mp4.TagTitle, Value: about.Title},
			{Code: mp4.TagArtist, Value: about.Author},
			{Code: mp4.TagDescription, Value: about.Description},
			{Code: mp4.TagComment, Value: about.Description}, // some players show only the comment
			{Code: mp4.TagTool, Value: "Mynah"},
		},
	}
}

// listChapters returns the chapters of the video.
func (r *Releaser) listChapters() []film.Chapter {
	var out []film.Chapter
	for _, c := range timeline.ListChapters(r.video.Board, r.video.Line) {
		out = append(out, film.Chapter(c))
	}
	return out
}

// describeFiles returns the paths of the video's files, and the content of the text files next to it.
func (r *Releaser) describeFiles() (Files, []sidecar, error) {
	files := Files{Film: r.out.Video, Poster: r.out.makePathWithEnding(names.EndPoster)}
	var beside []sidecar
	if cues := r.video.Cues; len(cues) > 0 {
		files.SRT, files.VTT = r.out.listSubtitlePaths()[0], r.out.listSubtitlePaths()[1]
		beside = append(beside,
			sidecar{files.SRT, []byte(caption.FormatSRT(cues))}, sidecar{files.VTT, []byte(caption.FormatVTT(cues))})
	}
	if r.out.Timeline {
		files.Timeline = r.out.makePathWithEnding(names.EndTimeline)
		b, err := json.MarshalIndent(Timeline{Board: r.video.Board, Line: r.video.Line, Captions: r.video.Cues}, "",
			"  ")
		if err != nil {
			return files, nil, err
		}
		beside = append(beside, sidecar{files.Timeline, append(b, '\n')})
	}
	if r.out.Transcript {
		text, list := r.composeTranscript()
		files.Transcript = r.out.makePathWithEnding(names.EndTranscript)
		beside = append(beside, sidecar{files.Transcript, []byte(text)})
		if list != "" {
			files.Chapters = r.out.makePathWithEnding(names.EndChapters)
			beside = append(beside, sidecar{files.Chapters, []byte(list)})
		}
	}
	return files, beside, nil
}

// hasStaleChapters reports whether there is a list of chapters by an earlier build although the video no longer
// has chapters.
func (r *Releaser) hasStaleChapters(files Files) bool {
	return r.out.Transcript && files.Chapters == "" && r.out.replaces &&
		r.out.wasWrittenByBuild(r.out.makePathWithEnding(names.EndChapters))
}

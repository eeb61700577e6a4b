package release

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mynah/internal/cut"
	"mynah/internal/ffmpeg"
	"mynah/internal/mix"
	"mynah/internal/overlay"
	"mynah/internal/part"
	"mynah/internal/proc"
	"mynah/internal/steptest"
	"mynah/internal/system"
)

// press is a steptest.Bench whose script has its pictures and sound already in the cache, and a
// folder for the finished video.
type press struct {
	*steptest.Bench
	steptest.Timed
	folder string
	maker  part.Maker
	video  Video
	// reports contains the reported progress, checks the calls of checking.
	reports []float64
	checks  string
}

const header = "size: 64x36\nfps: 10\nvoice: tone/high\n"

func newPress(t *testing.T, text string) *press {
	t.Helper()
	p := &press{Bench: steptest.NewBench(t), folder: t.TempDir()}
	p.make(t, text)
	return p
}

// make makes the parts of another script.
func (p *press) make(t *testing.T, text string) {
	t.Helper()
	p.maker = p.NewMaker(t)
	p.maker.Report = func(done float64) { p.reports = append(p.reports, done) }
	p.Timed = p.PlanTimeline(t, p.maker, "---\n"+header+text)
	n := len(p.Board.Scenes)
	layers, err := overlay.NewDrawings(p.Store)
	if err != nil {
		t.Fatal(err)
	}
	c := cut.New(p.maker, cut.Tools{
		FFmpeg: p.FFmpeg, Version: steptest.Version, Form: steptest.NewTimelinePicture(p.Line),
		Layers: layers,
	}, cut.Input{
		Board: p.Board, Line: p.Line, Files: p.Files, Slides: make([][]overlay.SlideState, n),
		Captions: make([][]overlay.CaptionSpan, n),
	})
	plan := c.PlanPictures()
	if list, err := c.MakePictures(t.Context(), plan); err != nil || len(list) > 0 {
		t.Fatal(list, err)
	}
	a := ffmpeg.NewDefaultAAC(2)
	x := mix.New(p.maker, mix.Tools{
		FFmpeg: p.FFmpeg, Version: steptest.Version, Run: p.Run, BitRate: a.BitRate,
		Coder: a.Coder,
	}, mix.Input{
		Board: p.Board, Line: p.Line, Files: p.Files, Spoken: p.Spoken, Booth: p.Booth,
	})
	track := x.PlanSoundtrack()
	if list, err := x.MakeSoundtrack(t.Context(), track); err != nil || len(list) > 0 {
		t.Fatal(list, err)
	}
	p.video = Video{
		Script: "script.md", Board: p.Board, Line: p.Line, Cues: p.Cues, Words: p.Spoken.ListWords,
		Form: steptest.NewTimelinePicture(p.Line), Pictures: plan.Runs, Sound: track.Runs, AAC: x.NewAAC(track.Channels),
	}
}

// target returns the target film.mp4 with all additional files.
func (p *press) target() Target {
	return Target{Video: filepath.Join(p.folder, "film.mp4"), Timeline: true, Transcript: true}
}

func (p *press) inputs() Inputs {
	return Inputs{Project: p.Project, Names: append(p.Files.ListNames(), "script.md")}
}

// releaser reserves the files of a target and returns a releaser.
func (p *press) releaser(t *testing.T, target Target) *Releaser {
	t.Helper()
	out, err := Reserve(p.Store, p.inputs(), target)
	if err != nil {
		t.Fatal(err)
	}
	r := New(p.maker, p.FFmpeg, steptest.Version, out, func() func() {
		p.checks += "("
		return func() { p.checks += ")" }
	})
	r.video = p.video
	return r
}

// publish publishes the video. An error fails the test.
func (p *press) publish(t *testing.T, target Target) Files {
	t.Helper()
	files, size, err := p.releaser(t, target).PublishVideo(t.Context(), p.video)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(files.Film); err != nil || info.Size() != size {
		t.Errorf("the video has %v bytes, not %d (%v)", info, size, err)
	}
	return files
}

// names lists the files in the folder of the video.
func (p *press) names(t *testing.T) string {
	t.Helper()
	entries, err := os.ReadDir(p.folder)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, strings.TrimPrefix(e.Name(), "film"))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// read returns the content of a file next to the video, nil if none exists.
func (p *press) read(t *testing.T, ending string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(p.folder, "film"+ending))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return b
}

// put writes a file next to the video.
func (p *press) put(t *testing.T, ending, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(p.folder, "film"+ending), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// stats returns the identities of all files in the folder.
func (p *press) stats(t *testing.T) map[string]system.Identity {
	t.Helper()
	out := map[string]system.Identity{}
	for ending := range strings.FieldsSeq(p.names(t)) {
		var err error
		if out[ending], err = system.IdentifyRegular(filepath.Join(p.folder, "film"+ending)); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// probed is ffprobe's output for a video.
type probed struct {
	Streams []struct {
		Type   string            `json:"codec_type"`
		Frames string            `json:"nb_frames"`
		Tags   map[string]string `json:"tags"`
	} `json:"streams"`
	Format struct {
		Tags map[string]string `json:"tags"`
	} `json:"format"`
	Chapters []struct {
		Start string            `json:"start_time"`
		Tags  map[string]string `json:"tags"`
	} `json:"chapters"`
}

func (p *press) probe(t *testing.T, path string) (out probed) {
	t.Helper()
	var b bytes.Buffer
	err := p.Run.Run(t.Context(), proc.Command{Program: "ffprobe", Stdout: &b, Args: []string{
		"-v", "error", "-of", "json", "-show_format", "-show_streams", "-show_chapters", path,
	}})
	if err == nil {
		err = json.Unmarshal(b.Bytes(), &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// luma returns the mean luma of an image file.
func (p *press) luma(t *testing.T, image []byte) int {
	t.Helper()
	var b bytes.Buffer
	err := p.Run.Run(t.Context(), proc.Command{
		Program: "ffmpeg", Stdin: bytes.NewReader(image), Stdout: &b,
		Args: []string{
			"-v", "error", "-i", "-", "-f", "rawvideo", "-pix_fmt", "gray", "-",
		},
	})
	if err != nil || b.Len() != 64*36 {
		t.Fatalf("%v, %d pixels", err, b.Len())
	}
	sum := 0
	for _, v := range b.Bytes() {
		sum += int(v)
	}
	return sum / b.Len()
}

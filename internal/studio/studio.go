// Package studio makes a film of a project: it is the one place that knows the order
// of the work. It exists so that the command line and a server's worker do the same.
// Every step finds what it made before in the cache. It refuses to know who asked, and
// it publishes nothing but whole files.
package studio

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"mynah/internal/cache"
	"mynah/internal/caption"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/ffmpeg"
	"mynah/internal/film"
	"mynah/internal/frame"
	"mynah/internal/picture"
	"mynah/internal/proc"
	"mynah/internal/script"
	"mynah/internal/slide"
	"mynah/internal/storyboard"
	"mynah/internal/timeline"
	"mynah/internal/voice"
)

// Config are the settings of a Studio.
type Config struct {
	StillQP      int    // constant quantiser of stills, 0 (best) to 51
	ClipCRF      int    // quality of clips, 0 (best) to 51
	AudioBitRate int    // of stereo sound, bits a second; mono has half of it
	AudioCoder   string // of ffmpeg's AAC encoder: fast or twoloop
	FFmpeg       string // program
	FFprobe      string // program
}

// DefaultConfig makes films as the language defines them.
func DefaultConfig() Config {
	still, clip := ffmpeg.DefaultQuality()
	a := ffmpeg.DefaultAAC(2)
	return Config{StillQP: still, ClipCRF: clip, AudioBitRate: a.BitRate, AudioCoder: a.Coder, FFmpeg: "ffmpeg", FFprobe: "ffprobe"}
}

// Validate reports all mistakes at once.
func (c Config) Validate() error {
	var errs []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	check(c.StillQP >= 1 && c.StillQP <= 51, "still quality: %d, must be 1 to 51", c.StillQP)
	check(c.ClipCRF >= 1 && c.ClipCRF <= 51, "clip quality: %d, must be 1 to 51", c.ClipCRF)
	check(c.AudioBitRate >= 32000 && c.AudioBitRate <= 320000, "audio bit rate: %d, must be 32000 to 320000", c.AudioBitRate)
	check(c.AudioCoder == "fast" || c.AudioCoder == "twoloop", "audio coder: %q, must be fast or twoloop", c.AudioCoder)
	check(c.FFmpeg != "" && c.FFprobe != "", "ffmpeg: the program's name is empty")
	return errors.Join(errs...)
}

// Studio makes films. It is safe for several builds at once.
type Studio struct {
	cfg     Config
	run     *proc.Runner
	tools   *ffmpeg.Tools
	booth   *voice.Booth
	drawer  *slide.Drawer
	store   *cache.Store
	version string
	once    sync.Mutex
}

// New makes a studio; cfg must be valid.
func New(cfg Config, run *proc.Runner, booth *voice.Booth, drawer *slide.Drawer, store *cache.Store) (*Studio, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	return &Studio{cfg: cfg, run: run, tools: ffmpeg.NewTools(run, cfg.FFmpeg, cfg.FFprobe), booth: booth, drawer: drawer, store: store}, nil
}

func (s *Studio) aac(channels int) ffmpeg.AAC {
	a := ffmpeg.DefaultAAC(channels)
	a.BitRate, a.Coder = s.cfg.AudioBitRate*channels/2, s.cfg.AudioCoder
	return a
}

// Request asks for a film.
type Request struct {
	// Dir is the project's folder; Script the script in it, slashes forward.
	Dir, Script string
	// Output is the film's file. The subtitles and the poster stand beside it under
	// the same name.
	Output string
	// Size, FPS and Voice override the header's; zero values do not.
	Size  *frame.Size
	FPS   *frame.Rate
	Voice string
	// VoicePlace is what findings about Voice point at.
	VoicePlace diag.Range
	// Header overrides other properties of the header.
	Header script.Properties
	// Scenes are the first and the last scene to build, from 1; zeros are all.
	Scenes [2]int
	// Language (BCP 47) asks for the script's translation: script.de.md beside script.md.
	Language  string
	Variables map[string]string
	// Strict makes unknown names errors.
	Strict bool
	// Timeline writes the timeline as JSON beside the film.
	Timeline bool
	// Transcript writes what is said as Markdown beside the film, and a list of chapters
	// if there are any.
	Transcript bool
	// Force replaces files that an earlier build did not make.
	Force bool
	// Settings is the file of settings that the caller has read, if it has read one of the
	// working folder: it may be the project's own.
	Settings string
	// Progress is told how far the work is; calls come one at a time. It may be nil.
	Progress func(Progress)
}

// Progress is how far a build is.
type Progress struct {
	Phase   string  `json:"phase"`
	Percent float64 `json:"percent"` // of the whole build, 0 to 100
}

// Result is what was made.
type Result struct {
	Film     string `json:"film"`
	SRT      string `json:"srt,omitempty"`
	VTT      string `json:"vtt,omitempty"`
	Poster   string `json:"poster,omitempty"`
	Timeline string `json:"timeline,omitempty"`
	// Transcript and Chapters are written where a transcript was asked for; the latter is
	// empty for a film without chapters.
	Transcript string            `json:"transcript,omitempty"`
	Chapters   string            `json:"chapters,omitempty"`
	Width      int               `json:"width"`
	Height     int               `json:"height"`
	FPS        frame.Rate        `json:"fps"`
	Frames     int64             `json:"frames"`
	Length     time.Duration     `json:"-"`
	Seconds    float64           `json:"seconds"`
	Scenes     int               `json:"scenes"`
	Bytes      int64             `json:"bytes"`
	Warnings   diag.List         `json:"-"`
	Sources    map[string][]byte `json:"-"` // what the warnings point into
	ElapsedMS  int64             `json:"elapsedMs"`
	// Phases tell what each phase took, in their order.
	Phases []Phase `json:"phases"`
	// Made are the parts that were not in the cache, in the order of the film.
	Made []Made `json:"made,omitempty"`
	// Parts is how many there are, made or found.
	Parts int `json:"parts"`
	// Voices are those that spoke, in the order in which they are first heard.
	Voices []VoiceUse `json:"voices,omitempty"`

	places []diag.Range // of the scenes
}

// VoiceUse is a voice of an engine, and the scenes in which it speaks, from 1.
type VoiceUse struct {
	Name   string `json:"name"`
	Engine string `json:"engine"`
	Scenes []int  `json:"scenes"`
}

// SceneOf tells which scene a finding is about, from 0; what is about none, or stands in
// an included script, is about the first.
func (r *Result) SceneOf(d diag.Diagnostic) int {
	scene := 0
	for i, at := range r.places {
		if at.File == d.Range.File && at.Start.Line <= d.Range.Start.Line {
			scene = i
		}
	}
	return scene
}

// ScriptError tells that the script, or a file that it names, is wrong. List holds all
// findings, warnings too; Sources are the texts that they point into.
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
	return "the script is wrong"
}

// The phases of a build, in order.
const (
	phaseScript   = "reading the script"
	phaseFiles    = "reading files"
	phaseVoice    = "speaking"
	phaseSlides   = "drawing slides"
	phasePictures = "drawing pictures"
	phaseSound    = "mixing sound"
	// phaseCheck lies within phaseFilm.
	phaseCheck = "checking the video"
	phaseFilm  = "cutting the video"
)

// weights are each phase's share of the bar, in percent.
func weights() []struct {
	phase string
	share float64
} {
	return []struct {
		phase string
		share float64
	}{{phaseScript, 2}, {phaseFiles, 8}, {phaseVoice, 20}, {phaseSlides, 15}, {phasePictures, 35}, {phaseSound, 15}, {phaseFilm, 5}}
}

// job is one build.
type job struct {
	studio  *Studio
	store   *cache.Store
	req     Request
	project *Project
	work    string // folder for this build's small files

	sources  map[string][]byte
	list     diag.List
	defaults projectDefaults
	within   Phase // what phases within the current one took
	board    *storyboard.Board
	assets   map[string]*asset
	tablesMu sync.Mutex
	tables   map[string]*colourTable // by name
	profiles map[profileUse]profileFound
	files    []func() error        // that write what painting reads
	places   map[string]diag.Range // where a file is first named
	spoken   [][]voice.Spoken
	// standIns speak for voices whose engines failed in this build, by the names of these.
	standIns map[string]voice.Voice
	// voices are those that spoke, by the names that the board has for them.
	voices  map[string]voice.Voice
	line    *timeline.Line
	form    ffmpeg.Picture
	encoder *film.Encoder
	painter *picture.Painter
	slides  [][]slideState // of each scene, in the order in which they are seen
	cut     *cutPlan
	track   *track
	cues    []caption.Cue
	// captions are those that are drawn, nil before.
	captions *captions
	timed    []caption.Timed // of timed speech
	phases   []Phase
	// replaces tells that an earlier film stands at the output.
	replaces bool
	// strangers are files beside the film-to-be that may be somebody else's.
	strangers []string

	mu      sync.Mutex // guards what follows
	percent float64
	ledger  ledger
}

// step is a named part of the work.
type step struct {
	phase string
	do    func(context.Context) error
}

// Produce makes a film. The error is a *ScriptError when the author can mend it, else
// a fault; the result then holds but the warnings. A file that was there before is only
// replaced by a whole one.
func (s *Studio) Produce(ctx context.Context, req Request) (*Result, error) {
	start := time.Now()
	j, done, err := s.open(ctx, req)
	if err != nil {
		return nil, err
	}
	defer done()
	var result *Result
	steps := []step{
		{phaseScript, j.read},
		{phaseFiles, j.identifyAll},
		{phaseFiles, j.guardOutputs},
		{phaseVoice, j.speak},
		{phaseVoice, j.checkSpoken},
		{phaseVoice, j.time},
		{phaseSlides, j.drawSlides},
		{phaseSlides, func(ctx context.Context) error { return j.drawCaptions(ctx, func(int) bool { return true }) }},
		{phaseSlides, j.planCut},
		{phasePictures, func(ctx context.Context) error { return j.makePictures(ctx, j.cut) }},
		{phasePictures, func(context.Context) error { return j.lengths(j.cut) }},
		{phaseSound, func(ctx context.Context) error { return j.makeSound(ctx, j.track) }},
		{phaseFilm, func(ctx context.Context) error { result, err = j.publish(ctx); return err }},
	}
	if err := j.do(ctx, steps); err != nil {
		return j.failed(), err
	}
	result.Phases, result.Made, result.Parts = j.phases, j.explain(), len(j.ledger.order)
	result.ElapsedMS = time.Since(start).Milliseconds()
	j.progress(phaseFilm, 1)
	return result, nil
}

// failed gives what is known of a build that failed.
func (j *job) failed() *Result {
	r := &Result{Warnings: j.list, Sources: j.sources}
	if j.board != nil {
		for _, s := range j.board.Scenes {
			r.places = append(r.places, s.Range)
		}
	}
	return r
}

// Plan is what a build would make, without making it.
type Plan struct {
	Board    *storyboard.Board `json:"storyboard"`
	Line     *timeline.Line    `json:"timeline"`
	Captions []caption.Cue     `json:"captions,omitempty"`
	Warnings diag.List         `json:"-"`
	Sources  map[string][]byte `json:"-"`
}

// Plan reads, measures and times a project, and makes no picture.
func (s *Studio) Plan(ctx context.Context, req Request) (*Plan, error) {
	j, done, err := s.open(ctx, req)
	if err != nil {
		return nil, err
	}
	defer done()
	err = j.do(ctx, []step{{phaseScript, j.read}, {phaseFiles, j.identifyAll}, {phaseVoice, j.speak}, {phaseVoice, j.time}})
	if err != nil {
		return nil, err
	}
	return &Plan{Board: j.board, Line: j.line, Captions: j.cues, Warnings: j.list, Sources: j.sources}, nil
}

// Check reads a project and its files and tells everything that is wrong; it speaks
// and draws nothing.
func (s *Studio) Check(ctx context.Context, req Request) (diag.List, map[string][]byte, error) {
	j, done, err := s.open(ctx, req)
	if err != nil {
		return nil, nil, err
	}
	defer done()
	err = j.do(ctx, []step{{phaseScript, j.read}, {phaseFiles, j.identifyAll}})
	if wrong, ok := errors.AsType[*ScriptError](err); ok {
		return wrong.List, wrong.Sources, nil
	}
	return j.list, j.sources, err
}

// open prepares a build; done removes what it left in the work folder.
func (s *Studio) open(ctx context.Context, req Request) (*job, func(), error) {
	if err := s.identifyTools(ctx); err != nil {
		return nil, nil, err
	}
	project, err := OpenProject(req.Dir, s.booth)
	if err != nil {
		return nil, nil, fault.New(fault.Input, err, "the project's folder cannot be opened")
	}
	work, err := s.store.TempDir()
	if err != nil {
		_ = project.Close()
		return nil, nil, fault.New(fault.Disk, err, "no folder for temporary files can be made")
	}
	unlock, err := s.store.Use()
	if err != nil {
		_ = project.Close()
		_ = os.RemoveAll(work)
		return nil, nil, fault.New(fault.Disk, err, "the cache cannot be used")
	}
	j := &job{studio: s, store: s.store, req: req, project: project, work: work, assets: map[string]*asset{}, places: map[string]diag.Range{}}
	return j, func() {
		unlock()
		_ = os.RemoveAll(work)
		_ = project.Close()
	}, nil
}

// identifyTools learns the versions of ffmpeg, which are part of every key.
func (s *Studio) identifyTools(ctx context.Context) error {
	s.once.Lock()
	defer s.once.Unlock()
	if s.version != "" {
		return nil
	}
	v, err := s.tools.Version(ctx, s.store)
	if err != nil {
		return asFault(err)
	}
	s.version = v
	return nil
}

// do runs steps one after the other.
func (j *job) do(ctx context.Context, steps []step) error {
	for _, st := range steps {
		if err := ctx.Err(); err != nil {
			return fault.New(fault.Cancelled, err, "stopped")
		}
		j.progress(st.phase, 0)
		took := j.clock(st.phase)
		err := fault.Guard(st.phase, func() error { return st.do(ctx) })
		took()
		if err != nil {
			if ctx.Err() != nil {
				return fault.New(fault.Cancelled, ctx.Err(), "stopped")
			}
			return asFault(err)
		}
	}
	return nil
}

// report adds findings; errors among them end the build with all that is known.
func (j *job) report(list diag.List) error {
	j.list.Add(list...)
	if j.req.Strict {
		j.list = j.list.Strict()
	}
	j.list = j.list.Merged()
	if !j.list.HasErrors() {
		return nil
	}
	j.list.Sort()
	return &ScriptError{List: j.list, Sources: j.sources}
}

package studio

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"mynah/internal/caption"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/ffmpeg"
	"mynah/internal/film"
	"mynah/internal/proc"
	"mynah/internal/script"
	"mynah/internal/sound"
	"mynah/internal/storyboard"
	"mynah/internal/timeline"
)

// SpeechFormats lists the forms of sound files.
func SpeechFormats() []string { return []string{"mp3", "m4a", "wav"} }

// SpeechRequest asks for a text to be spoken.
type SpeechRequest struct {
	// Text is of the script language; what needs a file is left out.
	Text string
	// Header are properties that go before the text's own, by their names in a
	// script's header: voice, voice-speed, voice-pitch, voice-volume, language.
	Header map[string]string
	// Timed is "vtt" or "srt" when the text is subtitles, each cue of which is to be
	// spoken at its time.
	Timed string
	// Longest is the latest time of a cue; 0 is 10 hours.
	Longest time.Duration
	// Progress is told how far the work is; it may be nil.
	Progress func(Progress)
}

// Speech is a text that was spoken. Close it after use.
type Speech struct {
	Warnings diag.List
	Sources  map[string][]byte
	// Voices that speak, each once; Uses say where.
	Voices []string
	Uses   []VoiceUse
	// Scenes is their number.
	Scenes int

	job     *job
	done    func()
	samples int64
	spans   []span
	cues    []caption.Cue
}

// span is where a scene lies, in samples.
type span struct{ from, to int64 }

const speechFile = "text"

// Speak speaks a text whole. The error is a *ScriptError when the text is wrong.
func (s *Studio) Speak(ctx context.Context, r SpeechRequest) (*Speech, error) {
	dir, err := s.store.TempDir()
	if err != nil {
		return nil, fault.New(fault.Disk, err, "no folder for temporary files can be made")
	}
	defer func() { _ = os.RemoveAll(dir) }()
	j, done, err := s.open(ctx, Request{Dir: dir, Script: speechFile, Progress: r.Progress})
	if err != nil {
		return nil, err
	}
	sp := &Speech{job: j, done: done}
	read := func(ctx context.Context) error { return j.readText(ctx, r) }
	steps := []step{{phaseScript, read}, {phaseVoice, j.speak}, {phaseVoice, j.checkSpoken}, {phaseVoice, sp.lay}, {phaseSound, sp.readMusic}}
	if r.Timed != "" {
		steps = []step{{phaseScript, read}, {phaseVoice, sp.layTimed}}
	}
	err = j.do(ctx, steps)
	if err == nil && sp.samples == 0 {
		err = fault.New(fault.Usage, nil, "the text holds nothing that can be spoken")
	}
	if err != nil {
		done()
		return nil, err
	}
	sp.Warnings, sp.Sources, sp.Uses = j.list, j.sources, j.voiceUses()
	for _, scene := range j.board.Scenes {
		for _, p := range scene.Parts {
			if p.Kind == storyboard.Speech && !slices.Contains(sp.Voices, p.Voice) {
				sp.Voices = append(sp.Voices, p.Voice)
			}
		}
	}
	return sp, nil
}

// Close gives back what the speech holds.
func (sp *Speech) Close() { sp.done() }

// Seconds is its length.
func (sp *Speech) Seconds() float64 { return float64(sp.samples) / timeline.SampleRate }

// SRT and VTT are its subtitles; empty when nothing is said.
func (sp *Speech) SRT() string { return caption.SRT(sp.cues) }

// VTT see SRT.
func (sp *Speech) VTT() string { return caption.VTT(sp.cues) }

// properties turns header properties into those that the parser knows.
func properties(header map[string]string) (script.Properties, error) {
	var text strings.Builder
	text.WriteString("---\n")
	for _, name := range []string{"voice", "voice-speed", "voice-pitch", "voice-volume", "language"} {
		v := strings.TrimSpace(header[name])
		if v == "" {
			continue
		}
		if strings.ContainsAny(v, "\r\n#:'\"{}[]&*!|>%@`") || len(v) > 100 {
			return script.Properties{}, fault.New(fault.Usage, nil, "the %s %q cannot be used", name, shorten(v, 40))
		}
		fmt.Fprintf(&text, "%s: %s\n", name, v)
	}
	text.WriteString("---\n")
	s, list := script.Parse("settings", []byte(text.String()))
	for _, d := range list {
		if d.Severity == diag.Error {
			says := strings.TrimSuffix(d.Summary, ".")
			if d.Detail != "" {
				says += ". " + d.Detail
			}
			return script.Properties{}, fault.New(fault.Usage, nil, "%s", says).WithHint("%s", d.Hint)
		}
	}
	return s.Header.Properties, nil
}

// readText parses a text and plans what is to be said.
func (j *job) readText(ctx context.Context, r SpeechRequest) error {
	over, err := properties(r.Header)
	if err != nil {
		return err
	}
	text := &script.Script{File: speechFile}
	j.sources = map[string][]byte{speechFile: []byte(r.Text)}
	if r.Timed == "" {
		var list diag.List
		text, list = script.Parse(speechFile, []byte(r.Text))
		if err := j.report(list); err != nil {
			return err
		}
	}
	var list diag.List
	spokenOnly(text, j.project.Track, &list)
	if err := j.report(list); err != nil {
		return err
	}
	h := &text.Header
	for _, f := range []struct{ to, from **float64 }{
		{&h.VoiceSpeed, &over.VoiceSpeed}, {&h.VoicePitch, &over.VoicePitch}, {&h.VoiceVolume, &over.VoiceVolume},
	} {
		if *f.from != nil {
			*f.to = *f.from
		}
	}
	if over.Language != nil {
		h.Language = over.Language
	}
	opt := storyboard.Options{}
	if over.Voice != nil {
		opt.Voice = *over.Voice
	}
	if r.Timed != "" {
		if err := j.readCues(text, r); err != nil {
			return err
		}
	}
	board, list := storyboard.Plan(text, &planProject{Project: j.project, ctx: ctx, sources: j.sources, script: speechFile}, opt)
	if err := ctx.Err(); err != nil {
		return err
	}
	j.board = board
	return j.report(list)
}

// spokenOnly leaves out what needs a file or is for the eye. Music stays as far as it is one of
// our own tracks.
func spokenOnly(s *script.Script, isTrack func(name string) bool, list *diag.List) {
	music := func(b *script.Background) bool {
		if b == nil || b.Name == "" || isTrack(b.Name) {
			return true
		}
		list.Warnf(b.Range, "the background %q is a file, and a spoken text has no files: it is left out", b.Name).
			Hint = "name one of the built-in tracks, or build a video"
		return false
	}
	h := &s.Header
	h.Theme, h.Subtitles, h.Lexicon, h.Transition, h.Duration = nil, nil, nil, nil, nil
	if !music(h.Background) {
		h.Background = nil
	}
	for i := range s.Scenes {
		s.Scenes[i].Nodes = slices.DeleteFunc(s.Scenes[i].Nodes, func(n script.Node) bool {
			switch n := n.(type) {
			case *script.Narration, *script.SSML, *script.Pause:
				return false
			case *script.Set:
				if n.Name == "background" {
					return !music(n.Background)
				}
				return !strings.HasPrefix(n.Name, "voice") && n.Name != "narration-mode" && n.Name != "language"
			default:
				return true
			}
		})
	}
}

// lay puts what was spoken on the line. Silence behind the last word is left out.
func (sp *Speech) lay(context.Context) error {
	j := sp.job
	var m timeline.Measured
	for _, scene := range j.spoken {
		var lengths []int64
		for _, s := range scene {
			lengths = append(lengths, s.Samples)
		}
		m.Speech = append(m.Speech, lengths)
	}
	if err := j.report(timeline.Check(j.board, m)); err != nil {
		return err
	}
	j.line = timeline.Compute(j.board, m)
	j.track = j.planSound()
	for i, s := range j.line.Scenes {
		if len(s.Voice) == 0 && len(j.board.Scenes[i].Parts) == 0 {
			continue
		}
		if s.VoiceEnd > s.Sound {
			sp.spans = append(sp.spans, span{s.Sound, s.VoiceEnd})
		}
	}
	sp.Scenes = len(sp.spans)
	if len(sp.spans) == 0 || len(j.line.Sounds) == 0 {
		return nil
	}
	if len(j.track.decodes) > 0 { // music plays around what is said
		sp.samples = j.line.Samples
	} else {
		sp.cut(sp.spans[0].from)
		sp.samples = sp.spans[len(sp.spans)-1].to
	}
	sp.cues = caption.Cues(j.board, j.line, j.words)
	return nil
}

// cut drops silence in front.
func (sp *Speech) cut(n int64) {
	for i := range sp.spans {
		sp.spans[i].from -= n
		sp.spans[i].to -= n
	}
	for i := range sp.job.track.clips {
		sp.job.track.clips[i] = sp.job.track.clips[i].Moved(-n)
	}
}

// readMusic brings the music into the cache.
func (sp *Speech) readMusic(ctx context.Context) error {
	all := pieceTask{}
	for i := range sp.job.track.clips {
		all.Heard = append(all.Heard, i)
	}
	return sp.job.decode(ctx, sp.job.track, []pieceTask{all})
}

// mix writes a span's raw samples.
func (sp *Speech) mix(ctx context.Context, s span, w io.Writer) error {
	var clips []sound.Clip
	for _, c := range sp.job.track.clips {
		if c.Start < s.to && c.Start+c.Samples > s.from {
			clips = append(clips, c.Moved(-s.from))
		}
	}
	return sound.Mix(ctx, clips, s.to-s.from, sp.job.track.channels, w)
}

// speechBitRate is that of mp3 and m4a, in bits a second.
const speechBitRate = 128_000

// write writes a span to a file.
func (sp *Speech) write(ctx context.Context, format string, s span, path string) error {
	return sp.fed(ctx, s, func(pcm io.Reader) error {
		if format != "m4a" {
			return sp.job.studio.tools.Run(ctx, ffmpeg.SpeechFile(format, timeline.SampleRate, sp.job.track.channels, path), pcm, io.Discard)
		}
		aac := ffmpeg.DefaultAAC(sp.job.track.channels)
		aac.BitRate = speechBitRate
		return film.WriteM4A(ctx, sp.job.studio.tools, aac, s.to-s.from, pcm, path)
	})
}

// fed runs an encoder that reads the mix of a span.
func (sp *Speech) fed(ctx context.Context, s span, encode func(pcm io.Reader) error) error {
	r, w := io.Pipe()
	go func() { _ = w.CloseWithError(fault.Guard(phaseSound, func() error { return sp.mix(ctx, s, w) })) }()
	err := encode(r)
	_ = r.Close()
	if ctx.Err() != nil {
		return fault.New(fault.Cancelled, ctx.Err(), "stopped")
	}
	return asFault(err)
}

// File writes the speech to a file, which is not made atomically.
func (sp *Speech) File(ctx context.Context, format, path string) error {
	return sp.write(ctx, format, span{0, sp.samples}, path)
}

// SceneFiles writes a zip with a file per scene: scene-001.mp3 and so on.
func (sp *Speech) SceneFiles(ctx context.Context, format, path string) error {
	f, err := os.Create(path)
	if err != nil {
		return fault.New(fault.Disk, err, "the archive cannot be written")
	}
	defer func() { _ = f.Close() }()
	z := zip.NewWriter(f)
	for i, s := range sp.spans {
		part := filepath.Join(sp.job.work, "scene")
		if err := sp.write(ctx, format, s, part); err != nil {
			return err
		}
		if err := addStored(z, fmt.Sprintf("scene-%03d.%s", i+1, format), part); err != nil {
			return fault.New(fault.Disk, err, "the archive cannot be written")
		}
		sp.job.progress(phaseSound, float64(i+1)/float64(len(sp.spans)))
	}
	if err := z.Close(); err != nil {
		return fault.New(fault.Disk, err, "the archive cannot be written")
	}
	return nil
}

// addStored puts a file into an archive; sound does not shrink.
func addStored(z *zip.Writer, name, path string) error {
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	_, err = io.Copy(w, f)
	return err
}

// lame encodes raw mono samples as MP3 of 128 kb/s. It starts ten times faster than
// ffmpeg, which runs the same encoder and is the way where lame is missing.
func lame(pcm io.Reader, channels int, w io.Writer) proc.Command {
	return proc.Command{
		Program: "lame", Stdin: pcm, Stdout: w,
		Args: []string{
			"--silent", "-r", "-s", strconv.FormatFloat(timeline.SampleRate/1000.0, 'f', -1, 64), "--bitwidth", "16", "--signed", "--little-endian",
			"-m", map[int]string{1: "m", 2: "j"}[channels], "--cbr", "-b", strconv.Itoa(speechBitRate / 1000), "--nores", "-t", "-", "-",
		},
	}
}

// Stream writes the speech as it is encoded; m4a has its index in front, so it is made
// whole first.
func (sp *Speech) Stream(ctx context.Context, format string, w io.Writer) error {
	if format == "mp3" {
		s := sp.job.studio
		return sp.fed(ctx, span{0, sp.samples}, func(pcm io.Reader) error {
			if _, err := s.run.Look("lame"); err == nil {
				return s.run.Run(ctx, lame(pcm, sp.job.track.channels, w))
			}
			return s.tools.Run(ctx, ffmpeg.SpeechStream(timeline.SampleRate, sp.job.track.channels), pcm, w)
		})
	}
	path := filepath.Join(sp.job.work, "speech")
	if err := sp.File(ctx, format, path); err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return fault.New(fault.Disk, err, "the sound cannot be read")
	}
	defer func() { _ = f.Close() }()
	_, err = io.Copy(w, f)
	return err
}

// CheckHeader tells what cannot be in a SpeechRequest's header.
func CheckHeader(header map[string]string) error {
	_, err := properties(header)
	return err
}

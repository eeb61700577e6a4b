package studio

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"math/big"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"mynah/internal/caption"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/ffmpeg"
	"mynah/internal/film"
	"mynah/internal/picture"
	"mynah/internal/script"
	"mynah/internal/sound"
	"mynah/internal/storyboard"
	"mynah/internal/timeline"
	"mynah/internal/voice"
)

// read parses the script and plans the film.
func (j *job) read(ctx context.Context) error {
	loaded, found, err := j.load()
	if err != nil {
		return err
	}
	defaults, list := j.readDefaults(j.req.Script)
	found.Add(list...)
	j.defaults = defaults
	_, _, translation := script.TranslationOf(j.req.Script)
	defaults.fillHeader(loaded.Script, translation)
	over := j.req.Header
	over.Fill(loaded.Script.Header.Properties)
	loaded.Script.Header.Properties = over
	if err := j.someScenes(loaded.Script); err != nil {
		return err
	}
	wrong := j.report(found)
	if wrong != nil && len(loaded.Script.Scenes) == 0 {
		return wrong
	}
	project := &planProject{Project: j.project, ctx: ctx, sources: j.sources, script: j.req.Script, defaults: j.defaults}
	board, more := storyboard.Plan(loaded.Script, project, storyboard.Options{
		Dir: path.Dir(j.req.Script), Size: j.req.Size, FPS: j.req.FPS, Voice: j.req.Voice, VoicePlace: j.req.VoicePlace, FirstScene: max(j.req.Scenes[0], 1),
	})
	if err := ctx.Err(); err != nil {
		return err
	}
	j.board = board
	if j.req.Strict && project.missing != "" {
		return fault.New(fault.ToolMissing, nil, "%s", project.missing).WithHint("mynah doctor tells how to install what is missing")
	}
	if err := j.report(more); err != nil {
		return err
	}
	return wrong
}

// load reads the script, or its translation where one is asked for or beside it.
func (j *job) load() (script.Result, diag.List, error) {
	options := script.Options{Variables: j.req.Variables}
	fsys := j.project.FS()
	if tag := j.req.Language; tag != "" {
		name, err := ScriptIn(fsys, j.req.Script, tag, j.req.Variables)
		if err != nil {
			return script.Result{}, nil, err
		}
		j.req.Script = name
	}
	loaded, found := script.Load(fsys, j.req.Script, options)
	if tag := loaded.Script.Header.Language; tag != nil && j.req.Language == "" {
		if l, ok := fitting(*tag, Languages(fsys, j.req.Script)); ok {
			name := script.TranslationName(j.req.Script, l)
			j.req.Script = name
			loaded, found = script.Load(fsys, name, options)
		}
	}
	j.sources = loaded.Sources
	name, tag, ok := script.TranslationOf(j.req.Script)
	if !ok || !j.project.File(name).Exists || found.HasErrors() {
		return loaded, found, nil
	}
	base, list := script.Load(fsys, name, options)
	maps.Copy(j.sources, base.Sources)
	if list.HasErrors() {
		found.Add(list...)
		return loaded, found, nil
	}
	found.Add(script.Translate(loaded.Script, base.Script, tag)...)
	return loaded, found, nil
}

// named is a file that the board names.
type named struct {
	name  string
	place diag.Range
	sound bool
}

// uses lists the files of the board, each once, in the order of the film.
func (j *job) uses() []named {
	var out []named
	add := func(name string, place diag.Range, isSound bool) {
		if name == "" {
			return
		}
		if _, ok := j.places[name]; !ok {
			j.places[name] = place
			out = append(out, named{name, place, isSound})
		}
	}
	music := func(m *storyboard.Music) {
		if m != nil {
			add(m.File, m.Range, true)
		}
	}
	music(j.board.Film.Music)
	for _, s := range j.board.Scenes {
		music(s.Music)
		for _, shot := range s.Shots {
			add(shot.File, shot.Range, false)
		}
		for _, p := range s.Parts {
			add(p.File, p.Range, true)
		}
	}
	return out
}

// identifyAll learns what every file is, side by side, and reports all that cannot be
// used.
func (j *job) identifyAll(ctx context.Context) error {
	uses := j.uses()
	found := make([]*asset, len(uses))
	fails := make([]error, len(uses))
	var mu sync.Mutex
	done := 0
	g, ctx := j.newGroup(ctx, phaseFiles)
	for i, u := range uses {
		g.Go(func() error {
			var a *asset
			err := fault.Guard(fmt.Sprintf("reading %q", u.name), func() (err error) {
				a, err = j.identify(ctx, u.name, i, u.sound)
				return err
			})
			if err != nil && (ctx.Err() != nil || !blamesFile(err)) {
				return blameTool(err, u.place, u.name)
			}
			found[i], fails[i] = a, err
			mu.Lock()
			defer mu.Unlock()
			done++
			j.progress(phaseFiles, float64(done)/float64(len(uses)))
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	var list diag.List
	for i, u := range uses {
		if fails[i] != nil {
			list.Errorf(u.place, "%q cannot be used: %s", u.name, reason(fails[i])).Hint = "check that the file opens in a player or viewer, and export it again"
			continue
		}
		j.assets[u.name] = found[i]
		if w := found[i].warning; w != "" {
			list.Warnf(u.place, "%q: %s", u.name, w).Hint = cmp.Or(found[i].advice, "export the picture again, in sRGB")
		}
	}
	j.checkShots(&list)
	return j.report(list)
}

// checkShots reports pictures and sounds that their files do not hold.
func (j *job) checkShots(list *diag.List) {
	silent := func(name string, place diag.Range) {
		list.Errorf(place, "%q holds no sound", name).Hint = "Allowed are wav, mp3, m4a, ogg and flac files"
	}
	music := func(m *storyboard.Music) {
		if m == nil {
			return
		}
		if a := j.assets[m.File]; a != nil && (a.info == nil || a.info.Audio == nil) {
			silent(m.File, m.Range)
		}
	}
	music(j.board.Film.Music)
	var sizes sizeFindings
	for i, s := range j.board.Scenes {
		j.checkCallouts(s.Callouts, nil, list)
		music(s.Music)
		for _, p := range s.Parts {
			if a := j.assets[p.File]; a != nil && (a.info == nil || a.info.Audio == nil || a.info.Audio.Length == nil) {
				silent(p.File, p.Range)
			}
		}
		for _, shot := range s.Shots {
			j.checkShot(shot, list)
			j.checkSize(shot, i, &sizes, list)
			j.checkCallouts(shot.Callouts, &shot, list)
		}
	}
	sizes.warn(list)
}

func (j *job) checkShot(shot storyboard.Shot, list *diag.List) {
	a := j.assets[shot.File]
	if a == nil || shot.Kind == storyboard.Image {
		return
	}
	if a.info.Video == nil {
		list.Errorf(shot.Range, "%q holds sound but no picture", shot.File).Hint = fmt.Sprintf("to play it: (audio: %s)", shot.File)
		return
	}
	length := a.info.Video.Length
	if length.Sign() <= 0 {
		list.Errorf(shot.Range, "%q has a length of zero", shot.File).Hint = "export the clip again"
		return
	}
	if shot.Segment == nil {
		return
	}
	end := big.NewRat(shot.Segment.To.Microseconds(), 1_000_000)
	// Containers round: a segment may end a frame behind the clip's stated end.
	frame := big.NewRat(a.info.Video.Rate.Den, a.info.Video.Rate.Num)
	if end.Cmp(new(big.Rat).Add(length, frame)) > 0 {
		d := list.Errorf(shot.Range, "the segment ends at %s s, but %q is only %s s long", end.FloatString(2), shot.File, length.FloatString(2))
		d.Detail = "A segment lies within its clip: ![from-to](file), in seconds or clock time"
		d.Hint = fmt.Sprintf("end it at %s or before", length.FloatString(2))
	}
}

// speak says every sentence, side by side.
func (j *job) speak(ctx context.Context) error { return j.withStandIns(ctx, j.sayAll) }

func (j *job) sayAll(ctx context.Context) error {
	j.spoken = make([][]voice.Spoken, len(j.board.Scenes))
	total, done := 0, 0
	for i, s := range j.board.Scenes {
		j.spoken[i] = make([]voice.Spoken, len(s.Parts))
		for _, p := range s.Parts {
			if p.Kind == storyboard.Speech {
				total++
			}
		}
	}
	var mu sync.Mutex
	level, _ := j.board.Level()
	g, ctx := j.newGroup(ctx, phaseVoice)
	for i, s := range j.board.Scenes {
		for k, p := range s.Parts {
			if p.Kind != storyboard.Speech {
				continue
			}
			g.Go(func() error {
				v := j.voiceOf(ctx, p)
				start := time.Now()
				line := p.Line()
				line.Level = level
				spoken, err := j.studio.booth.Speak(ctx, v, line)
				if err != nil {
					return j.unable(ctx, v, p, i, err)
				}
				j.spoken[i][k] = spoken
				j.part(spoken.Key, partSentence, shorten(p.Text, 60), i+1, of("its words", p.Runs), of("its voice", p.Voice, v.Engine),
					of("speed, pitch, volume or emphasis", p.Speed, p.Pitch, p.Volume, p.Emphasis, p.Fragment, level))
				mu.Lock()
				defer mu.Unlock()
				if spoken.New {
					j.made(time.Since(start), spoken.Key)
				}
				done++
				j.progress(phaseVoice, float64(done)/float64(total))
				return nil
			})
		}
	}
	return g.Wait()
}

// blameSentence says which sentence of a scene, counted from 0, an engine failed on.
func (j *job) blameSentence(err error, p storyboard.Part, scene int) error {
	f, ok := fault.As(asFault(err))
	if !ok || f.Code == fault.Cancelled || f.Code == fault.Disk {
		return asFault(err)
	}
	hint := f.Hint
	if hint == "" {
		hint = hintDoctor
	}
	cause := f.Cause // the public sentence of err is said already
	if cause == nil {
		cause = err
	}
	of := fmt.Sprintf(" of scene %d", scene+1)
	switch {
	case j.timed != nil:
		of = fmt.Sprintf(" of cue %d", scene+1)
	case p.Range.File == speechFile && len(j.board.Scenes) == 1:
		of = "" // a text has no scenes, unless it cuts itself into some
	}
	return fault.New(f.Code, cause, "%s:%d: the sentence %q%s could not be spoken by %s: %s",
		p.Range.File, p.Range.Start.Line, shorten(p.Text, 60), of, p.Voice, f.Public).WithHint("%s", hint)
}

func shorten(s string, n int) string {
	r := []rune(strings.TrimSpace(s))
	if len(r) <= n {
		return string(r)
	}
	return string(r[:n]) + "…"
}

// time puts everything on the line.
func (j *job) time(context.Context) error {
	m := timeline.Measured{Files: map[string]timeline.Media{}}
	for name, a := range j.assets {
		m.Files[name] = a.media()
	}
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
	if err := j.cutShort(); err != nil {
		return err
	}
	j.form = ffmpeg.Picture{Width: j.line.Width, Height: j.line.Height, FPS: j.line.FPS, StillQP: j.studio.cfg.StillQP, ClipCRF: j.studio.cfg.ClipCRF}
	j.encoder = film.NewEncoder(j.studio.tools, j.store, j.form, j.studio.version)
	j.painter = picture.NewPainter(j.studio.tools, j.form)
	j.cues = caption.Cues(j.board, j.line, j.words)
	return nil
}

// planCut lists what the film consists of, which takes slides that are drawn.
func (j *job) planCut(context.Context) error {
	j.cut = j.plan()
	j.track = j.planSound()
	return nil
}

// cutShort warns of pictures and transitions for which a scene has no time, and of a poster
// for which the film has none.
func (j *job) cutShort() error {
	var list diag.List
	length := func(frames int64) time.Duration {
		return time.Duration(frames * j.line.FPS.Den * int64(time.Second) / j.line.FPS.Num)
	}
	if f, whole := j.board.Film, length(j.line.Frames); f.Poster.Word == "" && f.Poster.At > whole {
		list.Warnf(f.PosterRange, "the video lasts %s; its last picture is the poster, not that at %s", whole.Round(time.Millisecond), f.Poster.At).Hint = "write poster: end, or an earlier time"
	}
	j.checkChapters(length, &list)
	for i, s := range j.board.Scenes {
		length := length(j.line.Scenes[i].Frames)
		if t := s.Transition; i > 0 && t.Type != "none" && t.Duration > length {
			list.Warnf(s.Range, "the transition of %s is cut to the scene, which lasts %s", t.Duration, length.Round(time.Millisecond)).Hint = "give the scene a longer (duration: …), or the transition less time"
		}
	}
	for i, s := range j.board.Scenes {
		for k, shot := range s.Shots {
			if !slices.ContainsFunc(j.line.Scenes[i].Pictures, func(p timeline.Picture) bool { return p.Shot == k }) {
				list.Warnf(shot.Range, "%q is never seen: the scene is over when its clips have played", shot.File).Hint = "give the picture a scene of its own, or the scene a longer (duration: …)"
			}
		}
	}
	return j.report(list)
}

// words gives the words of a sentence in samples.
func (j *job) words(scene, part int) []caption.Word {
	var out []caption.Word
	for _, w := range j.spoken[scene][part].Words {
		out = append(out, caption.Word{Offset: w.Offset, Start: samplesAt(w.Start.Nanoseconds()), End: samplesAt(w.End.Nanoseconds())})
	}
	return out
}

func samplesAt(ns int64) int64 { return ns * timeline.SampleRate / 1_000_000_000 }

// speech gives a spoken sentence as a source of sound.
func (j *job) speech(s voice.Spoken) sound.Source { return speechSource{j.studio.booth, s} }

type speechSource struct {
	booth  *voice.Booth
	spoken voice.Spoken
}

// Channels implements sound.Source.
func (s speechSource) Channels() int { return 1 }

// Frames implements sound.Source.
func (s speechSource) Frames() (int64, error) { return s.spoken.Samples, nil }

// Open implements sound.Source.
func (s speechSource) Open(frame int64) (io.ReadCloser, error) {
	return s.booth.Open(s.spoken.Key, frame)
}

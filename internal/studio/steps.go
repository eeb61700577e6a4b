package studio

import (
	"context"
	"path/filepath"
	"time"

	"mynah/internal/ahead"
	"mynah/internal/assets"
	"mynah/internal/cache"
	"mynah/internal/caption"
	"mynah/internal/compile"
	"mynah/internal/cut"
	"mynah/internal/diag"
	"mynah/internal/ffmpeg"
	"mynah/internal/film"
	"mynah/internal/meter"
	"mynah/internal/mix"
	"mynah/internal/overlay"
	"mynah/internal/part"
	"mynah/internal/picture"
	"mynah/internal/release"
	"mynah/internal/speech"
	"mynah/internal/storyboard"
	"mynah/internal/timeline"
)

// newFindings returns the findings so far.
func (e *session) newFindings(board *storyboard.Board) Findings {
	f := Findings{Warnings: e.list, Sources: e.sources}
	if board != nil {
		for _, s := range board.Scenes {
			f.places = append(f.places, s.Range)
		}
	}
	return f
}

// newBookKey returns the cache key of the record of parts that the last build of a video used.
func (e *session) newBookKey(name, output string) cache.Key {
	out, err := filepath.Abs(output)
	if err != nil {
		out = output
	}
	return cache.NewHasher("ledger 2").AddString(e.project.Dir()).AddString(name).AddString(out).Key()
}

// identifyFiles detects the type of every file of the storyboard.
func (e *session) identifyFiles(ctx context.Context, board *storyboard.Board) (*assets.Set, error) {
	return runStep(ctx, e, meter.Files, func(ctx context.Context, m part.Maker) (*assets.Set, diag.List, error) {
		return assets.Identify(ctx, m, e.studio.newAssetTools(), e.project, board)
	})
}

// listInputs lists the project's files that a build reads.
func (e *session) listInputs(src compile.Script, files *assets.Set) release.Inputs {
	in := release.Inputs{Project: e.project, Names: files.ListNames()}
	for name := range src.Sources {
		in.Names = append(in.Names, name)
	}
	if font := src.Board.Film.Subtitles.Font; font != nil && !font.Literal {
		in.Names = append(in.Names, font.Name)
	}
	return in
}

// reserveOutputs returns an error if the build would replace a file that it must not replace.
func (e *session) reserveOutputs(
	ctx context.Context, src compile.Script, files *assets.Set, t release.Target,
) (*release.Outputs, error) {
	return runStep(ctx, e, meter.Files, func(context.Context, part.Maker) (*release.Outputs, diag.List, error) {
		out, err := release.Reserve(e.studio.store, e.listInputs(src, files), t)
		return out, nil, err
	})
}

// timedBoard is a storyboard's spoken sentences, its timeline and its cues.
type timedBoard struct {
	spoken *speech.Spoken
	line   *timeline.Line
	cues   []caption.Cue
}

// speakAudible speaks every sentence and returns an error if any of them is silent. See speech.Say
// for ready.
func (e *session) speakAudible(ctx context.Context, board *storyboard.Board, ready func(int, *speech.Spoken)) (*speech.Spoken, error) {
	spoken, err := e.speakAll(ctx, board, ready)
	if err == nil {
		err = e.checkAudible(ctx, board, spoken)
	}
	return spoken, err
}

// speakAndMakeAhead speaks every sentence of a video. If a voice speaks on another machine, the first
// scenes are made while later ones are being spoken.
func (e *session) speakAndMakeAhead(ctx context.Context, board *storyboard.Board, files *assets.Set) (*speech.Spoken, error) {
	if !speech.UsesRemoteVoice(ctx, e.studio.booth, board) {
		return e.speakAudible(ctx, board, nil)
	}
	within, cancel := context.WithCancel(ctx)
	defer cancel()
	a := ahead.StartWorker(within, e.maker, e.newAheadInput(board, files))
	spoken, err := e.speakAudible(ctx, board, a.NotifySpoken)
	if err != nil {
		cancel() // the parts being made are not needed any more
	}
	a.StopAndRecord()
	return spoken, err
}

// computeTimeline computes the timeline. whole reports that the build contains all scenes of the script.
func (e *session) computeTimeline(
	ctx context.Context, board *storyboard.Board, files *assets.Set, spoken *speech.Spoken, whole bool,
) (timedBoard, error) {
	return runStep(ctx, e, meter.Voice, func(context.Context, part.Maker) (timedBoard, diag.List, error) {
		measured := spoken.NewMeasured(files.ListMedia())
		list := timeline.CheckLength(board, measured)
		if list.HasErrors() {
			return timedBoard{}, list, nil
		}
		line := timeline.Compute(board, measured)
		list.Add(timeline.CheckPictureTimes(board, line, whole)...)
		return timedBoard{spoken, line, caption.MakeCues(board, line, spoken.ListWords)}, list, nil
	})
}

// newAheadInput returns the input for making scenes while later ones are being spoken.
func (e *session) newAheadInput(board *storyboard.Board, files *assets.Set) ahead.Input {
	s := e.studio
	return ahead.Input{
		Board: board, Files: files, Project: e.project.FS(), Drawer: s.drawer, Booth: s.booth,
		Cut: s.newCutTools, Mix: s.newMixTools(), After: s.cfg.Ahead,
		Report: func(done float64) {
			for _, phase := range []string{meter.Slides, meter.Pictures, meter.Sound} {
				e.meter.ReportLaterPhase(phase, done)
			}
		},
	}
}

// speakAll speaks every sentence; see speech.Say for ready.
func (e *session) speakAll(ctx context.Context, board *storyboard.Board, ready func(int, *speech.Spoken)) (*speech.Spoken, error) {
	return runStep(ctx, e, meter.Voice, func(ctx context.Context, m part.Maker) (*speech.Spoken, diag.List, error) {
		return speech.SpeakBoard(ctx, m, e.studio.booth, board, ready)
	})
}

// checkAudible returns an error if the sound of a sentence is silent.
func (e *session) checkAudible(ctx context.Context, board *storyboard.Board, spoken *speech.Spoken) error {
	_, err := runStep(ctx, e, meter.Voice, func(context.Context, part.Maker) (struct{}, diag.List, error) {
		return struct{}{}, nil, spoken.CheckAllHeard(board)
	})
	return err
}

// speakAndTime speaks every sentence and computes the timeline. Unlike a build, it accepts silent
// sentences.
func (e *session) speakAndTime(ctx context.Context, board *storyboard.Board, files *assets.Set, whole bool) (timedBoard, error) {
	spoken, err := e.speakAll(ctx, board, nil)
	if err != nil {
		return timedBoard{}, err
	}
	return e.computeTimeline(ctx, board, files, spoken, whole)
}

// overlays are the slides and captions to draw on the pictures, by scene.
type overlays struct {
	slides   [][]overlay.SlideState
	captions [][]overlay.CaptionSpan
	// grounds are the layers around pictures that do not fill the frame, by scene and picture.
	grounds [][]picture.LayerRef
	// watermarks are the layers over everything but the captions, by scene.
	watermarks [][]picture.LayerRef
	callouts   map[cache.Key]picture.LayerRef
}

// drawOverlays draws all slides and callouts of a storyboard, and the captions of the given cues.
func (e *session) drawOverlays(
	ctx context.Context, board *storyboard.Board, t timedBoard, files *assets.Set, cues []caption.Cue,
) (out overlays, err error) {
	in := overlay.Input{Board: board, Files: e.project.FS(), Drawer: e.studio.drawer, Sizes: files.MeasurePicture}
	out.slides, err = runStep(ctx, e, meter.Slides,
		func(ctx context.Context, m part.Maker) ([][]overlay.SlideState, diag.List, error) {
			return overlay.DrawSlides(ctx, m, in, t.cues)
		})
	if err != nil {
		return out, err
	}
	out.grounds, err = runStep(ctx, e, meter.Slides,
		func(ctx context.Context, m part.Maker) ([][]picture.LayerRef, diag.List, error) {
			grounds, err := overlay.DrawGrounds(ctx, m, in, t.line)
			return grounds, nil, err
		})
	if err != nil {
		return out, err
	}
	out.watermarks, err = runStep(ctx, e, meter.Slides,
		func(ctx context.Context, m part.Maker) ([][]picture.LayerRef, diag.List, error) {
			return overlay.DrawWatermarks(ctx, m, in)
		})
	if err != nil {
		return out, err
	}
	out.captions, err = runStep(ctx, e, meter.Slides,
		func(ctx context.Context, m part.Maker) ([][]overlay.CaptionSpan, diag.List, error) {
			return overlay.DrawCaptions(ctx, m, in, t.line, cues)
		})
	if err != nil {
		return out, err
	}
	type layers = map[cache.Key]picture.LayerRef
	out.callouts, err = runStep(ctx, e, meter.Slides, func(ctx context.Context, m part.Maker) (layers, diag.List, error) {
		pictures := cut.Input{Board: board, Line: t.line, Files: files}
		return cut.DrawCallouts(ctx, m, e.studio.newCutTools(t.line, nil), pictures, in, t.cues)
	})
	return out, err
}

// newCutter returns the Cutter that makes the pictures of a video.
func (e *session) newCutter(m part.Maker, board *storyboard.Board, t timedBoard, files *assets.Set, d overlays) (*cut.Cutter, error) {
	layers, err := overlay.NewDrawings(e.studio.store)
	if err != nil {
		return nil, err
	}
	in := cut.Input{
		Board: board, Line: t.line, Files: files,
		Slides: d.slides, Captions: d.captions, Grounds: d.grounds, Watermarks: d.watermarks, Callouts: d.callouts,
	}
	return cut.New(m, e.studio.newCutTools(t.line, layers), in), nil
}

// drawPoster draws the poster if captions would cover it; otherwise it returns nil.
func (e *session) drawPoster(
	ctx context.Context, board *storyboard.Board, t timedBoard, files *assets.Set, d overlays,
) ([]byte, error) {
	return runStep(ctx, e, meter.Pictures, func(ctx context.Context, m part.Maker) ([]byte, diag.List, error) {
		c, err := e.newCutter(m, board, t, files, d)
		if err != nil {
			return nil, nil, err
		}
		poster, err := c.DrawPoster(ctx, t.line.ChoosePosterFrame(board.Film.Poster))
		return poster, nil, err
	})
}

// cutPictures encodes the pictures that are not in the cache and returns the segments of the picture track.
func (e *session) cutPictures(
	ctx context.Context, board *storyboard.Board, t timedBoard, files *assets.Set, d overlays,
) ([]film.SegmentRun, error) {
	return runStep(ctx, e, meter.Pictures, func(ctx context.Context, m part.Maker) ([]film.SegmentRun, diag.List, error) {
		c, err := e.newCutter(m, board, t, files, d)
		if err != nil {
			return nil, nil, err
		}
		plan := c.PlanPictures()
		list, err := c.MakePictures(ctx, plan)
		return plan.Runs, list, err
	})
}

// makeSoundtrack makes the soundtrack and returns it with its AAC settings.
func (e *session) makeSoundtrack(ctx context.Context, in mix.Input) (*mix.Soundtrack, ffmpeg.AAC, error) {
	var aac ffmpeg.AAC
	track, err := runStep(ctx, e, meter.Sound,
		func(ctx context.Context, m part.Maker) (*mix.Soundtrack, diag.List, error) {
			x := mix.New(m, e.studio.newMixTools(), in)
			track := x.PlanSoundtrack()
			aac = x.NewAAC(track.Channels)
			list, err := x.MakeSoundtrack(ctx, track)
			return track, list, err
		})
	return track, aac, err
}

// publishVideo writes the video and its other files, and replaces older versions of them.
func (e *session) publishVideo(ctx context.Context, out *release.Outputs, v release.Video) (*Result, error) {
	return runStep(ctx, e, meter.Film, func(ctx context.Context, m part.Maker) (*Result, diag.List, error) {
		r := release.New(m, e.studio.tools, e.studio.version, out, func() func() { return e.meter.StartPhase(meter.Check) })
		files, size, err := r.PublishVideo(ctx, v)
		if err != nil {
			return nil, nil, err
		}
		length := time.Duration(v.Line.Samples) * time.Second / timeline.SampleRate
		return &Result{
			Files: files, Width: v.Line.Width, Height: v.Line.Height, FPS: v.Line.FPS, Frames: v.Line.Frames,
			Seconds: length.Seconds(), Scenes: len(v.Line.Scenes), Bytes: size,
		}, nil, nil
	})
}

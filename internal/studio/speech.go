package studio

import (
	"context"
	"slices"

	"mynah/internal/caption"
	"mynah/internal/compile"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/meter"
	"mynah/internal/mix"
	"mynah/internal/part"
	"mynah/internal/speech"
	"mynah/internal/storyboard"
	"mynah/internal/timeline"
)

// SpeechFormats lists the formats of sound files.
func SpeechFormats() []string { return []string{"mp3", "m4a", "wav"} }

// SpeechRequest asks for a text to be spoken.
type SpeechRequest struct {
	compile.TextRequest
	// Progress is told how far the work is; it may be nil.
	Progress func(meter.Progress)
}

// Speech is a text that was spoken. Close it after use.
type Speech struct {
	*mix.Recording
	Warnings diag.List
	Sources  map[string][]byte
	// Voices that speak, each once; Uses say where.
	Voices []string
	Uses   []speech.VoiceUse

	session *session
}

// Speak speaks a text whole. The error is a *ScriptError when the text is wrong.
func (s *Studio) Speak(ctx context.Context, r SpeechRequest) (*Speech, error) {
	e, err := s.open(ctx, "", r.Progress)
	if err != nil {
		return nil, err
	}
	sp, err := e.record(ctx, r.TextRequest)
	if err == nil && sp.IsEmpty() {
		err = fault.New(fault.Usage, nil, "the text contains nothing that can be spoken")
	}
	if err != nil {
		e.close()
		return nil, err
	}
	return sp, nil
}

// text is a text that was read: a storyboard, and the cues of subtitles.
type text struct {
	board *storyboard.Board
	cues  []caption.Timed
}

// record runs the steps of speaking a text.
func (e *session) record(ctx context.Context, r compile.TextRequest) (*Speech, error) {
	in, err := do(ctx, e, meter.Script, func(ctx context.Context, _ part.Maker) (text, diag.List, error) {
		src, cues, err := compile.PlanText(ctx, e.project, e.studio.booth, r)
		e.sources = src.Sources
		return text{src.Board, cues}, src.Findings, err
	})
	if err != nil {
		return nil, err
	}
	var spoken *speech.Spoken
	var recording *mix.Recording
	if r.Timed != "" {
		spoken, recording, err = e.recordCues(ctx, in)
	} else {
		spoken, recording, err = e.recordText(ctx, in.board)
	}
	if err != nil {
		return nil, err
	}
	sp := &Speech{
		Recording: recording, Warnings: e.list, Sources: e.sources, Uses: spoken.ListVoiceUses(in.board),
		session: e,
	}
	for _, scene := range in.board.Scenes {
		for _, p := range scene.Parts {
			if p.Kind == storyboard.Speech && !slices.Contains(sp.Voices, p.Voice) {
				sp.Voices = append(sp.Voices, p.Voice)
			}
		}
	}
	return sp, nil
}

// recordText speaks a text and lays it on the line.
func (e *session) recordText(ctx context.Context, board *storyboard.Board) (*speech.Spoken, *mix.Recording, error) {
	spoken, err := e.speakHeard(ctx, board, nil)
	if err != nil {
		return nil, nil, err
	}
	line, err := do(ctx, e, meter.Voice, func(context.Context, part.Maker) (*timeline.Line, diag.List, error) {
		measured := timeline.Measured{Speech: spoken.ListLengths()}
		if list := timeline.CheckLength(board, measured); list.HasErrors() {
			return nil, list, nil
		}
		return timeline.Compute(board, measured), nil, nil
	})
	if err != nil {
		return nil, nil, err
	}
	recording, err := do(ctx, e, meter.Sound, func(ctx context.Context, m part.Maker) (*mix.Recording, diag.List, error) {
		in := mix.Input{Board: board, Line: line, Spoken: spoken, Booth: e.studio.booth}
		return mix.New(m, e.studio.mixTools(), in).PlaceNarration(ctx)
	})
	return spoken, recording, err
}

// recordCues speaks subtitles, each cue at its time.
func (e *session) recordCues(ctx context.Context, in text) (*speech.Spoken, *mix.Recording, error) {
	spoken, err := do(ctx, e, meter.Voice, func(ctx context.Context, m part.Maker) (*speech.Spoken, diag.List, error) {
		return speech.SpeakCues(ctx, m, e.studio.booth, in.board, in.cues)
	})
	if err != nil {
		return nil, nil, err
	}
	recording, err := do(ctx, e, meter.Voice, func(_ context.Context, m part.Maker) (*mix.Recording, diag.List, error) {
		x := mix.New(m, e.studio.mixTools(), mix.Input{Board: in.board, Spoken: spoken, Booth: e.studio.booth})
		recording, list := x.PlaceCues(in.cues)
		return recording, list, nil
	})
	return spoken, recording, err
}

// Close releases what the speech holds.
func (sp *Speech) Close() { sp.session.close() }

// SRT and VTT are its subtitles; empty when nothing is said.
func (sp *Speech) SRT() string { return caption.FormatSRT(sp.Cues) }

// VTT see SRT.
func (sp *Speech) VTT() string { return caption.FormatVTT(sp.Cues) }

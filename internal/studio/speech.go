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

// ListSpeechFormats lists the formats of sound files that can be written.
func ListSpeechFormats() []string { return []string{"mp3", "m4a", "wav"} }

// SpeechRequest describes a text to speak.
type SpeechRequest struct {
	compile.TextRequest
	// Progress is called with the progress of the work; it may be nil.
	Progress func(meter.Progress)
}

// Speech is a spoken text. Its caller must call Close.
type Speech struct {
	*mix.Recording
	Warnings diag.List
	Sources  map[string][]byte
	// Voices lists each voice that speaks once; Uses lists the scenes of each.
	Voices []string
	Uses   []speech.VoiceUse

	session *session
}

// Speak speaks a text. The error is a *ScriptError if the text has errors.
func (s *Studio) Speak(ctx context.Context, r SpeechRequest) (*Speech, error) {
	var sp *Speech
	err := s.withSession(ctx, "", r.Progress, true, func(e *session) (err error) {
		sp, err = e.speakScriptText(ctx, r.TextRequest)
		if err == nil && sp.IsEmpty() {
			err = fault.New(fault.Usage, nil, "the text contains nothing that can be spoken").
				WithHint("write at least one word outside of directions")
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return sp, nil
}

// text is a parsed text: its storyboard and, if it is subtitles, their cues.
type text struct {
	board *storyboard.Board
	cues  []caption.Timed
}

// speakScriptText runs the steps of speaking a text.
func (e *session) speakScriptText(ctx context.Context, r compile.TextRequest) (*Speech, error) {
	in, err := runStep(ctx, e, meter.Script, func(ctx context.Context, _ part.Maker) (text, diag.List, error) {
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
		spoken, recording, err = e.joinSpokenCues(ctx, in)
	} else {
		spoken, recording, err = e.joinSpokenText(ctx, in.board)
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

// joinSpokenText speaks a text and joins its sentences to one recording, in the times of the timeline.
func (e *session) joinSpokenText(ctx context.Context, board *storyboard.Board) (*speech.Spoken, *mix.Recording, error) {
	spoken, err := e.speakAudible(ctx, board, nil)
	if err != nil {
		return nil, nil, err
	}
	line, err := runStep(ctx, e, meter.Voice, func(context.Context, part.Maker) (*timeline.Line, diag.List, error) {
		measured := spoken.NewMeasured(nil)
		if list := timeline.CheckLength(board, measured); list.HasErrors() {
			return nil, list, nil
		}
		return timeline.Compute(board, measured), nil, nil
	})
	if err != nil {
		return nil, nil, err
	}
	recording, err := runStep(ctx, e, meter.Sound,
		func(ctx context.Context, m part.Maker) (*mix.Recording, diag.List, error) {
			in := mix.Input{Board: board, Line: line, Spoken: spoken, Booth: e.studio.booth}
			return mix.New(m, e.studio.newMixTools(), in).PlaceNarrationAndMusic(ctx)
		})
	return spoken, recording, err
}

// joinSpokenCues speaks subtitles, each cue at its start time.
func (e *session) joinSpokenCues(ctx context.Context, in text) (*speech.Spoken, *mix.Recording, error) {
	spoken, err := runStep(ctx, e, meter.Voice,
		func(ctx context.Context, m part.Maker) (*speech.Spoken, diag.List, error) {
			return speech.SpeakCues(ctx, m, e.studio.booth, in.board, in.cues)
		})
	if err != nil {
		return nil, nil, err
	}
	recording, err := runStep(ctx, e, meter.Voice,
		func(_ context.Context, m part.Maker) (*mix.Recording, diag.List, error) {
			x := mix.New(m, e.studio.newMixTools(), mix.Input{Board: in.board, Spoken: spoken, Booth: e.studio.booth})
			recording, list := x.PlaceCues(in.cues)
			return recording, list, nil
		})
	return spoken, recording, err
}

// Close removes the temporary files of the speech.
func (sp *Speech) Close() { sp.session.close() }

// SRT returns subtitles of the speech in the SubRip format, or "" if nothing was said.
func (sp *Speech) SRT() string { return caption.FormatSRT(sp.Cues) }

// VTT returns subtitles of the speech in the WebVTT format, or "" if nothing was said.
func (sp *Speech) VTT() string { return caption.FormatVTT(sp.Cues) }

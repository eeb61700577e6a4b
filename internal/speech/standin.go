package speech

import (
	"context"
	"errors"

	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/storyboard"
	"mynah/internal/voice"
)

// unableError means that a voice could not speak a sentence, but another may replace it.
type unableError struct {
	error
	part    storyboard.Part
	instead voice.Voice
	cause   string
}

// chooseAndRecordVoice returns the voice that speaks a part: its own, or the one that replaces it in this build.
func (s *speaker) chooseAndRecordVoice(ctx context.Context, p storyboard.Part) voice.Voice {
	v, ok := s.standIns[p.Voice]
	if !ok {
		v, _ = s.booth.Resolve(ctx, p.Voice, s.board.Film.Language)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out.Voices[p.Voice] = v
	return v
}

// explainFailure returns the error for a voice that failed on a part: an *unableError if another voice may replace it.
// scene counts from 0.
func (s *speaker) explainFailure(ctx context.Context, v voice.Voice, p storyboard.Part, scene int, err error) error {
	blamed := s.addSentenceToError(err, p, scene)
	if ctx.Err() != nil {
		return blamed
	}
	if instead, ok := s.booth.FindFallbackVoice(ctx, v, err); ok {
		return &unableError{blamed, p, instead, fault.From(err).Public}
	}
	return blamed
}

// repeatWithStandIns calls say. If a voice's engine fails and the settings allow it, it calls say again with a
// replacement for the voice, so that a video never changes its voice between sentences. Sentences of other
// voices are then in the cache.
func (s *speaker) repeatWithStandIns(ctx context.Context, say func(context.Context) error) error {
	for {
		err := say(ctx)
		u, ok := errors.AsType[*unableError](err)
		if !ok || ctx.Err() != nil {
			return err
		}
		s.standIns[u.part.Voice] = u.instead
		d := diag.Diagnostic{Range: u.part.Range, Severity: diag.Warning, Code: diag.MissingVoice}
		d.Summary = u.cause + "; " + u.instead.Name + " speaks all of " + u.part.Voice + " instead"
		d.Hint = "with fallback: false in mynah.yaml this is an error"
		s.list.Add(d)
	}
}

package speech

import (
	"context"
	"errors"

	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/storyboard"
	"mynah/internal/voice"
)

// unableError is a sentence that a voice could not say, though another may stand in.
type unableError struct {
	error
	part    storyboard.Part
	instead voice.Voice
	cause   string
}

// voiceOf is who says a part: its voice, or the one that stands in for it in this build.
func (s *speaker) voiceOf(ctx context.Context, p storyboard.Part) voice.Voice {
	v, ok := s.standIns[p.Voice]
	if !ok {
		v, _ = s.booth.Resolve(ctx, p.Voice, s.board.Film.Language)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out.Voices[p.Voice] = v
	return v
}

// unable says what it means that a voice failed on a part of a scene, counted from 0.
func (s *speaker) unable(ctx context.Context, v voice.Voice, p storyboard.Part, scene int, err error) error {
	blamed := s.blameSentence(err, p, scene)
	if ctx.Err() != nil {
		return blamed
	}
	if instead, ok := s.booth.Instead(ctx, v, err); ok {
		return &unableError{blamed, p, instead, fault.From(err).Public}
	}
	return blamed
}

// withStandIns has sentences said. Where the settings allow it and a voice's engine fails,
// all that the voice says in this build is said again by another: no film changes its voice
// from one sentence to the next. What other voices said is in the cache.
func (s *speaker) withStandIns(ctx context.Context, say func(context.Context) error) error {
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

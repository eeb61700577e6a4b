package remote

import (
	"context"
	"errors"
	"time"

	"github.com/cenkalti/backoff/v5"

	"mynah/internal/fault"
	"mynah/internal/voice"
)

// steady is an engine that is asked by a few at once, again where that may help, and whose
// clips are judged.
type steady struct {
	voice.Engine
	cfg   Config
	slots chan struct{}
}

// Steady wraps an engine: at most Config.AtOnce sentences are asked for at the same time,
// failures that are temporary are tried again, and a clip that holds no speech is a
// temporary failure. What an engine waits for ends with the context, and at Config.Most.
func Steady(e voice.Engine, cfg Config) voice.Engine {
	return &steady{Engine: e, cfg: cfg, slots: make(chan struct{}, cfg.AtOnce)}
}

// Speak implements voice.Engine.
func (s *steady) Speak(ctx context.Context, req voice.Request) (voice.Clip, error) {
	select {
	case s.slots <- struct{}{}:
		// Kept while waiting to try again: a server that is too busy is not asked by more.
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return voice.Clip{}, ctx.Err()
	}
	wait := backoff.NewExponentialBackOff()
	wait.InitialInterval = max(s.cfg.Wait, time.Millisecond)
	timed, cancel := context.WithTimeout(ctx, s.cfg.limit())
	defer cancel()
	var last error
	clip, err := backoff.Retry(timed, func() (voice.Clip, error) {
		clip, err := s.speakOnce(timed, req)
		if err == nil {
			return clip, nil
		}
		if last == nil || timed.Err() == nil { // else the try before tells more
			last = err
		}
		f, ok := errors.AsType[*RequestError](last)
		switch {
		case !ok || !f.Temporary:
			return clip, backoff.Permanent(last)
		case f.After > 0:
			return clip, &backoff.RetryAfterError{Duration: f.After}
		}
		return clip, last
	}, backoff.WithBackOff(wait), backoff.WithMaxTries(uint(s.cfg.Tries)), backoff.WithMaxElapsedTime(s.cfg.limit()))
	switch {
	case err == nil:
		return clip, nil
	case ctx.Err() != nil:
		return voice.Clip{}, ctx.Err()
	}
	if _, told := fault.As(last); !told && errors.Is(last, context.DeadlineExceeded) {
		last = fault.New(fault.ToolFailed, last, "%s did not speak the sentence within %s", s.cfg.Name, s.cfg.limit())
	}
	return voice.Clip{}, last
}

func (s *steady) speakOnce(ctx context.Context, req voice.Request) (voice.Clip, error) {
	clip, err := s.Engine.Speak(ctx, req)
	if err != nil || len(clip.Words) == 0 || voice.Effort(req.Text()) == 0 {
		return clip, err
	}
	if what := describeFault(clip, req); what != "" {
		return voice.Clip{}, fault.New(fault.ToolFailed, &RequestError{Temporary: true},
			"%s returned %s instead of speech", s.cfg.Name, what).
			WithHint("try again later, choose another voice, or check that this voice and its model speak the language")
	}
	return clip, nil
}

// Named implements voice.Namer.
func (s *steady) Named(id string) (voice.EngineVoice, bool) { return voice.AboutVoice(s.Engine, id) }

// VoiceVersion implements voice.Versioner.
func (s *steady) VoiceVersion(ctx context.Context, id string) (string, error) {
	return voice.VersionOf(ctx, s.Engine, id)
}

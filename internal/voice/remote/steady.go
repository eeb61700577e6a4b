package remote

import (
	"context"
	"errors"
	"time"

	"github.com/cenkalti/backoff/v5"

	"mynah/internal/fault"
	"mynah/internal/voice"
)

// steady wraps an engine with a limit of concurrent requests, retries, and checks of the clips.
type steady struct {
	voice.Engine
	cfg   Config
	slots chan struct{}
}

// WithRetries returns an engine that sends at most Config.AtOnce sentences at the same time, retries temporary
// failures, and treats a clip without speech as a temporary failure. All attempts end with the context, or at
// the time limit of the settings.
func WithRetries(e voice.Engine, cfg Config) voice.Engine {
	return &steady{Engine: e, cfg: cfg, slots: make(chan struct{}, cfg.AtOnce)}
}

// Speak implements voice.Engine.
func (s *steady) Speak(ctx context.Context, req voice.Request) (voice.Clip, error) {
	select {
	case s.slots <- struct{}{}:
		// Keep the slot while waiting for a retry, so that an overloaded server gets no more requests.
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return voice.Clip{}, ctx.Err()
	}
	wait := backoff.NewExponentialBackOff()
	wait.InitialInterval = max(s.cfg.Wait, time.Millisecond)
	timed, cancel := context.WithTimeout(ctx, s.cfg.computeTotalTimeout())
	defer cancel()
	var last error
	clip, err := backoff.Retry(timed, func() (voice.Clip, error) {
		clip, err := s.speakOnce(timed, req)
		if err == nil {
			return clip, nil
		}
		if last == nil || timed.Err() == nil { // otherwise, the previous error is more informative
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
	}, backoff.WithBackOff(wait), backoff.WithMaxTries(uint(s.cfg.Tries)),
		backoff.WithMaxElapsedTime(s.cfg.computeTotalTimeout()))
	switch {
	case err == nil:
		return clip, nil
	case ctx.Err() != nil:
		return voice.Clip{}, ctx.Err()
	}
	if _, told := fault.As(last); !told && errors.Is(last, context.DeadlineExceeded) {
		last = fault.New(fault.ToolFailed, last, "%s did not speak the sentence within %s", s.cfg.Name,
			s.cfg.computeTotalTimeout())
	}
	return voice.Clip{}, last
}

// speakOnce makes one attempt and checks the clip.
func (s *steady) speakOnce(ctx context.Context, req voice.Request) (voice.Clip, error) {
	clip, err := s.Engine.Speak(ctx, req)
	if err != nil || len(clip.Words) == 0 || voice.EstimateEffort(req.Text()) == 0 {
		return clip, err
	}
	if what := describeClipDefect(clip, req); what != "" {
		return voice.Clip{}, fault.New(fault.ToolFailed, &RequestError{Temporary: true},
			"%s returned %s instead of speech", s.cfg.Name, what).
			WithHint("try again later, choose another voice, or check that this voice and its model speak the language")
	}
	return clip, nil
}

// DescribeVoice implements voice.Namer.
func (s *steady) DescribeVoice(id string) (voice.EngineVoice, bool) {
	return voice.DescribeVoice(s.Engine, id)
}

// VoiceVersion implements voice.Versioner.
func (s *steady) VoiceVersion(ctx context.Context, id string) (string, error) {
	return voice.FindVoiceVersion(ctx, s.Engine, id)
}

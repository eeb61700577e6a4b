package host

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"slices"

	"golang.org/x/sync/singleflight"

	"mynah/internal/cell"
	"mynah/internal/fault"
	"mynah/internal/voice"
)

// speakers are the engines of the host. Equal requests of cells at the same time become one call of the engine.
type speakers struct {
	remote []voice.Engine
	local  []*shared
}

func newSpeakers(remote, local []voice.Engine) *speakers {
	s := &speakers{}
	for _, e := range remote {
		s.remote = append(s.remote, &shared{Engine: e})
	}
	for _, e := range local {
		s.local = append(s.local, &shared{Engine: e})
	}
	return s
}

// handlers returns the functions for the cell of an assistant. Engines of this machine take a slot to speak.
func (s *speakers) handlers(a *assistant) map[string]cell.Handler {
	engines := slices.Clone(s.remote)
	for _, e := range s.local {
		engines = append(engines, &slotted{namedEngine: e, assistant: a})
	}
	return cell.ServeEngines(engines...)
}

// namedEngine is an engine with descriptions of its voices.
type namedEngine interface {
	voice.Engine
	voice.Namer
	voice.Versioner
}

// slotted is an engine of this machine: it takes a slot to speak, as a program does.
type slotted struct {
	namedEngine
	assistant *assistant
}

// Speak implements voice.Engine.
func (e *slotted) Speak(ctx context.Context, req voice.Request) (voice.Clip, error) {
	give, err := e.assistant.host.services.Slots.Wait(ctx, e.assistant.tenant, e.assistant.lane)
	if err != nil {
		return voice.Clip{}, err
	}
	defer give()
	return e.namedEngine.Speak(ctx, req)
}

// shared is an engine that speaks equal sentences once for all that ask at the same time.
type shared struct {
	voice.Engine
	calls singleflight.Group
}

// Speak implements voice.Engine. The call goes on until it ends or all that wait for it have gone.
func (e *shared) Speak(ctx context.Context, req voice.Request) (voice.Clip, error) {
	text, err := json.Marshal(req)
	if err != nil {
		return voice.Clip{}, err
	}
	key := sha256.Sum256(text)
	for {
		ch := e.calls.DoChan(string(key[:]), func() (any, error) { return e.Engine.Speak(ctx, req) })
		select {
		case r := <-ch:
			// The call was that of another cell, which has stopped: call again.
			if r.Err != nil && r.Shared && ctx.Err() == nil && fault.CodeOf(r.Err) == fault.Cancelled {
				continue
			}
			clip, _ := r.Val.(voice.Clip)
			return clip, r.Err
		case <-ctx.Done():
			return voice.Clip{}, ctx.Err()
		}
	}
}

// DescribeVoice implements voice.Namer.
func (e *shared) DescribeVoice(id string) (voice.EngineVoice, bool) {
	return voice.DescribeVoice(e.Engine, id)
}

// VoiceVersion implements voice.Versioner.
func (e *shared) VoiceVersion(ctx context.Context, id string) (string, error) {
	if v, ok := e.Engine.(voice.Versioner); ok {
		return v.VoiceVersion(ctx, id)
	}
	return "", nil
}

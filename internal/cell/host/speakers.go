package host

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"unicode/utf8"

	"golang.org/x/sync/singleflight"

	"mynah/internal/cell"
	"mynah/internal/fault"
	"mynah/internal/record"
	"mynah/internal/voice"
)

// speakers are the engines of the host. Equal requests of cells at the same time become one call of the engine.
type speakers struct {
	remote []*shared
	local  []*shared
}

func newSpeakers(remote, local []voice.Engine, spend Spend) *speakers {
	s := &speakers{}
	for _, e := range remote {
		s.remote = append(s.remote, &shared{Engine: e, spend: spend})
	}
	for _, e := range local {
		s.local = append(s.local, &shared{Engine: e})
	}
	return s
}

// handlers returns the functions for the cell of an assistant. Engines of this machine take a slot to speak.
func (s *speakers) handlers(a *assistant) map[string]cell.Handler {
	var engines []voice.Engine
	for _, e := range s.remote {
		engines = append(engines, &paid{shared: e, tenant: a.tenant})
	}
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

// Spend adds characters that an engine speaks for a tenant, n may be negative. The error is record.ErrBudget if the
// tenant's budget does not allow them.
type Spend func(ctx context.Context, tenant, engine string, n int64) error

// paid is an engine over the network as a tenant uses it: what it speaks is counted.
type paid struct {
	*shared
	tenant string
}

// Speak implements voice.Engine.
func (e *paid) Speak(ctx context.Context, req voice.Request) (voice.Clip, error) {
	return e.speakOnce(ctx, req, func() (voice.Clip, error) {
		n := int64(utf8.RuneCountInString(req.Text()))
		switch err := e.spend(ctx, e.tenant, e.Name(), n); {
		case errors.Is(err, record.ErrBudget):
			return voice.Clip{}, fault.New(fault.Budget, err, "the budget of characters for the engine %s is used up this month", e.Name()).
				WithHint("use a voice of this machine, or ask the operator of this server for a larger budget")
		case err != nil:
			return voice.Clip{}, fault.New(fault.Disk, err, "the use of the engine %s cannot be written", e.Name())
		}
		clip, err := e.Engine.Speak(ctx, req)
		if err != nil { // nothing was spoken, so nothing is paid
			_ = e.spend(context.WithoutCancel(ctx), e.tenant, e.Name(), -n)
		}
		return clip, err
	})
}

// shared is an engine that speaks equal sentences once for all that ask at the same time.
type shared struct {
	voice.Engine
	spend Spend
	calls singleflight.Group
}

// Speak implements voice.Engine.
func (e *shared) Speak(ctx context.Context, req voice.Request) (voice.Clip, error) {
	return e.speakOnce(ctx, req, func() (voice.Clip, error) { return e.Engine.Speak(ctx, req) })
}

// speakOnce calls speak, unless the same sentence is being spoken: then it waits for that.
func (e *shared) speakOnce(ctx context.Context, req voice.Request, speak func() (voice.Clip, error)) (voice.Clip, error) {
	key := identifySentence(req)
	for {
		own := false
		ch := e.calls.DoChan(key, func() (any, error) {
			own = true
			return speak()
		})
		select {
		case r := <-ch:
			if r.Err != nil && !own && ctx.Err() == nil && concernsCaller(r.Err) {
				continue
			}
			clip, _ := r.Val.(voice.Clip)
			return clip, r.Err
		case <-ctx.Done():
			return voice.Clip{}, ctx.Err()
		}
	}
}

// concernsCaller reports whether an error of a call says nothing to others that wait for it: the cell that called has
// stopped, or what it speaks cannot be counted for its tenant.
func concernsCaller(err error) bool {
	switch fault.CodeOf(err) {
	case fault.Cancelled, fault.Budget, fault.Disk:
		return true
	default:
		return false
	}
}

// identifySentence returns a key that is equal for equal requests. JSON would make different bytes that are not UTF-8
// equal; Go syntax does not.
func identifySentence(req voice.Request) string {
	key := sha256.Sum256(fmt.Appendf(nil, "%#v", req))
	return string(key[:])
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

package cell

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"
	"unicode/utf8"

	"mynah/internal/fault"
	"mynah/internal/voice"
)

// EngineQuery asks for the description of an engine, or of one of its voices.
type EngineQuery struct {
	Engine string `json:"engine"`
	Voice  string `json:"voice,omitempty"`
}

// EngineInfo describes an engine of the other process. Where the engine cannot be used, a fault is in place of its
// version or its voices.
type EngineInfo struct {
	Abilities voice.Abilities     `json:"abilities"`
	Version   string              `json:"version"`
	NoVersion *Fault              `json:"noVersion,omitempty"`
	Voices    []voice.EngineVoice `json:"voices"`
	NoVoices  *Fault              `json:"noVoices,omitempty"`
}

// VoiceInfo describes a voice.
type VoiceInfo struct {
	Voice voice.EngineVoice `json:"voice"`
	Known bool              `json:"known"`
	// Version identifies the voice's files, for engines whose voices have versions of their own.
	Version   string `json:"version,omitempty"`
	NoVersion *Fault `json:"noVersion,omitempty"`
}

// EngineRequest is a sentence for an engine of the other process.
type EngineRequest struct {
	Engine  string        `json:"engine"`
	Request voice.Request `json:"request"`
	// Texts are the texts of the runs if one of them is not UTF-8, which JSON would change.
	Texts [][]byte `json:"texts,omitempty"`
}

// newEngineRequest returns the request for a sentence.
func newEngineRequest(engine string, req voice.Request) EngineRequest {
	r := EngineRequest{Engine: engine, Request: req}
	if utf8.ValidString(req.Text()) {
		return r
	}
	for _, run := range req.Runs {
		r.Texts = append(r.Texts, []byte(run.Text))
	}
	return r
}

// toRequest returns the sentence of a request.
func (r EngineRequest) toRequest() voice.Request {
	if len(r.Texts) == len(r.Request.Runs) {
		for i := range r.Texts {
			r.Request.Runs[i].Text = string(r.Texts[i])
		}
	}
	return r.Request
}

// Clip is a spoken sentence; its samples are 16-bit little-endian data of the message.
type Clip struct {
	Rate  int          `json:"rate"`
	Words []voice.Word `json:"words"`
	// Unknown: the engine has no such voice.
	Unknown *Fault `json:"unknown,omitempty"`
}

// ServeEngines returns the functions with which the other side uses engines of this process.
func ServeEngines(engines ...voice.Engine) map[string]Handler {
	find := func(name string) (voice.Engine, error) {
		for _, e := range engines {
			if e.Name() == name {
				return e, nil
			}
		}
		return nil, fault.New(fault.Internal, nil, "the engine %s is not known", name)
	}
	return map[string]Handler{
		DescribeEngine: Answer(func(ctx context.Context, q EngineQuery) (EngineInfo, error) {
			e, err := find(q.Engine)
			if err != nil {
				return EngineInfo{}, err
			}
			return describeEngine(ctx, e), ctx.Err()
		}),
		DescribeVoice: Answer(func(ctx context.Context, q EngineQuery) (VoiceInfo, error) {
			e, err := find(q.Engine)
			if err != nil {
				return VoiceInfo{}, err
			}
			return describeVoice(ctx, e, q.Voice), ctx.Err()
		}),
		SpeakByEngine: func(ctx context.Context, m Message, _ func(Message) error) (Message, error) {
			m.closeFiles()
			var in EngineRequest
			if err := m.Decode(&in); err != nil {
				return Message{}, fault.New(fault.Internal, err, "the sentence cannot be read")
			}
			e, err := find(in.Engine)
			if err != nil {
				return Message{}, err
			}
			clip, err := e.Speak(ctx, in.toRequest())
			if unknown, ok := errors.AsType[*voice.UnknownVoiceError](err); ok {
				return Message{Body: Clip{Unknown: encodeFault(fault.New(fault.CodeOf(err), unknown, "%s", fault.From(err).Public))}}, nil
			}
			data := make([]byte, 0, 2*len(clip.PCM))
			for _, v := range clip.PCM {
				data = binary.LittleEndian.AppendUint16(data, uint16(v))
			}
			return Message{Body: Clip{Rate: clip.Rate, Words: clip.Words}, Data: data}, err
		},
	}
}

func describeEngine(ctx context.Context, e voice.Engine) EngineInfo {
	info := EngineInfo{Abilities: e.Abilities()}
	var err error
	if info.Version, err = e.Version(ctx); err != nil {
		info.NoVersion = encodeFault(err)
	}
	if info.Voices, err = e.Voices(ctx); err != nil {
		info.NoVoices = encodeFault(err)
	}
	return info
}

func describeVoice(ctx context.Context, e voice.Engine, id string) (info VoiceInfo) {
	info.Voice, info.Known = voice.DescribeVoice(e, id)
	if v, ok := e.(voice.Versioner); ok {
		var err error
		if info.Version, err = v.VoiceVersion(ctx, id); err != nil {
			info.NoVersion = encodeFault(err)
		}
	}
	return info
}

// engine implements voice.Engine, voice.Namer and voice.Versioner with an engine of another process.
type engine struct {
	name string
	peer func(ctx context.Context, voice string) (*Peer, error)

	mu     sync.Mutex
	info   remembered[EngineInfo]
	voices map[string]remembered[VoiceInfo]
}

// longestMemory is how long a description is used: an engine may change, or get more voices.
const longestMemory = time.Minute

// remembered is a description and when it was asked for. Descriptions with a fault are not remembered.
type remembered[T any] struct {
	value T
	at    time.Time
}

func remember[T any](v T) remembered[T] { return remembered[T]{v, time.Now()} }

func (r remembered[T]) isFresh() bool { return !r.at.IsZero() && time.Since(r.at) < longestMemory }

// NewEngine returns an engine of another process. peer returns the connection to it; voice is the voice that will be
// used, or "".
func NewEngine(name string, peer func(ctx context.Context, voice string) (*Peer, error)) voice.Engine {
	return &engine{name: name, peer: peer, voices: map[string]remembered[VoiceInfo]{}}
}

// ask calls the engine's process.
func ask[Out any](ctx context.Context, e *engine, function string, q EngineQuery) (out Out, err error) {
	p, err := e.peer(ctx, q.Voice)
	if err != nil {
		return out, err
	}
	q.Engine = e.name
	return Ask[Out](ctx, p, function, q)
}

// describe asks for the engine's description. The lock is not held meanwhile: a call without an answer must not stop
// other calls.
func (e *engine) describe(ctx context.Context) (EngineInfo, error) {
	e.mu.Lock()
	known := e.info
	e.mu.Unlock()
	if known.isFresh() {
		return known.value, nil
	}
	info, err := ask[EngineInfo](ctx, e, DescribeEngine, EngineQuery{})
	if err == nil && info.NoVersion == nil && info.NoVoices == nil {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.info = remember(info)
	}
	return info, err
}

// describeVoice asks for the description of a voice.
func (e *engine) describeVoice(ctx context.Context, id string) (VoiceInfo, error) {
	e.mu.Lock()
	known := e.voices[id]
	e.mu.Unlock()
	if known.isFresh() {
		return known.value, nil
	}
	info, err := ask[VoiceInfo](ctx, e, DescribeVoice, EngineQuery{Voice: id})
	if err == nil && info.Known && info.NoVersion == nil {
		e.mu.Lock()
		defer e.mu.Unlock()
		const most = 10_000
		if len(e.voices) >= most {
			clear(e.voices)
		}
		e.voices[id] = remember(info)
	}
	return info, err
}

// Name implements voice.Engine.
func (e *engine) Name() string { return e.name }

// Version implements voice.Engine.
func (e *engine) Version(ctx context.Context) (string, error) {
	info, err := e.describe(ctx)
	if err == nil && info.NoVersion != nil {
		err = info.NoVersion.decode()
	}
	return info.Version, err
}

// Voices implements voice.Engine.
func (e *engine) Voices(ctx context.Context) ([]voice.EngineVoice, error) {
	info, err := e.describe(ctx)
	if err == nil && info.NoVoices != nil {
		err = info.NoVoices.decode()
	}
	return info.Voices, err
}

// describeTime is how long the other process may take to describe an engine or a voice, where the caller sets no
// limit.
const describeTime = 20 * time.Second

// Abilities implements voice.Engine.
func (e *engine) Abilities() voice.Abilities {
	ctx, done := context.WithTimeout(context.Background(), describeTime)
	defer done()
	info, _ := e.describe(ctx)
	return info.Abilities
}

// DescribeVoice implements voice.Namer.
func (e *engine) DescribeVoice(id string) (voice.EngineVoice, bool) {
	ctx, done := context.WithTimeout(context.Background(), describeTime)
	defer done()
	info, err := e.describeVoice(ctx, id)
	return info.Voice, err == nil && info.Known
}

// VoiceVersion implements voice.Versioner.
func (e *engine) VoiceVersion(ctx context.Context, id string) (string, error) {
	info, err := e.describeVoice(ctx, id)
	if err == nil && info.NoVersion != nil {
		err = info.NoVersion.decode()
	}
	return info.Version, err
}

// highestRate is the highest sample rate of a sentence, in Hz.
const highestRate = 192_000

// Speak implements voice.Engine.
func (e *engine) Speak(ctx context.Context, req voice.Request) (voice.Clip, error) {
	p, err := e.peer(ctx, req.Voice)
	if err != nil {
		return voice.Clip{}, err
	}
	m, err := p.Call(ctx, SpeakByEngine, Message{Body: newEngineRequest(e.name, req)}, nil)
	if err != nil {
		return voice.Clip{}, err
	}
	m.closeFiles()
	var c Clip
	if err := m.Decode(&c); err != nil {
		return voice.Clip{}, fault.New(fault.ToolFailed, err, "the speech of %s cannot be read", e.name)
	}
	if c.Unknown != nil {
		f := fault.From(c.Unknown.decode())
		f.Cause = &voice.UnknownVoiceError{Engine: e.name, Voice: req.Voice}
		return voice.Clip{}, f
	}
	if len(m.Data)%2 != 0 || len(m.Data) > 0 && (c.Rate < 1 || c.Rate > highestRate) {
		return voice.Clip{}, fault.New(fault.ToolFailed, fmt.Errorf("%d bytes at %d Hz", len(m.Data), c.Rate),
			"the speech of %s cannot be read", e.name)
	}
	clip := voice.Clip{Rate: c.Rate, Words: c.Words, PCM: make([]int16, len(m.Data)/2)}
	for i := range clip.PCM {
		clip.PCM[i] = int16(binary.LittleEndian.Uint16(m.Data[2*i:]))
	}
	return clip, nil
}

// Package cell is the talk between the server (the host) and its cells: processes that read the files of strangers.
// Both sides are a Peer on one end of a socket pair. A Peer calls functions of the other side by name, with a JSON
// body, data, and on Unix files. It treats the other side as hostile: everything is bounded, and the first violation
// ends the connection.
package cell

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"sync"

	"golang.org/x/time/rate"

	"mynah/internal/fault"
)

// ErrGone is returned by calls if the other side has ended or the connection is closed.
var ErrGone = errors.New("the other process ended")

// Message is what a call, an event or an answer carries.
type Message struct {
	Body  any // encoded as JSON; for a received message a json.RawMessage
	Data  []byte
	Files []*os.File // the receiver must close them
}

// Decode decodes the body of a received message. Unknown members are ignored.
func (m Message) Decode(into any) error {
	raw, _ := m.Body.(json.RawMessage)
	if len(raw) == 0 {
		raw = json.RawMessage("null")
	}
	return json.Unmarshal(raw, into)
}

// closeFiles closes the files of a message.
func (m Message) closeFiles() {
	for _, f := range m.Files {
		_ = f.Close()
	}
}

// Handler answers a call. send sends an event to the caller. ctx ends when the caller cancels or the connection ends.
type Handler func(ctx context.Context, in Message, send func(Message) error) (Message, error)

// transport moves frames. Its write may be called concurrently; its read may not.
type transport interface {
	read(Limits) (frame, error)
	write(frame, Limits) error
	Close() error
}

// Peer is one end of a connection.
type Peer struct {
	link     transport
	limits   Limits
	handlers map[string]Handler
	pace     *rate.Limiter

	mu       sync.Mutex
	last     uint64
	calls    map[uint64]*call              // of this side
	serving  map[uint64]context.CancelFunc // calls of the other side
	err      error                         // why the connection ended
	done     chan struct{}                 // closed when reading has ended
	handling sync.WaitGroup
}

// call is a call of this side that waits for its answer.
type call struct {
	answer chan frame
	event  func(Message)
	events int
}

// Handlers returns the functions that the other side may call, by name. They may call the other side in turn.
type Handlers func(*Peer) map[string]Handler

// newPeer starts a peer; handlers may be nil.
func newPeer(link transport, limits Limits, handlers Handlers) *Peer {
	p := &Peer{
		link: link, limits: limits,
		pace:  rate.NewLimiter(rate.Limit(limits.Rate), limits.Burst),
		calls: map[uint64]*call{}, serving: map[uint64]context.CancelFunc{}, done: make(chan struct{}),
	}
	if handlers != nil {
		p.handlers = handlers(p)
	}
	go p.receive()
	return p
}

// Done is closed when the connection has ended.
func (p *Peer) Done() <-chan struct{} { return p.done }

// Err returns why the connection ended: nil if the other side closed it, an error if it broke the protocol.
func (p *Peer) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// Close ends the connection, and waits until all handlers have returned.
func (p *Peer) Close() {
	_ = p.link.Close()
	<-p.done
	p.handling.Wait()
}

// receive reads frames until the connection ends.
func (p *Peer) receive() {
	background, stop := context.WithCancel(context.Background())
	var err error
	for err == nil {
		var f frame
		if f, err = p.link.read(p.limits); err == nil {
			_ = p.pace.Wait(background)
			if err = p.dispatch(background, f); err != nil {
				(Message{Files: f.files}).closeFiles()
			}
		}
	}
	stop()
	_ = p.link.Close()
	p.mu.Lock()
	if _, bad := errors.AsType[*protocolError](err); bad {
		p.err = err
	}
	waiting := slices.Collect(maps.Values(p.calls))
	clear(p.calls)
	p.mu.Unlock()
	for _, c := range waiting {
		close(c.answer)
	}
	close(p.done)
}

func (p *Peer) dispatch(ctx context.Context, f frame) error {
	in := Message{Body: f.Body, Data: f.data, Files: f.files}
	switch f.Kind {
	case kindCall:
		return p.serve(ctx, f, in)
	case kindCancel:
		p.mu.Lock()
		stop := p.serving[f.ID]
		p.mu.Unlock()
		if stop != nil {
			stop()
		}
		in.closeFiles()
		return nil
	case kindEvent:
		p.mu.Lock()
		c := p.calls[f.ID]
		p.mu.Unlock()
		if c == nil || c.event == nil { // the call was cancelled
			in.closeFiles()
			return nil
		}
		if c.events++; c.events > p.limits.Events {
			return broken("more than %d events of a call", p.limits.Events)
		}
		c.event(in)
		return nil
	default:
		p.mu.Lock()
		c := p.calls[f.ID]
		delete(p.calls, f.ID)
		p.mu.Unlock()
		if c == nil {
			in.closeFiles()
			return nil
		}
		c.answer <- f
		return nil
	}
}

// serve calls the handler of a call.
func (p *Peer) serve(ctx context.Context, f frame, in Message) error {
	do := p.handlers[f.Name]
	if do == nil {
		in.closeFiles()
		return p.link.write(frame{head: head{
			Kind: kindAnswer, ID: f.ID,
			Fault: encodeFault(fault.New(fault.Internal, nil, "the function is not known")),
		}}, p.limits)
	}
	ctx, stop := context.WithCancel(ctx)
	p.mu.Lock()
	_, twice := p.serving[f.ID]
	many := len(p.serving) >= p.limits.Calls
	if !twice && !many {
		p.serving[f.ID] = stop
	}
	p.mu.Unlock()
	if twice || many {
		stop()
		return broken("more than %d calls, or one twice", p.limits.Calls)
	}
	p.handling.Go(func() {
		send := func(m Message) error { return p.write(kindEvent, f.ID, "", m, nil) }
		out, err := p.handle(ctx, do, in, send)
		p.mu.Lock()
		delete(p.serving, f.ID)
		p.mu.Unlock()
		stop()
		if werr := p.write(kindAnswer, f.ID, "", out, err); werr != nil && err == nil {
			_ = p.write(kindAnswer, f.ID, "", Message{}, fault.New(fault.Internal, werr, "the answer cannot be sent"))
		}
		out.closeFiles()
	})
	return nil
}

// handle runs a handler and turns a panic into a fault.
func (p *Peer) handle(ctx context.Context, do Handler, in Message, send func(Message) error) (out Message, err error) {
	err = fault.Guard("answering", func() (err error) {
		out, err = do(ctx, in, send)
		return err
	})
	return out, err
}

// write sends a frame. A fault replaces the body.
func (p *Peer) write(k kind, id uint64, name string, m Message, failure error) error {
	f := frame{head: head{Kind: k, ID: id, Name: name}}
	if failure != nil {
		f.Fault = encodeFault(failure)
	} else {
		if m.Body != nil {
			body, err := json.Marshal(m.Body)
			if err != nil {
				return fmt.Errorf("encode the body of %s: %w", name, err)
			}
			f.Body = body
		}
		f.data, f.files = m.Data, m.Files
	}
	return p.link.write(f, p.limits)
}

// Call calls a function of the other side and waits for its answer. event, which may be nil, receives the events of
// the call, one at a time; it must not wait for other messages of the same peer. When ctx ends, the call is cancelled
// and Call returns at once. The error is a fault of the other side, ErrGone, or that of ctx.
func (p *Peer) Call(ctx context.Context, name string, m Message, event func(Message)) (Message, error) {
	c := &call{answer: make(chan frame, 1), event: event}
	p.mu.Lock()
	select {
	case <-p.done:
		p.mu.Unlock()
		return Message{}, ErrGone
	default:
	}
	p.last++
	id := p.last
	p.calls[id] = c
	p.mu.Unlock()
	if err := p.write(kindCall, id, name, m, nil); err != nil {
		p.mu.Lock()
		delete(p.calls, id)
		p.mu.Unlock()
		select {
		case <-p.done:
			return Message{}, ErrGone
		default:
			return Message{}, err
		}
	}
	select {
	case f, ok := <-c.answer:
		return readAnswer(f, ok)
	case <-ctx.Done():
	}
	p.mu.Lock()
	delete(p.calls, id)
	p.mu.Unlock()
	_ = p.write(kindCancel, id, "", Message{}, nil)
	select {
	case f := <-c.answer: // it came at the same moment
		(Message{Files: f.files}).closeFiles()
	default:
	}
	return Message{}, ctx.Err()
}

func readAnswer(f frame, ok bool) (Message, error) {
	if !ok {
		return Message{}, ErrGone
	}
	m := Message{Body: f.Body, Data: f.data, Files: f.files}
	if f.Fault != nil {
		m.closeFiles()
		return Message{}, f.Fault.decode()
	}
	return m, nil
}

// Ask is Call with typed bodies and without data, files and events.
func Ask[Out any](ctx context.Context, p *Peer, name string, in any) (out Out, err error) {
	m, err := p.Call(ctx, name, Message{Body: in}, nil)
	if err != nil {
		return out, err
	}
	m.closeFiles()
	return out, m.Decode(&out)
}

// Answer makes a Handler of a function with typed bodies.
func Answer[In, Out any](do func(ctx context.Context, in In) (Out, error)) Handler {
	return func(ctx context.Context, m Message, _ func(Message) error) (Message, error) {
		m.closeFiles()
		var in In
		if err := m.Decode(&in); err != nil {
			return Message{}, fault.New(fault.Internal, err, "the request of a cell cannot be read")
		}
		out, err := do(ctx, in)
		return Message{Body: out}, err
	}
}

var _ io.Closer = transport(nil)

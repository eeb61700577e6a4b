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
	Body any // encoded as JSON; for a received message a json.RawMessage
	Data []byte
	// Files are closed by the receiver of an answer or event; those of a call are closed when its handler has returned,
	// and those of a handler's answer when it is sent.
	Files []*os.File
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
	write(context.Context, frame, Limits) error
	Close() error
}

// Peer is one end of a connection.
type Peer struct {
	link     transport
	accepts  Limits // of what the other side sends
	sends    Limits // of what the other side accepts
	handlers map[string]Handler
	pace     *rate.Limiter

	// places and freeing have a value for each call of this side until its answer has come, even if nobody waits for it:
	// until then it is in progress on the other side.
	places, freeing chan struct{}

	mu       sync.Mutex
	last     uint64
	calls    map[uint64]*call              // of this side
	serving  map[uint64]context.CancelFunc // calls of the other side
	held     int64                         // bytes of the frames that handlers and waiters have
	err      error                         // why the connection ended
	done     chan struct{}                 // closed when reading has ended
	handling sync.WaitGroup
}

// call is a call of this side whose answer has not come.
type call struct {
	answer    chan frame
	event     func(Message)
	events    int           // only for the reader
	place     chan struct{} // the places of which it has one
	abandoned bool          // nobody waits for the answer
}

// Handlers returns the functions that the other side may call, by name. They may call the other side in turn.
type Handlers func(*Peer) map[string]Handler

// newPeer starts a peer that accepts messages within the first limits, and sends within the second; handlers may be nil.
func newPeer(link transport, accepts, sends Limits, handlers Handlers) *Peer {
	freeing := max(1, sends.Calls/freeingPart)
	p := &Peer{
		link: link, accepts: accepts, sends: sends,
		pace:   rate.NewLimiter(rate.Limit(accepts.Rate), accepts.Burst),
		places: make(chan struct{}, max(1, sends.Calls-freeing)), freeing: make(chan struct{}, freeing),
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
		if f, err = p.link.read(p.accepts); err == nil {
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
	close(p.done)
	p.mu.Unlock()
	for _, c := range waiting {
		close(c.answer)
	}
}

func (p *Peer) dispatch(ctx context.Context, f frame) error {
	in := Message{Body: f.Body, Data: f.data, Files: f.files}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held+f.size > p.accepts.Held {
		return broken("frames of more than %d bytes are in use", p.accepts.Held)
	}
	switch f.Kind {
	case kindCall:
		return p.serve(ctx, f, in)
	case kindCancel:
		if stop := p.serving[f.ID]; stop != nil {
			stop()
		}
		in.closeFiles()
		return nil
	case kindEvent:
		return p.handleEvent(p.calls[f.ID], in)
	default:
		c := p.calls[f.ID]
		delete(p.calls, f.ID)
		if c == nil {
			in.closeFiles()
			return nil
		}
		<-c.place
		if c.abandoned {
			in.closeFiles()
			return nil
		}
		p.held += f.size
		c.answer <- f // it has room
		return nil
	}
}

// handleEvent gives an event to the call c, which may be nil. The lock must be held; it is released during the work.
func (p *Peer) handleEvent(c *call, in Message) error {
	if c == nil {
		in.closeFiles()
		return nil
	}
	if c.events++; c.events > p.accepts.Events {
		return broken("more than %d events of a call", p.accepts.Events)
	}
	if c.abandoned || c.event == nil {
		in.closeFiles()
		return nil
	}
	p.mu.Unlock()
	defer p.mu.Lock()
	c.event(in)
	return nil
}

// serve calls the handler of a call. The lock must be held.
func (p *Peer) serve(ctx context.Context, f frame, in Message) error {
	if _, twice := p.serving[f.ID]; twice || len(p.serving) >= p.accepts.Calls {
		return broken("more than %d calls, or one twice", p.accepts.Calls)
	}
	do := p.handlers[f.Name]
	if do == nil {
		do = answerUnknown
	}
	ctx, stop := context.WithCancel(ctx)
	p.serving[f.ID] = stop
	p.held += f.size
	p.handling.Go(func() {
		defer in.closeFiles()
		whole := context.WithoutCancel(ctx) // the handler may change its data when send returns
		send := func(m Message) error { return p.write(whole, head{Kind: kindEvent, ID: f.ID}, m, nil) }
		out, err := p.handle(ctx, do, in, send)
		p.mu.Lock()
		delete(p.serving, f.ID)
		p.held -= f.size
		p.mu.Unlock()
		stop()
		p.answer(whole, f.ID, out, err)
	})
	return nil
}

// answer sends the answer of a call, and closes its files.
func (p *Peer) answer(ctx context.Context, id uint64, out Message, err error) {
	defer out.closeFiles()
	h := head{Kind: kindAnswer, ID: id}
	werr := p.write(ctx, h, out, err)
	if _, unsent := errors.AsType[unsentError](werr); unsent && err == nil {
		err = fault.New(fault.Internal, werr, "the answer cannot be sent")
		_ = p.write(ctx, h, Message{}, err)
	}
}

func answerUnknown(context.Context, Message, func(Message) error) (Message, error) {
	return Message{}, fault.New(fault.Internal, nil, "the function is not known")
}

// handle runs a handler and turns a panic into a fault.
func (p *Peer) handle(ctx context.Context, do Handler, in Message, send func(Message) error) (out Message, err error) {
	err = fault.Guard("answering", func() (err error) {
		out, err = do(ctx, in, send)
		return err
	})
	return out, err
}

// write sends a frame. A fault replaces the body. The error is an unsentError if nothing was sent. When ctx ends, write
// returns, but the frame may still be sent.
func (p *Peer) write(ctx context.Context, h head, m Message, failure error) error {
	f := frame{head: h}
	if failure != nil {
		f.Fault = encodeFault(failure)
	} else {
		if m.Body != nil {
			body, err := json.Marshal(m.Body)
			if err != nil {
				return unsentError{fmt.Errorf("encode the body of %s: %w", h.Name, err)}
			}
			f.Body = body
		}
		f.data, f.files = m.Data, m.Files
	}
	return p.link.write(ctx, f, p.sends)
}

// Call calls a function of the other side and waits for its answer. event, which may be nil, receives the events of
// the call, one at a time; it must not wait for other messages of the same peer. When ctx ends, the call is cancelled
// and Call returns at once; the data of m must not be changed then, because they may still be sent. The error is a fault
// of the other side, ErrGone, or that of ctx.
func (p *Peer) Call(ctx context.Context, name string, m Message, event func(Message)) (Message, error) {
	return p.call(ctx, p.places, name, m, event)
}

// Free calls a function that frees something of the other side. It does not wait until other calls are answered, which
// may themselves wait for what is freed.
func (p *Peer) Free(ctx context.Context, name string, in any) error {
	m, err := p.call(ctx, p.freeing, name, Message{Body: in}, nil)
	m.closeFiles()
	return err
}

func (p *Peer) call(ctx context.Context, place chan struct{}, name string, m Message, event func(Message)) (Message, error) {
	select {
	case place <- struct{}{}:
	case <-ctx.Done():
		return Message{}, ctx.Err()
	case <-p.done:
		return Message{}, ErrGone
	}
	id, c := p.add(&call{answer: make(chan frame, 1), event: event, place: place})
	if c == nil {
		return Message{}, ErrGone
	}
	err := p.write(ctx, head{Kind: kindCall, ID: id, Name: name}, m, nil)
	_, unsent := errors.AsType[unsentError](err)
	switch {
	case unsent:
		p.remove(id)
		if ctx.Err() != nil {
			return Message{}, ctx.Err()
		}
		return Message{}, err
	case err != nil && ctx.Err() == nil: // the connection is broken; reading will end
		_ = p.link.Close()
	}
	select {
	case f, ok := <-c.answer:
		return p.readAnswer(f, ok)
	case <-ctx.Done():
		p.abandon(ctx, id, c)
		return Message{}, ctx.Err()
	}
}

// add adds a call of this side. It returns nil if the connection has ended.
func (p *Peer) add(c *call) (uint64, *call) {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.done:
		return 0, nil
	default:
	}
	p.last++
	p.calls[p.last] = c
	return p.last, c
}

// remove removes a call that was not sent.
func (p *Peer) remove(id uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c := p.calls[id]; c != nil {
		delete(p.calls, id)
		<-c.place
	}
}

// abandon cancels a call for whose answer nobody waits any more.
func (p *Peer) abandon(ctx context.Context, id uint64, c *call) {
	p.mu.Lock()
	c.abandoned = true
	p.mu.Unlock()
	select {
	case f, ok := <-c.answer: // it came at the same moment
		m, _ := p.readAnswer(f, ok)
		m.closeFiles()
	default:
		ctx = context.WithoutCancel(ctx)
		go func() { _ = p.write(ctx, head{Kind: kindCancel, ID: id}, Message{}, nil) }()
	}
}

// readAnswer returns what an answer contains; ok is false if the connection has ended without it.
func (p *Peer) readAnswer(f frame, ok bool) (Message, error) {
	if !ok {
		return Message{}, ErrGone
	}
	p.mu.Lock()
	p.held -= f.size
	p.mu.Unlock()
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

package slide

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// errGone is the error if the browser has ended or its connection is closed.
var errGone = errors.New("the connection to the browser ended")

// conn is a connection to a browser: the DevTools protocol over two pipes. Each message is JSON
// followed by a zero byte. No port is opened, so other programs cannot control the browser.
type conn struct {
	w *os.File
	r *os.File

	write sync.Mutex // serializes messages

	mu      sync.Mutex
	last    int64
	waiting map[int64]chan message
	events  map[string]func(message) // handlers of events, by session
	done    chan struct{}            // closed when reading has ended
}

// message is a command, a response or an event of the protocol.
type message struct {
	ID      int64           `json:"id,omitempty"`
	Session string          `json:"sessionId,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *protocolError  `json:"error,omitempty"`
}

// protocolError is the error in the response to a command.
type protocolError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

func (e *protocolError) Error() string { return e.Message }

func newConn(r, w *os.File) *conn {
	c := &conn{r: r, w: w, waiting: map[int64]chan message{}, events: map[string]func(message){}, done: make(chan struct{})}
	go c.receiveUntilClosed()
	return c
}

// receiveUntilClosed receives messages and dispatches them until the pipe is closed.
func (c *conn) receiveUntilClosed() {
	defer close(c.done)
	in := bufio.NewReaderSize(c.r, 1<<20)
	var long []byte
	for {
		part, err := in.ReadSlice(0)
		if errors.Is(err, bufio.ErrBufferFull) {
			long = append(long, part...)
			continue
		}
		if err != nil {
			return
		}
		long = append(long, part[:len(part)-1]...)
		var m message
		if err := json.Unmarshal(long, &m); err == nil {
			c.dispatch(m)
		}
		long = long[:0]
	}
}

// dispatch dispatches a message: a response to the caller that waits for it, an event to the handler of
// its session. Handlers must not wait for responses, because they run in the reading goroutine.
func (c *conn) dispatch(m message) {
	c.mu.Lock()
	ch, handler := c.waiting[m.ID], c.events[m.Session]
	delete(c.waiting, m.ID)
	c.mu.Unlock()
	switch {
	case m.ID != 0 && ch != nil:
		ch <- m
	case m.ID == 0 && handler != nil:
		handler(m)
	}
}

// setEventHandler sets the handler of a session's events, which is called for one event at a time. A nil
// handler removes it.
func (c *conn) setEventHandler(session string, fn func(message)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if fn == nil {
		delete(c.events, session)
		return
	}
	c.events[session] = fn
}

// send sends a command. It returns the command's number and the channel that receives the response.
func (c *conn) send(session, method string, params any) (int64, chan message, error) {
	raw, err := json.Marshal(params)
	if err != nil {
		return 0, nil, err
	}
	ch := make(chan message, 1)
	c.mu.Lock()
	c.last++
	id := c.last
	c.waiting[id] = ch
	c.mu.Unlock()
	out, err := json.Marshal(message{ID: id, Session: session, Method: method, Params: raw})
	if err != nil {
		return 0, nil, err
	}
	c.write.Lock()
	_, err = io.Copy(c.w, bytes.NewReader(append(out, 0)))
	c.write.Unlock()
	if err != nil {
		c.forgetWaitingCall(id)
		return 0, nil, errGone
	}
	return id, ch, nil
}

func (c *conn) forgetWaitingCall(id int64) {
	c.mu.Lock()
	delete(c.waiting, id)
	c.mu.Unlock()
}

// call sends a command, waits for the response and decodes it into result, unless result is nil.
func (c *conn) call(ctx context.Context, session, method string, params, result any) error {
	id, ch, err := c.send(session, method, params)
	if err != nil {
		return err
	}
	select {
	case m := <-ch:
		if m.Error != nil {
			return fmt.Errorf("%s: %w", method, m.Error)
		}
		if result == nil {
			return nil
		}
		return json.Unmarshal(m.Result, result)
	case <-c.done:
		c.forgetWaitingCall(id)
		return errGone
	case <-ctx.Done():
		c.forgetWaitingCall(id)
		return ctx.Err()
	}
}

func (c *conn) close() {
	_ = c.w.Close()
	_ = c.r.Close()
}

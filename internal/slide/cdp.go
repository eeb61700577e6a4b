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

// errGone is a browser that does not answer any more.
var errGone = errors.New("the browser has gone")

// conn speaks the DevTools protocol over the two pipes of a browser: JSON, each message
// ended by a zero byte. No port is opened, so nobody else can speak to the browser.
type conn struct {
	w *os.File
	r *os.File

	write sync.Mutex // one message at a time

	mu      sync.Mutex
	last    int64
	waiting map[int64]chan message
	events  map[string]func(message) // by session
	done    chan struct{}            // closed when nothing is read any more
}

// message is one of either direction.
type message struct {
	ID      int64           `json:"id,omitempty"`
	Session string          `json:"sessionId,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *protocolError  `json:"error,omitempty"`
}

// protocolError is what the browser says to a command that it refuses.
type protocolError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

func (e *protocolError) Error() string { return e.Message }

func newConn(r, w *os.File) *conn {
	c := &conn{r: r, w: w, waiting: map[int64]chan message{}, events: map[string]func(message){}, done: make(chan struct{})}
	go c.read()
	return c
}

// read hands out what the browser says, until it says no more.
func (c *conn) read() {
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
			c.take(m)
		}
		long = long[:0]
	}
}

// take hands a message to whom it is for. Handlers of events must not wait for answers.
func (c *conn) take(m message) {
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

// listen has fn called for the events of a session, one after the other; nil ends it.
func (c *conn) listen(session string, fn func(message)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if fn == nil {
		delete(c.events, session)
		return
	}
	c.events[session] = fn
}

// send sends a command and returns the channel on which its answer comes.
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
		c.forget(id)
		return 0, nil, errGone
	}
	return id, ch, nil
}

func (c *conn) forget(id int64) {
	c.mu.Lock()
	delete(c.waiting, id)
	c.mu.Unlock()
}

// call sends a command and reads its answer into result, which may be nil.
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
		c.forget(id)
		return errGone
	case <-ctx.Done():
		c.forget(id)
		return ctx.Err()
	}
}

func (c *conn) close() {
	_ = c.w.Close()
	_ = c.r.Close()
}

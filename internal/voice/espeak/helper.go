package espeak

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"mynah/internal/fault"
	"mynah/internal/proc"
)

// helpers manages running processes of mynah-espeak, which uses espeak-ng's library and reports word times.
// Idle processes stay for a short time, because starting one takes longer than a sentence.
type helpers struct {
	run     *proc.Runner
	program string
	timeout time.Duration
	slots   chan struct{} // limits concurrent work to the runner's number of jobs

	mu   sync.Mutex
	idle []*helper
	last *time.Timer // timer that ends idle helpers
	shut bool
}

// idleTime is how long idle helpers wait for another sentence.
const idleTime = 2 * time.Second

func newHelpers(run *proc.Runner, program string, timeout time.Duration) *helpers {
	return &helpers{run: run, program: program, timeout: timeout, slots: make(chan struct{}, max(run.MaxChildren(), 1))}
}

// helper is one running process.
type helper struct {
	voice   string // the voice that the process has loaded; it cannot load another
	process *proc.Process
	out     *bufio.Reader
	cancel  context.CancelFunc
}

// mostIdle is the maximum number of idle helpers.
const mostIdle = 8

// event is the start of a word or, if word is false, the end of a clause.
type event struct {
	word     bool
	position int // in characters of the text that was sent, from 1
	sample   int
}

// helperAnswer is a helper's answer to an order.
type helperAnswer struct {
	rate   int
	events []event
	pcm    []int16
}

// errNoVoice means that the library does not have a voice.
var errNoVoice = errors.New("no such voice")

// order is a request to a helper to speak a sentence.
type order struct {
	voice      string
	rate       int // words per minute
	pitch      int // 0 to 99
	ssml, phon bool
	text       string
}

// String returns the order in the format that mynah-espeak reads.
func (o order) String() string {
	flags := ""
	if o.ssml {
		flags += "s"
	}
	if o.phon {
		flags += "p"
	}
	if flags == "" {
		flags = "-"
	}
	return fmt.Sprintf("%s %d %d %s %d\n%s", o.voice, o.rate, o.pitch, flags, len(o.text), o.text)
}

// speak has a helper speak a sentence. It discards a helper that fails.
func (h *helpers) speak(ctx context.Context, o order) (*helperAnswer, error) {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	one, err := h.takeOrStartHelper(ctx, o.voice)
	if err != nil {
		return nil, err
	}
	limited, done := context.WithTimeoutCause(ctx, h.timeout, errLate)
	defer done()
	stop := context.AfterFunc(limited, one.process.Kill)
	s, err := one.ask(o)
	if !stop() { // the process was killed while it worked
		err = errors.Join(context.Cause(limited), err)
	}
	if err != nil {
		err = errors.Join(err, one.end())
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, err
	}
	h.returnHelper(one)
	return s, nil
}

// errLate is the cause of a timeout.
var errLate = errors.New("it took too long")

// takeOrStartHelper returns an idle helper with a voice, or starts one.
func (h *helpers) takeOrStartHelper(ctx context.Context, voice string) (*helper, error) {
	h.mu.Lock()
	for i, one := range h.idle {
		if one.voice == voice {
			h.idle = slices.Delete(h.idle, i, i+1)
			h.mu.Unlock()
			return one, nil
		}
	}
	h.mu.Unlock()
	life, cancel := context.WithCancel(context.WithoutCancel(ctx))
	p, err := h.run.Start(life, proc.Command{Program: h.program, Resident: true})
	if err != nil {
		cancel()
		return nil, err
	}
	return &helper{voice: voice, process: p, out: bufio.NewReaderSize(p.Stdout(), 64<<10), cancel: cancel}, nil
}

// returnHelper returns a helper to the idle ones.
func (h *helpers) returnHelper(one *helper) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.shut {
		go func() { _ = one.end() }()
		return
	}
	if len(h.idle) == mostIdle {
		first := h.idle[0]
		h.idle = slices.Delete(h.idle, 0, 1)
		go func() { _ = first.end() }()
	}
	h.idle = append(h.idle, one)
	if h.last != nil {
		h.last.Stop()
	}
	h.last = time.AfterFunc(idleTime, h.endIdleHelpers)
}

// endIdleHelpers ends the idle helpers.
func (h *helpers) endIdleHelpers() {
	h.mu.Lock()
	idle := h.idle
	h.idle = nil
	h.mu.Unlock()
	for _, one := range idle {
		_ = one.end()
	}
}

// close ends all idle helpers. Busy ones end when they are returned.
func (h *helpers) close() {
	h.mu.Lock()
	h.shut = true
	h.mu.Unlock()
	h.endIdleHelpers()
}

// end closes the helper's input, so that it exits, and kills it after one second.
func (one *helper) end() error {
	_ = one.process.Stdin().Close()
	select {
	case <-one.process.Done():
	case <-time.After(time.Second):
	}
	one.cancel()
	return one.process.Wait()
}

// ask sends an order and reads the answer.
func (one *helper) ask(o order) (*helperAnswer, error) {
	sent := make(chan error, 1)
	go func() {
		_, err := io.WriteString(one.process.Stdin(), o.String())
		sent <- err
	}()
	s, err := readAnswer(one.out)
	if err != nil {
		one.process.Kill() // this also ends the write
	}
	if werr := <-sent; err == nil {
		err = werr
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.Join(errors.New("it ended in the middle of its answer"), err)
	}
	return s, err
}

// readAnswer parses an answer of mynah-espeak. It limits the size to maxSound even if the answer is malformed.
func readAnswer(r *bufio.Reader) (*helperAnswer, error) {
	line, err := readLine(r)
	if err != nil {
		return nil, err
	}
	if said, ok := strings.CutPrefix(line, "error "); ok {
		if strings.Contains(said, "no such voice") {
			return nil, errNoVoice
		}
		return nil, errors.New(said)
	}
	var s helperAnswer
	var events, samples int
	if n, err := fmt.Sscanf(line, "ok %d %d %d", &s.rate, &events, &samples); n != 3 || err != nil {
		return nil, fmt.Errorf("an unreadable answer: %.40q", line)
	}
	if s.rate < 8000 || s.rate > 48000 || events < 0 || events > maxSound/16 || samples < 0 || samples > maxSound/2 {
		return nil, fmt.Errorf("an impossible answer: %.40q", line)
	}
	for range events {
		if line, err = readLine(r); err != nil {
			return nil, err
		}
		e, err := parseEvent(line)
		if err != nil {
			return nil, err
		}
		s.events = append(s.events, e)
	}
	for len(s.pcm) < samples { // allocate as data arrives, because the announced size may be wrong
		raw := make([]byte, 2*min(samples-len(s.pcm), 1<<20))
		if _, err := io.ReadFull(r, raw); err != nil {
			return nil, err
		}
		for i := 0; i < len(raw); i += 2 {
			s.pcm = append(s.pcm, int16(binary.LittleEndian.Uint16(raw[i:])))
		}
	}
	return &s, nil
}

// readLine reads a line of at most 200 bytes.
func readLine(r *bufio.Reader) (string, error) {
	const longest = 200
	var b strings.Builder
	for b.Len() < longest {
		c, err := r.ReadByte()
		if err != nil {
			return "", err
		}
		if c == '\n' {
			return b.String(), nil
		}
		b.WriteByte(c)
	}
	return "", errors.New("an unexpected answer")
}

// parseEvent parses "w POSITION LENGTH SAMPLE" or "e SAMPLE".
func parseEvent(line string) (event, error) {
	f := strings.Fields(line)
	number := func(i int) int {
		n, err := strconv.Atoi(f[i])
		if err != nil {
			return -1
		}
		return n
	}
	switch {
	case len(f) == 4 && f[0] == "w" && number(1) >= 0 && number(3) >= 0:
		e := event{word: true, position: number(1), sample: number(3)}
		if number(2) <= 0 {
			e.position = 0 // the end of the text, not a word
		}
		return e, nil
	case len(f) == 2 && f[0] == "e" && number(1) >= 0:
		return event{sample: number(1)}, nil
	}
	return event{}, fmt.Errorf("an unreadable event: %.40q", line)
}

// explainFailure converts a helper's failure to a fault.
func (h *helpers) explainFailure(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil {
		return err
	}
	if _, ok := errors.AsType[*proc.NotFoundError](err); ok {
		return fault.New(fault.ToolMissing, err, "the speech program %s no longer exists", h.program)
	}
	return fault.New(fault.ToolFailed, err, "the speech program mynah-espeak failed")
}

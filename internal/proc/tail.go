package proc

import "sync"

// tail is a writer that keeps the last size bytes.
type tail struct {
	mu   sync.Mutex
	buf  []byte
	size int
	pos  int
	full bool
}

func newTail(size int) *tail { return &tail{size: size} }

func (t *tail) Write(b []byte) (int, error) {
	n := len(b)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.size == 0 {
		return n, nil
	}
	if t.buf == nil {
		t.buf = make([]byte, t.size)
	}
	if len(b) > t.size {
		b = b[len(b)-t.size:]
	}
	for len(b) > 0 {
		k := copy(t.buf[t.pos:], b)
		b = b[k:]
		t.pos += k
		if t.pos == t.size {
			t.pos, t.full = 0, true
		}
	}
	return n, nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.full {
		return string(t.buf[:t.pos])
	}
	return string(t.buf[t.pos:]) + string(t.buf[:t.pos])
}

package picture

import "io"

// Cross gives the frames in which one frame turns into another, in equal steps; the
// first step is seen at once, and the frame behind the last is the second one itself.
func Cross(from, to []byte, frames int64) io.Reader {
	return &crossing{from: from, to: to, frames: frames, buf: make([]byte, len(from))}
}

type crossing struct {
	from, to   []byte
	buf        []byte
	n, frames  int64
	at, filled int
}

// Read implements io.Reader.
func (c *crossing) Read(b []byte) (int, error) {
	if c.at == c.filled {
		if c.n == c.frames {
			return 0, io.EOF
		}
		c.n++
		w := int(c.n * 256 / (c.frames + 1))
		for i := range c.buf {
			c.buf[i] = byte((int(c.from[i])*(256-w) + int(c.to[i])*w + 128) >> 8)
		}
		c.at, c.filled = 0, len(c.buf)
	}
	n := copy(b, c.buf[c.at:])
	c.at += n
	return n, nil
}

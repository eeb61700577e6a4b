package picture

import "io"

// Cross gives the frames in which one frame turns into those that follow, in equal
// steps; the first step is seen at once, and the frame behind the last is one of the
// others alone.
func Cross(from []byte, to io.Reader, frames int64) io.Reader {
	c := &crossing{from: from, to: to, frames: frames, buf: make([]byte, len(from))}
	c.at = len(c.buf)
	return c
}

type crossing struct {
	from, buf []byte
	to        io.Reader
	n, frames int64
	at        int
}

// Read implements io.Reader.
func (c *crossing) Read(b []byte) (int, error) {
	if c.at == len(c.buf) {
		if c.n == c.frames {
			return 0, io.EOF
		}
		if _, err := io.ReadFull(c.to, c.buf); err != nil {
			return 0, err
		}
		c.n++
		lerp(c.buf, c.from, c.buf, uint64(c.n*256/(c.frames+1)))
		c.at = 0
	}
	n := copy(b, c.buf[c.at:])
	c.at += n
	return n, nil
}

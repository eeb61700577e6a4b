package picture

import "io"

// CrossFade returns a reader of the frames of a cross-fade, in equal steps from the frame from to the
// frames in to. The first frame is already mixed; the frame after the last one would be entirely the
// new picture.
func CrossFade(from []byte, to io.Reader, frames int64) io.Reader {
	c := &crossing{from: from, to: to, frames: frames, buf: make([]byte, len(from))}
	c.at = len(c.buf)
	return c
}

// mixNextFrame mixes the next frame into c.buf.
func (c *crossing) mixNextFrame() error {
	if c.n == c.frames {
		return io.EOF
	}
	to, err := c.readNextIncoming()
	if err != nil {
		return err
	}
	c.n++
	interpolate(c.buf, c.from, to, uint64(c.n*256/(c.frames+1)))
	c.at = 0
	return nil
}

// readNextIncoming returns the next incoming frame. It avoids a copy if the frames are painted in this process.
func (c *crossing) readNextIncoming() ([]byte, error) {
	if f, ok := c.to.(*frames); ok {
		return f.readNextFrame()
	}
	_, err := io.ReadFull(c.to, c.buf)
	return c.buf, err
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
		if err := c.mixNextFrame(); err != nil {
			return 0, err
		}
	}
	n := copy(b, c.buf[c.at:])
	c.at += n
	return n, nil
}

//go:build unix

package cell

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// CanPassFiles reports whether messages can carry files on this system.
const CanPassFiles = true

// socket moves frames over a Unix socket, with files as SCM_RIGHTS (unix(7)).
type socket struct {
	conn *net.UnixConn
	in   *bufio.Reader

	box *outbox

	files []*os.File // received, not yet taken by a frame; only for the reader
}

// newSocketPair returns a transport, and the file of its other end for a child process.
func newSocketPair() (transport, *os.File, error) {
	syscall.ForkLock.RLock()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err == nil {
		unix.CloseOnExec(fds[0])
		unix.CloseOnExec(fds[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, nil, fmt.Errorf("create a socket pair: %w", err)
	}
	ours, theirs := os.NewFile(uintptr(fds[0]), "cell"), os.NewFile(uintptr(fds[1]), "host")
	t, err := newSocket(ours)
	if err != nil {
		_ = theirs.Close()
		return nil, nil, err
	}
	return t, theirs, nil
}

// newSocket returns a transport over a file that is a Unix socket, and closes the file.
func newSocket(f *os.File) (transport, error) {
	conn, err := net.FileConn(f)
	_ = f.Close()
	if err != nil {
		return nil, fmt.Errorf("open the connection: %w", err)
	}
	u, ok := conn.(*net.UnixConn)
	if !ok {
		_ = conn.Close()
		return nil, errors.New("the connection is not a Unix socket")
	}
	s := &socket{conn: u, box: newOutbox(u.Close)}
	s.in = bufio.NewReaderSize(readerFunc(s.receive), 64<<10)
	return s, nil
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

// mostRights bounds the descriptors of one message.
const mostRights = 16

// receive reads bytes and keeps the files that come with them.
func (t *socket) receive(b []byte) (int, error) {
	oob := make([]byte, unix.CmsgSpace(mostRights*4))
	n, oobn, _, _, err := t.conn.ReadMsgUnix(b, oob)
	if oobn > 0 {
		t.keepFiles(oob[:oobn])
	}
	n = max(n, 0) // it is -1 after an error
	if n == 0 && err == nil {
		err = io.EOF
	}
	return n, err
}

func (t *socket) keepFiles(oob []byte) {
	messages, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return
	}
	for _, m := range messages {
		fds, err := unix.ParseUnixRights(&m)
		if err != nil {
			continue
		}
		for _, fd := range fds {
			unix.CloseOnExec(fd)
			if len(t.files) >= mostRights {
				_ = unix.Close(fd)
				continue
			}
			t.files = append(t.files, os.NewFile(uintptr(fd), "received"))
		}
	}
}

// dropFiles closes the files that no frame has taken. No frame follows.
func (t *socket) dropFiles() {
	(Message{Files: t.files}).closeFiles()
	t.files = nil
}

func (t *socket) read(l Limits) (frame, error) {
	f, err := readFrame(t.in, l)
	if err != nil {
		t.dropFiles()
		return f, err
	}
	if f.Files > len(t.files) {
		defer t.dropFiles()
		return f, broken("%d files are missing", f.Files-len(t.files))
	}
	f.files, t.files = t.files[:f.Files:f.Files], t.files[f.Files:]
	return f, nil
}

func (t *socket) write(ctx context.Context, f frame, l Limits) error {
	b, err := encodeFrame(f, l)
	if err != nil {
		return unsentError{err}
	}
	fds, err := duplicate(f.files)
	if err != nil {
		return unsentError{err}
	}
	return t.box.put(ctx, l.Write, func() error { return t.send(b, fds, f.data) }, func() { closeDescriptors(fds) })
}

// duplicate returns descriptors that stay open when the caller closes its files, which it may do during the write.
func duplicate(files []*os.File) (fds []int, err error) {
	for _, file := range files {
		fd, err := unix.FcntlInt(file.Fd(), unix.F_DUPFD_CLOEXEC, 0)
		if err != nil {
			closeDescriptors(fds)
			return nil, fmt.Errorf("pass the file %s: %w", file.Name(), err)
		}
		fds = append(fds, fd)
	}
	return fds, nil
}

func closeDescriptors(fds []int) {
	for _, fd := range fds {
		_ = unix.Close(fd)
	}
}

func (t *socket) send(b []byte, fds []int, data []byte) error {
	if len(fds) > 0 {
		n, _, err := t.conn.WriteMsgUnix(b, unix.UnixRights(fds...), nil)
		if err != nil {
			return err
		}
		b = b[n:]
	}
	bufs := net.Buffers{b}
	if len(data) > 0 {
		bufs = append(bufs, data)
	}
	_, err := bufs.WriteTo(t.conn)
	return err
}

// Close ends the connection. It may be called more than once.
func (t *socket) Close() error { return t.conn.Close() }

package cell

import (
	"bytes"
	"context"
	"encoding/binary"
	"testing"
)

func FuzzReadFrame(f *testing.F) {
	add := func(head, data string) {
		b := binary.BigEndian.AppendUint32(nil, uint32(len(head)))
		b = binary.BigEndian.AppendUint32(b, uint32(len(data)))
		f.Add(append(append(b, head...), data...))
	}
	add(`{"kind":"call","id":1,"name":"build","body":{"a":[1,2]}}`, "data")
	add(`{"kind":"answer","id":1,"fault":{"code":"input","public":"p"}}`, "")
	add(`{"kind":"event","id":18446744073709551615,"files":2}`, "")
	add(`[]`, "")
	f.Add([]byte{255, 255, 255, 255, 255, 255, 255, 255, 1})
	most := FrameLimits{Head: 1 << 16, Data: 1 << 16, Files: 2}
	limits := Limits{Call: most, Answer: most, Event: most}
	most.Head, most.Data = 1<<20, 1<<20
	wide := Limits{Call: most, Answer: most, Event: most}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := readFrame(bytes.NewReader(b), limits)
		if err != nil {
			return
		}
		if got.Files > limits.Call.Files || got.Files < 0 || len(got.data) > limits.Call.Data {
			t.Fatalf("accepted %+v", got)
		}
		if got.Kind == kindCancel { // its JSON may be longer when it is encoded again
			return
		}
		if got.Fault != nil {
			_ = got.Fault.decode().Error()
		}
		got.files = nil
		again, err := encodeFrame(got, wide)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := readFrame(bytes.NewReader(append(again, got.data...)), wide); err != nil {
			t.Fatalf("it cannot be read again: %v", err)
		}
	})
}

// FuzzPeer sends any bytes to a peer that has handlers: it must neither panic nor hang.
func FuzzPeer(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x21\x00\x00\x00\x00" + `{"kind":"call","id":1,"name":"a"}`))
	f.Add([]byte("\x00\x00\x00\x17\x00\x00\x00\x00" + `{"kind":"cancel","id":1}`))
	f.Add([]byte("\x00\x00\x00\x17\x00\x00\x00\x00" + `{"kind":"answer","id":1}`))
	f.Fuzz(func(_ *testing.T, b []byte) {
		out := &bytes.Buffer{}
		p := newPeer(newPipes(bytes.NewReader(b), out, func() error { return nil }), HostLimits(), HostLimits(), func(*Peer) map[string]Handler {
			return map[string]Handler{
				"a": Answer(func(ctx context.Context, in map[string]any) (map[string]any, error) { return in, ctx.Err() }),
			}
		})
		<-p.Done()
		p.Close()
	})
}

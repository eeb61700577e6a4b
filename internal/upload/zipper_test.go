package upload_test

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
	"testing"
)

// The functions in this file write archives field by field, so that tests can falsify each field.

// head contains the fields of both headers of an entry.
type head struct {
	flags, method      uint16
	crc, packed, size  uint32
	name, extra, magic string
}

// item is one entry.
type item struct {
	local, central head
	attrs          uint32
	disk           uint16
	offset         int64 // offset in the central header; -1: the actual one
	body           []byte
	tail           []byte // a data descriptor, or other bytes
	unlisted       bool   // without central header
	bare           bool   // without local header and data
}

// finish contains the fields of an archive's end.
type finish struct {
	gap                       []byte // between the directory and the end record
	disk, first, here, count  uint16
	length, start             uint32
	comment                   string
	commentLength             int // -1: the actual length
	behind                    []byte
	directory, directoryBytes uint64 // actual position, for zip64 records
}

func deflate(data []byte) []byte {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		panic(err)
	}
	_, _ = w.Write(data)
	_ = w.Close()
	return b.Bytes()
}

// file returns a valid entry; change may modify it.
func file(name string, data []byte, change ...func(*item)) item {
	h := head{name: name, crc: crc32.ChecksumIEEE(data), packed: uint32(len(data)), size: uint32(len(data))}
	i := item{local: h, central: h, body: data, offset: -1}
	for _, c := range change {
		c(&i)
	}
	return i
}

func small(name string, change ...func(*item)) item { return file(name, []byte("hello\n"), change...) }

func both(change func(*head)) func(*item) {
	return func(i *item) { change(&i.local); change(&i.central) }
}

func packed(i *item) {
	i.body = deflate(i.body)
	both(func(h *head) { h.method, h.packed = 8, uint32(len(i.body)) })(i)
}

func mode(m uint32) func(*item) { return func(i *item) { i.attrs = m << 16 } }

func flags(f uint16) func(*item) { return both(func(h *head) { h.flags |= f }) }

func method(m uint16) func(*item) { return both(func(h *head) { h.method = m }) }

// described leaves sizes in the local header empty and adds a descriptor after the data.
func described(signed, wide bool) func(*item) {
	return func(i *item) {
		flags(8)(i)
		i.local.crc, i.local.packed, i.local.size = 0, 0, 0
		if signed {
			i.tail = append(i.tail, "PK\x07\x08"...)
		}
		i.tail = binary.LittleEndian.AppendUint32(i.tail, i.central.crc)
		for _, n := range []uint32{i.central.packed, i.central.size} {
			if wide {
				i.tail = binary.LittleEndian.AppendUint64(i.tail, uint64(n))
			} else {
				i.tail = binary.LittleEndian.AppendUint32(i.tail, n)
			}
		}
	}
}

func field(id uint16, values string) string {
	b := binary.LittleEndian.AppendUint16(nil, id)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(values)))
	return string(b) + values
}

func numbers(values ...uint64) string {
	var b []byte
	for _, v := range values {
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	return string(b)
}

// unicodePath returns Info-ZIP's extra field with the name in UTF-8.
func unicodePath(stands, name string) string {
	return field(0x7075, "\x01"+string(binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(stands))))+name)
}

func (i item) writeLocal(b []byte) []byte {
	h := i.local
	b = append(b, or(h.magic, "PK\x03\x04")...)
	b = binary.LittleEndian.AppendUint16(b, 20)
	b = binary.LittleEndian.AppendUint16(b, h.flags)
	b = binary.LittleEndian.AppendUint16(b, h.method)
	b = append(b, 0, 0, 0x21, 0)
	b = binary.LittleEndian.AppendUint32(b, h.crc)
	b = binary.LittleEndian.AppendUint32(b, h.packed)
	b = binary.LittleEndian.AppendUint32(b, h.size)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(h.name)))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(h.extra)))
	b = append(b, h.name+h.extra...)
	b = append(b, i.body...)
	return append(b, i.tail...)
}

func (i item) writeCentral(b []byte, at int64) []byte {
	h := i.central
	if i.offset >= 0 {
		at = i.offset
	}
	b = append(b, or(h.magic, "PK\x01\x02")...)
	b = append(b, 20, 3, 20, 0)
	b = binary.LittleEndian.AppendUint16(b, h.flags)
	b = binary.LittleEndian.AppendUint16(b, h.method)
	b = append(b, 0, 0, 0x21, 0)
	b = binary.LittleEndian.AppendUint32(b, h.crc)
	b = binary.LittleEndian.AppendUint32(b, h.packed)
	b = binary.LittleEndian.AppendUint32(b, h.size)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(h.name)))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(h.extra)))
	b = append(b, 0, 0)
	b = binary.LittleEndian.AppendUint16(b, i.disk)
	b = append(b, 0, 0)
	b = binary.LittleEndian.AppendUint32(b, i.attrs)
	b = binary.LittleEndian.AppendUint32(b, uint32(at))
	return append(b, h.name+h.extra...)
}

func or(s, other string) string {
	if s != "" {
		return s
	}
	return other
}

// archive returns an archive of entries; change may modify its end.
func archive(items []item, change ...func(*finish)) []byte {
	var b, central []byte
	n := uint16(0)
	for _, i := range items {
		at := int64(len(b))
		if !i.bare {
			b = i.writeLocal(b)
		}
		if !i.unlisted {
			central = i.writeCentral(central, at)
			n++
		}
	}
	f := finish{
		here: n, count: n, length: uint32(len(central)), start: uint32(len(b)), commentLength: -1,
		directory: uint64(len(b)), directoryBytes: uint64(len(central)),
	}
	for _, c := range change {
		c(&f)
	}
	if f.commentLength < 0 {
		f.commentLength = len(f.comment)
	}
	b = append(b, central...)
	b = append(b, f.gap...)
	b = append(b, "PK\x05\x06"...)
	for _, v := range []uint16{f.disk, f.first, f.here, f.count} {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	b = binary.LittleEndian.AppendUint32(b, f.length)
	b = binary.LittleEndian.AppendUint32(b, f.start)
	b = binary.LittleEndian.AppendUint16(b, uint16(f.commentLength))
	b = append(b, f.comment...)
	return append(b, f.behind...)
}

// wideEnd adds the zip64 end record and its locator; change may modify the record.
func wideEnd(change ...func(record, locator []byte)) func(*finish) {
	return func(f *finish) {
		record := []byte("PK\x06\x06" + numbers(44) + "\x2d\x03\x2d\x00")
		record = append(record, make([]byte, 8)...)
		record = append(record, numbers(uint64(f.here), uint64(f.count), f.directoryBytes, f.directory)...)
		locator := []byte("PK\x06\x07\x00\x00\x00\x00" + numbers(f.directory+f.directoryBytes) + "\x01\x00\x00\x00")
		for _, c := range change {
			c(record, locator)
		}
		f.gap = append(record, locator...)
		f.here, f.count, f.length, f.start = 1<<16-1, 1<<16-1, 1<<32-1, 1<<32-1
	}
}

// overlapBomb returns David Fifield's first zip bomb: many entries that share one block of compressed zeros.
func overlapBomb(tb testing.TB, entries int, size int, names bool) []byte {
	tb.Helper()
	items := []item{file("f", make([]byte, size), packed)}
	for i := range entries - 1 {
		again := items[0]
		again.bare, again.offset = true, 0
		if names {
			again.central.name = string(rune('a'+i%26)) + string(rune('0'+i/26))
		}
		items = append(items, again)
	}
	return archive(items)
}

// quotedBomb returns his second zip bomb: the entry before each local header quotes it as a stored block. So
// each entry has its own header, and all share the block of zeros at the end.
func quotedBomb(tb testing.TB, entries int, size int) []byte {
	tb.Helper()
	zeros := make([]byte, size)
	kernel := deflate(zeros)
	type part struct {
		header []byte
		head   head
	}
	parts := make([]part, entries)
	data, plain := kernel, zeros
	for i := entries - 1; i >= 0; i-- {
		name := "f" + string(rune('a'+i))
		h := head{name: name, method: 8, crc: crc32.ChecksumIEEE(plain), packed: uint32(len(data)), size: uint32(len(plain))}
		header := item{local: h}.writeLocal(nil)
		parts[i] = part{header: header, head: h}
		// A stored block that is not the last: a zero byte, the length, its complement.
		block := []byte{0}
		block = binary.LittleEndian.AppendUint16(block, uint16(len(header)))
		block = binary.LittleEndian.AppendUint16(block, ^uint16(len(header)))
		plain = append(bytes.Clone(header), plain...)
		data = append(append(block, header...), data...)
	}
	// The last step added one block too many before the first header.
	data = data[5:]
	items := make([]item, entries)
	at := int64(0)
	for i, p := range parts {
		items[i] = item{central: p.head, bare: true, offset: at}
		at += int64(len(p.header)) + 5
	}
	all := archive(items)
	// The bare entries consist only of a directory, which is moved after the data.
	end := len(all) - 22
	binary.LittleEndian.PutUint32(all[end+16:], uint32(len(data)))
	return append(bytes.Clone(data), all...)
}

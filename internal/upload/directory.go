package upload

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"

	"mynah/internal/fault"
)

// Section numbers in this file refer to PKWARE's APPNOTE 6.3.10.
const (
	localSignature      = "PK\x03\x04"
	centralSignature    = "PK\x01\x02"
	endSignature        = "PK\x05\x06"
	end64Signature      = "PK\x06\x06"
	locatorSignature    = "PK\x06\x07"
	descriptorSignature = "PK\x07\x08"

	localSize   = 30
	centralSize = 46
	endSize     = 22
	end64Size   = 56
	locatorSize = 20

	stored   = 0
	deflated = 8

	encrypted     = 1 << 0
	hasDescriptor = 1 << 3
	patched       = 1 << 5
	strong        = 1 << 6
	utf8Names     = 1 << 11
	masked        = 1 << 13

	zip64Field   = 0x0001
	unicodeField = 0x7075

	most16 = 1<<16 - 1
	most32 = 1<<32 - 1
)

// entry is one entry of an archive. Offsets are bytes from the archive's start.
type entry struct {
	name   string // the path to write
	raw    []byte // the stored name
	shown  string // for messages
	flags  uint16
	method uint16
	kind   uint32 // the type bits of a Unix mode, 0 if not stated
	crc    uint32
	packed int64
	size   int64
	extent
	folder bool
}

// extent is the position of an entry in the archive.
type extent struct {
	header int64 // start of the local header
	data   int64 // start of the data
	end    int64 // after the data and the data descriptor, if there is one
}

// String returns the name for messages.
func (e *entry) String() string { return quoteName(e.shown) }

// table is the position of the central directory, and its number of entries.
type table struct{ start, end, count int64 }

func newDamagedError() error {
	return newRefusal("the archive is damaged, or has extra data before or after it")
}

func decodeUint16(b []byte) uint16 { return binary.LittleEndian.Uint16(b) }
func decodeUint32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }
func decodeUint64(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }

// readAt fills b. Reading beyond the archive's end is an error of the archive, not of the disk.
func readAt(r io.ReaderAt, b []byte, at int64) error {
	n, err := r.ReadAt(b, at)
	switch {
	case n == len(b):
		return nil
	case errors.Is(err, io.EOF):
		return newDamagedError()
	}
	return newArchiveError(err)
}

// readDirectoryEnd reads the end of the archive (sections 4.3.14 to 4.3.16). Readers disagree about
// archives with several or inconsistent ends, so these are refused.
func readDirectoryEnd(r io.ReaderAt, size int64) (table, error) {
	tail := make([]byte, min(size, endSize+most16))
	if err := readAt(r, tail, size-int64(len(tail))); err != nil {
		return table{}, err
	}
	at := bytes.LastIndex(tail[:max(0, len(tail)-endSize+len(endSignature))], []byte(endSignature))
	if at < 0 {
		return table{}, newRefusal("the file is not a zip archive, or its end is missing")
	}
	if !reachesArchiveEnd(tail, at) {
		return table{}, newDamagedError()
	}
	for i := at; i > 0; {
		i = bytes.LastIndex(tail[:i], []byte(endSignature))
		if i >= 0 && reachesArchiveEnd(tail, i) {
			return table{}, newRefusal("the archive has two end records and is ambiguous")
		}
	}
	end := size - int64(len(tail)) + int64(at)
	b := tail[at:]
	disk, first := decodeUint16(b[4:]), decodeUint16(b[6:])
	here, count := uint64(decodeUint16(b[8:])), uint64(decodeUint16(b[10:]))
	length, start := uint64(decodeUint32(b[12:])), uint64(decodeUint32(b[16:]))

	end64, is64, err := readZip64End(r, end)
	if err != nil {
		return table{}, err
	}
	if is64 {
		b := end64.record
		wide := agreesWithZip64(uint64(disk), most16, uint64(decodeUint32(b[16:]))) &&
			agreesWithZip64(uint64(first), most16, uint64(decodeUint32(b[20:]))) &&
			agreesWithZip64(here, most16, decodeUint64(b[24:])) && agreesWithZip64(count, most16, decodeUint64(b[32:])) &&
			agreesWithZip64(length, most32, decodeUint64(b[40:])) && agreesWithZip64(start, most32, decodeUint64(b[48:]))
		if !wide {
			return table{}, newDamagedError()
		}
		if decodeUint32(b[16:]) != 0 || decodeUint32(b[20:]) != 0 {
			return table{}, newSplitError()
		}
		here, count, length, start = decodeUint64(b[24:]), decodeUint64(b[32:]), decodeUint64(b[40:]), decodeUint64(b[48:])
		end = end64.at
	} else if disk != 0 || first != 0 {
		return table{}, newSplitError()
	}
	if here != count {
		return table{}, newSplitError()
	}
	// The directory must end where its end record begins: a gap could hide another directory.
	if length > uint64(end) || start != uint64(end)-length || count > length/centralSize {
		return table{}, newDamagedError()
	}
	return table{start: int64(start), end: end, count: int64(count)}, nil
}

func newSplitError() error {
	return newRefusal("the archive is one part of a split archive; send it as one file")
}

// reachesArchiveEnd reports whether the comment of the end record at i reaches to the archive's end.
func reachesArchiveEnd(tail []byte, i int) bool {
	return i+endSize <= len(tail) && i+endSize+int(decodeUint16(tail[i+20:])) == len(tail)
}

// agreesWithZip64 reports whether a 16- or 32-bit field equals its zip64 field, or refers to it.
func agreesWithZip64(small, most, wide uint64) bool { return small == most || small == wide }

type end64 struct {
	at     int64
	record []byte
}

// readZip64End reads the zip64 end record if its locator is directly before the end record.
func readZip64End(r io.ReaderAt, end int64) (end64, bool, error) {
	if end < locatorSize {
		return end64{}, false, nil
	}
	locator := make([]byte, locatorSize)
	if err := readAt(r, locator, end-locatorSize); err != nil {
		return end64{}, false, err
	}
	if string(locator[:4]) != locatorSignature {
		return end64{}, false, nil
	}
	if decodeUint32(locator[4:]) != 0 || decodeUint32(locator[16:]) > 1 {
		return end64{}, false, newSplitError()
	}
	at, limit := decodeUint64(locator[8:]), uint64(end-locatorSize)
	if at > limit || limit-at < end64Size {
		return end64{}, false, newDamagedError()
	}
	record := make([]byte, end64Size)
	if err := readAt(r, record, int64(at)); err != nil {
		return end64{}, false, err
	}
	// The record's size does not count its signature and the size field.
	if string(record[:4]) != end64Signature || decodeUint64(record[4:]) != limit-at-12 {
		return end64{}, false, newDamagedError()
	}
	return end64{at: int64(at), record: record}, true, nil
}

// readEntries reads the central directory (section 4.3.12), which must contain exactly the
// entries that its end record counts.
func readEntries(r io.ReaderAt, t table) ([]*entry, error) {
	b := bufio.NewReaderSize(io.NewSectionReader(r, t.start, t.end-t.start), 64<<10)
	fill := func(p []byte) error {
		_, err := io.ReadFull(b, p)
		if err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return err
		}
		return newArchiveError(err)
	}
	out := make([]*entry, 0, t.count)
	for range t.count {
		e, err := readCentralHeader(fill)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, newDamagedError()
		}
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	var one [1]byte
	if err := fill(one[:]); err == nil {
		return nil, newDamagedError()
	} else if !errors.Is(err, io.EOF) {
		return nil, err
	}
	return out, nil
}

func readCentralHeader(fill func([]byte) error) (*entry, error) {
	var h [centralSize]byte
	if err := fill(h[:]); err != nil {
		return nil, err
	}
	if string(h[:4]) != centralSignature {
		return nil, newDamagedError()
	}
	n, x, c := int(decodeUint16(h[28:])), int(decodeUint16(h[30:])), int(decodeUint16(h[32:]))
	rest := make([]byte, n+x+c)
	if err := fill(rest); err != nil {
		return nil, err
	}
	e := &entry{
		raw:    bytes.Clone(rest[:n]),
		flags:  decodeUint16(h[8:]),
		method: decodeUint16(h[10:]),
		crc:    decodeUint32(h[16:]),
		kind:   decodeUint32(h[38:]) >> 28,
	}
	e.shown = string(e.raw)
	extra, err := e.parseExtra(rest[n : n+x])
	if err != nil {
		return nil, err
	}
	if extra.path != "" {
		e.shown = extra.path
	}
	packed, size, header := uint64(decodeUint32(h[20:])), uint64(decodeUint32(h[24:])), uint64(decodeUint32(h[42:]))
	if !extra.replaceByZip64(&size, &packed, &header) {
		return nil, e.newContradictionError("its zip64 field")
	}
	if disk := decodeUint16(h[34:]); disk != 0 && (disk != most16 || extra.wide == nil) {
		return nil, newSplitError()
	}
	const most = 1 << 62 // so that the sum of two does not overflow
	if packed > most || size > most || header > most {
		return nil, e.newContradictionError("its sizes")
	}
	e.packed, e.size, e.header = int64(packed), int64(size), int64(header)
	return e, nil
}

// extra holds the relevant extra fields of an entry (section 4.5).
type extra struct {
	wide []byte // the zip64 field's values
	path string // the name in UTF-8
}

// parseExtra reads extra fields. A truncated field ends the list, since some programs pad it; a
// relevant field must not occur twice.
func (e *entry) parseExtra(b []byte) (extra, error) {
	var out extra
	for len(b) >= 4 {
		id, n := decodeUint16(b), int(decodeUint16(b[2:]))
		b = b[4:]
		if n > len(b) {
			break
		}
		field := b[:n:n]
		b = b[n:]
		switch id {
		case zip64Field:
			if out.wide != nil {
				return extra{}, e.newContradictionError("its zip64 field")
			}
			out.wide = field
		case unicodeField:
			// Section 4.6.9: version 1, and the checksum of the name. If the checksum differs,
			// the name was changed later and the field is outdated.
			if len(field) <= 5 || field[0] != 1 || decodeUint32(field[1:]) != crc32.ChecksumIEEE(e.raw) {
				continue
			}
			if out.path != "" {
				return extra{}, e.newContradictionError("its name")
			}
			out.path = string(field[5:])
		}
	}
	return out, nil
}

// replaceByZip64 replaces values that refer to the zip64 field, in the order of the field.
func (x extra) replaceByZip64(values ...*uint64) bool {
	if x.wide == nil {
		return true
	}
	b := x.wide
	for _, v := range values {
		if *v != most32 {
			continue
		}
		if len(b) < 8 {
			return false
		}
		*v = decodeUint64(b)
		b = b[8:]
	}
	return true
}

func (e *entry) newContradictionError(what string) error {
	return newRefusal("the archive's data about the entry %s are contradictory (%s)", e, what)
}

// locateData reads the local header (section 4.3.7), compares it with the central one, and finds the
// bytes of the archive that belong to the entry.
func (e *entry) locateData(r io.ReaderAt, limit int64) error {
	outside := func() error {
		return fault.New(fault.Input, nil, "the archive's entry %s is outside the archive", e)
	}
	if e.header > limit-localSize {
		return outside()
	}
	var h [localSize]byte
	if err := readAt(r, h[:], e.header); err != nil {
		return err
	}
	if string(h[:4]) != localSignature {
		return e.newContradictionError("where it begins")
	}
	n, x := int64(decodeUint16(h[26:])), int64(decodeUint16(h[28:]))
	e.data = e.header + localSize + n + x
	e.end = e.data + e.packed
	if e.end > limit {
		return outside()
	}
	rest := make([]byte, n+x)
	if err := readAt(r, rest, e.header+localSize); err != nil {
		return err
	}
	if err := e.compareHeaders(h[:], rest[:n], rest[n:]); err != nil {
		return err
	}
	if e.flags&hasDescriptor == 0 {
		return nil
	}
	return e.readDescriptor(r, limit)
}

// compareHeaders compares the local header with the central one. If a descriptor follows the data, sizes
// and checksum may be zero.
func (e *entry) compareHeaders(h, name, fields []byte) error {
	if !bytes.Equal(name, e.raw) {
		return e.newContradictionError("its name")
	}
	extra, err := e.parseExtra(fields)
	if err != nil {
		return err
	}
	if extra.path != "" && extra.path != e.shown {
		return e.newContradictionError("its name")
	}
	const decisive = encrypted | hasDescriptor | patched | strong | utf8Names | masked
	if (decodeUint16(h[6:])^e.flags)&decisive != 0 {
		return e.newContradictionError("its flags")
	}
	if decodeUint16(h[8:]) != e.method {
		return e.newContradictionError("its method")
	}
	packed, size := uint64(decodeUint32(h[18:])), uint64(decodeUint32(h[22:]))
	if !extra.replaceByZip64(&size, &packed) {
		return e.newContradictionError("its zip64 field")
	}
	same := func(local, central uint64) bool {
		return local == central || local == 0 && e.flags&hasDescriptor != 0
	}
	if !same(packed, uint64(e.packed)) || !same(size, uint64(e.size)) {
		return e.newContradictionError("its size")
	}
	if !same(uint64(decodeUint32(h[14:])), uint64(e.crc)) {
		return e.newContradictionError("its checksum")
	}
	return nil
}

// readDescriptor finds the data descriptor (section 4.3.9), which has four forms: with or without a
// signature, and with sizes of 4 or 8 bytes. Longer forms are tried first: if the sizes are zero,
// a short one begins like a long one, and a short one is followed by a signature, never by zeros.
func (e *entry) readDescriptor(r io.ReaderAt, limit int64) error {
	var crc [4]byte
	binary.LittleEndian.PutUint32(crc[:], e.crc)
	narrow := append([]byte(nil), crc[:]...)
	narrow = binary.LittleEndian.AppendUint32(narrow, uint32(e.packed))
	narrow = binary.LittleEndian.AppendUint32(narrow, uint32(e.size))
	wide := append([]byte(nil), crc[:]...)
	wide = binary.LittleEndian.AppendUint64(wide, uint64(e.packed))
	wide = binary.LittleEndian.AppendUint64(wide, uint64(e.size))

	b := make([]byte, min(limit-e.end, int64(len(descriptorSignature)+len(wide))))
	if err := readAt(r, b, e.end); err != nil {
		return err
	}
	signed := []byte(descriptorSignature)
	for _, form := range [][]byte{append(signed[:4:4], wide...), wide, append(signed[:4:4], narrow...), narrow} {
		if bytes.HasPrefix(b, form) {
			e.end += int64(len(form))
			return nil
		}
	}
	return e.newContradictionError("what follows its data")
}

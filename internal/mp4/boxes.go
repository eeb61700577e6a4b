package mp4

import (
	"cmp"
	"encoding/binary"
	"math"
)

// encodeBox returns a box with a four-character type and the content parts.
func encodeBox(kind string, parts ...[]byte) []byte {
	n := 8
	for _, p := range parts {
		n += len(p)
	}
	out := make([]byte, 0, n)
	out = binary.BigEndian.AppendUint32(out, uint32(n))
	out = append(out, kind...)
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

func encodeFullBox(kind string, version byte, flags uint32, parts ...[]byte) []byte {
	vf := encodeUint32s(uint32(version)<<24 | flags)
	return encodeBox(kind, append([][]byte{vf}, parts...)...)
}

func encodeUint16s(v ...uint16) []byte {
	var out []byte
	for _, n := range v {
		out = binary.BigEndian.AppendUint16(out, n)
	}
	return out
}

func encodeUint32s(v ...uint32) []byte {
	var out []byte
	for _, n := range v {
		out = binary.BigEndian.AppendUint32(out, n)
	}
	return out
}

func encodeInt64s(v ...int64) []byte {
	var out []byte
	for _, n := range v {
		out = binary.BigEndian.AppendUint64(out, uint64(n))
	}
	return out
}

func encodeFtyp() []byte {
	return encodeBox("ftyp", []byte("isom"), encodeUint32s(0x200), []byte("isomiso2avc1mp41"))
}

func encodeMdatHeader(size int64, length int) []byte {
	if length == 8 {
		return append(encodeUint32s(uint32(size+8)), "mdat"...)
	}
	return append(append(encodeUint32s(1), "mdat"...), encodeInt64s(size+16)...)
}

// encodeMatrix returns a transformation matrix that scales by scale/65536 (ISO/IEC 14496-12, 6.2.2).
func encodeMatrix(scale uint32) []byte {
	return encodeUint32s(scale, 0, 0, 0, scale, 0, 0, 0, 0x40000000)
}

const unscaled = 0x10000

func (m *Movie) encodeMoov(chunks []chunk, base int64, large bool) []byte {
	var length int64
	for _, t := range m.Tracks {
		length = max(length, t.Duration)
	}
	parts := [][]byte{encodeFullBox("mvhd", 1, 0,
		encodeInt64s(0, 0), encodeUint32s(MovieTimescale), encodeInt64s(length),
		encodeUint32s(0x10000), encodeUint16s(0x100, 0), encodeUint32s(0, 0), encodeMatrix(unscaled), make([]byte, 24),
		encodeUint32s(uint32(len(m.Tracks)+1)))}
	for i := range m.Tracks {
		parts = append(parts, m.encodeTrak(i, chunks, base, large))
	}
	if udta := m.encodeUdta(); udta != nil {
		parts = append(parts, udta)
	}
	return encodeBox("moov", parts...)
}

func (m *Movie) encodeTrak(i int, chunks []chunk, base int64, large bool) []byte {
	t := m.Tracks[i]
	flags, volume, group := uint32(3), uint16(0), uint16(0)
	if t.Disabled {
		flags = 2
	}
	if t.Kind == Audio {
		volume, group = 0x100, 1
	}
	layer := uint16(0)
	if t.Kind == Text {
		group, layer = 2, math.MaxUint16 // text is in front of the picture
	}
	id := uint32(i + 1)
	parts := [][]byte{
		encodeFullBox("tkhd", 1, flags, encodeInt64s(0, 0), encodeUint32s(id, 0), encodeInt64s(t.Duration),
			encodeUint32s(0, 0),
			encodeUint16s(layer, group, volume, 0), encodeMatrix(cmp.Or(t.Scale, unscaled)),
			encodeUint32s(uint32(t.Width)<<16, uint32(t.Height)<<16)),
		encodeBox("edts", encodeFullBox("elst", 1, 0, encodeUint32s(1), encodeInt64s(t.Duration, t.MediaTime),
			encodeUint16s(1, 0))),
	}
	if t.Chapters > 0 {
		parts = append(parts, encodeBox("tref", encodeBox("chap", encodeUint32s(uint32(t.Chapters+1)))))
	}
	parts = append(parts, t.encodeMdia(i, chunks, base, large))
	return encodeBox("trak", parts...)
}

func (t *Track) encodeMdia(index int, chunks []chunk, base int64, large bool) []byte {
	handler, name := "vide", "VideoHandler"
	media := encodeFullBox("vmhd", 0, 1, make([]byte, 8))
	switch t.Kind {
	case Audio:
		handler, name = "soun", "SoundHandler"
		media = encodeFullBox("smhd", 0, 0, make([]byte, 4))
	case Text:
		handler, name = "sbtl", "SubtitleHandler"
		media = encodeFullBox("nmhd", 0, 0)
	case Titles:
		handler, name = "text", "ChapterHandler"
		media = encodeGmhd()
	case Video:
	}
	extended := []byte{}
	if t.Tag != "" { // extended language, ISO/IEC 14496-12, 8.4.6
		extended = encodeFullBox("elng", 0, 0, []byte(t.Tag), []byte{0})
	}
	dinf := encodeBox("dinf", encodeFullBox("dref", 0, 0, encodeUint32s(1), encodeFullBox("url ", 0, 1)))
	return encodeBox("mdia",
		encodeFullBox("mdhd", 1, 0, encodeInt64s(0, 0), encodeUint32s(t.Timescale), encodeInt64s(t.sumDurations()),
			encodeUint16s(packLanguage(t.Language), 0)),
		extended,
		encodeFullBox("hdlr", 0, 0, encodeUint32s(0), []byte(handler), make([]byte, 12), append([]byte(name), 0)),
		encodeBox("minf", media, dinf, t.encodeStbl(index, chunks, base, large)),
	)
}

// packLanguage packs a code of three letters into 15 bits (ISO/IEC 14496-12, 8.4.2).
func packLanguage(code string) uint16 {
	if len(code) != 3 {
		code = "und"
	}
	var v uint16
	for i := range 3 {
		v = v<<5 | uint16(code[i]-0x60)&31
	}
	return v
}

func (t *Track) encodeStbl(index int, chunks []chunk, base int64, large bool) []byte {
	parts := [][]byte{encodeFullBox("stsd", 0, 0, encodeUint32s(1), t.Entry), t.encodeStts()}
	if t.Offsets != nil {
		parts = append(parts, encodeFullBox("ctts", 0, 0, encodeRuns(t.Offsets)))
	}
	if t.Sync != nil {
		sync := encodeUint32s(uint32(len(t.Sync)))
		for _, n := range t.Sync {
			sync = binary.BigEndian.AppendUint32(sync, n+1)
		}
		parts = append(parts, encodeFullBox("stss", 0, 0, sync))
	}
	var stsc, offsets []byte
	entries, n, last := uint32(0), uint32(0), -1
	for _, c := range chunks {
		if c.track != index {
			continue
		}
		n++
		if c.count != last {
			stsc = append(stsc, encodeUint32s(n, uint32(c.count), 1)...)
			entries++
			last = c.count
		}
		if large {
			offsets = append(offsets, encodeInt64s(base+c.offset)...)
		} else {
			offsets = append(offsets, encodeUint32s(uint32(base+c.offset))...)
		}
	}
	parts = append(parts, encodeFullBox("stsc", 0, 0, encodeUint32s(entries), stsc), t.encodeStsz())
	if large {
		parts = append(parts, encodeFullBox("co64", 0, 0, encodeUint32s(n), offsets))
	} else {
		parts = append(parts, encodeFullBox("stco", 0, 0, encodeUint32s(n), offsets))
	}
	if t.Kind == Audio {
		// Decoding must start one frame earlier (ISO/IEC 14496-12, 10.1).
		parts = append(parts,
			encodeFullBox("sgpd", 1, 0, []byte("roll"), encodeUint32s(2, 1), encodeUint16s(math.MaxUint16)),
			encodeFullBox("sbgp", 0, 0, []byte("roll"), encodeUint32s(1, uint32(len(t.Sizes)), 1)))
	}
	return encodeBox("stbl", parts...)
}

func (t *Track) encodeStts() []byte {
	count := uint32(len(t.Sizes))
	if t.Deltas == nil {
		return encodeFullBox("stts", 0, 0, encodeUint32s(1, count, t.Delta))
	}
	return encodeFullBox("stts", 0, 0, encodeRuns(t.Deltas))
}

// encodeRuns returns the number of runs of equal values, and for each its length and value.
func encodeRuns(values []uint32) []byte {
	out := encodeUint32s(0)
	entries := uint32(0)
	for i := 0; i < len(values); {
		j := i
		for j < len(values) && values[j] == values[i] {
			j++
		}
		out = append(out, encodeUint32s(uint32(j-i), values[i])...)
		entries++
		i = j
	}
	binary.BigEndian.PutUint32(out, entries)
	return out
}

func (t *Track) encodeStsz() []byte {
	sizes := make([]byte, 0, 4*len(t.Sizes))
	for _, s := range t.Sizes {
		sizes = binary.BigEndian.AppendUint32(sizes, s)
	}
	return encodeFullBox("stsz", 0, 0, encodeUint32s(0, uint32(len(t.Sizes))), sizes)
}

func (m *Movie) encodeUdta() []byte {
	var items [][]byte
	for _, t := range m.Tags {
		if t.Value != "" {
			items = append(items, encodeBox(t.Code, encodeFullBox("data", 0, 1, encodeUint32s(0), []byte(t.Value))))
		}
	}
	var parts [][]byte
	if len(m.Chapters) > 0 {
		parts = append(parts, m.encodeChpl())
	}
	if items != nil {
		parts = append(parts, encodeFullBox("meta", 0, 0,
			encodeFullBox("hdlr", 0, 0, encodeUint32s(0), []byte("mdirappl"), make([]byte, 9)),
			encodeBox("ilst", items...)))
	}
	if parts == nil {
		return nil
	}
	return encodeBox("udta", parts...)
}

// EncodeAVCEntry returns the sample entry of H.264 video with BT.709 colours, limited range and square pixels
// (ISO/IEC 14496-15, 5.4.2).
func EncodeAVCEntry(width, height int, avcc []byte) []byte {
	return encodeBox("avc1", make([]byte, 6), encodeUint16s(1), make([]byte, 16),
		encodeUint16s(uint16(width), uint16(height)),
		encodeUint32s(0x480000, 0x480000, 0), encodeUint16s(1), make([]byte, 32), encodeUint16s(0x18, math.MaxUint16),
		encodeBox("avcC", avcc),
		encodeBox("colr", []byte("nclx"), encodeUint16s(1, 1, 1), []byte{0}),
		encodeBox("pasp", encodeUint32s(1, 1)))
}

// EncodeAACEntry returns the sample entry of AAC sound. config is the AudioSpecificConfig, bitRate is in bits per
// second (ISO/IEC 14496-14, 5.6; 14496-1, 7.2.6).
func EncodeAACEntry(channels int, sampleRate uint32, bitRate uint32, config []byte) []byte {
	descriptor := func(tag byte, parts ...[]byte) []byte {
		var body []byte
		for _, p := range parts {
			body = append(body, p...)
		}
		return append([]byte{tag, 0x80, 0x80, 0x80, byte(len(body))}, body...)
	}
	es := descriptor(3, encodeUint16s(0), []byte{0},
		descriptor(4, []byte{0x40, 0x15, 0, 0, 0}, encodeUint32s(bitRate, bitRate), descriptor(5, config)),
		descriptor(6, []byte{2}))
	return encodeBox("mp4a", make([]byte, 6), encodeUint16s(1), make([]byte, 8),
		encodeUint16s(uint16(channels), 16, 0, 0), encodeUint32s(sampleRate<<16),
		encodeFullBox("esds", 0, 0, es))
}

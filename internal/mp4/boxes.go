package mp4

import (
	"cmp"
	"encoding/binary"
	"math"
)

// box returns a box with a four-character type and the content parts.
func box(kind string, parts ...[]byte) []byte {
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

func fullBox(kind string, version byte, flags uint32, parts ...[]byte) []byte {
	vf := be32(uint32(version)<<24 | flags)
	return box(kind, append([][]byte{vf}, parts...)...)
}

func be16(v ...uint16) []byte {
	var out []byte
	for _, n := range v {
		out = binary.BigEndian.AppendUint16(out, n)
	}
	return out
}

func be32(v ...uint32) []byte {
	var out []byte
	for _, n := range v {
		out = binary.BigEndian.AppendUint32(out, n)
	}
	return out
}

func be64(v ...int64) []byte {
	var out []byte
	for _, n := range v {
		out = binary.BigEndian.AppendUint64(out, uint64(n))
	}
	return out
}

func ftyp() []byte {
	return box("ftyp", []byte("isom"), be32(0x200), []byte("isomiso2avc1mp41"))
}

func mdatHeader(size int64, length int) []byte {
	if length == 8 {
		return append(be32(uint32(size+8)), "mdat"...)
	}
	return append(append(be32(1), "mdat"...), be64(size+16)...)
}

// matrix returns a transformation matrix that scales by scale/65536 (ISO/IEC 14496-12, 6.2.2).
func matrix(scale uint32) []byte {
	return be32(scale, 0, 0, 0, scale, 0, 0, 0, 0x40000000)
}

const unscaled = 0x10000

func (m *Movie) moov(chunks []chunk, base int64, large bool) []byte {
	var length int64
	for _, t := range m.Tracks {
		length = max(length, t.Duration)
	}
	parts := [][]byte{fullBox("mvhd", 1, 0,
		be64(0, 0), be32(MovieTimescale), be64(length),
		be32(0x10000), be16(0x100, 0), be32(0, 0), matrix(unscaled), make([]byte, 24),
		be32(uint32(len(m.Tracks)+1)))}
	for i := range m.Tracks {
		parts = append(parts, m.trak(i, chunks, base, large))
	}
	if udta := m.udta(); udta != nil {
		parts = append(parts, udta)
	}
	return box("moov", parts...)
}

func (m *Movie) trak(i int, chunks []chunk, base int64, large bool) []byte {
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
		fullBox("tkhd", 1, flags, be64(0, 0), be32(id, 0), be64(t.Duration), be32(0, 0),
			be16(layer, group, volume, 0), matrix(cmp.Or(t.Scale, unscaled)), be32(uint32(t.Width)<<16, uint32(t.Height)<<16)),
		box("edts", fullBox("elst", 1, 0, be32(1), be64(t.Duration, t.MediaTime), be16(1, 0))),
	}
	if t.Chapters > 0 {
		parts = append(parts, box("tref", box("chap", be32(uint32(t.Chapters+1)))))
	}
	parts = append(parts, t.mdia(i, chunks, base, large))
	return box("trak", parts...)
}

func (t *Track) mdia(index int, chunks []chunk, base int64, large bool) []byte {
	handler, name := "vide", "VideoHandler"
	media := fullBox("vmhd", 0, 1, make([]byte, 8))
	switch t.Kind {
	case Audio:
		handler, name = "soun", "SoundHandler"
		media = fullBox("smhd", 0, 0, make([]byte, 4))
	case Text:
		handler, name = "sbtl", "SubtitleHandler"
		media = fullBox("nmhd", 0, 0)
	case Titles:
		handler, name = "text", "ChapterHandler"
		media = gmhd()
	case Video:
	}
	extended := []byte{}
	if t.Tag != "" { // extended language, ISO/IEC 14496-12, 8.4.6
		extended = fullBox("elng", 0, 0, []byte(t.Tag), []byte{0})
	}
	dinf := box("dinf", fullBox("dref", 0, 0, be32(1), fullBox("url ", 0, 1)))
	return box("mdia",
		fullBox("mdhd", 1, 0, be64(0, 0), be32(t.Timescale), be64(t.mediaDuration()), be16(packLanguage(t.Language), 0)),
		extended,
		fullBox("hdlr", 0, 0, be32(0), []byte(handler), make([]byte, 12), append([]byte(name), 0)),
		box("minf", media, dinf, t.stbl(index, chunks, base, large)),
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

func (t *Track) stbl(index int, chunks []chunk, base int64, large bool) []byte {
	parts := [][]byte{fullBox("stsd", 0, 0, be32(1), t.Entry), t.stts()}
	if t.Sync != nil {
		sync := be32(uint32(len(t.Sync)))
		for _, n := range t.Sync {
			sync = binary.BigEndian.AppendUint32(sync, n+1)
		}
		parts = append(parts, fullBox("stss", 0, 0, sync))
	}
	var stsc, offsets []byte
	entries, n, last := uint32(0), uint32(0), -1
	for _, c := range chunks {
		if c.track != index {
			continue
		}
		n++
		if c.count != last {
			stsc = append(stsc, be32(n, uint32(c.count), 1)...)
			entries++
			last = c.count
		}
		if large {
			offsets = append(offsets, be64(base+c.offset)...)
		} else {
			offsets = append(offsets, be32(uint32(base+c.offset))...)
		}
	}
	parts = append(parts, fullBox("stsc", 0, 0, be32(entries), stsc), t.stsz())
	if large {
		parts = append(parts, fullBox("co64", 0, 0, be32(n), offsets))
	} else {
		parts = append(parts, fullBox("stco", 0, 0, be32(n), offsets))
	}
	if t.Kind == Audio {
		// Decoding must start one frame earlier (ISO/IEC 14496-12, 10.1).
		parts = append(parts,
			fullBox("sgpd", 1, 0, []byte("roll"), be32(2, 1), be16(math.MaxUint16)),
			fullBox("sbgp", 0, 0, []byte("roll"), be32(1, uint32(len(t.Sizes)), 1)))
	}
	return box("stbl", parts...)
}

func (t *Track) stts() []byte {
	count := uint32(len(t.Sizes))
	if t.Deltas == nil {
		return fullBox("stts", 0, 0, be32(1, count, t.Delta))
	}
	var out []byte
	entries := uint32(0)
	for i := 0; i < len(t.Deltas); {
		j := i
		for j < len(t.Deltas) && t.Deltas[j] == t.Deltas[i] {
			j++
		}
		out = append(out, be32(uint32(j-i), t.Deltas[i])...)
		entries++
		i = j
	}
	return fullBox("stts", 0, 0, be32(entries), out)
}

func (t *Track) stsz() []byte {
	sizes := make([]byte, 0, 4*len(t.Sizes))
	for _, s := range t.Sizes {
		sizes = binary.BigEndian.AppendUint32(sizes, s)
	}
	return fullBox("stsz", 0, 0, be32(0, uint32(len(t.Sizes))), sizes)
}

func (m *Movie) udta() []byte {
	var items [][]byte
	for _, t := range m.Tags {
		if t.Value != "" {
			items = append(items, box(t.Code, fullBox("data", 0, 1, be32(0), []byte(t.Value))))
		}
	}
	var parts [][]byte
	if len(m.Chapters) > 0 {
		parts = append(parts, m.chpl())
	}
	if items != nil {
		parts = append(parts, fullBox("meta", 0, 0,
			fullBox("hdlr", 0, 0, be32(0), []byte("mdirappl"), make([]byte, 9)),
			box("ilst", items...)))
	}
	if parts == nil {
		return nil
	}
	return box("udta", parts...)
}

// AVC returns the sample entry of H.264 video with BT.709 colours, limited range and square pixels
// (ISO/IEC 14496-15, 5.4.2).
func AVC(width, height int, avcc []byte) []byte {
	return box("avc1", make([]byte, 6), be16(1), make([]byte, 16),
		be16(uint16(width), uint16(height)),
		be32(0x480000, 0x480000, 0), be16(1), make([]byte, 32), be16(0x18, math.MaxUint16),
		box("avcC", avcc),
		box("colr", []byte("nclx"), be16(1, 1, 1), []byte{0}),
		box("pasp", be32(1, 1)))
}

// AAC returns the sample entry of AAC sound. config is the AudioSpecificConfig, bitRate is in bits per
// second (ISO/IEC 14496-14, 5.6; 14496-1, 7.2.6).
func AAC(channels int, sampleRate uint32, bitRate uint32, config []byte) []byte {
	descriptor := func(tag byte, parts ...[]byte) []byte {
		var body []byte
		for _, p := range parts {
			body = append(body, p...)
		}
		return append([]byte{tag, 0x80, 0x80, 0x80, byte(len(body))}, body...)
	}
	es := descriptor(3, be16(0), []byte{0},
		descriptor(4, []byte{0x40, 0x15, 0, 0, 0}, be32(bitRate, bitRate), descriptor(5, config)),
		descriptor(6, []byte{2}))
	return box("mp4a", make([]byte, 6), be16(1), make([]byte, 8),
		be16(uint16(channels), 16, 0, 0), be32(sampleRate<<16),
		fullBox("esds", 0, 0, es))
}

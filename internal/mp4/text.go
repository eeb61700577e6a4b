package mp4

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf8"
)

// TextSample is a sample of subtitles or of a chapter's title, 3GPP TS 26.245 5.17: an
// empty text clears the screen. Texts are cut at 65,000 bytes.
func TextSample(text string) []byte {
	text = clip(text, 65000)
	return append(be16(uint16(len(text))), text...)
}

// TitleSample is a sample of a chapter's title, which says that it is UTF-8.
func TitleSample(title string) []byte {
	const utf8Encoding = 0x100
	return append(TextSample(title), box("encd", be32(utf8Encoding))...)
}

// clip cuts a text at a number of bytes, between letters.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// TextHeight is that of the frame in the units of subtitles. The font size that players
// and converters take for the usual one, 16, is one eighteenth of it.
const TextHeight = 288

// TX3G is the sample entry of subtitles that stand at the foot of a frame of so many units,
// centred; 3GPP TS 26.245 5.16.
func TX3G(width, height int) []byte {
	const (
		white = 0xffffffff
		size  = 16
	)
	centre, bottom := byte(1), byte(0xff)
	return box("tx3g", make([]byte, 6), be16(1), be32(0), []byte{centre, bottom}, be32(0),
		be16(0, 0, uint16(height), uint16(width)), // the box: top, left, bottom, right
		be16(0, 0, 1), []byte{0, size}, be32(white),
		fonts("Arial"))
}

// TitleEntry is the sample entry of chapters' titles, QuickTime File Format, text media.
func TitleEntry() []byte {
	return box("text", make([]byte, 6), be16(1), be32(1), be16(0), be32(0), be32(0, 0), be32(0), be16(1, 0), be32(0), fonts(""))
}

func fonts(name string) []byte {
	return box("ftab", be16(1, 1), []byte{byte(len(name))}, []byte(name))
}

// gmhd is the head of media that is neither picture nor sound, QuickTime File Format.
func gmhd() []byte {
	return box("gmhd",
		full("gmin", 0, 0, be16(0x40, 0x8000, 0x8000, 0x8000, 0, 0)),
		box("text", be16(1), be32(0, 0, 0, 1, 0, 0, 0, 0x4000), be16(0)))
}

// chpl lists chapters in the way of Nero, which has room for 255.
func (m *Movie) chpl() []byte {
	list := m.Chapters[:min(len(m.Chapters), 255)]
	var out bytes.Buffer
	out.Write(be32(0))
	out.WriteByte(byte(len(list)))
	for _, c := range list {
		title := clip(strings.ToValidUTF8(c.Title, "\uFFFD"), 255)
		out.Write(binary.BigEndian.AppendUint64(nil, uint64(c.Start)))
		out.WriteByte(byte(len(title)))
		out.WriteString(title)
	}
	return full("chpl", 1, 0, out.Bytes())
}

package mp4

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf8"
)

// TextSample returns a sample of a text track (3GPP TS 26.245, 5.17). An empty text clears the screen.
// Texts are shortened to 65,000 bytes.
func TextSample(text string) []byte {
	text = truncate(text, 65000)
	return append(be16(uint16(len(text))), text...)
}

// TitleSample returns a sample of a chapter title, marked as UTF-8.
func TitleSample(title string) []byte {
	const utf8Encoding = 0x100
	return append(TextSample(title), box("encd", be32(utf8Encoding))...)
}

// truncate shortens s to at most n bytes, at the end of a character.
func truncate(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// TextHeight is the height of the video frame in the units of subtitles. Players and converters use a
// default font size of 16 of these units, one eighteenth of the height.
const TextHeight = 288

// TX3G returns the sample entry of subtitles that are centred at the bottom of a frame of width x
// height units (3GPP TS 26.245, 5.16).
func TX3G(width, height int) []byte {
	const (
		white = 0xffffffff
		size  = 16
	)
	centre, bottom := byte(1), byte(0xff)
	return box("tx3g", make([]byte, 6), be16(1), be32(0), []byte{centre, bottom}, be32(0),
		be16(0, 0, uint16(height), uint16(width)), // text box: top, left, bottom, right
		be16(0, 0, 1), []byte{0, size}, be32(white),
		fonts("Arial"))
}

// TitleEntry returns the sample entry of chapter titles (QuickTime File Format, text media).
func TitleEntry() []byte {
	return box("text", make([]byte, 6), be16(1), be32(1), be16(0), be32(0), be32(0, 0), be32(0), be16(1, 0), be32(0), fonts(""))
}

func fonts(name string) []byte {
	return box("ftab", be16(1, 1), []byte{byte(len(name))}, []byte(name))
}

// gmhd returns the media header of a text track (QuickTime File Format).
func gmhd() []byte {
	return box("gmhd",
		fullBox("gmin", 0, 0, be16(0x40, 0x8000, 0x8000, 0x8000, 0, 0)),
		box("text", be16(1), be32(0, 0, 0, 1, 0, 0, 0, 0x4000), be16(0)))
}

// chpl returns the list of chapters in Nero's format, which has room for 255.
func (m *Movie) chpl() []byte {
	list := m.Chapters[:min(len(m.Chapters), 255)]
	var out bytes.Buffer
	out.Write(be32(0))
	out.WriteByte(byte(len(list)))
	for _, c := range list {
		title := truncate(strings.ToValidUTF8(c.Title, "\uFFFD"), 255)
		out.Write(binary.BigEndian.AppendUint64(nil, uint64(c.Start)))
		out.WriteByte(byte(len(title)))
		out.WriteString(title)
	}
	return fullBox("chpl", 1, 0, out.Bytes())
}

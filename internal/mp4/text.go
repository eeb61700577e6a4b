package mp4

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf8"
)

// EncodeTextSample returns a sample of a text track (3GPP TS 26.245, 5.17). An empty text clears the screen.
// Texts are shortened to 65,000 bytes.
func EncodeTextSample(text string) []byte {
	text = truncateToBytes(text, 65000)
	return append(encodeUint16s(uint16(len(text))), text...)
}

// EncodeTitleSample returns a sample of a chapter title, marked as UTF-8.
func EncodeTitleSample(title string) []byte {
	const utf8Encoding = 0x100
	return append(EncodeTextSample(title), encodeBox("encd", encodeUint32s(utf8Encoding))...)
}

// truncateToBytes shortens s to at most n bytes, at the end of a character.
func truncateToBytes(s string, n int) string {
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

// EncodeSubtitleEntry returns the sample entry of subtitles that are centred at the bottom of a frame of width x
// height units (3GPP TS 26.245, 5.16).
func EncodeSubtitleEntry(width, height int) []byte {
	const (
		white = 0xffffffff
		size  = 16
	)
	centre, bottom := byte(1), byte(0xff)
	return encodeBox("tx3g", make([]byte, 6), encodeUint16s(1), encodeUint32s(0), []byte{centre, bottom}, encodeUint32s(0),
		encodeUint16s(0, 0, uint16(height), uint16(width)), // text box: top, left, bottom, right
		encodeUint16s(0, 0, 1), []byte{0, size}, encodeUint32s(white),
		encodeFontTable("Arial"))
}

// EncodeTitleEntry returns the sample entry of chapter titles (QuickTime File Format, text media).
func EncodeTitleEntry() []byte {
	return encodeBox(
		"text", make([]byte, 6), encodeUint16s(1), encodeUint32s(1), encodeUint16s(0), encodeUint32s(0), encodeUint32s(0, 0),
		encodeUint32s(0), encodeUint16s(1, 0), encodeUint32s(0), encodeFontTable(""),
	)
}

func encodeFontTable(name string) []byte {
	return encodeBox("ftab", encodeUint16s(1, 1), []byte{byte(len(name))}, []byte(name))
}

// encodeGmhd returns the media header of a text track (QuickTime File Format).
func encodeGmhd() []byte {
	return encodeBox("gmhd",
		encodeFullBox("gmin", 0, 0, encodeUint16s(0x40, 0x8000, 0x8000, 0x8000, 0, 0)),
		encodeBox("text", encodeUint16s(1), encodeUint32s(0, 0, 0, 1, 0, 0, 0, 0x4000), encodeUint16s(0)))
}

// encodeChpl returns the list of chapters in Nero's format, which has room for 255.
func (m *Movie) encodeChpl() []byte {
	list := m.Chapters[:min(len(m.Chapters), 255)]
	var out bytes.Buffer
	out.Write(encodeUint32s(0))
	out.WriteByte(byte(len(list)))
	for _, c := range list {
		title := truncateToBytes(strings.ToValidUTF8(c.Title, "\uFFFD"), 255)
		out.Write(binary.BigEndian.AppendUint64(nil, uint64(c.Start)))
		out.WriteByte(byte(len(title)))
		out.WriteString(title)
	}
	return encodeFullBox("chpl", 1, 0, out.Bytes())
}

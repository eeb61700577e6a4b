package caption

import (
	"fmt"
	"strings"

	"mynah/internal/timeline"
)

// FormatSRT formats cues as a SubRip file.
func FormatSRT(cues []Cue) string {
	var b strings.Builder
	// Players would read an arrow as the times of another cue.
	arrow := strings.NewReplacer("-->", "→")
	for i, c := range cues {
		start, end := toClampedMilliseconds(c)
		fmt.Fprintf(&b, "%d\n%s --> %s\n%s\n\n", i+1, formatClock(start, ","), formatClock(end, ","), arrow.Replace(joinCueLines(c)))
	}
	return b.String()
}

// FormatVTT formats cues as a WebVTT file, https://www.w3.org/TR/webvtt1/.
func FormatVTT(cues []Cue) string {
	var b strings.Builder
	b.WriteString("WEBVTT\n\n")
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	for _, c := range cues {
		start, end := toClampedMilliseconds(c)
		fmt.Fprintf(&b, "%s --> %s\n%s\n\n", formatClock(start, "."), formatClock(end, "."), escape.Replace(joinCueLines(c)))
	}
	return b.String()
}

// speechSpan is the text of one paragraph. start is in samples of the film.
type speechSpan struct {
	start int64
	scene int
	text  string
}

// joinByParagraph joins the cues of each paragraph.
func joinByParagraph(cues []Cue) []speechSpan {
	var out []speechSpan
	for i, c := range cues {
		if i > 0 && c.Paragraph == cues[i-1].Paragraph {
			last := &out[len(out)-1]
			if !cues[i-1].glued {
				last.text += " "
			}
			last.text += c.Text
			continue
		}
		out = append(out, speechSpan{start: c.Start, scene: c.Scene, text: c.Text})
	}
	return out
}

// FormatText returns the text of the cues, one paragraph per line, with a blank line between paragraphs.
func FormatText(cues []Cue) string {
	var all []string
	for _, p := range joinByParagraph(cues) {
		all = append(all, p.text+"\n")
	}
	return strings.Join(all, "\n")
}

// joinCueLines returns the lines of a cue without blank lines and line separators, which would end the cue.
func joinCueLines(c Cue) string {
	var out []string
	for _, line := range c.Lines() {
		line = strings.TrimSpace(strings.Map(func(r rune) rune {
			if isBreakingSpace(r) {
				return ' '
			}
			return r
		}, line))
		if line != "" {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}

// toClampedMilliseconds returns the times of a cue in milliseconds. The end is at least one after the start.
func toClampedMilliseconds(c Cue) (start, end int64) {
	start, end = ToMilliseconds(c.Start), ToMilliseconds(c.End)
	return start, max(end, start+1)
}

// ToMilliseconds converts a sample of the film to milliseconds, rounded.
func ToMilliseconds(sample int64) int64 {
	return (sample*1000 + timeline.SampleRate/2) / timeline.SampleRate
}

// formatClock formats a time as HH:MM:SS and milliseconds, with the given decimal point.
func formatClock(ms int64, point string) string {
	return fmt.Sprintf("%02d:%02d:%02d%s%03d", ms/3_600_000, ms/60_000%60, ms/1000%60, point, ms%1000)
}

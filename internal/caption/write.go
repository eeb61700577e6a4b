package caption

import (
	"fmt"
	"strings"

	"mynah/internal/timeline"
)

// SRT writes cues in the form SubRip.
func SRT(cues []Cue) string {
	var b strings.Builder
	// An arrow would be taken for the times of another cue.
	arrow := strings.NewReplacer("-->", "→")
	for i, c := range cues {
		start, end := clocks(c)
		fmt.Fprintf(&b, "%d\n%s --> %s\n%s\n\n", i+1, clock(start, ","), clock(end, ","), arrow.Replace(shown(c)))
	}
	return b.String()
}

// VTT writes cues in the form WebVTT, https://www.w3.org/TR/webvtt1/.
func VTT(cues []Cue) string {
	var b strings.Builder
	b.WriteString("WEBVTT\n\n")
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	for _, c := range cues {
		start, end := clocks(c)
		fmt.Fprintf(&b, "%s --> %s\n%s\n\n", clock(start, "."), clock(end, "."), escape.Replace(shown(c)))
	}
	return b.String()
}

// speechSpan is what is said in one go, in samples of the film.
type speechSpan struct {
	start int64
	scene int
	text  string
}

// mergeCues joins the cues that were cut from one paragraph.
func mergeCues(cues []Cue) []speechSpan {
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

// Text writes what cues say, a paragraph a line, with a blank line between.
func Text(cues []Cue) string {
	var all []string
	for _, p := range mergeCues(cues) {
		all = append(all, p.text+"\n")
	}
	return strings.Join(all, "\n")
}

// shown returns the lines of a cue. A blank line, or a character that ends lines, would end
// the cue.
func shown(c Cue) string {
	var out []string
	for _, line := range c.Lines() {
		line = strings.TrimSpace(strings.Map(func(r rune) rune {
			if splits(r) {
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

// clocks returns the times of a cue in thousandths of a second; it lasts at least one.
func clocks(c Cue) (start, end int64) {
	start, end = Milliseconds(c.Start), Milliseconds(c.End)
	return start, max(end, start+1)
}

// Milliseconds returns a sample of the film in thousandths of a second, rounded.
func Milliseconds(sample int64) int64 {
	return (sample*1000 + timeline.SampleRate/2) / timeline.SampleRate
}

// clock writes a time in hours, minutes, seconds and thousandths.
func clock(ms int64, point string) string {
	return fmt.Sprintf("%02d:%02d:%02d%s%03d", ms/3_600_000, ms/60_000%60, ms/1000%60, point, ms%1000)
}

package caption

import (
	"fmt"
	"strings"

	"mynah/internal/timeline"
)

// SRT writes cues in the form SubRip.
func SRT(cues []Cue) string {
	var b strings.Builder
	for i, c := range cues {
		// A blank line or an arrow would end the cue.
		text := strings.NewReplacer("-->", "→", "\n", " ", "\r", " ").Replace(c.Text)
		fmt.Fprintf(&b, "%d\n%s --> %s\n%s\n\n", i+1, clock(c.Start, ","), clock(c.End, ","), text)
	}
	return b.String()
}

// VTT writes cues in the form WebVTT, https://www.w3.org/TR/webvtt1/.
func VTT(cues []Cue) string {
	var b strings.Builder
	b.WriteString("WEBVTT\n\n")
	for _, c := range cues {
		text := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\n", " ", "\r", " ").Replace(c.Text)
		fmt.Fprintf(&b, "%s --> %s\n%s\n\n", clock(c.Start, "."), clock(c.End, "."), text)
	}
	return b.String()
}

// clock writes a time in hours, minutes, seconds and thousandths.
func clock(sample int64, point string) string {
	ms := (sample*1000 + timeline.SampleRate/2) / timeline.SampleRate
	return fmt.Sprintf("%02d:%02d:%02d%s%03d", ms/3_600_000, ms/60_000%60, ms/1000%60, point, ms%1000)
}

package caption

import (
	"fmt"
	"regexp"
	"strings"

	"mynah/internal/timeline"
)

// Chapter is a chapter of the film. Start is in samples.
type Chapter struct {
	Start int64
	Scene int // index of the scene
	Title string
}

// FormatTranscript returns the narration as Markdown: the title, chapters as headings, and paragraphs with
// the time at which they begin.
func FormatTranscript(title string, chapters []Chapter, cues []Cue) string {
	var b strings.Builder
	b.WriteString("# " + escapeHeading(title) + "\n")
	next := 0
	until := func(scene int) {
		for ; next < len(chapters) && chapters[next].Scene <= scene; next++ {
			fmt.Fprintf(&b, "\n## %s %s\n", formatMinutes(chapters[next].Start), escapeHeading(chapters[next].Title))
		}
	}
	const last = 1 << 30
	for _, p := range joinByParagraph(cues) {
		until(p.scene)
		fmt.Fprintf(&b, "\n**%s** %s\n", formatMinutes(p.start), escapeMarkdown(p.text))
	}
	until(last)
	return b.String()
}

// FormatChapters returns chapters in the format of video descriptions on video sites: one line each, with
// time and title.
func FormatChapters(chapters []Chapter) string {
	var b strings.Builder
	for _, c := range chapters {
		fmt.Fprintf(&b, "%s %s\n", formatMinutes(c.Start), strings.Join(strings.Fields(c.Title), " "))
	}
	return b.String()
}

// formatMinutes formats a sample of the film as minutes and seconds, rounded down: 1:05, or 1:00:05 from one
// hour.
func formatMinutes(sample int64) string {
	s := sample / timeline.SampleRate
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// escapeMarkdown escapes text so that Markdown shows it literally.
func escapeMarkdown(text string) string {
	text = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, "~",
		`\~`, "\n", " ").Replace(text)
	return regexp.MustCompile(`&(#?\w+;)`).ReplaceAllString(text, `\&$1`)
}

func escapeHeading(text string) string { return strings.ReplaceAll(escapeMarkdown(text), "#", `\#`) }

package caption

import (
	"fmt"
	"html"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Timed is a cue that was read from a subtitle file. Line is the number of the line with its times,
// from 1.
type Timed struct {
	From, To time.Duration
	Text     string
	Line     int
}

// Form is a format of subtitle files.
type Form string

// Values of Form.
const (
	WebVTT Form = "vtt"
	SubRip Form = "srt"
)

// ReadError is an error in a subtitle file.
type ReadError struct {
	Line   int
	Reason string
}

func (e *ReadError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Reason) }

var (
	timeLine = regexp.MustCompile(`^\s*(\S+?)\s*-->\s*(\S+)`)
	stamp    = regexp.MustCompile(`^(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,9}))?$`)
	// cueTags matches tags in cues: those of WebVTT, including time stamps, and those of SubRip, which are
	// HTML.
	cueTags = regexp.MustCompile(`</?[A-Za-z][^<>]*>|<(?:\d+:)?\d+:\d+[.,]\d+>|</>`)
	// cueMarks matches marks of Advanced SubStation Alpha and MicroDVD, which some SubRip files contain.
	cueMarks = regexp.MustCompile(`\{\\[^{}]*\}|\{[A-Za-z]:[^{}]*\}`)
	// remarks matches the first line of WebVTT blocks that are not cues.
	remarks = regexp.MustCompile(`^(?:NOTE(?:\s.*)?|STYLE\s*|REGION\s*)$`)
)

// ParseCues returns the cues of a file in their order in the file. The text of a cue extends to the times
// of the next cue, across blank lines, without the next cue's number or name. Tags are removed and
// entities are decoded. Cues without text are skipped. Errors are of type *ReadError.
//
// Sources: WebVTT, https://www.w3.org/TR/webvtt1/. SubRip has no specification; ParseCues accepts what its
// files contain in practice.
func ParseCues(text string, form Form) ([]Timed, error) {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimPrefix(text, "\ufeff"))
	lines := strings.Split(text, "\n")
	if form == WebVTT {
		blankNonCueLines(lines)
	}
	var out []Timed
	var said []string
	open := false
	end := func() {
		if c := &out[len(out)-1]; open {
			c.Text = extractSpokenLine(strings.Join(said, "\n"))
		}
		if open && out[len(out)-1].Text == "" {
			out = out[:len(out)-1]
		}
		said, open = nil, false
	}
	for i, line := range lines {
		if !strings.Contains(line, "-->") {
			said = append(said, line)
			continue
		}
		from, to, err := parseCueTimes(line)
		if err != nil {
			return nil, &ReadError{i + 1, err.Error()}
		}
		said = removeCueName(said, form)
		if open {
			end()
		}
		out, said, open = append(out, Timed{From: from, To: to, Line: i + 1}), nil, true
	}
	if open {
		end()
	}
	return out, nil
}

// blankNonCueLines empties the lines of the header and of blocks that are not cues. Such a block begins
// after a blank line and ends before the next.
func blankNonCueLines(lines []string) {
	within := len(lines) > 0 && strings.HasPrefix(lines[0], "WEBVTT")
	blank := true
	for i, line := range lines {
		switch empty := strings.TrimSpace(line) == ""; {
		case empty, strings.Contains(line, "-->"):
			within = false
		case blank && remarks.MatchString(line):
			within = true
		}
		blank = strings.TrimSpace(line) == ""
		if within {
			lines[i] = ""
		}
	}
}

// removeCueName removes the name of the next cue from the end of the lines before its times. In WebVTT
// it is any line after a blank one, in SubRip a number.
func removeCueName(lines []string, form Form) []string {
	n := len(lines)
	if n == 0 {
		return lines
	}
	last := strings.TrimSpace(lines[n-1])
	_, err := strconv.ParseUint(last, 10, 64)
	first := n == 1 || strings.TrimSpace(lines[n-2]) == ""
	if err == nil || form == WebVTT && first && last != "" {
		return lines[:n-1]
	}
	return lines
}

func parseCueTimes(line string) (from, to time.Duration, err error) {
	m := timeLine.FindStringSubmatch(line)
	if m == nil {
		return 0, 0, fmt.Errorf("%.80q is not a line with the times of a cue", line)
	}
	if from, err = parseCueTime(m[1]); err != nil {
		return 0, 0, err
	}
	to, err = parseCueTime(m[2])
	return from, to, err
}

// parseCueTime parses a time: optional hours, minutes, seconds and an optional decimal fraction.
func parseCueTime(s string) (time.Duration, error) {
	m := stamp.FindStringSubmatch(s)
	if m == nil {
		return 0, fmt.Errorf("%.40q is not a time", s)
	}
	seconds := 0
	for _, part := range m[1:4] {
		n, _ := strconv.Atoi("0" + part)
		seconds = seconds*60 + n
	}
	const digits = 9
	fraction, _ := strconv.Atoi((m[4] + strings.Repeat("0", digits))[:digits])
	return time.Duration(seconds)*time.Second + time.Duration(fraction), nil
}

// extractSpokenLine returns the spoken text of a cue on one line.
func extractSpokenLine(s string) string {
	s = cueMarks.ReplaceAllString(cueTags.ReplaceAllString(s, ""), "")
	breaks := strings.NewReplacer(`\N`, " ", `\n`, " ", `\h`, " ")
	return strings.Join(strings.Fields(html.UnescapeString(breaks.Replace(s))), " ")
}

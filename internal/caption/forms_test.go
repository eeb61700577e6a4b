package caption_test

import (
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/asticode/go-astisub"

	"mynah/internal/caption"
	"mynah/internal/timeline"
)

// hostileCues returns cues whose text must be escaped in files.
func hostileCues() []caption.Cue {
	cues := []caption.Cue{}
	for i, text := range []string{
		"a < b & c --> d", "1", "00:00:01.000 --> 00:00:02.000", "WEBVTT", "NOTE this is said", "STYLE", "<b>bold</b> &amp; {\\an8}",
		"two\n\nlines", "a\u2028b\u0085c\x00d", "مرحبا بالعالم", "今天早上", "😀 👩‍👩‍👧",
	} {
		at := int64(i) * timeline.SampleRate * 3
		cues = append(cues, caption.Cue{Start: at + 7, End: at + timeline.SampleRate, Text: text})
	}
	last := caption.Cue{
		Start: 36000 * timeline.SampleRate, End: 36000*timeline.SampleRate + 30,
		Text: "the first line the second line", Breaks: []int{15},
	}
	return append(cues, last)
}

// badVTT returns the errors in a WebVTT file, according to https://www.w3.org/TR/webvtt1/, section 4.
func badVTT(text string) []string {
	var bad []string
	say := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	blocks, ok := strings.CutPrefix(text, "WEBVTT\n\n")
	if !ok {
		say("VTT does not begin with its header and a blank line")
	}
	time := regexp.MustCompile(`^(\d{2,}):([0-5]\d):([0-5]\d)\.(\d{3}) --> (\d{2,}):([0-5]\d):([0-5]\d)\.(\d{3})$`)
	entity := regexp.MustCompile(`&(amp|lt|gt);`)
	bad = append(bad, badBlocks(blocks, func(lines []string) (int64, int64, string) {
		m := time.FindStringSubmatch(lines[0])
		if m == nil {
			return 0, 0, "the line of times is " + lines[0]
		}
		for _, l := range lines[1:] {
			if strings.ContainsAny(entity.ReplaceAllString(l, ""), "<>&") {
				return 0, 0, "marks are not escaped: " + l
			}
		}
		return millis(m[1:5]), millis(m[5:]), ""
	})...)
	return bad
}

// badSRT returns the errors in a SubRip file.
func badSRT(text string) []string {
	time := regexp.MustCompile(`^(\d{2,}):([0-5]\d):([0-5]\d),(\d{3}) --> (\d{2,}):([0-5]\d):([0-5]\d),(\d{3})$`)
	number := 0
	return badBlocks(text, func(lines []string) (int64, int64, string) {
		number++
		if lines[0] != strconv.Itoa(number) {
			return 0, 0, fmt.Sprintf("cue %d has the number %s", number, lines[0])
		}
		if len(lines) < 2 {
			return 0, 0, "a cue has no times"
		}
		m := time.FindStringSubmatch(lines[1])
		if m == nil {
			return 0, 0, "the line of times is " + lines[1]
		}
		return millis(m[1:5]), millis(m[5:]), ""
	})
}

// badBlocks checks cues that are separated by blank lines. Each must have text, end after it begins,
// and not begin before the previous one.
func badBlocks(text string, read func(lines []string) (start, end int64, problem string)) []string {
	var bad []string
	if text == "" {
		return nil
	}
	if !strings.HasSuffix(text, "\n\n") {
		bad = append(bad, "the last cue does not end with a blank line")
	}
	before := int64(0)
	for block := range strings.SplitSeq(strings.TrimSuffix(text, "\n\n"), "\n\n") {
		lines := strings.Split(block, "\n")
		start, end, problem := read(lines)
		if problem != "" {
			bad = append(bad, problem)
			continue
		}
		if end <= start || start < before {
			bad = append(bad, fmt.Sprintf("a cue goes from %d to %d ms, the one before begins at %d", start, end, before))
		}
		before = start
		said := 0
		for _, l := range lines {
			if strings.Contains(l, "-->") {
				said++
			}
			if strings.TrimSpace(l) == "" || strings.ContainsFunc(l, unicode.IsControl) {
				bad = append(bad, fmt.Sprintf("the line %q", l))
			}
		}
		if said != 1 {
			bad = append(bad, fmt.Sprintf("a cue with %d arrows", said))
		}
	}
	return bad
}

func millis(parts []string) int64 {
	var n [4]int64
	for i, p := range parts {
		n[i], _ = strconv.ParseInt(p, 10, 64)
	}
	return ((n[0]*60+n[1])*60+n[2])*1000 + n[3]
}

func TestFormsAreValid(t *testing.T) {
	t.Parallel()
	cues := hostileCues()
	for _, problem := range append(badVTT(caption.FormatVTT(cues)), badSRT(caption.FormatSRT(cues))...) {
		t.Error(problem)
	}
	if !strings.Contains(caption.FormatSRT(cues), "the first line\nthe second line\n\n") {
		t.Error("lines are not broken as they are on the screen")
	}
	for _, wrong := range []string{
		"WEBVTT\n", "WEBVTT\n\n00:00:01.000 --> 00:00:01.000\nx\n\n",
		"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n<x>\n\n", "WEBVTT\n\n00:00:01,000 --> 00:00:02,000\nx\n\n",
	} {
		if len(badVTT(wrong)) == 0 {
			t.Errorf("the judge accepts %q", wrong)
		}
	}
	for _, wrong := range []string{
		"2\n00:00:01,000 --> 00:00:02,000\nx\n\n",
		"1\n00:00:01.000 --> 00:00:02.000\nx\n\n", "1\n00:00:01,000 --> 00:00:02,000\nx\n",
	} {
		if len(badSRT(wrong)) == 0 {
			t.Errorf("the judge accepts %q", wrong)
		}
	}
}

// TestOthersReadTheForms checks that a library reads the same cues from both formats, and
// that ffmpeg finds all of them in the WebVTT file.
func TestOthersReadTheForms(t *testing.T) {
	t.Parallel()
	cues := hostileCues()
	vtt, err := astisub.ReadFromWebVTT(strings.NewReader(caption.FormatVTT(cues)))
	if err != nil {
		t.Fatal(err)
	}
	srt, err := astisub.ReadFromSRT(strings.NewReader(caption.FormatSRT(cues)))
	if err != nil {
		t.Fatal(err)
	}
	for name, items := range map[string][]*astisub.Item{"VTT": vtt.Items, "SRT": srt.Items} {
		if len(items) != len(cues) {
			t.Fatalf("%s: %d cues, want %d", name, len(items), len(cues))
		}
		for i, c := range cues {
			if got, want := items[i].StartAt.Milliseconds(), caption.ToMilliseconds(c.Start); got != want {
				t.Errorf("%s: cue %d begins at %d ms, want %d", name, i, got, want)
			}
			for k, line := range c.Lines() {
				if i == len(cues)-1 && items[i].Lines[k].String() != line {
					t.Errorf("%s: line %d of cue %d is %q, want %q", name, k, i, items[i].Lines[k], line)
				}
			}
		}
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "a.vtt")
	if err := os.WriteFile(path, []byte(caption.FormatVTT(cues)), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-i", path, "-f", "srt", "-").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, c := range cues {
		line := strings.Fields(c.Lines()[0])[0]
		if !strings.Contains(html.UnescapeString(string(out)), line) {
			t.Errorf("ffmpeg does not find %q in\n%s", line, out)
		}
	}
	if n := strings.Count(string(out), " --> "); n != len(cues)+2 { // two cues contain an arrow in their text
		t.Errorf("ffmpeg finds %d arrows in\n%s", n, out)
	}
}

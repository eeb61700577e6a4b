package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// rewrite replaces text that may differ between two runs of the same program.
type rewrite struct {
	from *regexp.Regexp
	to   string
}

// rewrites returns the rules that replace times, ids, signatures and ports in a text.
func rewrites() []rewrite {
	rule := func(from, to string) rewrite { return rewrite{regexp.MustCompile(from), to} }
	return []rewrite{
		rule(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)`, "TIME"),
		rule(`\b(\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT)`, "DATE"),
		rule(`%2F`, "/"),
		rule(`127\.0\.0\.1:\d+|\[::1\]:\d+`, "HOST"),
		rule(`\b[0-9A-HJKMNP-TV-Z]{26}\b`, "ID"),
		rule(`\b(signature|expiry)=[\w%-]+`, "$1=X"),
		rule(`built in [\d.]+ s`, "built in T s"),
		rule(`\b[\d.]+ ms\b`, "T ms"),
		// The number of programs that a phase starts depends on their timing.
		rule(`(T ms +T ms +)\d+`, "${1}P"),
		rule(`[^\S\n]+`, " "),
		rule(` +\n`, "\n"),
	}
}

// timeMembers lists the names of JSON members whose values depend on elapsed time.
func timeMembers() []string {
	return []string{
		"elapsedMs", "wallMs", "cpuMs", "ms", "programs", "secondsWaited", "secondsWorked", "requestId",
	}
}

// sentenceMembers lists the names of JSON members that contain sentences for people.
func sentenceMembers() []string { return []string{"summary", "detail", "hint", "description"} }

// placePattern matches the position and the severity at the start of a printed finding.
func placePattern() *regexp.Regexp {
	return regexp.MustCompile(`(?m)^[^\s:][^:\n]*(:\d+:\d+)?: (error|warning)\b`)
}

// verbatimKinds lists the kinds of artifacts in which white space counts.
func verbatimKinds() []string { return []string{"fmt", "subtitles", "transcripts", "other files"} }

// normalize returns the form of a text that is compared. JSON becomes one line per value, in the
// original order; findings become positions and severities.
func (a artifact) normalize(sentences bool) string {
	text := a.text
	if slices.Contains(verbatimKinds(), a.kind) {
		return text
	}
	if lines, ok := flattenJSON(text, sentences); ok {
		text = strings.Join(lines, "\n") + "\n"
	}
	for _, r := range rewrites() {
		text = r.from.ReplaceAllString(text, r.to)
	}
	return sortMadeParts(text)
}

// sortMadeParts sorts adjacent rows of made parts, since a build lists them in the order in which they
// end.
func sortMadeParts(text string) string {
	lines := strings.Split(text, "\n")
	row := regexp.MustCompile(`^ \S.* T ms$|^[\d.]+made\[] = `)
	for i := 0; i < len(lines); i++ {
		end := i
		for end < len(lines) && row.MatchString(lines[end]) {
			end++
		}
		slices.Sort(lines[i:end])
		i = max(i, end-1)
	}
	return strings.Join(lines, "\n")
}

// findingPlaces returns the positions and severities of the findings in printed text.
func findingPlaces(stderr string) string {
	return strings.Join(placePattern().FindAllString(stderr, -1), "\n")
}

// flattenJSON converts a text to one line per value, if it consists of optional heading lines and JSON.
// Otherwise ok is false.
func flattenJSON(text string, sentences bool) (lines []string, ok bool) {
	head, body, found := strings.Cut(text, "\n\n")
	if !found {
		head, body = "", text
	}
	trimmed := strings.TrimSpace(body)
	if trimmed == "" || (trimmed[0] != '{' && trimmed[0] != '[') {
		return nil, false
	}
	if head != "" {
		lines = strings.Split(head, "\n")
	}
	d := json.NewDecoder(strings.NewReader(trimmed))
	d.UseNumber()
	f := flattener{d: d, sentences: sentences}
	phases := map[string]bool{}
	for n := 0; ; n++ {
		f.lines = nil
		err := f.readValue(fmt.Sprintf("%d", n), "")
		if errors.Is(err, io.EOF) {
			return lines, true
		}
		if err != nil {
			return nil, false
		}
		// The number of progress events depends on the speed of the machine, so only their phases
		// are kept.
		if len(f.lines) > 0 && strings.HasSuffix(f.lines[0], `event = "progress"`) {
			n--
			phase := f.lines[1:min(2, len(f.lines))]
			if line := strings.Join(phase, ""); !phases[line] {
				phases[line], lines = true, append(lines, "progress "+strings.TrimLeft(line, "0123456789."))
			}
			continue
		}
		lines = append(lines, f.lines...)
	}
}

// flattener reads JSON token by token to keep the order of members.
type flattener struct {
	d         *json.Decoder
	sentences bool
	lines     []string
}

// readValue reads one JSON value. path is its path from the root, and name is its name in the
// surrounding object.
func (f *flattener) readValue(path, name string) error {
	t, err := f.d.Token()
	if err != nil {
		return err
	}
	delim, ok := t.(json.Delim)
	if !ok {
		f.lines = append(f.lines, path+" = "+f.formatLeaf(name, t))
		return nil
	}
	if !f.d.More() {
		f.lines = append(f.lines, path+" = "+delim.String()+" empty")
	}
	for i := 0; f.d.More(); i++ {
		key, sub := fmt.Sprint(i), ""
		if delim == '{' {
			k, err := f.d.Token()
			if err != nil {
				return err
			}
			key, sub = fmt.Sprint(k), fmt.Sprint(k)
		}
		from := len(f.lines)
		if err := f.readValue(path+"."+key, sub); err != nil {
			return err
		}
		if name == "made" && delim == '[' {
			f.joinElement(from, path, path+"."+key+".")
		}
	}
	_, err = f.d.Token()
	return err
}

// joinElement replaces the lines from index from by one line, which describes an element of an unordered
// list.
func (f *flattener) joinElement(from int, path, prefix string) {
	var members []string
	for _, line := range f.lines[from:] {
		members = append(members, strings.TrimPrefix(line, prefix))
	}
	f.lines = append(f.lines[:from], path+"[] = "+strings.Join(members, ", "))
}

// formatLeaf formats a value that is neither an object nor an array.
func (f *flattener) formatLeaf(name string, t json.Token) string {
	switch {
	case slices.Contains(timeMembers(), name):
		return "T"
	case !f.sentences && slices.Contains(sentenceMembers(), name):
		return "a sentence"
	}
	if s, ok := t.(string); ok && !f.sentences && (name == "message" || name == "error") {
		if found := findingPlaces(s); found != "" {
			return "findings: " + found
		}
		return "a sentence"
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(t)
	return strings.TrimSpace(b.String())
}

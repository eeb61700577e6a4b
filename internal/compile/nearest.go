package compile

import (
	"path"
	"slices"
	"strings"

	"mynah/internal/names"
	"mynah/internal/similar"
)

// mostSlips is the maximum distance, in letters, of a suggested file name.
const mostSlips = 3

// SuggestFile implements storyboard.Project. After a number of missing files it suggests nothing
// more. It never suggests files that Mynah writes next to a script.
func (p *planner) SuggestFile(name, what string) string {
	const mostAsked = 200
	p.mu.Lock()
	if p.asked++; p.asked == 1 {
		p.listed = p.ListFiles()
	}
	listed, asked := p.listed, p.asked
	p.mu.Unlock()
	if asked > mostAsked {
		return ""
	}
	lower := strings.ToLower(name)
	best, least := "", mostSlips+1
	for _, path := range listed {
		if n := measureNameDistance(lower, strings.ToLower(path)); n < least && !p.isOutputName(path) &&
			p.isUsableInsteadOf(path, what) {
			best, least = path, n
		}
	}
	return best
}

// measureNameDistance returns the distance of two file names in letters. The same name in another folder, or
// with another extension, has distance 1.
func measureNameDistance(a, b string) int {
	n := similar.CountEditsUpTo(a, b, mostSlips+1)
	baseA, baseB := path.Base(a), path.Base(b)
	stem := func(s string) string { return strings.TrimSuffix(s, path.Ext(s)) }
	if baseA == baseB || path.Dir(a) == path.Dir(b) && stem(baseA) == stem(baseB) {
		return min(n, 1)
	}
	if len(stem(baseA)) <= mostSlips { // for short names nearly every name is near
		return n * 2
	}
	return n
}

// isOutputName reports whether Mynah writes a file of this name next to the script.
func (p *planner) isOutputName(name string) bool {
	stem := strings.TrimSuffix(p.script, path.Ext(p.script))
	rest, ok := strings.CutPrefix(name, stem)
	return name == p.script || ok && slices.Contains([]string{
		names.EndVideo, names.EndSRT, names.EndVTT, names.EndPoster, names.EndTimeline, names.EndTranscript, names.EndChapters,
	}, rest)
}

// isUsableInsteadOf reports whether a file can be used where a file of a kind is missing.
func (p *planner) isUsableInsteadOf(name, what string) bool {
	ending := strings.ToLower(path.Ext(name))
	switch what {
	case "theme":
		return ending == ".css"
	case "font":
		return ending == ".ttf" || ending == ".otf"
	case "lexicon":
		return ending != ".md" && p.DescribeFile(name).Kind == "" && !p.DescribeFile(name).Sound
	case "audio", "background":
		return p.DescribeFile(name).Sound || slices.Contains([]string{".wav", ".mp3", ".m4a", ".ogg", ".flac"}, ending)
	default:
		return p.DescribeFile(name).Kind != "" || slices.Contains([]string{
			".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".svg", ".mp4", ".mov", ".webm", ".mkv", ".m4v",
		}, ending)
	}
}

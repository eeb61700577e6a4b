package compile

import (
	"path"
	"slices"
	"strings"

	"mynah/internal/names"
	"mynah/internal/similar"
)

// mostSlips is by how many letters a suggested file name differs at most.
const mostSlips = 3

// Nearest implements storyboard.Project. It gives up after as many missing files as anybody
// looks at. Files that Mynah writes beside a script are no suggestion.
func (p *planner) Nearest(name, what string) string {
	const mostAsked = 200
	p.mu.Lock()
	if p.asked++; p.asked == 1 {
		p.listed = p.List()
	}
	listed, asked := p.listed, p.asked
	p.mu.Unlock()
	if asked > mostAsked {
		return ""
	}
	lower := strings.ToLower(name)
	best, least := "", mostSlips+1
	for _, path := range listed {
		if n := slips(lower, strings.ToLower(path)); n < least && !p.written(path) && p.fits(path, what) {
			best, least = path, n
		}
	}
	return best
}

// slips counts by how much two names of files differ. The same name in another folder, or with
// another ending, is a single slip.
func slips(a, b string) int {
	n := similar.Distance(a, b, mostSlips+1)
	baseA, baseB := path.Base(a), path.Base(b)
	stem := func(s string) string { return strings.TrimSuffix(s, path.Ext(s)) }
	if baseA == baseB || path.Dir(a) == path.Dir(b) && stem(baseA) == stem(baseB) {
		return min(n, 1)
	}
	if len(stem(baseA)) <= mostSlips { // so short that any name is near
		return n * 2
	}
	return n
}

// written says whether a file is one that Mynah writes beside the script.
func (p *planner) written(name string) bool {
	stem := strings.TrimSuffix(p.script, path.Ext(p.script))
	rest, ok := strings.CutPrefix(name, stem)
	return name == p.script || ok && slices.Contains([]string{
		names.EndVideo, names.EndSRT, names.EndVTT, names.EndPoster, names.EndTimeline, names.EndTranscript, names.EndChapters,
	}, rest)
}

// fits says whether a file may stand where one of some kind is missing.
func (p *planner) fits(name, what string) bool {
	ending := strings.ToLower(path.Ext(name))
	switch what {
	case "theme":
		return ending == ".css"
	case "font":
		return ending == ".ttf" || ending == ".otf"
	case "lexicon":
		return ending != ".md" && p.File(name).Kind == "" && !p.File(name).Sound
	case "audio", "background":
		return p.File(name).Sound || slices.Contains([]string{".wav", ".mp3", ".m4a", ".ogg", ".flac"}, ending)
	default:
		return p.File(name).Kind != "" || slices.Contains([]string{
			".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".svg", ".mp4", ".mov", ".webm", ".mkv", ".m4v",
		}, ending)
	}
}

package models

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"mynah/internal/fault"
)

// Available is a voice of the public list.
type Available struct {
	Name         string `json:"name"`
	Language     string `json:"language"` // BCP 47
	LanguageName string `json:"languageName"`
	Quality      string `json:"quality"`  // x_low, low, medium or high
	Speakers     int    `json:"speakers"` // number of speakers that the voice contains
	// size of its files
	Bytes int64 `json:"bytes"`
	// Licence is the licence that the voice's model card states; empty if unknown.
	Licence     string `json:"licence,omitempty"`
	Recommended bool   `json:"recommended,omitempty"`
	Installed   bool   `json:"installed,omitempty"`
}

// fetchList downloads the public list of voices. base is the URL to which its file names are relative.
func (i *Installer) fetchList(ctx context.Context) (all map[string]indexEntry, base string, err error) {
	index := i.cfg.Index
	if !strings.HasSuffix(index, ".json") {
		index = strings.TrimRight(index, "/") + "/voices.json"
	}
	const most = 32 << 20
	b, err := i.downloadToMemory(ctx, index, most)
	if err != nil {
		return nil, "", err
	}
	if b == nil || json.Unmarshal(b, &all) != nil {
		return nil, "", fault.New(fault.Input, nil, "there is no list of voices at %s", removeSecretsFromURL(index)).
			WithHint("choose another list with --voices-index")
	}
	return all, index[:strings.LastIndexByte(index, '/')+1], nil
}

// mostCards is the maximum number of voices for which ListAvailable downloads model cards.
const mostCards = 60

// ListAvailable returns the installable voices for a language: a tag, the beginning of a tag, or an English name;
// empty means all. The recommended voice of each region comes first. It reads the licences if there are at most
// 60 voices.
func (i *Installer) ListAvailable(ctx context.Context, language string) ([]Available, error) {
	all, base, err := i.fetchList(ctx)
	if err != nil {
		return nil, err
	}
	installed := map[string]bool{}
	for _, v := range ListVoices(i.cfg.Dir) {
		installed[v.Name] = true
	}
	var out []Available
	cards := map[string]string{}
	for name, l := range all {
		if !isValidName(name) || !l.matchesLanguage(language) {
			continue
		}
		v := Available{
			Name: name, Language: l.findLanguageTag(), LanguageName: l.Language.Name, Quality: l.Quality,
			Speakers:  max(l.Speakers, 1),
			Installed: installed[name],
		}
		for file, f := range l.Files {
			v.Bytes += f.Size
			if strings.HasSuffix(file, "/MODEL_CARD") && !strings.Contains(file, "..") {
				cards[name] = base + file
			}
		}
		out = append(out, v)
	}
	rank := func(v Available) int {
		return slices.Index([]string{"medium", "high", "low", "x_low"}, v.Quality) & 0xff
	}
	slices.SortFunc(out, func(a, b Available) int {
		return cmp.Or(cmp.Compare(a.Language, b.Language), cmp.Compare(min(a.Speakers, 2), min(b.Speakers, 2)),
			cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Name, b.Name))
	})
	for k := range out {
		out[k].Recommended = k == 0 || out[k-1].Language != out[k].Language
	}
	if len(out) <= mostCards {
		i.addLicences(ctx, out, cards)
	}
	return out, nil
}

// addLicences sets the licences of voices from their model cards. It ignores cards that cannot be read.
func (i *Installer) addLicences(ctx context.Context, list []Available, cards map[string]string) {
	const atOnce, most = 8, 1 << 20
	var g errgroup.Group
	g.SetLimit(atOnce)
	for k := range list {
		if address := cards[list[k].Name]; address != "" {
			g.Go(func() error {
				if b, _, err := i.requestToMemory(ctx, address, most); err == nil {
					list[k].Licence = findLicence(string(b))
				}
				return nil
			})
		}
	}
	_ = g.Wait()
}

// findLicence returns the licence from a card's line "* License: CC0", empty if none exists.
func findLicence(card string) string {
	const longest = 120
	for line := range strings.Lines(card) {
		name, value, ok := strings.Cut(strings.TrimLeft(line, " *-#\t"), ":")
		if n := strings.ToLower(strings.TrimSpace(name)); ok && (n == "license" || n == "licence") {
			value = strings.TrimSpace(value)
			return strings.ToValidUTF8(value[:min(len(value), longest)], "")
		}
	}
	return ""
}

// findLanguageTag returns the BCP 47 tag of a voice's language.
func (l indexEntry) findLanguageTag() string { return strings.ReplaceAll(l.Language.Code, "_", "-") }

// matchesLanguage reports whether a voice speaks a language: a tag, the beginning of a tag, or an English name.
func (l indexEntry) matchesLanguage(language string) bool {
	want := strings.ToLower(strings.ReplaceAll(strings.TrimSpace(language), "_", "-"))
	tag := strings.ToLower(l.findLanguageTag())
	return want == "" || tag == want || strings.HasPrefix(tag, want+"-") || strings.EqualFold(l.Language.Name, want)
}

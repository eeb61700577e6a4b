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

// Available is a voice of the public list that can be installed.
type Available struct {
	Name         string `json:"name"`
	Language     string `json:"language"` // BCP 47
	LanguageName string `json:"languageName"`
	Quality      string `json:"quality"`  // x_low, low, medium or high
	Speakers     int    `json:"speakers"` // in the one voice
	Bytes        int64  `json:"bytes"`
	// Licence as its card states it; empty where that cannot be had.
	Licence     string `json:"licence,omitempty"`
	Recommended bool   `json:"recommended,omitempty"`
	Installed   bool   `json:"installed,omitempty"`
}

// list reads the public list of voices; base is the address that its files are relative to.
func (i *Installer) list(ctx context.Context) (all map[string]indexEntry, base string, err error) {
	index := i.cfg.Index
	if !strings.HasSuffix(index, ".json") {
		index = strings.TrimRight(index, "/") + "/voices.json"
	}
	const most = 32 << 20
	b, err := i.small(ctx, index, most)
	if err != nil {
		return nil, "", err
	}
	if b == nil || json.Unmarshal(b, &all) != nil {
		return nil, "", fault.New(fault.Input, nil, "there is no list of voices at %s", shown(index)).
			WithHint("choose another list with --voices-index")
	}
	return all, index[:strings.LastIndexByte(index, '/')+1], nil
}

// mostCards bounds the cards that are fetched for licences.
const mostCards = 60

// Available lists the voices that can be installed for a language: a tag, its beginning or its
// English name; empty is all. The recommended one of each region comes first. The licences of
// up to 60 voices are fetched.
func (i *Installer) Available(ctx context.Context, language string) ([]Available, error) {
	all, base, err := i.list(ctx)
	if err != nil {
		return nil, err
	}
	installed := map[string]bool{}
	for _, v := range List(i.cfg.Dir) {
		installed[v.Name] = true
	}
	var out []Available
	cards := map[string]string{}
	for name, l := range all {
		if !validName(name) || !l.speaks(language) {
			continue
		}
		v := Available{
			Name: name, Language: l.tag(), LanguageName: l.Language.Name, Quality: l.Quality, Speakers: max(l.Speakers, 1),
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
		return cmp.Or(cmp.Compare(a.Language, b.Language), cmp.Compare(min(a.Speakers, 2), min(b.Speakers, 2)), cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Name, b.Name))
	})
	for k := range out {
		out[k].Recommended = k == 0 || out[k-1].Language != out[k].Language
	}
	if len(out) <= mostCards {
		i.licences(ctx, out, cards)
	}
	return out, nil
}

// licences reads the cards of voices; one that cannot be had says nothing.
func (i *Installer) licences(ctx context.Context, list []Available, cards map[string]string) {
	const atOnce, most = 8, 1 << 20
	var g errgroup.Group
	g.SetLimit(atOnce)
	for k := range list {
		if address := cards[list[k].Name]; address != "" {
			g.Go(func() error {
				if b, _, err := i.tryOnce(ctx, address, most); err == nil {
					list[k].Licence = licenceIn(string(b))
				}
				return nil
			})
		}
	}
	_ = g.Wait()
}

// licenceIn finds what a card says of the licence: a line "* License: CC0".
func licenceIn(card string) string {
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

// tag is the language of a voice, BCP 47.
func (l indexEntry) tag() string { return strings.ReplaceAll(l.Language.Code, "_", "-") }

// speaks reports whether a voice is of a language: a tag, its beginning, or an English name.
func (l indexEntry) speaks(language string) bool {
	want := strings.ToLower(strings.ReplaceAll(strings.TrimSpace(language), "_", "-"))
	tag := strings.ToLower(l.tag())
	return want == "" || tag == want || strings.HasPrefix(tag, want+"-") || strings.EqualFold(l.Language.Name, want)
}

package slide

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// hyphenScript hyphenates words on the page sketchPad with the library hyphen. The patterns of a
// language are loaded before.
const hyphenScript = `({ language, words }) => Object.fromEntries(words.map(word => [word, ` +
	`hyphenators[language](word, { minWordLength: 5 })]))`

// longWord is the number of letters from which a word may be wider than its line: in a narrow column
// or an upright frame.
const longWord = 9

// listLongWords returns the long words of the Markdown and plain text of a slide, sorted. A word may contain
// punctuation at its ends.
func (r Request) listLongWords() []string {
	const most = 1000
	found := map[string]bool{}
	for _, b := range r.Blocks {
		if isDiagram(b.Kind) || b.Language != "" {
			continue
		}
		for word := range strings.FieldsFuncSeq(b.Text, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsMark(c) }) {
			if utf8.RuneCountInString(word) >= longWord && len(word) < 200 && len(found) < most {
				found[word] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// readHyphenPatterns returns the hyphenation patterns of the slide's language and the language's name in
// hyphenScript. It returns nil if there are none.
func (r Request) readHyphenPatterns() (string, []byte) {
	language, _, _ := strings.Cut(strings.ToLower(r.Language), "-")
	if language == "no" || language == "nn" {
		language = "nb" // their patterns are the same
	}
	b := readEmbedded("hyphen-" + language)
	if b == nil {
		return "", nil
	}
	return language, b
}

// computePatternVersion returns what decides where the words of a slide may break. It is part of the slide's
// cache key.
func (r Request) computePatternVersion() string {
	_, patterns := r.readHyphenPatterns()
	if patterns == nil || len(r.listLongWords()) == 0 {
		return ""
	}
	return fmt.Sprintf("%x %x %s", sha256.Sum256(patterns), sha256.Sum256(readEmbedded("hyphen")), hyphenScript)
}

// hyphenateWords returns a map from each long word of a slide to the same word with soft hyphens. Words that
// cannot be divided are not in it.
func (d *Drawer) hyphenateWords(ctx context.Context, b *browser, r Request) (map[string]string, error) {
	out := map[string]string{}
	language, patterns := r.readHyphenPatterns()
	core := readEmbedded("hyphen")
	if patterns == nil || core == nil {
		return out, nil
	}
	var unknown []string
	d.mu.Lock()
	for _, word := range r.listLongWords() {
		parts, ok := d.hyphens[language+" "+word]
		switch {
		case !ok:
			unknown = append(unknown, word)
		case parts != word:
			out[word] = parts
		}
	}
	d.mu.Unlock()
	if len(unknown) == 0 {
		return out, nil
	}
	var divided map[string]string
	err := d.onSketchPad(ctx, b, func(p *page) error {
		if err := p.loadLibraryOnce(ctx, "hyphen", string(core)+"\nglobalThis.hyphenators = {}"); err != nil {
			return err
		}
		// The patterns are a module that assigns module.exports.
		module := fmt.Sprintf("{ const module = { exports: {} }; (function (exports) {\n%s\n"+
			"})(module.exports); hyphenators[%q] = createHyphenator(module.exports) }",
			patterns, language)
		if err := p.loadLibraryOnce(ctx, "hyphen-"+language, module); err != nil {
			return err
		}
		return p.callFunction(ctx, hyphenScript, map[string]any{"language": language, "words": unknown}, &divided)
	})
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.hyphens) > mostHyphens {
		clear(d.hyphens)
	}
	for word, parts := range divided {
		d.hyphens[language+" "+word] = parts
		if parts != word {
			out[word] = parts
		}
	}
	return out, nil
}

// mostHyphens is the maximum number of words of which a Drawer keeps the hyphens.
const mostHyphens = 100_000

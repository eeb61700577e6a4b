package compile

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"sync"

	"mynah/internal/diag"
	"mynah/internal/project"
	"mynah/internal/reading"
	"mynah/internal/storyboard"
	"mynah/internal/utter"
	"mynah/internal/voice"
)

// planner answers the planner's questions about voices.
type planner struct {
	*project.Project
	ctx   context.Context //nolint:containedctx // lives as long as the call of the planner
	booth *voice.Booth
	// sources takes the texts that findings point into.
	sources map[string][]byte
	// missing says which voice has no engine here.
	missing  string
	reader   reading.Reader
	script   string // the project's name of it
	defaults defaults

	mu     sync.Mutex
	listed []string // of files there are, from when the first was missing
	asked  int      // for names near to missing ones
}

// Voice implements storyboard.Project.
func (p *planner) Voice(name, language string) storyboard.Voice {
	v, m := p.booth.Resolve(p.ctx, p.defaults.meaning(name), language)
	out := storyboard.Voice{Name: v.Name, Language: v.Language, Problem: m.Warning, Hint: m.Hint, Unspoken: m.Kind == voice.Unspoken}
	switch {
	case m.Warning == "":
		return out
	case m.Kind == voice.Unknown:
		out.Code = diag.UnknownVoice
		if engine, _, ok := strings.Cut(name, "/"); ok {
			out.Hint = fmt.Sprintf("no engine %q is set up: add it under engines: in mynah.yaml (docs/voices.md says how); mynah voices lists all", engine)
		}
		if len(m.Nearest) > 0 {
			out.Hint = fmt.Sprintf("did you mean %s? mynah voices lists all", strings.Join(m.Nearest, ", "))
		}
	case m.Kind == voice.Default:
		out.Hint = fmt.Sprintf("name a voice of your own for it, or install one: mynah voices available --language %s; mynah voices lists all", language)
	case m.Kind == voice.Likened:
		out.Code = diag.OtherVoice
	case m.Kind == voice.Unspoken:
		out.Code = diag.UnspokenLanguage
	case m.StandIn:
		out.Code = diag.MissingVoice
		out.Hint = cmp.Or(installHint(name), "run mynah doctor: it names what is missing and how to install it")
		p.missing = m.Warning
	}
	out.Hint = cmp.Or(out.Hint, "mynah voices lists all")
	return out
}

// installHint says how to install a neural voice that a script names with its engine.
func installHint(name string) string {
	model, ok := strings.CutPrefix(name, "piper/")
	if !ok {
		return ""
	}
	model, _, _ = strings.Cut(model, "+") // a speaker of the model
	if strings.Contains(model, "_") && strings.Count(model, "-") > 1 {
		return "to have that voice: mynah voices install " + model
	}
	return "mynah voices lists the voices that are installed, mynah voices available those that can be"
}

// Legible implements storyboard.Project.
func (p *planner) Legible(sentence []utter.Run, speaks storyboard.Voice) storyboard.Legibility {
	v, _ := p.booth.Resolve(p.ctx, speaks.Name, speaks.Language)
	var text strings.Builder
	for _, r := range sentence {
		if r.IPA == "" && r.Language == "" {
			text.WriteString(cmp.Or(r.Say, r.Text))
		}
	}
	var out storyboard.Legibility
	out.Letters, out.Lost, out.Script = voice.Legible(text.String(), v)
	if out.Lost > 0 {
		if other, ok := p.booth.Reader(p.ctx, out.Script); ok {
			out.Reader, out.ReaderLanguage = other.Name, other.LanguageName
		}
	}
	return out
}

// Reads implements storyboard.Project.
func (p *planner) Reads(text string, speaks storyboard.Voice) bool {
	v, _ := p.booth.Resolve(p.ctx, speaks.Name, speaks.Language)
	letters, lost, _ := voice.Legible(text, v)
	return lost*2 <= letters
}

// VoiceLike implements storyboard.Project.
func (p *planner) VoiceLike(language, gender string) (storyboard.Voice, bool) {
	v, ok := p.booth.Like(p.ctx, language, voice.Gender(strings.ToLower(gender)))
	return storyboard.Voice{Name: v.Name, Language: v.Language}, ok
}

// SayAs implements storyboard.Project.
func (p *planner) SayAs(text, as, format, language string) (string, bool) {
	return reading.SayAs(text, as, format, language)
}

// Lexicon implements storyboard.Project.
func (p *planner) Lexicon(name string) diag.List {
	b, err := p.ReadFile(name, reading.MaxLexicon)
	if err != nil {
		var list diag.List
		list.Errorf(diag.Range{File: name, Start: diag.Pos{Line: 1, Column: 1}, End: diag.Pos{Line: 1, Column: 1}}, "the lexicon cannot be used: %s", err).
			Hint = "it is a text of lines like Mynah: MY nah, and at most 1 MiB long"
		return list
	}
	p.sources[name] = b
	var list diag.List
	p.reader.Lexicon, list = reading.ParseLexicon(name, b)
	return list
}

// Sentences implements storyboard.Project. It returns none when the context has ended:
// reading is what takes long in planning a long text.
func (p *planner) Sentences(runs []utter.Run, language string) [][]utter.Run {
	if p.ctx.Err() != nil {
		return nil
	}
	return p.reader.Sentences(runs, language)
}

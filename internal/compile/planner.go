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

// planner answers the questions of package storyboard about voices, files and the lexicon.
type planner struct {
	*project.Project
	ctx   context.Context //nolint:containedctx // used only during the call that plans the storyboard
	booth *voice.Booth
	// sources collects the texts that findings point into.
	sources map[string][]byte
	// missing describes a voice whose engine is not installed; empty if none exists.
	missing  string
	reader   reading.Reader
	script   string // its path in the project
	defaults defaults

	mu     sync.Mutex
	listed []string // files of the project, read when the first file is missing
	asked  int      // number of searches for similar names
}

// ResolveVoice implements storyboard.Project.
func (p *planner) ResolveVoice(name, language string) storyboard.Voice {
	v, m := p.booth.Resolve(p.ctx, p.defaults.resolveVoiceName(name), language)
	out := storyboard.Voice{Name: v.Name, Language: v.Language, Problem: m.Warning, Hint: m.Hint, Unspoken: m.Kind == voice.Unspoken}
	switch {
	case m.Warning == "":
		return out
	case m.Kind == voice.Unknown:
		out.Code = diag.UnknownVoice
		if engine, _, ok := strings.Cut(name, "/"); ok {
			out.Hint = fmt.Sprintf(
				"the engine %q is not configured: add it under engines: in mynah.yaml (see docs/voices.md); "+
					"run mynah voices to list all",
				engine,
			)
		}
		if len(m.Nearest) > 0 {
			out.Hint = fmt.Sprintf("did you mean %s? run mynah voices to list all", strings.Join(m.Nearest, ", "))
		}
	case m.Kind == voice.Default:
		out.Hint = fmt.Sprintf(
			"choose another voice: run mynah voices to list all; "+
				"run mynah voices available --language %s to see which can be installed",
			language,
		)
	case m.Kind == voice.Likened:
		out.Code = diag.OtherVoice
	case m.Kind == voice.Unspoken:
		out.Code = diag.UnspokenLanguage
	case m.StandIn:
		out.Code = diag.MissingVoice
		out.Hint = cmp.Or(formatVoiceInstallHint(name), "run mynah doctor to see what is missing and how to install it")
		p.missing = m.Warning
	}
	out.Hint = cmp.Or(out.Hint, "run mynah voices to list all")
	return out
}

// formatVoiceInstallHint returns how to install the neural voice that a script names with its engine.
func formatVoiceInstallHint(name string) string {
	model, ok := strings.CutPrefix(name, "piper/")
	if !ok {
		return ""
	}
	model, _, _ = strings.Cut(model, "+") // a speaker of the model
	if strings.Contains(model, "_") && strings.Count(model, "-") > 1 {
		return "to install that voice: mynah voices install " + model
	}
	return "run mynah voices to list the installed voices, or mynah voices available to list those that can be installed"
}

// CountLegible implements storyboard.Project.
func (p *planner) CountLegible(sentence []utter.Run, speaks storyboard.Voice) storyboard.Legibility {
	v, _ := p.booth.Resolve(p.ctx, speaks.Name, speaks.Language)
	var text strings.Builder
	for _, r := range sentence {
		if r.IPA == "" && r.Language == "" {
			text.WriteString(cmp.Or(r.Say, r.Text))
		}
	}
	var out storyboard.Legibility
	out.Letters, out.Lost, out.Script = voice.CountUnreadableLetters(text.String(), v)
	if out.Lost > 0 {
		if other, ok := p.booth.FindVoiceForScript(p.ctx, out.Script); ok {
			out.Reader, out.ReaderLanguage = other.Name, other.LanguageName
		}
	}
	return out
}

// CanRead implements storyboard.Project.
func (p *planner) CanRead(text string, speaks storyboard.Voice) bool {
	v, _ := p.booth.Resolve(p.ctx, speaks.Name, speaks.Language)
	letters, lost, _ := voice.CountUnreadableLetters(text, v)
	return lost*2 <= letters
}

// ChooseVoiceLike implements storyboard.Project.
func (p *planner) ChooseVoiceLike(language, gender string) (storyboard.Voice, bool) {
	v, ok := p.booth.FindVoiceForLanguage(p.ctx, language, voice.Gender(strings.ToLower(gender)))
	return storyboard.Voice{Name: v.Name, Language: v.Language}, ok
}

// ReadAs implements storyboard.Project.
func (p *planner) ReadAs(text, as, format, language string) (string, bool) {
	return reading.ReadAs(text, as, format, language)
}

// AddLexicon implements storyboard.Project.
func (p *planner) AddLexicon(name string) diag.List {
	b, err := p.ReadFile(name, reading.MaxLexicon)
	if err != nil {
		var list diag.List
		list.Errorf(
			diag.Range{File: name, Start: diag.Pos{Line: 1, Column: 1}, End: diag.Pos{Line: 1, Column: 1}},
			"the lexicon cannot be used: %s", err,
		).
			Hint = "a lexicon is a text file of at most 1 MiB with lines such as Mynah: MY nah"
		return list
	}
	p.sources[name] = b
	var list diag.List
	p.reader.Lexicon, list = reading.ParseLexicon(name, b)
	return list
}

// SplitSentences implements storyboard.Project. It returns nothing once the context has ended, since
// reading a long text takes most of the planning time.
func (p *planner) SplitSentences(runs []utter.Run, language string) [][]utter.Run {
	if p.ctx.Err() != nil {
		return nil
	}
	return p.reader.ReadSentences(runs, language)
}

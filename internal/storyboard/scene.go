package storyboard

import (
	"cmp"
	"strings"
	"time"

	"mynah/internal/diag"
	"mynah/internal/frame"
	"mynah/internal/markup"
	"mynah/internal/script"
	"mynah/internal/utter"
)

// sceneState is the state of planning one scene.
type sceneState struct {
	*planner
	out *Scene
	// now are the properties at the current node: those of the header, those for the whole scene, and
	// those that earlier nodes of the scene set.
	now       script.Properties
	paragraph int
	onPicture waiting[Shot]
	onSlide   waiting[Slide]
	readings  []*legibleShare // letters that each voice can read in this scene
	look      string          // name of the theme
	clicks    []pendingClick
	// clickPlaces are the places of the clicks that are assigned to sentences.
	clickPlaces []diag.Range
	// revealRange is the place of (reveal: callouts).
	revealRange diag.Range
}

// planScene resolves a scene and appends it to the board. number counts from 1.
func (p *planner) planScene(in *script.Scene, number int) {
	s := &sceneState{planner: p, out: &Scene{Number: number, Range: in.Range}, now: p.header}
	for _, n := range in.Nodes {
		if set, ok := n.(*script.Set); ok && set.AppliesToScene() {
			s.applyToScene(set)
		}
	}
	s.setSceneAppearance()
	for _, n := range in.Nodes {
		s.addNode(n)
	}
	s.onPicture.reportMissed()
	s.checkRevealedCallouts()
	s.checkLegible()
	s.finishScene()
	p.board.Scenes = append(p.board.Scenes, *s.out)
}

// applyToScene applies a direction that applies to the whole scene. The last of several counts.
func (s *sceneState) applyToScene(set *script.Set) {
	s.now.Override(set.Properties)
	if set.Background != nil {
		s.out.Music = s.planMusic(*set.Background)
	}
}

// setSceneAppearance sets the scene's properties that its pictures and slides depend on.
func (s *sceneState) setSceneAppearance() {
	s.out.Duration = s.now.Duration
	s.out.CanvasSet = s.now.Canvas != nil
	s.out.Canvas = dereferenceOr(s.now.Canvas, frame.Color{R: 255, G: 255, B: 255, A: 255})
	s.look = s.planner.look
	if s.now.Theme != s.header.Theme {
		s.look = s.resolveTheme(*s.now.Theme)
	}
	s.out.Theme = s.look
	s.out.Layout = dereferenceOr(s.now.Layout, frame.NoLayout)
	none := script.Transition{Type: "none"}
	s.out.Transition = dereferenceOr(s.now.Transition, none)
	if len(s.board.Scenes) == 0 {
		s.out.Transition = none
	}
}

func (s *sceneState) addNode(n script.Node) {
	switch n := n.(type) {
	case *script.Narration:
		first := len(s.out.Parts)
		s.addNarration(n.Range, n.Runs)
		s.addClicksOfParagraph(first, n.Text(), n.Clicks, n.Range)
	case *script.Click:
		s.addClick(n)
	case *script.SSML:
		s.addSSML(n)
	case *script.Quote:
		s.addQuotedSubtitle(n.Text)
	case *script.Fence:
		s.addSlide(n)
	case *script.Picture:
		s.addShot(n)
	case *script.Pause:
		s.out.Parts = append(s.out.Parts, Part{Kind: Pause, Range: n.Range, Length: n.Length})
	case *script.Audio:
		if file := s.resolveSound(script.File{Name: n.File, Range: n.FileRange}, "audio"); file != "" {
			s.out.Parts = append(s.out.Parts, Part{Kind: Audio, Range: n.Range, File: file})
		}
	case *script.Set:
		s.applyFromHere(n)
	case *script.Callout:
		s.addCallout(n)
	case *script.Chapter:
		s.out.Chapter, s.out.ChapterRange = n.Title, n.Range
	case *script.Reveal:
		s.out.RevealCallouts = n.Callouts // of several directions, the last one counts
		if n.Callouts {
			s.revealRange = n.Range
			s.stopRevealingSlides()
			return
		}
		s.applyToSlideOrWarn(n.Range, "reveal", func(slide *Slide) { slide.Reveal, slide.Ranges = n.Items, n.Ranges })
	case *script.Highlight:
		s.applyToSlideOrWarn(n.Range, "highlight", func(slide *Slide) { slide.Highlight = n.Ranges })
	}
}

// applyToSlideOrWarn calls do with the slide that a direction belongs to, or warns if the scene has no slide.
func (s *sceneState) applyToSlideOrWarn(r diag.Range, name string, do func(*Slide)) {
	s.onSlide.applyOrKeep(s.out.Slides, do, func() {
		d := s.list.Warnf(r, "(%s: …) needs a slide, but this scene has none", name)
		d.Hint = "put it below a slide, which is a block between ``` lines"
	})
}

func (s *sceneState) addQuotedSubtitle(text string) {
	if s.out.Quote != nil && *s.out.Quote != "" && text != "" {
		text = *s.out.Quote + "\n\n" + text
	}
	s.out.Quote = &text
}

// applyFromHere applies a direction that applies from here to the end of the scene.
func (s *sceneState) applyFromHere(n *script.Set) {
	if n.AppliesToScene() {
		return // already applied by applyToScene
	}
	s.now.Override(n.Properties)
	if n.Voice != nil {
		s.resolveCurrentVoice(n.Range) // report an unknown name even if the scene has no narration
	}
}

// resolveCurrentVoice returns the voice for narration at this place, and reports a problem with its name once.
func (s *sceneState) resolveCurrentVoice(r diag.Range) Voice {
	name, language := dereferenceOr(s.now.Voice, ""), s.board.Film.Language
	if s.opt.Voice != "" && s.now.Voice == s.header.Voice {
		return s.resolveVoiceOrReport(cmp.Or(s.opt.VoicePlace, r), s.opt.Voice, language)
	}
	if place, ok := s.now.Places["voice"]; ok {
		r = place
	} else if place, ok := s.header.Places["language"]; ok && name == "" {
		r = place
	}
	if name == "" {
		return s.chooseDefaultVoice(r)
	}
	return s.resolveVoiceOrReport(r, name, language)
}

// resolveVoiceOrReport returns the voice with a name, and reports a problem with it once.
func (p *planner) resolveVoiceOrReport(r diag.Range, name, language string) Voice {
	v := p.project.ResolveVoice(name, language)
	if v.Problem != "" && !p.said["voice "+name+" "+v.Problem] {
		p.said["voice "+name+" "+v.Problem] = true
		severity := diag.Warning
		if v.Unspoken {
			severity = diag.Error
		}
		p.list = append(p.list, diag.Diagnostic{Range: r, Severity: severity, Code: v.Code, Summary: v.Problem, Hint: v.Hint})
	}
	return v
}

// addNarration adds the sentences of one paragraph.
func (s *sceneState) addNarration(r diag.Range, runs []utter.Run) {
	s.addSentences(r, runs, s.resolveCurrentVoice(r), paragraphEnds)
	s.paragraph++
}

// ending says what follows a section of narration.
type ending int

const (
	paragraphEnds ending = iota
	sentenceEnds         // the paragraph continues
	goesOn               // the sentence continues
)

// measureSilenceAfter returns the silence after a section of narration. fragment is true if the sentence continues,
// so that the voice must not fall.
func (s *sceneState) measureSilenceAfter(end ending) (silence time.Duration, fragment bool) {
	switch {
	case end == goesOn:
		return 0, true
	case end == sentenceEnds:
		return afterSentence, false
	case dereferenceOr(s.now.Fragment, false):
		return afterFragment, true
	}
	return afterParagraph, false
}

// addSentences adds sentences to the current paragraph. end says how the last of them ends.
func (s *sceneState) addSentences(r diag.Range, runs []utter.Run, voice Voice, end ending) {
	sentences := s.project.SplitSentences(runs, voice.Language)
	if len(sentences) > 0 && !hasSayableText(sentences) {
		s.list.Warnf(r, "this narration has no letters or digits and is skipped").Hint = "write it in words, or remove it"
		return
	}
	for i, sentence := range sentences {
		var text strings.Builder
		for _, run := range sentence {
			text.WriteString(run.Text)
		}
		s.findOrAddShare(r, voice).addCounts(s.project.CountLegible(sentence, voice))
		s.findOrAddNarrator(voice).addSentence(s.out.Number, r, sentence)
		after, fragment := s.measureSilenceAfter(sentenceEnds)
		if i == len(sentences)-1 {
			after, fragment = s.measureSilenceAfter(end)
		}
		s.out.Parts = append(s.out.Parts, Part{
			Kind: Speech, Range: r, Paragraph: s.paragraph, Runs: sentence, Text: text.String(), Voice: voice.Name,
			Speed: dereferenceOr(s.now.VoiceSpeed, 1), Volume: max(dereferenceOr(s.now.VoiceVolume, 1), silent),
			Pitch:    dereferenceOr(s.now.VoicePitch, 1),
			Emphasis: dereferenceOr(s.now.VoiceEmphasis, ""), Fragment: fragment, After: after,
		})
	}
}

// finishScene sets the properties that depend on all nodes of the scene.
func (s *sceneState) finishScene() {
	parts := s.out.Parts
	for i := range parts {
		if parts[i].Kind != Speech {
			continue
		}
		if i == len(parts)-1 || parts[i+1].Kind == Pause {
			parts[i].After = 0
		}
	}
	s.setSlideSteps()
	s.finishClicks()
	s.checkLayout()
	for _, shot := range s.out.Shots {
		if shot.Kind == Image || shot.Still != "" || shot.Sync == "" {
			continue
		}
		if s.out.Sync == "" {
			s.out.Sync = shot.Sync
		} else if s.out.Sync != shot.Sync {
			s.list.Warnf(shot.Range, "the scene already plays its clips with %q; %q is ignored", s.out.Sync, shot.Sync)
		}
	}
}

// addSlide adds a slide for a fenced block.
func (s *sceneState) addSlide(n *script.Fence) {
	slide := Slide{
		Range: n.Range, Kind: n.Kind, Language: n.Language, Text: n.Text, Theme: s.look,
		FontSize: dereferenceOr(s.now.FontSize, 0),
	}
	s.onSlide.applyTo(&slide)
	s.out.Slides = append(s.out.Slides, slide)
}

// setSlideSteps sets the number of reveal steps of each slide, and warns about directions that do not fit
// their slide.
func (s *sceneState) setSlideSteps() {
	s.onSlide.reportMissed()
	for i := range s.out.Slides {
		slide := &s.out.Slides[i]
		slide.Steps = 1
		switch {
		case slide.Kind == frame.CodeBlock && !slide.Reveal:
			slide.Steps = max(len(slide.Ranges), 1)
		case slide.Kind == frame.MarkdownBlock && slide.Reveal && markup.CountItems(slide.Text) > 0:
			slide.Steps = markup.CountItems(slide.Text)
		case slide.Reveal:
			slide.Reveal = false
			s.list.Warnf(slide.Range, "(reveal: items) shows the list of a slide step by step, and this slide has none").
				Hint = "write a list in a ```md block"
		case len(slide.Ranges)+len(slide.Highlight) > 0:
			slide.Ranges, slide.Highlight = nil, nil
			s.list.Warnf(slide.Range, "only lines of code can be highlighted or revealed, and this slide has no code").
				Hint = "write the language after the opening fence: ```go"
		}
	}
}

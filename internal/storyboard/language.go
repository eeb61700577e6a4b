package storyboard

import (
	"fmt"
	"strconv"
	"strings"

	"mynah/internal/diag"
	"mynah/internal/langid"
	"mynah/internal/script"
	"mynah/internal/utter"
)

// mostNarration is the maximum length in bytes of the text for language detection.
const mostNarration = 64 << 10

// joinNarration returns the narration of a script, without SSML blocks.
func joinNarration(s *script.Script) string {
	var b strings.Builder
	for i := range s.Scenes {
		for _, n := range s.Scenes[i].Nodes {
			said, ok := n.(*script.Narration)
			if !ok {
				continue
			}
			for _, r := range said.Runs {
				b.WriteString(r.Text)
			}
			if b.WriteByte('\n'); b.Len() > mostNarration {
				return b.String()
			}
		}
	}
	return b.String()
}

// setFilmLanguage determines the film's language. It is the header's language; else that of the header's
// voice; else the one detected in the narration, if the detection is clear. Otherwise it stays empty.
func (p *planner) setFilmLanguage(place func(string) diag.Range) {
	name, at := dereferenceOr(p.header.Voice, ""), place("voice")
	if p.opt.Voice != "" {
		name, at = p.opt.Voice, p.opt.VoicePlace
	}
	f := &p.board.Film
	if name != "" && f.Language == "" {
		if v := p.project.ResolveVoice(name, ""); v.Code != diag.UnknownVoice {
			f.Language = v.Language
		}
	}
	if f.Language == "" {
		if tag := langid.DetectLanguage(p.narration); tag != "en" {
			f.Language = tag
		}
	}
	if name != "" {
		p.resolveVoiceOrReport(at, name, f.Language) // reports a problem with the name
	}
}

// chooseDefaultVoice returns the voice for narration without a named voice: the default voice of the film's
// language, or, if that cannot read the letters of the narration, a voice that can.
func (p *planner) chooseDefaultVoice(r diag.Range) Voice {
	v := p.resolveVoiceOrReport(r, "", p.board.Film.Language)
	if p.narration == "" || p.project.CanRead(p.narration, v) {
		return v
	}
	if tag := langid.DetectByLetters(p.narration); tag != "" {
		if other := p.project.ResolveVoice("", tag); other.Problem == "" && p.project.CanRead(p.narration, other) {
			return other
		}
	}
	return v
}

// narrator is the text that one voice speaks in the whole film, up to mostNarration bytes.
type narrator struct {
	voice  Voice
	text   strings.Builder
	scenes []*narratedScene
}

// narratedScene is the text that one voice speaks in one scene.
type narratedScene struct {
	number int        // number of the scene, from 1
	place  diag.Range // range of its first sentence
	text   strings.Builder
}

// findOrAddNarrator returns the narrator for a voice, and creates it if necessary.
func (p *planner) findOrAddNarrator(v Voice) *narrator {
	for _, n := range p.narrators {
		if n.voice.Name == v.Name {
			return n
		}
	}
	n := &narrator{voice: v}
	p.narrators = append(p.narrators, n)
	return n
}

func (n *narrator) addSentence(scene int, r diag.Range, sentence []utter.Run) {
	if k := len(n.scenes); k == 0 || n.scenes[k-1].number != scene {
		n.scenes = append(n.scenes, &narratedScene{number: scene, place: r})
	}
	if n.text.Len() > mostNarration {
		return
	}
	now := n.scenes[len(n.scenes)-1]
	for _, run := range sentence {
		if run.Language == "" && run.IPA == "" {
			n.text.WriteString(run.Text)
			now.text.WriteString(run.Text)
		}
	}
	n.text.WriteByte('\n')
	now.text.WriteByte('\n')
}

// checkLanguages warns if the text of a voice is clearly in another language than the voice. It checks
// each scene; if all scenes are too short for detection, it checks the whole text of the voice.
func (p *planner) checkLanguages() {
	for _, n := range p.narrators {
		if n.voice.Language == "" {
			continue
		}
		own := langid.ToBaseLanguage(n.voice.Language)
		found := map[string][]*narratedScene{}
		var tags []string
		for _, s := range n.scenes {
			tag := detectLatinLanguage(s.text.String())
			if tag == "" || tag == own {
				continue
			}
			if found[tag] == nil {
				tags = append(tags, tag)
			}
			found[tag] = append(found[tag], s)
		}
		if tag := detectLatinLanguage(n.text.String()); len(tags) == 0 && tag != "" && tag != own {
			tags, found[tag] = []string{tag}, n.scenes
		}
		for _, tag := range tags {
			p.warnOfForeignText(n.voice, tag, found[tag])
		}
	}
}

// detectLatinLanguage returns the language of a text in Latin letters, if the detection is clear, or "".
// Other alphabets are handled by checkLegible.
func detectLatinLanguage(text string) string {
	if langid.DetectByLetters(text) != "" {
		return ""
	}
	return langid.DetectLanguage(text)
}

func (p *planner) warnOfForeignText(v Voice, tag string, scenes []*narratedScene) {
	var numbers []int
	for _, s := range scenes {
		numbers = append(numbers, s.number)
	}
	d := p.list.Warnf(scenes[0].place, "the voice %s speaks %s, but the narration in %s is probably %s",
		v.Name, langid.FindEnglishName(v.Language), FormatScenes(numbers), langid.FindEnglishName(tag))
	d.Code = diag.OtherLanguage
	d.Hint = "choose a voice of that language"
	if other := p.project.ResolveVoice("", tag); other.Problem == "" {
		d.Hint += ", such as " + other.Name
	}
	if len(numbers) == len(p.board.Scenes) {
		d.Hint += ", or write language: " + tag + " in the header and leave out the voice"
	}
}

// FormatScenes formats scene numbers for a message: "scene 2", "scenes 2, 3 and 5", or "scenes 1, 2, … and
// 40 more".
func FormatScenes(numbers []int) string {
	const most = 12
	if len(numbers) == 1 {
		return "scene " + strconv.Itoa(numbers[0])
	}
	var out []string
	for _, n := range numbers[:min(len(numbers), most)] {
		out = append(out, strconv.Itoa(n))
	}
	if more := len(numbers) - most; more > 0 {
		return fmt.Sprintf("scenes %s and %d more", strings.Join(out, ", "), more)
	}
	last := len(out) - 1
	return "scenes " + strings.Join(out[:last], ", ") + " and " + out[last]
}

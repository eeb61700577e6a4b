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

// mostNarration bounds the text by which a film's language is found, in bytes.
const mostNarration = 64 << 10

// narrationOf returns what a script says, without its SSML.
func narrationOf(s *script.Script) string {
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

// language settles the film's language: that of the header; else that of the header's voice;
// else the one for which the narration's letters, or enough of its words, clearly speak. It
// stays empty where nothing does.
func (p *planner) language(place func(string) diag.Range) {
	name, at := value(p.header.Voice, ""), place("voice")
	if p.opt.Voice != "" {
		name, at = p.opt.Voice, p.opt.VoicePlace
	}
	f := &p.board.Film
	if name != "" && f.Language == "" {
		if v := p.project.Voice(name, ""); v.Code != diag.UnknownVoice {
			f.Language = v.Language
		}
	}
	if f.Language == "" {
		if tag := langid.Of(p.narration); tag != "en" {
			f.Language = tag
		}
	}
	if name != "" {
		p.find(at, name, f.Language) // what is wrong with the name
	}
}

// defaultVoice is who speaks where no voice is named: the voice of the film's language, if it
// reads the narration's letters, else one that does.
func (p *planner) defaultVoice(r diag.Range) Voice {
	v := p.find(r, "", p.board.Film.Language)
	if p.narration == "" || p.project.Reads(p.narration, v) {
		return v
	}
	if tag := langid.OfLetters(p.narration); tag != "" {
		if other := p.project.Voice("", tag); other.Problem == "" && p.project.Reads(p.narration, other) {
			return other
		}
	}
	return v
}

// narrator is what one voice says in the whole film, as far as its language is asked for.
type narrator struct {
	voice  Voice
	text   strings.Builder
	scenes []*narratedScene
}

// narratedScene is what a voice says in one scene.
type narratedScene struct {
	number int        // from 1
	place  diag.Range // of its first sentence
	text   strings.Builder
}

// narratorOf returns the narrator of a voice.
func (p *planner) narratorOf(v Voice) *narrator {
	for _, n := range p.narrators {
		if n.voice.Name == v.Name {
			return n
		}
	}
	n := &narrator{voice: v}
	p.narrators = append(p.narrators, n)
	return n
}

func (n *narrator) add(scene int, r diag.Range, sentence []utter.Run) {
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

// checkLanguages warns of voices that read a text of another language than their own, as far as
// its words clearly speak for one: scene by scene, or in all that the voice says where scenes are
// too short to tell.
func (p *planner) checkLanguages() {
	for _, n := range p.narrators {
		if n.voice.Language == "" {
			continue
		}
		own := langid.Base(n.voice.Language)
		found := map[string][]*narratedScene{}
		var tags []string
		for _, s := range n.scenes {
			tag := languageOfWords(s.text.String())
			if tag == "" || tag == own {
				continue
			}
			if found[tag] == nil {
				tags = append(tags, tag)
			}
			found[tag] = append(found[tag], s)
		}
		if tag := languageOfWords(n.text.String()); len(tags) == 0 && tag != "" && tag != own {
			tags, found[tag] = []string{tag}, n.scenes
		}
		for _, tag := range tags {
			p.otherLanguage(n.voice, tag, found[tag])
		}
	}
}

// languageOfWords returns the language that a text in Latin letters clearly speaks for; other
// letters are told by checkLegible.
func languageOfWords(text string) string {
	if langid.OfLetters(text) != "" {
		return ""
	}
	return langid.Of(text)
}

func (p *planner) otherLanguage(v Voice, tag string, scenes []*narratedScene) {
	var numbers []int
	for _, s := range scenes {
		numbers = append(numbers, s.number)
	}
	d := p.list.Warnf(scenes[0].place, "the voice %s speaks %s, but the narration in %s is probably %s",
		v.Name, langid.Name(v.Language), InScenes(numbers), langid.Name(tag))
	d.Code = diag.OtherLanguage
	d.Hint = "choose a voice of that language"
	if other := p.project.Voice("", tag); other.Problem == "" {
		d.Hint += ", such as " + other.Name
	}
	if len(numbers) == len(p.board.Scenes) {
		d.Hint += ", or write language: " + tag + " in the header and leave out the voice"
	}
}

// InScenes names scenes by their numbers from 1: "scene 2", "scenes 2, 3 and 5", "2 and 40 more scenes".
func InScenes(numbers []int) string {
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

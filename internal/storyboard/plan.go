package storyboard

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"mynah/internal/diag"
	"mynah/internal/frame"
	"mynah/internal/markup"
	"mynah/internal/script"
	"mynah/internal/utter"
)

// File is what is known about a file of the project.
type File struct {
	Exists bool
	Dir    bool
	// Kind is what the file's bytes are as a picture: Image, GIF, Clip, or "".
	Kind ShotKind
	// Sound tells whether its bytes may hold sound.
	Sound bool
	// Describe says what the file seems to be: "is a text file".
	Describe string
}

// Project answers what the planner asks about files and voices.
type Project interface {
	// File tells what is known about a file, named from the project's root.
	File(name string) File
	// Nearest gives the name of a file that is most like a missing one and may stand in its
	// place, or ""; what it is for is one of picture, video, audio, background, theme, font,
	// lexicon.
	Nearest(name, what string) string
	// Voice finds a voice: name is the script's word, "" for the default of a language.
	Voice(name, language string) Voice
	// Legible counts the letters of a sentence, and those that a voice cannot speak.
	Legible(sentence []utter.Run, voice Voice) Legibility
	// Reads says whether a voice can speak most letters of a text.
	Reads(text string, voice Voice) bool
	// VoiceLike finds a voice of a language and gender; either may be empty.
	VoiceLike(language, gender string) (Voice, bool)
	// SayAs tells how a text is said that SSML's say-as interprets, in a language; false
	// where that is not known.
	SayAs(text, as, format, language string) (string, bool)
	// Lexicon reads a file of pronunciations, which Sentences then applies.
	Lexicon(name string) diag.List
	// Sentences cuts narration into sentences, and says in each run how it is read. The
	// language is that of the voice.
	Sentences(runs []utter.Run, language string) [][]utter.Run
	// Track tells whether a name is that of a built-in music track.
	Track(name string) bool
}

// Voice is who speaks.
type Voice struct {
	Name string
	// Language that it speaks, BCP 47.
	Language string
	// Problem is a sentence when it is not the voice that was asked for, Hint what to do
	// about it; Code tells the problems apart.
	Problem, Hint string
	Code          diag.Code
	// Unspoken: nobody here speaks the language that the name stands for.
	Unspoken bool
}

// Legibility is how much of a sentence a voice can speak.
type Legibility struct {
	Letters, Lost int
	// Script of the first lost letters, as Unicode names it, and a voice that reads it with
	// its language; empty where there is no such voice.
	Script, Reader, ReaderLanguage string
}

// Options are what a build adds to a script. Zero values change nothing.
type Options struct {
	// Dir is the script's folder, from the project's root; "" or "." is the root.
	Dir   string
	Size  *frame.Size
	FPS   *frame.Rate
	Voice string
	// VoicePlace is what findings about Voice point at.
	VoicePlace diag.Range
	// FirstScene is the number of the first scene that is planned; 0 is 1.
	FirstScene int
}

// Silences between the parts of narration.
const (
	afterSentence  = 350 * time.Millisecond
	afterParagraph = 650 * time.Millisecond
	afterFragment  = 80 * time.Millisecond
)

// planner carries what the scenes share.
type planner struct {
	board   *Board
	project Project
	opt     Options
	list    diag.List
	header  script.Properties
	look    string // the theme of the header
	// said keeps warnings that are given once.
	said map[string]bool
	// narration is all that is spoken, as far as its language is asked for.
	narration string
	narrators []*narrator
}

// Plan resolves a script. The board is whole only when the list has no errors.
func Plan(s *script.Script, project Project, opt Options) (*Board, diag.List) {
	p := &planner{board: &Board{Script: s.File}, project: project, opt: opt, look: "default", header: s.Header.Properties, said: map[string]bool{}}
	p.narration = narrationOf(s)
	p.film(s)
	for i := range s.Scenes {
		p.scene(&s.Scenes[i], i+max(opt.FirstScene, 1))
	}
	p.checkLanguages()
	p.chapters()
	if len(s.Scenes) == 0 && !p.list.HasErrors() {
		p.list.Errorf(diag.Range{File: s.File, Start: diag.Pos{Line: 1, Column: 1}, End: diag.Pos{Line: 1, Column: 1}},
			"the script has no scene").Hint = "write a sentence to speak, or a picture: ![](picture.jpg)"
	}
	p.list.Sort()
	return p.board, p.list
}

// chapters has scenes whose slides have headings start chapters, where the script names no
// chapter. The same heading again goes on with its chapter. What comes before the first
// chapter is one of its own.
func (p *planner) chapters() {
	scenes := p.board.Scenes
	named := func(s Scene) bool { return s.Chapter != "" }
	if !slices.ContainsFunc(scenes, named) {
		last := ""
		for i := range scenes {
			for _, slide := range scenes[i].Slides {
				if slide.Kind != frame.MarkdownBlock {
					continue
				}
				if title := markup.Heading(slide.Text); title != "" {
					if title != last {
						scenes[i].Chapter = title
					}
					last = title
					break
				}
			}
		}
	}
	if len(scenes) > 0 && !named(scenes[0]) && slices.ContainsFunc(scenes, named) {
		scenes[0].Chapter = p.board.Film.Title
		if scenes[0].Chapter == "" {
			scenes[0].Chapter = "Start"
		}
	}
}

func value[T any](v *T, otherwise T) T {
	if v == nil {
		return otherwise
	}
	return *v
}

// film resolves the header.
func (p *planner) film(s *script.Script) {
	h := s.Header.Properties
	f := &p.board.Film
	size := value(h.Size, frame.Size{Width: 1280, Height: 720})
	f.Header = size
	if p.opt.Size != nil {
		size = *p.opt.Size
	}
	f.Width, f.Height = size.Width, size.Height
	f.FPS = value(h.FPS, frame.Rate{})
	if p.opt.FPS != nil {
		f.FPS = *p.opt.FPS
	}
	f.Title, f.Author = value(h.Title, ""), value(h.Author, "")
	f.Description, f.Language = value(h.Description, ""), value(h.Language, "")
	f.Subtitles = value(h.Subtitles, script.Subtitles{Mode: script.SubtitlesNone})
	if f.Subtitles.Mode == "" {
		f.Subtitles.Mode = script.SubtitlesOverlay
	}
	if f.Subtitles.Break == 0 {
		f.Subtitles.Break = 80
	}
	f.Poster = value(h.Poster, script.Poster{Word: "middle"})
	f.PosterRange = h.Places["poster"]
	f.Loudness, f.Ducking = h.Loudness, h.Ducking
	place := func(name string) diag.Range { return h.Places[name] }
	if h.Background != nil {
		f.Music = p.music(*h.Background)
	}
	if f.Subtitles.Font != nil && !f.Subtitles.Font.Literal {
		font := *f.Subtitles.Font
		font.Name = p.file(font, "font")
		f.Subtitles.Font = &font
	}
	p.language(place)
	if h.Lexicon != nil {
		if f.Lexicon = p.file(*h.Lexicon, "lexicon"); f.Lexicon != "" {
			p.list.Add(p.project.Lexicon(f.Lexicon)...)
		}
	}
	if h.Theme != nil {
		p.look = p.theme(*h.Theme)
	}
}

// theme returns the name of a built-in theme, or of a style sheet from the project's root.
func (p *planner) theme(t script.File) string {
	if t.Literal {
		return t.Name
	}
	return p.file(t, "theme")
}

// resolve names a file from the project's root; false when it would leave it.
func (p *planner) resolve(name string) (string, bool) {
	var parts []string
	if p.opt.Dir != "" && p.opt.Dir != "." {
		parts = strings.Split(p.opt.Dir, "/")
	}
	for part := range strings.SplitSeq(name, "/") {
		switch part {
		case "", ".":
		case "..":
			if len(parts) == 0 {
				return "", false
			}
			parts = parts[:len(parts)-1]
		default:
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "/"), len(parts) > 0
}

// file resolves a file and reports one that is missing.
func (p *planner) file(f script.File, what string) string {
	name, ok := p.resolve(f.Name)
	if !ok {
		p.list.Errorf(f.Range, "%q is outside the project's folder", f.Name).Hint = "put the file inside the project, next to the script"
		return ""
	}
	info := p.project.File(name)
	switch {
	case !info.Exists:
		d := p.list.Errorf(f.Range, "the %s file %q does not exist", what, f.Name)
		d.Detail = "Names are relative to the folder of the script and case-sensitive"
		if near := p.project.Nearest(name, what); near != "" {
			d.Hint = fmt.Sprintf("did you mean %q?", p.relative(near))
		}
	case info.Dir:
		p.list.Errorf(f.Range, "%q is a folder, not a file", f.Name).Hint = "write the name of a file inside it"
	default:
		return name
	}
	return ""
}

// relative names a file of the project from the script's folder.
func (p *planner) relative(name string) string {
	if p.opt.Dir == "" || p.opt.Dir == "." {
		return name
	}
	if in, ok := strings.CutPrefix(name, p.opt.Dir+"/"); ok {
		return in
	}
	return strings.Repeat("../", strings.Count(p.opt.Dir, "/")+1) + name
}

func (p *planner) music(b script.Background) *Music {
	m := &Music{Range: b.Range, Volume: b.Volume, FadeIn: b.FadeIn, FadeOut: b.FadeOut}
	switch {
	case b.Name == "":
	case p.project.Track(b.Name):
		m.Builtin = strings.ToLower(b.Name)
	default:
		m.File = p.sound(script.File{Name: b.Name, Range: b.Range}, "background")
		if m.File == "" {
			return nil
		}
	}
	return m
}

// sound resolves a file that must hold sound.
func (p *planner) sound(f script.File, what string) string {
	name := p.file(f, what)
	if name == "" {
		return ""
	}
	if info := p.project.File(name); !info.Sound {
		d := p.list.Errorf(f.Range, "%q %s, not a sound", f.Name, info.Describe)
		d.Detail = "Allowed: wav, mp3, m4a, ogg or flac files"
		return ""
	}
	return name
}

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

// File describes a file of the project.
type File struct {
	Exists bool
	Dir    bool
	// Kind is the kind of picture, according to the file's content: Image, GIF, Clip, or "" if it is not a
	// picture.
	Kind ShotKind
	// Sound is true if the file's content may contain sound.
	Sound bool
	// Describe describes the file's content for messages, such as "is a text file".
	Describe string
}

// Project provides the files and voices that a plan depends on.
type Project interface {
	// DescribeFile describes a file; name is its path in the project.
	DescribeFile(name string) File
	// SuggestFile returns the path of the existing file whose name is most similar to a missing one, or "".
	// what is the purpose of the file: picture, video, audio, background, theme, font or lexicon.
	SuggestFile(name, what string) string
	// ResolveVoice returns the voice with the given name. An empty name means the default voice of the language.
	ResolveVoice(name, language string) Voice
	// CountLegible counts the letters of a sentence, and those that a voice cannot speak.
	CountLegible(sentence []utter.Run, voice Voice) Legibility
	// CanRead reports whether a voice can speak most letters of a text.
	CanRead(text string, voice Voice) bool
	// ChooseVoiceLike returns a voice of a language and gender. Either may be empty.
	ChooseVoiceLike(language, gender string) (Voice, bool)
	// ReadAs returns the spoken form of a text in an SSML say-as element. It returns false if the
	// combination is unknown.
	ReadAs(text, as, format, language string) (string, bool)
	// AddLexicon reads a file of pronunciations. Later calls of SplitSentences apply it.
	AddLexicon(name string) diag.List
	// SplitSentences splits narration into sentences and sets the spoken form of each run. language is the
	// language of the voice.
	SplitSentences(runs []utter.Run, language string) [][]utter.Run
	// IsTrack reports whether a name is that of built-in music.
	IsTrack(name string) bool
}

// Voice is a voice that was found for a name or language.
type Voice struct {
	Name string
	// Language is the language that the voice speaks (BCP 47).
	Language string
	// Problem is a message if the voice is not the requested one, Hint what the author can do, and Code
	// the kind of the problem.
	Problem, Hint string
	Code          diag.Code
	// Unspoken is true if no installed voice speaks the language of the requested voice.
	Unspoken bool
}

// Legibility counts the letters of a text that a voice can speak.
type Legibility struct {
	Letters, Lost int
	// Script is the Unicode name of the first lost letter's script. Reader is a voice that can read it,
	// ReaderLanguage its language; both are "" if there is no such voice.
	Script, Reader, ReaderLanguage string
}

// Options are settings of a build that override the script. Zero values have no effect.
type Options struct {
	// Dir is the script's folder in the project; "" and "." mean the root.
	Dir   string
	Size  *frame.Size
	FPS   *frame.Rate
	Voice string
	// VoicePlace is the range for findings about Voice.
	VoicePlace diag.Range
	// FirstScene is the number of the first planned scene; 0 means 1.
	FirstScene int
}

// Lengths of the silence after narration.
const (
	afterSentence  = 350 * time.Millisecond
	afterParagraph = 650 * time.Millisecond
	afterFragment  = 80 * time.Millisecond
)

// planner is the state of planning one film.
type planner struct {
	board   *Board
	project Project
	opt     Options
	list    diag.List
	header  script.Properties
	look    string // theme of the header
	// said contains warnings that were already reported, to report them only once.
	said map[string]bool
	// narration is the text of the whole narration, for language detection.
	narration string
	narrators []*narrator
}

// Plan resolves a script. The Board is complete only if the list contains no errors.
func Plan(s *script.Script, project Project, opt Options) (*Board, diag.List) {
	p := &planner{
		board: &Board{Script: s.File}, project: project, opt: opt, look: "default",
		header: s.Header.Properties, said: map[string]bool{},
	}
	p.narration = joinNarration(s)
	p.planFilm(s)
	for i := range s.Scenes {
		p.planScene(&s.Scenes[i], i+max(opt.FirstScene, 1))
	}
	p.checkLanguages()
	p.addMissingChapters()
	if len(s.Scenes) == 0 && !p.list.HasErrors() {
		p.list.Errorf(diag.Range{File: s.File, Start: diag.Pos{Line: 1, Column: 1}, End: diag.Pos{Line: 1, Column: 1}},
			"the script has no scene").Hint = "write a sentence to speak, or a picture: ![](picture.jpg)"
	}
	p.list.SortByPlace()
	return p.board, p.list
}

// addMissingChapters sets the chapters of a script that names none: each scene whose slide has a heading starts
// one, unless the heading repeats that of the chapter before. The scenes before the first chapter
// become a chapter, too.
func (p *planner) addMissingChapters() {
	scenes := p.board.Scenes
	named := func(s Scene) bool { return s.Chapter != "" }
	if !slices.ContainsFunc(scenes, named) {
		last := ""
		for i := range scenes {
			for _, slide := range scenes[i].Slides {
				if slide.Kind != frame.MarkdownBlock {
					continue
				}
				if title := markup.FindHeading(slide.Text); title != "" {
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

func dereferenceOr[T any](v *T, otherwise T) T {
	if v == nil {
		return otherwise
	}
	return *v
}

// planFilm resolves the properties of the header.
func (p *planner) planFilm(s *script.Script) {
	h := s.Header.Properties
	f := &p.board.Film
	size := dereferenceOr(h.Size, frame.Size{Width: 1280, Height: 720})
	f.Header = size
	if p.opt.Size != nil {
		size = *p.opt.Size
	}
	f.Width, f.Height = size.Width, size.Height
	p.setFurtherSizes(h)
	f.FPS = dereferenceOr(h.FPS, frame.Rate{})
	if p.opt.FPS != nil {
		f.FPS = *p.opt.FPS
	}
	f.Title, f.Author = dereferenceOr(h.Title, ""), dereferenceOr(h.Author, "")
	f.Description, f.Language = dereferenceOr(h.Description, ""), dereferenceOr(h.Language, "")
	f.Subtitles = dereferenceOr(h.Subtitles, script.Subtitles{Mode: script.SubtitlesNone})
	if f.Subtitles.Mode == "" {
		f.Subtitles.Mode = script.SubtitlesOverlay
	}
	if f.Subtitles.Break == 0 {
		f.Subtitles.Break = 80
	}
	f.Poster = dereferenceOr(h.Poster, script.Poster{Word: "middle"})
	f.PosterRange = h.Places["poster"]
	f.Loudness, f.Ducking = h.Loudness, h.Ducking
	place := func(name string) diag.Range { return h.Places[name] }
	if h.Background != nil {
		f.Music = p.planMusic(*h.Background)
	}
	if f.Subtitles.Font != nil && !f.Subtitles.Font.Literal {
		font := *f.Subtitles.Font
		font.Name = p.resolveFile(font, "font")
		f.Subtitles.Font = &font
	}
	p.setFilmLanguage(place)
	if h.Lexicon != nil {
		if f.Lexicon = p.resolveFile(*h.Lexicon, "lexicon"); f.Lexicon != "" {
			p.list.Add(p.project.AddLexicon(f.Lexicon)...)
		}
	}
	if h.Brand != nil {
		f.Brand = p.resolveFile(*h.Brand, "brand")
	}
	f.Progress = dereferenceOr(h.Progress, false)
	if w := h.Watermark; w != nil && w.File.Name != "" && w.Strength > 0 {
		if file := p.resolveFile(w.File, "watermark"); file != "" {
			f.Watermark = &Watermark{File: file, Range: w.File.Range, Position: w.Position, Strength: w.Strength}
		}
	}
	if h.Theme != nil {
		p.look = p.resolveTheme(*h.Theme)
	}
}

// setFurtherSizes sets the further sizes of the film, each once.
func (p *planner) setFurtherSizes(h script.Properties) {
	f := &p.board.Film
	for _, size := range dereferenceOr(h.Sizes, nil) {
		if size == (frame.Size{Width: f.Width, Height: f.Height}) && size != f.Header {
			continue // an option of the build makes this size the first
		}
		if size == f.Header || slices.Contains(f.Sizes, size) {
			p.list.Warnf(h.Places["sizes"], "sizes repeats %s, which is built once", size).Hint = "remove it"
			continue
		}
		f.Sizes = append(f.Sizes, size)
	}
}

// resolveTheme returns the name of a built-in theme, or the path of a style sheet in the project.
func (p *planner) resolveTheme(t script.File) string {
	if t.Literal {
		return t.Name
	}
	return p.resolveFile(t, "theme")
}

// resolvePath returns the path in the project of a file name in the script. It returns false if the path
// is outside the project.
func (p *planner) resolvePath(name string) (string, bool) {
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

// resolveFile returns the path in the project of an existing file. If none exists, it reports an error and
// returns "".
func (p *planner) resolveFile(f script.File, what string) string {
	name, ok := p.resolvePath(f.Name)
	if !ok {
		p.list.Errorf(f.Range, "%q is outside the project's folder", f.Name).
			Hint = "put the file inside the project, next to the script"
		return ""
	}
	info := p.project.DescribeFile(name)
	switch {
	case !info.Exists:
		d := p.list.Errorf(f.Range, "the %s file %q does not exist", what, f.Name)
		d.Detail = "Names are relative to the folder of the script and case-sensitive"
		if near := p.project.SuggestFile(name, what); near != "" {
			d.Hint = fmt.Sprintf("did you mean %q?", p.makePathRelativeToScript(near))
		}
	case info.Dir:
		p.list.Errorf(f.Range, "%q is a folder, not a file", f.Name).Hint = "write the name of a file inside it"
	default:
		return name
	}
	return ""
}

// makePathRelativeToScript returns the path of a project's file relative to the script's folder.
func (p *planner) makePathRelativeToScript(name string) string {
	if p.opt.Dir == "" || p.opt.Dir == "." {
		return name
	}
	if in, ok := strings.CutPrefix(name, p.opt.Dir+"/"); ok {
		return in
	}
	return strings.Repeat("../", strings.Count(p.opt.Dir, "/")+1) + name
}

func (p *planner) planMusic(b script.Background) *Music {
	m := &Music{Range: b.Range, Volume: b.Volume, FadeIn: b.FadeIn, FadeOut: b.FadeOut}
	switch {
	case b.Name == "":
	case p.project.IsTrack(b.Name):
		m.Builtin = strings.ToLower(b.Name)
	default:
		m.File = p.resolveSound(script.File{Name: b.Name, Range: b.Range}, "background")
		if m.File == "" {
			return nil
		}
	}
	return m
}

// resolveSound is like file, but also reports an error if the file contains no sound.
func (p *planner) resolveSound(f script.File, what string) string {
	name := p.resolveFile(f, what)
	if name == "" {
		return ""
	}
	if info := p.project.DescribeFile(name); !info.Sound {
		d := p.list.Errorf(f.Range, "%q %s, not a sound", f.Name, info.Describe)
		d.Detail = "Allowed: wav, mp3, m4a, ogg or flac files"
		return ""
	}
	return name
}

package script

import (
	"path"
	"strings"
	"time"

	"mynah/internal/diag"
	"mynah/internal/frame"
)

// Properties are those of the header and of stage directions; nil means not set.
type Properties struct {
	Size          *frame.Size
	FPS           *frame.Rate
	Voice         *string
	VoiceSpeed    *float64 // factor, 1 = normal
	VoiceVolume   *float64
	VoicePitch    *float64
	VoiceEmphasis *string // none, reduced, moderate, strong
	Fragment      *bool   // narration-mode: fragment
	Background    *Background
	Transition    *Transition
	Theme         *File // a built-in name, or a project .css
	Subtitles     *Subtitles
	AssetResize   *frame.Fit
	Canvas        *frame.Color
	FontSize      *float64 // pixels of a frame whose shorter side is 720
	Duration      *time.Duration

	Title, Author, Description, Language *string
	Poster                               *Poster
	Loudness                             *Level
	Ducking                              *Level
	Lexicon                              *File

	// Places of the properties that are set, by their names in the language: the
	// name's own range, for messages.
	Places map[string]diag.Range
}

// rules is the table of the language: the properties that the header and scenes share, those of the
// header, and the directions. Findings and docs/language.md list the names in this order.
func rules() []rule {
	return append(append(sharedRules(), headerRules()...), directionRules()...)
}

// sharedRules are the properties that stand in the header and as directions.
func sharedRules() []rule {
	both := func(name string, reach Reach, byDefault, help string) Property {
		return Property{Name: name, Header: true, Direction: true, Reach: reach, Default: byDefault, Help: help}
	}
	return []rule{
		sets(both("voice", FromHere, "the default voice of the video's language", "who speaks; `mynah voices` lists all "+
			"names, in upper or lower case. The 752 names of the hosted service find a voice of their language and "+
			"gender; those of other services, such as `de-DE-KatjaNeural`, too, with a warning that says who speaks. A name "+
			"whose language no voice here speaks is an error; see [voices.md](voices.md)"),
			anyText(VoiceKind, "the name of a voice"),
			func(p *Properties) **string { return &p.Voice },
		).inOneLanguage(),
		sets(both("voice-speed", FromHere, "`normal`", ""),
			factor(0.3, 3, scale{"slow", 0.75}, scale{"normal", 1}, scale{"fast", 1.25}),
			func(p *Properties) **float64 { return &p.VoiceSpeed },
		).beginning(isFigure),
		sets(both("voice-volume", FromHere, "`normal`", "`standard` is `normal`"),
			factor(0, 10, scale{"soft", 0.5}, scale{"normal", 1}, scale{"standard", 1}, scale{"loud", 1.5}),
			func(p *Properties) **float64 { return &p.VoiceVolume },
		).beginning(isFigure),
		sets(both("voice-pitch", FromHere, "`normal`", "voices go down to 0.5 and up to 2"),
			factor(0.3, 3, scale{"low", 0.85}, scale{"normal", 1}, scale{"high", 1.15}),
			func(p *Properties) **float64 { return &p.VoicePitch },
		).beginning(isFigure),
		sets(both("narration-mode", FromHere, "`normal`", "`fragment`: the sentence goes on in the next scene or "+
			"paragraph: the voice does not fall. The half second at the scene's end stays"),
			narrationMode(),
			func(p *Properties) **bool { return &p.Fragment }),
		sets(both("background", WholeScene, "none", "music under the whole video, or from this scene on, repeated until "+
			"the end or the next; `none` ends it. 1 is the volume as recorded; fades last 2 s. The built-in tracks are "+
			"composed and played by Mynah itself"),
			backgroundKind(),
			func(p *Properties) **Background { return &p.Background },
		).beginning(hasEnding),
		sets(see(both("transition", WholeScene, "none", "how scenes begin"), "7. Transitions"),
			transitionKind(),
			func(p *Properties) **Transition { return &p.Transition },
		).beginning(func(word string) bool { _, ok := transitionType().read(word); return ok }),
		sets(both("theme", WholeScene, "`default`", "how slides look"),
			themeKind(),
			func(p *Properties) **File { return &p.Theme }),
		sets(both("canvas", WholeScene, "white; behind images and clips with `contain` black",
			"the colour behind everything"),
			color(),
			func(p *Properties) **frame.Color { return &p.Canvas }),
		sets(both("font-size", WholeScene, "50", "of lists, paragraphs and code on slides; plain text and `#` are twice "+
			"it, `##` one and a half times"),
			decimalIn(1, maxFont, "pixels", "px"),
			func(p *Properties) **float64 { return &p.FontSize },
		).beginning(isFigure),
	}
}

// headerRules are the properties of the header alone.
func headerRules() []rule {
	header := func(name, byDefault, help string) Property {
		return Property{Name: name, Header: true, Default: byDefault, Help: help}
	}
	text := func(allowed string) kind[string] { return anyText(TextKind, allowed) }
	return []rule{
		sets(header("size", "`720p`, which is 1280x720", "the video's frame"),
			frameSize(),
			func(p *Properties) **frame.Size { return &p.Size }),
		sets(see(header("subtitles", "none", "where subtitles go, besides their files"), "8. Subtitles"),
			subtitlesKind(),
			func(p *Properties) **Subtitles { return &p.Subtitles }),
		sets(header("asset-resize", "`cover`", "how images and clips fill the frame unless they say so themselves"),
			fits(),
			func(p *Properties) **frame.Fit { return &p.AssetResize }),
		sets(own(header("fps", "see [section 9](#9-time-and-output)", "the frame rate; `29.97` means 30000/1001")),
			frameRate(),
			func(p *Properties) **frame.Rate { return &p.FPS }),
		sets(own(header("title", "", "is put into the MP4")),
			text("the title of the video"),
			func(p *Properties) **string { return &p.Title }).inOneLanguage(),
		sets(own(header("author", "", "is put into the MP4")),
			text("the author's name"),
			func(p *Properties) **string { return &p.Author }).inOneLanguage(),
		sets(own(header("description", "", "is put into the MP4")),
			text("a description of the video"),
			func(p *Properties) **string { return &p.Description }).inOneLanguage(),
		sets(own(header("language", "that of the header's voice, else of the narration's letters, or of its words where "+
			"they clearly speak for one", "that of the tracks of the MP4, and picks the voice when none is named")),
			languageTag(),
			func(p *Properties) **string { return &p.Language }).inOneLanguage(),
		sets(own(header("poster", "the middle of the first scene", "which picture the poster is")),
			poster(),
			func(p *Properties) **Poster { return &p.Poster }),
		sets(own(header("loudness", "-16", "how loud a video with narration is. `none` leaves the level alone, as in "+
			"videos without narration. True peaks stay below -1 dB")),
			level(-40, -5, "LUFS", "lufs"),
			func(p *Properties) **Level { return &p.Loudness }),
		sets(own(header("ducking", "9; 4 for the built-in tracks", "by how many dB music steps back under speech. The music "+
			"goes down 0.2 s before a stretch of narration and comes back 0.6 s after it")),
			level(0, 60, "dB", "db"),
			func(p *Properties) **Level { return &p.Ducking }),
		sets(own(header("lexicon", "", "a line for each word: `word: replacement` or `word: /ipa/`. A word in small letters "+
			"also stands for its forms with capitals, one with a capital only for itself; the longest match counts. `#` at "+
			"the beginning of a line or behind a blank starts a comment")),
			inProject("a file of pronunciations"),
			func(p *Properties) **File { return &p.Lexicon }).inOneLanguage(),
	}
}

// directionRules are the directions that are no properties of the header.
func directionRules() []rule {
	direction := func(name string, reach Reach, byDefault, help string) Property {
		return Property{Name: name, Direction: true, Reach: reach, Default: byDefault, Help: help}
	}
	return []rule{
		makes(direction("pause", ThisPlace, "", "silence at this place. A scene of pauses alone lasts just as long as "+
			"they do"),
			length(0), newPause).beginning(isFigure),
		sets(direction("duration", WholeScene, "", "how long a scene without narration lasts; with narration, the least "+
			"that it lasts"),
			length(time.Millisecond),
			func(p *Properties) **time.Duration { return &p.Duration },
		).beginning(isFigure),
		makes(direction("audio", ThisPlace, "", "a sound in place of narration, at this place: a wav, mp3, m4a, ogg or "+
			"flac file"),
			inProject("a sound file of the project"),
			func(at At, f File) Node { return &Audio{At: at, File: f.Name, FileRange: f.Range} },
		).beginning(hasEnding),
		{
			Property: formed(direction("image", ThisPlace, "", "like an image line"), pictureForm(false)),
			node:     (*parser).pictureDirection, begins: hasEnding,
		},
		{
			Property: formed(direction("video", ThisPlace, "", "like a clip line"), pictureForm(true)),
			node:     (*parser).pictureDirection, begins: hasEnding,
		},
		{
			Property: formed(
				see(direction("callout", ThisPlace, "", "points at a part of a picture"), "6. Callouts"), calloutForm()),
			node: (*parser).callout,
		},
		sets(direction("voice-emphasis", FromHere, "`none`", "how much is stressed: slower, higher and louder, or less "+
			"of all"),
			oneOf("none", "reduced", "moderate", "strong"),
			func(p *Properties) **string { return &p.VoiceEmphasis }),
		makes(own(direction("chapter", WholeScene, "every scene whose slide has a heading begins a chapter, unless it is "+
			"the heading of the chapter before", "a chapter of the MP4 begins with this scene. The beginning of the video is a "+
			"chapter too. `--transcript` writes what is said, chapter by chapter, and a list of chapters as video sites read "+
			"it; they want at least three, each of ten seconds or more, and a warning says where yours are not")),
			anyText(TextKind, "the title of the chapter"),
			func(at At, title string) Node { return &Chapter{At: at, Title: title} }),
		makes(own(direction("include", ThisPlace, "", "its scenes stand here, without its header. Its files are named from "+
			"the main script's folder. A script that includes itself is an error")),
			inProject("another script of the project"),
			func(at At, f File) Node { return &Include{At: at, File: f.Name, FileRange: f.Range} }),
		makes(own(direction("reveal", WholeScene, "", "a list item by item, the items of lists within it too; ranges of "+
			"code one after the other. One appears with each paragraph of the narration; those that are left share the last "+
			"one. With fewer than two paragraphs they share the scene")),
			revealKind(), func(at At, v Reveal) Node { v.At = at; return &v }),
		makes(own(direction("highlight", WholeScene, "", "dims the other lines of code")),
			lineRanges("lines of code such as 2-4 or 1, 3-5"),
			func(at At, lines []frame.LineRange) Node { return &Highlight{At: at, Ranges: lines} }),
	}
}

// own marks what is Mynah's own.
func own(p Property) Property {
	p.Own = true
	return p
}

// see names the section that describes a property's values.
func see(p Property, section string) Property {
	p.See = section
	return p
}

func formed(p Property, f Form) Property {
	p.Form = f
	return p
}

// newPause makes a pause; one of no length is nothing.
func newPause(at At, length time.Duration) Node {
	if length == 0 {
		return nil
	}
	return &Pause{At: at, Length: length}
}

// isFigure says whether a word is made of what numbers are made of.
func isFigure(word string) bool { return strings.Trim(word, "0123456789.,") == "" }

// hasEnding says whether a word ends as the name of a file does.
func hasEnding(word string) bool { return len(path.Ext(word)) > 2 }

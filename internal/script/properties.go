package script

import (
	"path"
	"strings"
	"time"

	"mynah/internal/diag"
	"mynah/internal/frame"
)

// Properties are the properties of a header or a stage direction; nil means not set.
type Properties struct {
	Size          *frame.Size
	FPS           *frame.Rate
	Voice         *string
	VoiceSpeed    *float64 // factor; 1 is normal speed
	VoiceVolume   *float64
	VoicePitch    *float64
	VoiceEmphasis *string // none, reduced, moderate or strong
	Fragment      *bool   // narration-mode: fragment, the sentence continues in the next paragraph
	Background    *Background
	Transition    *Transition
	Theme         *File // a built-in name, or a .css file of the project
	Subtitles     *Subtitles
	AssetResize   *frame.Fit
	Canvas        *frame.Color
	FontSize      *float64 // in pixels of a frame whose shorter side is 720
	Layout        *frame.Layout
	Duration      *time.Duration

	Title, Author, Description, Language *string
	Poster                               *Poster
	Loudness                             *Level
	Ducking                              *Level
	Lexicon                              *File
	Sizes                                *[]frame.Size // further sizes of the video
	Brand                                *File         // a style sheet of variables
	Watermark                            *Watermark
	Progress                             *bool // true for "bar"

	// Places maps the names of the properties that are set to the ranges of the names in the source.
	Places map[string]diag.Range
}

// listRules returns the table of the language: properties that are allowed in the header and as
// directions, those of the header only, and those that are directions only. Findings and
// docs/language.md list the names in this order.
func listRules() []rule {
	return append(append(listSharedRules(), listHeaderRules()...), listDirectionRules()...)
}

// listSharedRules returns the properties that are allowed in the header and as directions.
func listSharedRules() []rule {
	both := func(name string, reach Reach, byDefault, help string) Property {
		return Property{Name: name, Header: true, Direction: true, Reach: reach, Default: byDefault, Help: help}
	}
	return []rule{
		newPropertyRule(both("voice", FromHere, "the default voice of the video's language", "who speaks; `mynah voices` lists all "+
			"names, and upper and lower case do not matter. Each of the 752 names of the hosted service (Narakeet) selects "+
			"a voice of the same language and gender. So do names of other services, such as `de-DE-KatjaNeural`; a warning then says "+
			"who speaks. A name in a language that no installed voice speaks is an error; see [voices.md](voices.md)"),
			newTextParser(VoiceKind, "the name of a voice"),
			func(p *Properties) **string { return &p.Voice },
		).asNotTranslated(),
		newPropertyRule(both("voice-speed", FromHere, "`normal`", ""),
			newFactorParser(0.3, 3, namedFactor{"slow", 0.75}, namedFactor{"normal", 1}, namedFactor{"fast", 1.25}),
			func(p *Properties) **float64 { return &p.VoiceSpeed },
		).withValueStartTest(isNumeric),
		newPropertyRule(both("voice-volume", FromHere, "`normal`", "`standard` means `normal`"),
			newFactorParser(0, 10, namedFactor{"soft", 0.5}, namedFactor{"normal", 1}, namedFactor{"standard", 1}, namedFactor{"loud", 1.5}),
			func(p *Properties) **float64 { return &p.VoiceVolume },
		).withValueStartTest(isNumeric),
		newPropertyRule(both("voice-pitch", FromHere, "`normal`", "factors below 0.5 and above 2 have no further effect"),
			newFactorParser(0.3, 3, namedFactor{"low", 0.85}, namedFactor{"normal", 1}, namedFactor{"high", 1.15}),
			func(p *Properties) **float64 { return &p.VoicePitch },
		).withValueStartTest(isNumeric),
		newPropertyRule(both("narration-mode", FromHere, "`normal`", "with `fragment` the sentence continues in the next "+
			"scene or paragraph, so the voice does not fall. The scene still ends with half a second of silence"),
			newNarrationModeParser(),
			func(p *Properties) **bool { return &p.Fragment }),
		newPropertyRule(both("background", WholeScene, "none", "music under the whole video, or from this scene on. It repeats "+
			"until the end or until other music starts; `none` ends it. Volume 1 is the recorded volume; fades last 2 s. "+
			"In a map, `audio` and `vendor` mean the same. Mynah generates the built-in music itself"),
			newBackgroundParser(),
			func(p *Properties) **Background { return &p.Background },
		).withValueStartTest(hasFileExtension),
		newPropertyRule(withSection(both("transition", WholeScene, "none", "how scenes begin"), "7. Transitions"),
			newTransitionParser(),
			func(p *Properties) **Transition { return &p.Transition },
		).withValueStartTest(func(word string) bool { _, ok := newTransitionTypeParser().read(word); return ok }),
		newPropertyRule(both("theme", WholeScene, "`default`", "how slides look"),
			newThemeParser(),
			func(p *Properties) **File { return &p.Theme }),
		newPropertyRule(both("canvas", WholeScene, "white; black behind images and clips with `contain`",
			"the colour behind slides and pictures"),
			newColorParser(),
			func(p *Properties) **frame.Color { return &p.Canvas }),
		newPropertyRule(both("font-size", WholeScene, "50", "the size of lists, paragraphs and code on slides; plain text and `#` "+
			"have twice this size, `##` one and a half times"),
			newDecimalParser(1, maxFont, "pixels", "px"),
			func(p *Properties) **float64 { return &p.FontSize },
		).withValueStartTest(isNumeric),
		newPropertyRule(withSection(markAsOwn(both("layout", WholeScene, "`none`",
			"how a slide and the scene's pictures share the frame")), "11. Layouts"),
			newLayoutParser(),
			func(p *Properties) **frame.Layout { return &p.Layout }),
	}
}

// listHeaderRules returns the properties that are allowed only in the header.
func listHeaderRules() []rule {
	header := func(name, byDefault, help string) Property {
		return Property{Name: name, Header: true, Default: byDefault, Help: help}
	}
	text := func(allowed string) valueParser[string] { return newTextParser(TextKind, allowed) }
	return []rule{
		newPropertyRule(header("size", "`720p`, which is 1280x720", "the size of the video"),
			newSizeParser(),
			func(p *Properties) **frame.Size { return &p.Size }),
		newPropertyRule(withSection(header("subtitles", "none", "whether subtitles also go into the video"), "8. Subtitles"),
			newSubtitlesParser(),
			func(p *Properties) **Subtitles { return &p.Subtitles }),
		newPropertyRule(header("asset-resize", "`cover`", "how images and clips fill the frame if they have no option of their own"),
			newFitParser(),
			func(p *Properties) **frame.Fit { return &p.AssetResize }),
		newPropertyRule(markAsOwn(header("fps", "see [section 9](#9-time-and-output)", "the frame rate; `29.97` means 30000/1001")),
			newRateParser(),
			func(p *Properties) **frame.Rate { return &p.FPS }),
		newPropertyRule(markAsOwn(header("title", "", "written into the MP4")),
			text("the title of the video"),
			func(p *Properties) **string { return &p.Title }).asNotTranslated(),
		newPropertyRule(markAsOwn(header("author", "", "written into the MP4")),
			text("the author's name"),
			func(p *Properties) **string { return &p.Author }).asNotTranslated(),
		newPropertyRule(markAsOwn(header("description", "", "written into the MP4")),
			text("a description of the video"),
			func(p *Properties) **string { return &p.Description }).asNotTranslated(),
		newPropertyRule(markAsOwn(header("language", "the language of the header's voice; without one, the language that Mynah detects "+
			"from the letters of the narration, or from its words if they are clear",
			"the language of the tracks in the MP4; it also chooses the voice if the header names none")),
			newLanguageParser(),
			func(p *Properties) **string { return &p.Language }).asNotTranslated(),
		newPropertyRule(markAsOwn(header("poster", "the middle of the first scene", "the time of the frame that becomes the poster")),
			newPosterParser(),
			func(p *Properties) **Poster { return &p.Poster }),
		newPropertyRule(markAsOwn(header("loudness", "-16", "the loudness of a video with narration. `none` keeps the recorded level, as in "+
			"videos without narration. True peaks stay below -1 dB")),
			newLevelParser(-40, -5, "LUFS", "lufs"),
			func(p *Properties) **Level { return &p.Loudness }),
		newPropertyRule(markAsOwn(header("ducking", "9; 4 for the built-in tracks", "how much quieter music is under speech. The music "+
			"becomes quieter 0.2 s before the narration and returns 0.6 s after it")),
			newLevelParser(0, 60, "dB", "db"),
			func(p *Properties) **Level { return &p.Ducking }),
		newPropertyRule(markAsOwn(header("lexicon", "", "how words are pronounced, one per line: `word: replacement` or `word: /ipa/`. A word "+
			"in lower case also matches its forms with capitals; a word with a capital matches only itself. The longest match "+
			"counts. `#` at the beginning of a line or after a space starts a comment")),
			newFileParser("a file of pronunciations"),
			func(p *Properties) **File { return &p.Lexicon }).asNotTranslated(),
		newPropertyRule(markAsOwn(header("sizes", "none", "further sizes of the video, separated by commas. They are built after the first one, "+
			"into files such as `NAME-1080x1920.mp4`")),
			newSizesParser(),
			func(p *Properties) **[]frame.Size { return &p.Sizes }),
		newPropertyRule(markAsOwn(header("brand", "", "colours and fonts that are laid over the theme: variables such as `--accent`, and "+
			"`@font-face`; see [themes.md](themes.md)")),
			newBrandParser(),
			func(p *Properties) **File { return &p.Brand }),
		newPropertyRule(markAsOwn(header("watermark", "none", "an image over the whole video, such as a logo: its file, then in any order a "+
			"place (`top-right` if not set) and a strength (0.6 if not set). It is at most a fifth of the frame wide and high")),
			newWatermarkParser(),
			func(p *Properties) **Watermark { return &p.Watermark }),
		newPropertyRule(markAsOwn(header("progress", "none", "`bar` shows a thin bar at the bottom that grows at the start of each scene")),
			newProgressParser(),
			func(p *Properties) **bool { return &p.Progress }),
	}
}

// listDirectionRules returns the names that are allowed only as directions.
func listDirectionRules() []rule {
	direction := func(name string, reach Reach, byDefault, help string) Property {
		return Property{Name: name, Direction: true, Reach: reach, Default: byDefault, Help: help}
	}
	return []rule{
		newNodeRule(direction("pause", ThisPlace, "", "silence at this place. A scene that contains only pauses lasts "+
			"exactly as long as they do"),
			newDurationParser(0), newPause).withValueStartTest(isNumeric),
		newPropertyRule(direction("duration", WholeScene, "",
			"how long a scene without narration lasts; for a scene with narration, the "+
				"minimum length"),
			newDurationParser(time.Millisecond),
			func(p *Properties) **time.Duration { return &p.Duration },
		).withValueStartTest(isNumeric),
		newNodeRule(direction("audio", ThisPlace, "", "plays a sound at this place instead of narration: a wav, mp3, m4a, "+
			"ogg or flac file"),
			newFileParser("a sound file of the project"),
			func(at At, f File) Node { return &Audio{At: at, File: f.Name, FileRange: f.Range} },
		).withValueStartTest(hasFileExtension),
		{
			Property: withForm(direction("image", ThisPlace, "", "the same as an image line"), newPictureForm(false)),
			node:     (*parser).parsePictureDirection, begins: hasFileExtension,
		},
		{
			Property: withForm(direction("video", ThisPlace, "", "the same as a clip line"), newPictureForm(true)),
			node:     (*parser).parsePictureDirection, begins: hasFileExtension,
		},
		{
			Property: withForm(
				withSection(direction("callout", ThisPlace, "", "highlights a part of a picture"), "6. Callouts"),
				newCalloutForm()),
			node: (*parser).parseCallout,
		},
		newPropertyRule(direction("voice-emphasis", FromHere, "`none`", "how strongly the text is stressed: slower, higher and "+
			"louder, or with `reduced` faster, lower and softer"),
			newChoiceParser("none", "reduced", "moderate", "strong"),
			func(p *Properties) **string { return &p.VoiceEmphasis }),
		newNodeRule(markAsOwn(direction("chapter", WholeScene, "each scene whose slide has a heading starts a chapter, unless the "+
			"chapter before has the same heading", "starts a chapter of the MP4 with this scene. The beginning of the video "+
			"is a chapter, too. `--transcript` writes the narration by chapters, and a list of chapters for video sites. These "+
			"sites require at least three chapters of ten seconds or more; Mynah warns about chapters that do not meet this "+
			"requirement, in videos of half a minute or more")),
			newTextParser(TextKind, "the title of the chapter"),
			func(at At, title string) Node { return &Chapter{At: at, Title: title} }),
		newNodeRule(markAsOwn(direction("include", ThisPlace, "", "inserts the scenes of another script, without its header. The names "+
			"of its files are relative to the folder of the main script. A script that includes itself is an error")),
			newFileParser("another script of the project"),
			func(at At, f File) Node { return &Include{At: at, File: f.Name, FileRange: f.Range} }),
		newNodeRule(markAsOwn(direction("reveal", WholeScene, "", "shows a list item by item, including the items of nested lists, or code "+
			"range by range. One item or range appears with each paragraph of the narration; the rest share the time of the "+
			"last paragraph. With fewer than two paragraphs, all of them share the time of the scene. `callouts` shows the "+
			"[callouts](#6-callouts) of the scene in the same way, each in place of the one before")),
			newRevealParser(), func(at At, v Reveal) Node { v.At = at; return &v }),
		newNodeRule(markAsOwn(direction("highlight", WholeScene, "", "dims the other lines of code")),
			newLineRangesParser("lines of code such as 2-4 or 1, 3-5"),
			func(at At, lines []frame.LineRange) Node { return &Highlight{At: at, Ranges: lines} }),
	}
}

// markAsOwn marks a property that other programs for such scripts do not support.
func markAsOwn(p Property) Property {
	p.Own = true
	return p
}

// withSection sets the section of docs/language.md that describes the property's values.
func withSection(p Property, section string) Property {
	p.See = section
	return p
}

func withForm(p Property, f Form) Property {
	p.Form = f
	return p
}

// newPause returns a Pause, or nil if its length is zero.
func newPause(at At, length time.Duration) Node {
	if length == 0 {
		return nil
	}
	return &Pause{At: at, Length: length}
}

// isNumeric reports whether a word consists of digits, points and commas.
func isNumeric(word string) bool { return strings.Trim(word, "0123456789.,") == "" }

// hasFileExtension reports whether a word ends in a file extension.
func hasFileExtension(word string) bool { return len(path.Ext(word)) > 2 }

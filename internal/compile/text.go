package compile

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"mynah/internal/caption"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/project"
	"mynah/internal/script"
	"mynah/internal/storyboard"
	"mynah/internal/utter"
	"mynah/internal/voice"
)

// TextFile is the file name in findings about a text to speak.
const TextFile = "text"

// TextRequest is a request to read and plan a text to speak.
type TextRequest struct {
	// Text is in the script language; everything that needs a file is left out.
	Text string
	// Header holds properties that override those of the text, by their names in a script's
	// header: voice, voice-speed, voice-pitch, voice-volume, language.
	Header map[string]string
	// Timed is "vtt" or "srt" if the text is subtitles; each cue is spoken at its time.
	Timed string
	// Longest is the latest time of a cue; 0 is 10 hours.
	Longest time.Duration
}

// PlanText parses a text and plans its narration. For subtitles it also returns the cues, each of
// which is a scene. Errors of the author are among the findings.
func PlanText(ctx context.Context, in *project.Project, booth *voice.Booth, r TextRequest) (Script, []caption.Timed, error) {
	out := Script{Name: TextFile, Sources: map[string][]byte{TextFile: []byte(r.Text)}}
	over, err := parseHeaderProperties(r.Header)
	if err != nil {
		return out, nil, err
	}
	text := &script.Script{File: TextFile}
	if r.Timed == "" {
		text, out.Findings = script.Parse(TextFile, []byte(r.Text))
		if out.Findings.HasErrors() {
			return out, nil, nil
		}
	}
	removeNonSpeech(text, in.IsTrack, &out.Findings)
	overrideVoiceProperties(&text.Header, over)
	opt := storyboard.Options{}
	if over.Voice != nil {
		opt.Voice = *over.Voice
	}
	var cues []caption.Timed
	if r.Timed != "" {
		if cues, err = addCueScenes(text, r); err != nil {
			return out, nil, err
		}
	}
	p := &planner{Project: in, ctx: ctx, booth: booth, sources: out.Sources, script: TextFile}
	board, list := storyboard.Plan(text, p, opt)
	if err := ctx.Err(); err != nil {
		return out, nil, err
	}
	out.Board = board
	out.Findings.Add(list...)
	return out, cues, nil
}

// CheckTextHeader returns an error if a property cannot be in a TextRequest's header.
func CheckTextHeader(header map[string]string) error {
	_, err := parseHeaderProperties(header)
	return err
}

// overrideVoiceProperties overrides the voice properties of a text's header.
func overrideVoiceProperties(h *script.Header, over script.Properties) {
	for _, f := range []struct{ to, from **float64 }{
		{&h.VoiceSpeed, &over.VoiceSpeed}, {&h.VoicePitch, &over.VoicePitch}, {&h.VoiceVolume, &over.VoiceVolume},
	} {
		if *f.from != nil {
			*f.to = *f.from
		}
	}
	if over.Language != nil {
		h.Language = over.Language
	}
}

// addCueScenes turns subtitles into a script with a scene for each cue.
func addCueScenes(s *script.Script, r TextRequest) ([]caption.Timed, error) {
	cues, err := parseAndCheckCues(r.Text, r.Timed, cmp.Or(r.Longest, longestTimed))
	if err != nil {
		return nil, err
	}
	for _, c := range cues {
		at := diag.Range{File: TextFile, Start: diag.Pos{Line: c.Line, Column: 1}, End: diag.Pos{Line: c.Line, Column: 1}}
		n := &script.Narration{At: script.At{Range: at}, Source: c.Text, Runs: []utter.Run{{Text: c.Text}}}
		s.Scenes = append(s.Scenes, script.Scene{Range: at, Nodes: []script.Node{n}})
	}
	return cues, nil
}

// longestTimed is the maximum length of timed speech.
const longestTimed = 10 * time.Hour

// parseAndCheckCues reads cues and checks that they are in order and short enough.
func parseAndCheckCues(text, form string, longest time.Duration) ([]caption.Timed, error) {
	cues, err := caption.ParseCues(text, caption.Form(form))
	if err != nil {
		return nil, fault.New(fault.Input, err, "the subtitles cannot be read as %s", map[string]string{"vtt": "WebVTT", "srt": "SubRip"}[form]).
			WithHint("each cue needs a line such as 00:00:01.000 --> 00:00:03.500 with its text below")
	}
	for i, c := range cues {
		if c.To < c.From || c.To > longest {
			return nil, fault.New(fault.Input, nil, "line %d: a cue cannot last from %s to %s", c.Line, c.From, c.To).
				WithHint("a cue must end after it begins, and within %s", longest)
		}
		if i > 0 && c.From < cues[i-1].From {
			return nil, fault.New(fault.Input, nil, "line %d: the cue begins before the previous cue", c.Line).
				WithHint("sort the cues by time")
		}
	}
	if len(cues) == 0 {
		return nil, fault.New(fault.Input, nil, "the subtitles contain no cue with text").
			WithHint("each cue needs a line such as 00:00:01.000 --> 00:00:03.500 with its text below")
	}
	return cues, nil
}

// parseHeaderProperties parses properties of a header.
func parseHeaderProperties(header map[string]string) (script.Properties, error) {
	var text strings.Builder
	text.WriteString("---\n")
	for _, name := range []string{"voice", "voice-speed", "voice-pitch", "voice-volume", "language"} {
		v := strings.TrimSpace(header[name])
		if v == "" {
			continue
		}
		if strings.ContainsAny(v, "\r\n#:'\"{}[]&*!|>%@`") || len(v) > 100 {
			return script.Properties{}, fault.New(fault.Usage, nil, "the %s %q cannot be used", name, diag.Shorten(v, 40))
		}
		fmt.Fprintf(&text, "%s: %s\n", name, v)
	}
	text.WriteString("---\n")
	s, list := script.Parse("settings", []byte(text.String()))
	for _, d := range list {
		if d.Severity == diag.Error {
			says := strings.TrimSuffix(d.Summary, ".")
			if d.Detail != "" {
				says += ". " + d.Detail
			}
			return script.Properties{}, fault.New(fault.Usage, nil, "%s", says).WithHint("%s", d.Hint)
		}
	}
	return s.Header.Properties, nil
}

// removeNonSpeech removes everything from a script that is visual or needs a file. Built-in music tracks
// stay.
func removeNonSpeech(s *script.Script, isTrack func(name string) bool, list *diag.List) {
	music := func(b *script.Background) bool {
		if b == nil || b.Name == "" || isTrack(b.Name) {
			return true
		}
		list.Warnf(b.Range, "the background %q is a file and is left out: a spoken text has no files", b.Name).
			Hint = "use a built-in track, or build a video"
		return false
	}
	h := &s.Header
	h.Theme, h.Subtitles, h.Lexicon, h.Transition, h.Duration = nil, nil, nil, nil, nil
	if !music(h.Background) {
		h.Background = nil
	}
	for i := range s.Scenes {
		s.Scenes[i].Nodes = slices.DeleteFunc(s.Scenes[i].Nodes, func(n script.Node) bool {
			switch n := n.(type) {
			case *script.Narration, *script.SSML, *script.Pause:
				return false
			case *script.Set:
				if n.Name == "background" {
					return !music(n.Background)
				}
				return !strings.HasPrefix(n.Name, "voice") && n.Name != "narration-mode"
			default:
				return true
			}
		})
	}
}

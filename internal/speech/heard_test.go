package speech

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"mynah/internal/blame"
	"mynah/internal/compile"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/storyboard"
	"mynah/internal/utter"
	"mynah/internal/voice"
)

func TestSilentSpeechIsFound(t *testing.T) {
	t.Parallel()
	part := func(text string, volume float64) storyboard.Part {
		return storyboard.Part{Kind: storyboard.Speech, Text: text, Runs: []utter.Run{{Text: text}}, Voice: "anna", Volume: volume}
	}
	for _, c := range []struct {
		name  string
		part  storyboard.Part
		heard bool
		want  string
	}{
		{"heard", part("Hello there.", 1), true, ""},
		{"silent", part("Hello there.", 1), false, "scene 2"},
		{"meant to be silent", part("Hello there.", 0.01), false, ""},
		{"nothing that the voice reads", part("Привет", 1), false, ""},
		{"just loud enough to be heard", part("Hello there.", Quietest), false, "scene 2"},
		{"just too quiet", part("Hello there.", Quietest-0.001), false, ""},
		{"two letters", part("No", 1), false, "scene 2"},
		{"one letter", part("N!", 1), false, ""},
		{"one letter that the voice reads", part("Nет", 1), false, ""},
		{"no speech", storyboard.Part{Kind: storyboard.Pause, Text: "Hello there.", Voice: "anna", Volume: 1}, false, ""},
	} {
		board := &storyboard.Board{Scenes: []storyboard.Scene{{}, {Parts: []storyboard.Part{c.part}}}}
		spoken := &Spoken{
			Sentences: [][]voice.Spoken{nil, {{Heard: c.heard}}},
			Voices:    map[string]voice.Voice{"anna": {Name: "anna", Engine: voice.EngineFlite, EngineVoice: "slt"}},
		}
		err := spoken.CheckAllHeard(board)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// TestSaidText checks which text the voice itself has to read.
func TestSaidText(t *testing.T) {
	t.Parallel()
	for want, runs := range map[string][]utter.Run{
		"ab cd": {{Text: "ab "}, {Text: "cd"}},
		"ab x":  {{Text: "ab "}, {Text: "cd", Say: "x"}},
		"ab ": {
			{Text: "ab "},
			{Text: "cd", IPA: "x"},
			{Text: "ef", Language: "de"},
			{Text: "gh", Say: "y", Language: "de"},
		},
		"": nil,
	} {
		if got := joinSpokenTexts(runs); got != want {
			t.Errorf("%v: %q, want %q", runs, got, want)
		}
	}
}

// TestLoudestRun checks that the loudest run determines the volume of a sentence.
func TestLoudestRun(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		runs []utter.Run
		want float64
	}{
		{nil, 0.5},
		{[]utter.Run{{}}, 0.5},
		{[]utter.Run{{Volume: utter.NewFactor(0.2)}, {Volume: utter.NewFactor(3)}, {}}, 1.5},
		{[]utter.Run{{Volume: utter.NewFactor(0)}}, 0},
	} {
		if got := FindLoudestVolume(storyboard.Part{Volume: 0.5, Runs: c.runs}); got != c.want {
			t.Errorf("%v: %g, want %g", c.runs, got, c.want)
		}
	}
}

// TestBlame checks that a failure names the sentence in the author's terms, except for a cancellation or a full
// disk.
func TestBlame(t *testing.T) {
	t.Parallel()
	cause := errors.New("the cause")
	p := storyboard.Part{Text: "Hello.", Voice: "anna", Range: diag.Range{File: "s.md", Start: diag.Pos{Line: 7}}}
	text := p
	text.Range.File = compile.TextFile
	gone := fault.New(fault.ToolFailed, cause, "it is gone").WithHint("ask")
	for _, c := range []struct {
		err    error
		part   storyboard.Part
		scenes int
		cues   bool
		want   string
		hint   string
	}{
		{gone, p, 1, false, `s.md:7: the sentence "Hello." of scene 3 could not be spoken by anna: it is gone`, "ask"},
		{gone, p, 2, false, `s.md:7: the sentence "Hello." of scene 3 could not be spoken by anna: it is gone`, "ask"},
		{gone, p, 2, true, `s.md:7: the sentence "Hello." of cue 3 could not be spoken by anna: it is gone`, "ask"},
		{gone, text, 1, false, `text:7: the sentence "Hello." could not be spoken by anna: it is gone`, "ask"},
		{gone, text, 2, false, `text:7: the sentence "Hello." of scene 3 could not be spoken by anna: it is gone`, "ask"},
		{gone, text, 1, true, `text:7: the sentence "Hello." of cue 3 could not be spoken by anna: it is gone`, "ask"},
		{
			fault.New(fault.ToolFailed, nil, "it is gone"), text, 1, false,
			`text:7: the sentence "Hello." could not be spoken by anna: it is gone`, blame.HintDoctor,
		},
		{fault.New(fault.Cancelled, cause, "stopped"), p, 1, false, "stopped", ""},
		{fault.New(fault.Disk, cause, "no room"), p, 1, false, "no room", ""},
	} {
		s := &speaker{board: &storyboard.Board{Scenes: make([]storyboard.Scene, c.scenes)}, cues: c.cues}
		f, ok := fault.As(s.addSentenceToError(c.err, c.part, 2))
		if !ok || f.Public != c.want || f.Hint != c.hint || f.Cause == nil {
			t.Errorf("%v: %+v, want %q", c.err, f, c.want)
		}
		if of, _ := fault.As(c.err); ok && of.Cause != nil && !errors.Is(f, cause) {
			t.Errorf("%v lost its cause: %v", c.err, f.Cause)
		}
	}
	s := &speaker{board: &storyboard.Board{}}
	for n, want := range map[int]string{60: strings.Repeat("x", 60), 61: strings.Repeat("x", 60) + "…"} {
		p.Text = strings.Repeat("x", n)
		p.Runs, p.Volume = []utter.Run{{Text: p.Text}}, 1
		for _, err := range []error{s.addSentenceToError(gone, p, 0), checkSilentSentence(p, 0, voice.Voice{})} {
			if f, _ := fault.As(err); f == nil || !strings.Contains(f.Public, `"`+want+`"`) {
				t.Errorf("a text of %d letters: %v", n, f)
			}
		}
	}
	if err := s.addSentenceToError(cause, p, 0); !errors.Is(err, cause) || fault.CodeOf(err) != fault.Internal {
		t.Errorf("an error that is no fault becomes %v", err)
	}
}

// TestUses checks that each voice and each of its scenes is listed once.
func TestUses(t *testing.T) {
	t.Parallel()
	says := func(voices ...string) storyboard.Scene {
		var s storyboard.Scene
		for _, v := range voices {
			s.Parts = append(s.Parts, storyboard.Part{Kind: storyboard.Speech, Voice: v})
		}
		return s
	}
	board := &storyboard.Board{Scenes: []storyboard.Scene{
		says("a", "a", "b"),
		{Parts: []storyboard.Part{{Kind: storyboard.Pause, Voice: "a"}}},
		says("b", "a", "b", "c", "lost"), says("d"),
	}}
	s := &Spoken{Voices: map[string]voice.Voice{
		"a": {Name: "anna", Engine: "one"}, "b": {Name: "anna", Engine: "two"}, "c": {Name: "carl", Engine: "one"},
		"d": {Name: "carl", Engine: "one"},
	}}
	want := []VoiceUse{
		{Name: "anna", Engine: "one", Scenes: []int{1, 3}},
		{Name: "anna", Engine: "two", Scenes: []int{1, 3}},
		{Name: "carl", Engine: "one", Scenes: []int{3, 4}},
	}
	if got := s.ListVoiceUses(board); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
}

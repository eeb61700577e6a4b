package speech

import (
	"strings"
	"testing"

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
	} {
		board := &storyboard.Board{Scenes: []storyboard.Scene{{}, {Parts: []storyboard.Part{c.part}}}}
		spoken := &Spoken{
			Sentences: [][]voice.Spoken{nil, {{Heard: c.heard}}},
			Voices:    map[string]voice.Voice{"anna": {Name: "anna", Engine: voice.EngineFlite, EngineVoice: "slt"}},
		}
		err := spoken.CheckHeard(board)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

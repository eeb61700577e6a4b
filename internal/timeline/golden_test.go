package timeline_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"mynah/internal/diag"
	"mynah/internal/frame"
	"mynah/internal/script"
	"mynah/internal/storyboard"
	"mynah/internal/timeline"
	"mynah/internal/utter"
)

var update = flag.Bool("update", false, "accept what is seen now")

// project is a Project in which every file exists. Its kind depends on its name.
type project struct{}

func (project) DescribeFile(name string) storyboard.File {
	f := storyboard.File{Exists: true}
	switch filepath.Ext(name) {
	case ".png", ".jpg", ".svg":
		f.Kind = storyboard.Image
	case ".gif":
		f.Kind = storyboard.GIF
	case ".mp4":
		f.Kind, f.Sound = storyboard.Clip, true
	case ".wav", ".mp3":
		f.Sound = true
	}
	return f
}

func (project) ChooseVoiceLike(string, string) (storyboard.Voice, bool) {
	return storyboard.Voice{}, false
}
func (project) ReadAs(string, string, string, string) (string, bool) { return "", false }
func (project) AddLexicon(string) diag.List                          { return nil }
func (project) CountLegible([]utter.Run, storyboard.Voice) storyboard.Legibility {
	return storyboard.Legibility{}
}
func (project) CanRead(string, storyboard.Voice) bool        { return true }
func (project) SuggestFile(string, string) string            { return "" }
func (project) IsTrack(string) bool                          { return false }
func (project) ResolveVoice(name, _ string) storyboard.Voice { return storyboard.Voice{Name: name} }

func (project) SplitSentences(runs []utter.Run, _ string) [][]utter.Run {
	var out [][]utter.Run
	text := ""
	for _, r := range runs {
		text += r.Text
	}
	for s := range strings.SplitAfterSeq(text, ". ") {
		out = append(out, []utter.Run{{Text: s}})
	}
	return out
}

// TestGolden compares the plans and timelines of scripts with golden files.
func TestGolden(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.md")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			s, list := script.Parse(filepath.Base(path), src)
			board, more := storyboard.Plan(s, project{}, storyboard.Options{})
			m := timeline.Measured{Files: map[string]timeline.Media{
				"clip.mp4":  {Length: big.NewRat(5, 1), Rate: frame.Rate{Num: 30, Den: 1}, Sound: true},
				"dot.gif":   {Length: big.NewRat(6, 5), Rate: frame.Rate{Num: 10, Den: 1}},
				"sound.wav": {Length: big.NewRat(2, 1), Sound: true},
				"music.mp3": {Length: big.NewRat(30, 1), Sound: true},
			}}
			for _, scene := range board.Scenes {
				var n []int64
				for _, p := range scene.Parts {
					n = append(n, int64(utf8.RuneCountInString(p.Text))*timeline.SampleRate/15)
				}
				m.Speech = append(m.Speech, n)
			}
			got, err := json.MarshalIndent(struct {
				Findings []string          `json:"findings"`
				Board    *storyboard.Board `json:"storyboard"`
				Line     *timeline.Line    `json:"timeline"`
			}{append(texts(list), texts(more)...), board, timeline.Compute(board, m)}, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(path, ".md") + ".golden.json"
			if *update {
				if err := os.WriteFile(golden, append(got, '\n'), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(bytes.TrimSpace(want), got) {
				t.Errorf("the plan of %s changed; look at it, then accept it by -update:\n%s", path, got)
			}
		})
	}
}

func texts[D interface{ Error() string }](list []D) []string {
	var out []string
	for _, d := range list {
		out = append(out, d.Error())
	}
	return out
}

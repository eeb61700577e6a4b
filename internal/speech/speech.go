// Package speech speaks the sentences of a storyboard in parallel, and records which voices spoke. If an engine
// fails and the settings allow it, another voice speaks all sentences of the failed voice.
package speech

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"mynah/internal/blame"
	"mynah/internal/caption"
	"mynah/internal/compile"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/part"
	"mynah/internal/sound"
	"mynah/internal/storyboard"
	"mynah/internal/timeline"
	"mynah/internal/utter"
	"mynah/internal/voice"
)

// VoiceUse is a voice of an engine, with the numbers of the scenes in which it speaks, from 1.
type VoiceUse struct {
	Name   string `json:"name"`
	Engine string `json:"engine"`
	Scenes []int  `json:"scenes"`
}

// Spoken contains the spoken sentences of a storyboard.
type Spoken struct {
	// Sentences is indexed by scene and part. Elements for parts that are not speech are empty.
	Sentences [][]voice.Spoken
	// Voices contains the voices that spoke, by their names in the storyboard.
	Voices map[string]voice.Voice
}

// speaker speaks one storyboard.
type speaker struct {
	part.Maker
	booth *voice.Booth
	board *storyboard.Board
	// cues: the scenes are cues of subtitles.
	cues bool
	// standIns contains replacements for voices whose engines failed, by the name of the failed voice.
	standIns map[string]voice.Voice
	list     diag.List
	// ready is called when the number of leading scenes that are completely spoken has increased; it may be
	// nil.
	ready func(scenes int, s *Spoken)
	mu    sync.Mutex // guards the fields below, and out.Voices
	left  []int      // number of unspoken sentences per scene
	next  int        // the first scene that is not completely spoken
	out   Spoken
}

// doing is the name of this step in progress reports.
const doing = "speaking"

func newSpeaker(m part.Maker, booth *voice.Booth, board *storyboard.Board) *speaker {
	return &speaker{
		Maker: m, booth: booth, board: board, standIns: map[string]voice.Voice{},
		out: Spoken{Sentences: make([][]voice.Spoken, len(board.Scenes)), Voices: map[string]voice.Voice{}},
	}
}

// SpeakBoard speaks all sentences of a storyboard. It calls ready with the number of leading scenes that are
// completely spoken and the sentences, whenever the number increases. Calls are not concurrent; ready may be
// nil.
func SpeakBoard(
	ctx context.Context, m part.Maker, booth *voice.Booth, board *storyboard.Board, ready func(scenes int, s *Spoken),
) (*Spoken, diag.List, error) {
	s := newSpeaker(m, booth, board)
	s.ready = ready
	err := s.repeatWithStandIns(ctx, s.speakAll)
	if err == nil {
		s.addSentencesToBook()
	}
	return &s.out, s.list, err
}

// addSentencesToBook adds the sentences to the book, in the order of the video.
func (s *speaker) addSentencesToBook() {
	for i, scene := range s.board.Scenes {
		for k, p := range scene.Parts {
			if p.Kind == storyboard.Speech {
				s.Book.AddRecipe(s.out.Sentences[i][k].Recipe, part.Label{Name: diag.Shorten(p.Text, 60), Scene: i + 1})
			}
		}
	}
}

// UsesRemoteVoice reports whether a remote service speaks any voice of a storyboard, so that this machine can do other
// work meanwhile.
func UsesRemoteVoice(ctx context.Context, booth *voice.Booth, board *storyboard.Board) bool {
	asked := map[string]bool{}
	for _, scene := range board.Scenes {
		for _, p := range scene.Parts {
			if p.Kind != storyboard.Speech || asked[p.Voice] {
				continue
			}
			asked[p.Voice] = true
			if v, _ := booth.Resolve(ctx, p.Voice, board.Film.Language); booth.IsRemote(v) {
				return true
			}
		}
	}
	return false
}

// ListLengths returns the lengths of the sentences in samples, by scene and part.
func (s *Spoken) ListLengths() [][]int64 {
	var out [][]int64
	for _, scene := range s.Sentences {
		var lengths []int64
		for _, sentence := range scene {
			lengths = append(lengths, sentence.Samples)
		}
		out = append(out, lengths)
	}
	return out
}

// ListWords returns the words of a sentence with their times in samples.
func (s *Spoken) ListWords(scene, part int) []caption.Word {
	var out []caption.Word
	for _, w := range s.Sentences[scene][part].Words {
		start, end := timeline.ToSamplesDown(w.Start), timeline.ToSamplesDown(w.End)
		out = append(out, caption.Word{Offset: w.Offset, Start: start, End: end})
	}
	return out
}

// FindWord returns the start of the first word of a sentence at or after a byte offset in its text, in samples. It
// returns the length of the sentence if there is no such word.
func (s *Spoken) FindWord(scene, part, offset int) int64 {
	sentence := s.Sentences[scene][part]
	for _, w := range sentence.Words {
		if w.Offset >= offset {
			return timeline.ToSamplesDown(w.Start)
		}
	}
	return sentence.Samples
}

// NewMeasured returns the input of a timeline: the measured files, by path, and the spoken sentences.
func (s *Spoken) NewMeasured(files map[string]timeline.Media) timeline.Measured {
	return timeline.Measured{Files: files, Speech: s.ListLengths(), FindWord: s.FindWord}
}

// ListVoiceUses returns which voices spoke in which scenes.
func (s *Spoken) ListVoiceUses(board *storyboard.Board) []VoiceUse {
	var out []VoiceUse
	for i, scene := range board.Scenes {
		for _, p := range scene.Parts {
			v, ok := s.Voices[p.Voice]
			if p.Kind != storyboard.Speech || !ok {
				continue
			}
			k := slices.IndexFunc(out, func(u VoiceUse) bool { return u.Name == v.Name && u.Engine == v.Engine })
			if k < 0 {
				k, out = len(out), append(out, VoiceUse{Name: v.Name, Engine: v.Engine})
			}
			if n := len(out[k].Scenes); n == 0 || out[k].Scenes[n-1] != i+1 {
				out[k].Scenes = append(out[k].Scenes, i+1)
			}
		}
	}
	return out
}

// speakAll speaks all sentences in parallel.
func (s *speaker) speakAll(ctx context.Context) error {
	total := 0
	s.left, s.next = make([]int, len(s.board.Scenes)), 0
	for i, scene := range s.board.Scenes {
		s.out.Sentences[i] = make([]voice.Spoken, len(scene.Parts))
		for _, p := range scene.Parts {
			if p.Kind == storyboard.Speech {
				total++
				s.left[i]++
			}
		}
	}
	g, ctx := s.NewGroup(ctx, doing, float64(total))
	for i, scene := range s.board.Scenes {
		for k, p := range scene.Parts {
			if p.Kind == storyboard.Speech {
				g.Go(1, func() error { return s.speakSentence(ctx, i, k) })
			}
		}
	}
	return g.Wait()
}

// speakSentence speaks a sentence of a scene.
func (s *speaker) speakSentence(ctx context.Context, scene, item int) error {
	p := s.board.Scenes[scene].Parts[item]
	v := s.chooseAndRecordVoice(ctx, p)
	start := time.Now()
	line := s.newLine(p)
	spoken, err := s.booth.Speak(ctx, v, line)
	if spoken.New {
		s.Book.RecordMade(time.Since(start), spoken.Key)
	}
	if err != nil {
		return s.explainFailure(ctx, v, p, scene, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out.Sentences[scene][item] = spoken
	s.left[scene]--
	before := s.next
	for s.next < len(s.left) && s.left[s.next] == 0 {
		s.next++
	}
	if s.ready != nil && s.next > before {
		s.ready(s.next, &s.out)
	}
	return nil
}

// newLine returns the input for the voice of a part.
func (s *speaker) newLine(p storyboard.Part) utter.Line {
	line := p.ToLine()
	line.Level, _ = s.board.FindTargetLoudness()
	return line
}

// addSentenceToError returns err as a fault that names the sentence p and its scene, which counts from 0.
func (s *speaker) addSentenceToError(err error, p storyboard.Part, scene int) error {
	f, ok := fault.As(blame.ToFault(err))
	if !ok || f.Code == fault.Cancelled || f.Code == fault.Disk {
		return blame.ToFault(err)
	}
	hint := f.Hint
	if hint == "" {
		hint = blame.HintDoctor
	}
	cause := f.Cause // the message below already contains err's public sentence
	if cause == nil {
		cause = err
	}
	of := fmt.Sprintf(" of scene %d", scene+1)
	switch {
	case s.cues:
		of = fmt.Sprintf(" of cue %d", scene+1)
	// a text consists of one scene unless it is split into several
	case p.Range.File == compile.TextFile && len(s.board.Scenes) == 1:
		of = "" // a text has no scenes, unless it cuts itself into some
	}
	return fault.New(f.Code, cause, "%s:%d: the sentence %q%s could not be spoken by %s: %s",
		p.Range.File, p.Range.Start.Line, diag.Shorten(p.Text, 60), of, p.Voice, f.Public).WithHint("%s", hint)
}

// NewSource returns a spoken sentence as a source for mixing.
func NewSource(booth *voice.Booth, s voice.Spoken) sound.Source { return source{booth, s} }

type source struct {
	booth  *voice.Booth
	spoken voice.Spoken
}

// Channels implements sound.Source.
func (s source) Channels() int { return 1 }

// Frames implements sound.Source.
func (s source) Frames() (int64, error) { return s.spoken.Samples, nil }

// Open implements sound.Source.
func (s source) Open(frame int64) (io.ReadCloser, error) {
	return s.booth.OpenSamples(s.spoken.Key, frame)
}

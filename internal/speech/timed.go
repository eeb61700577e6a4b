package speech

import (
	"context"
	"time"

	"mynah/internal/caption"
	"mynah/internal/diag"
	"mynah/internal/part"
	"mynah/internal/storyboard"
	"mynah/internal/timeline"
	"mynah/internal/voice"
)

// mostSpeed is the maximum factor for the speed of a cue that does not fit its time.
const mostSpeed = 2

// SpeakCues speaks the cues of subtitles. Each cue is a scene of the storyboard. It speaks a cue that does not
// fit its time again, faster. Spoken contains the sentences of each cue.
func SpeakCues(
	ctx context.Context, m part.Maker, booth *voice.Booth, board *storyboard.Board, cues []caption.Timed,
) (*Spoken, diag.List, error) {
	s := newSpeaker(m, booth, board)
	s.cues = true
	err := s.repeatWithStandIns(ctx, func(ctx context.Context) error {
		g, ctx := s.NewGroup(ctx, doing, float64(len(cues)))
		for i, c := range cues {
			g.Go(1, func() (err error) {
				s.out.Sentences[i], err = s.speakCueInTime(ctx, i, c.To-c.From)
				return err
			})
		}
		return g.Wait()
	})
	return &s.out, s.list, err
}

// speakCueInTime speaks a cue, and again at a higher speed if it does not fit its time.
func (s *speaker) speakCueInTime(ctx context.Context, cue int, time time.Duration) ([]voice.Spoken, error) {
	room := timeline.ToSamplesDown(time)
	out, total, err := s.speakCueAtSpeed(ctx, cue, 1)
	if err != nil || total <= room || room <= 0 {
		return out, err
	}
	out, _, err = s.speakCueAtSpeed(ctx, cue, min(float64(total)/float64(room)*1.02, mostSpeed))
	return out, err
}

// speakCueAtSpeed speaks a cue with its speed multiplied by a factor. total is its length in samples.
func (s *speaker) speakCueAtSpeed(ctx context.Context, cue int, speed float64) (out []voice.Spoken, total int64,
	err error,
) {
	for _, p := range s.board.Scenes[cue].Parts {
		if len(p.Runs) == 0 {
			continue
		}
		v := s.chooseAndRecordVoice(ctx, p)
		line := s.newLine(p)
		line.Speed, line.Fragment = line.Speed.MultiplyBy(speed), false
		spoken, err := s.booth.Speak(ctx, v, line)
		if err != nil {
			return nil, 0, s.explainFailure(ctx, v, p, cue, err)
		}
		if !spoken.Heard {
			if err := checkSilentSentence(p, cue, v); err != nil {
				return nil, 0, err
			}
		}
		out, total = append(out, spoken), total+spoken.Samples
	}
	return out, total, nil
}

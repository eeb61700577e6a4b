package studio

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"mynah/internal/caption"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/script"
	"mynah/internal/sound"
	"mynah/internal/timeline"
	"mynah/internal/utter"
	"mynah/internal/voice"
)

// mostSpeed is how much faster a cue may be spoken to fit its time.
const mostSpeed = 2

// readCues turns subtitles into a script with a scene for each cue.
func (j *job) readCues(s *script.Script, r SpeechRequest) error {
	cues, err := parseCues(r.Text, r.Timed, cmp.Or(r.Longest, longestTimed))
	if err != nil {
		return err
	}
	for _, c := range cues {
		at := diag.Range{File: speechFile, Start: diag.Pos{Line: c.Line, Column: 1}, End: diag.Pos{Line: c.Line, Column: 1}}
		n := &script.Narration{At: script.At{Range: at}, Source: c.Text, Runs: []utter.Run{{Text: c.Text}}}
		s.Scenes = append(s.Scenes, script.Scene{Range: at, Nodes: []script.Node{n}})
	}
	j.timed = cues
	return nil
}

// longestTimed is how long timed speech may last.
const longestTimed = 10 * time.Hour

// parseCues reads the cues that can be spoken: in the order of their times.
func parseCues(text, form string, longest time.Duration) ([]caption.Timed, error) {
	cues, err := caption.Read(text, caption.Form(form))
	if err != nil {
		return nil, fault.New(fault.Input, err, "the subtitles cannot be read as %s", map[string]string{"vtt": "WebVTT", "srt": "SubRip"}[form]).
			WithHint("each cue has a line like 00:00:01.000 --> 00:00:03.500 and its text below")
	}
	for i, c := range cues {
		if c.To < c.From || c.To > longest {
			return nil, fault.New(fault.Input, nil, "line %d: a cue cannot be on from %s to %s", c.Line, c.From, c.To).
				WithHint("a cue ends after it begins, and within %s", longest)
		}
		if i > 0 && c.From < cues[i-1].From {
			return nil, fault.New(fault.Input, nil, "line %d: the cue begins before the one in front of it", c.Line).WithHint("put the cues in the order of their times")
		}
	}
	if len(cues) == 0 {
		return nil, fault.New(fault.Input, nil, "the subtitles hold no cue with text").
			WithHint("each cue has a line like 00:00:01.000 --> 00:00:03.500 and its text below")
	}
	return cues, nil
}

// layTimed speaks every cue, faster where it must be, and lays it at its time.
func (sp *Speech) layTimed(ctx context.Context) error {
	j := sp.job
	j.track = &track{channels: 1}
	lines := make([]*spokenCue, len(j.timed))
	if err := j.withStandIns(ctx, func(ctx context.Context) error { return j.sayCues(ctx, lines) }); err != nil {
		return err
	}
	var end int64
	for i, c := range j.timed {
		from := samplesAt(c.From.Nanoseconds())
		start := max(from, end)
		at := j.board.Scenes[i].Range
		if start > from+timeline.SampleRate/20 {
			d := diag.Diagnostic{Range: at, Severity: diag.Warning, Code: diag.TooLong}
			d.Summary = fmt.Sprintf("Cue %d begins %.1f s late: the text in front of it is too long for its time, even at twice the speed", i+1, float64(start-from)/timeline.SampleRate)
			d.Hint = "shorten the text of the cue in front, or give it more time"
			j.list.Add(d)
		}
		end = start
		for _, s := range lines[i].spoken {
			j.track.clips = append(j.track.clips, sound.Clip{Source: j.speech(s), Start: end, Samples: s.Samples, Gain: 1000})
			end += s.Samples
		}
		sp.spans = append(sp.spans, span{start, end})
		sp.cues = append(sp.cues, caption.Cue{Start: start, End: end, Text: c.Text})
	}
	sp.Scenes, sp.samples = len(sp.spans), end
	return nil
}

// sayCues speaks all cues, side by side.
func (j *job) sayCues(ctx context.Context, lines []*spokenCue) error {
	done := make(chan struct{}, len(lines))
	g, gctx := j.newGroup(ctx, phaseVoice)
	for i := range j.timed {
		g.Go(func() error {
			c, err := j.sayCue(gctx, i)
			lines[i] = c
			done <- struct{}{}
			j.progress(phaseVoice, float64(len(done))/float64(len(lines)))
			return err
		})
	}
	return g.Wait()
}

// spokenCue is a cue's sentences.
type spokenCue struct{ spoken []voice.Spoken }

// sayCue speaks a cue, a second time and faster when it does not fit its time.
func (j *job) sayCue(ctx context.Context, i int) (*spokenCue, error) {
	room := samplesAt((j.timed[i].To - j.timed[i].From).Nanoseconds())
	level, _ := j.board.Level()
	say := func(speed float64) (*spokenCue, int64, error) {
		c, total := &spokenCue{}, int64(0)
		for _, p := range j.board.Scenes[i].Parts {
			if len(p.Runs) == 0 {
				continue
			}
			v := j.voiceOf(ctx, p)
			line := p.Line()
			line.Speed, line.Fragment, line.Level = line.Speed.Times(speed), false, level
			s, err := j.studio.booth.Speak(ctx, v, line)
			if err != nil {
				return nil, 0, j.unable(ctx, v, p, i, err)
			}
			if !s.Heard {
				if err := silentSentence(p, i, v); err != nil {
					return nil, 0, err
				}
			}
			c.spoken = append(c.spoken, s)
			total += s.Samples
		}
		return c, total, nil
	}
	c, total, err := say(1)
	if err != nil || total <= room || room <= 0 {
		return c, err
	}
	c, _, err = say(min(float64(total)/float64(room)*1.02, mostSpeed))
	return c, err
}

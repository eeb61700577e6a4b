package inside

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mynah/internal/cell"
	"mynah/internal/compile"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/meter"
	"mynah/internal/record"
	"mynah/internal/studio"
	"mynah/internal/voice"
)

// buildSpeech speaks a text to files in the folder out.
func (w *Worker) buildSpeech(ctx context.Context, in cell.BuildWork, report func(meter.Progress), out *cell.BuildResult) error {
	parts, err := w.getParts()
	if err != nil {
		return err
	}
	sp, err := parts.Studio.Speak(ctx, newSpeechRequest(in.Text, *in.Speech, report))
	if err != nil {
		return err
	}
	defer sp.Close()
	out.Seconds, out.Voices, out.Warnings = sp.Seconds(), convertVoiceUses(sp.Uses), convertFindings(sp.Warnings)
	path := filepath.Join(in.Dir, "out", cell.FormatSpeechName(*in.Speech))
	if in.Speech.Scenes {
		err = sp.WriteSceneFiles(ctx, in.Speech.Format, path)
	} else {
		err = sp.WriteFile(ctx, in.Speech.Format, path)
	}
	if err != nil || !in.Speech.Captions {
		return err
	}
	for name, text := range map[string]string{cell.ResultSRT: sp.SRT(), cell.ResultVTT: sp.VTT()} {
		if err := os.WriteFile(filepath.Join(in.Dir, "out", name), []byte(text), 0o600); err != nil {
			return fault.New(fault.Disk, err, "the subtitles cannot be written")
		}
	}
	return nil
}

// newSpeechRequest converts a speech request to that of the studio.
func newSpeechRequest(text string, s record.SpeechSpec, report func(meter.Progress)) studio.SpeechRequest {
	return studio.SpeechRequest{
		Progress: report,
		TextRequest: compile.TextRequest{
			Text: text, Timed: s.Timed,
			Header: map[string]string{
				"voice": s.Voice, "voice-speed": s.Speed, "voice-pitch": s.Pitch,
				"voice-volume": s.Volume, "language": s.Language,
			},
		},
	}
}

// speak speaks a text, and sends the sound as it is encoded.
func (w *Worker) speak(ctx context.Context, m cell.Message, send func(cell.Message) error) (cell.Message, error) {
	in, err := decode[cell.SpeakWork](m)
	if err != nil {
		return cell.Message{}, err
	}
	parts, err := w.getParts()
	if err != nil {
		return cell.Message{}, err
	}
	req := newSpeechRequest(in.Text, in.Speech, nil)
	req.Longest = time.Duration(in.Longest * float64(time.Second))
	sp, err := parts.Studio.Speak(ctx, req)
	if err != nil {
		if list := listScriptErrors(err); list != nil {
			err = fault.New(fault.Input, err, "%s", formatFailure(err))
		}
		return cell.Message{}, err
	}
	defer sp.Close()
	told := cell.SpeakResult{Seconds: sp.Seconds()}
	for _, w := range sp.Warnings {
		told.Warnings = append(told.Warnings, w.Summary)
	}
	if err := send(cell.Message{Body: told}); err != nil {
		return cell.Message{}, err
	}
	return cell.Message{}, sp.Stream(ctx, in.Speech.Format, sender(send))
}

// sender writes data as events.
type sender func(cell.Message) error

// Write implements io.Writer.
func (s sender) Write(b []byte) (int, error) {
	const most = 256 << 10
	n := 0
	for n < len(b) {
		part := b[n:min(n+most, len(b))]
		if err := s(cell.Message{Data: part}); err != nil {
			return n, err
		}
		n += len(part)
	}
	return n, nil
}

// checkSpeech checks speech properties.
func (w *Worker) checkSpeech(ctx context.Context, s record.SpeechSpec) (cell.SpeechCheck, error) {
	parts, err := w.getParts()
	if err != nil {
		return cell.SpeechCheck{}, err
	}
	if err := compile.CheckTextHeader(newSpeechRequest("", s, nil).Header); err != nil {
		return cell.SpeechCheck{}, err
	}
	if strings.TrimSpace(s.Voice) == "" {
		return cell.SpeechCheck{Known: true}, nil
	}
	_, m := parts.Booth.Resolve(ctx, s.Voice, "")
	return cell.SpeechCheck{Known: m.Kind != voice.Unknown, Near: m.Nearest}, nil
}

// sampleVoice speaks the sample of a voice as MP3, from the cache if it is there.
func (w *Worker) sampleVoice(ctx context.Context, m cell.Message, _ func(cell.Message) error) (cell.Message, error) {
	name, err := decode[string](m)
	if err != nil {
		return cell.Message{}, err
	}
	parts, err := w.getParts()
	if err != nil {
		return cell.Message{}, err
	}
	v, match := parts.Booth.Resolve(ctx, name, "")
	if match.Kind == voice.Unknown || name == "" {
		return cell.Message{Body: cell.SampleResult{}}, nil
	}
	sp, err := parts.Studio.Speak(ctx, studio.SpeechRequest{
		TextRequest: compile.TextRequest{
			Text:   voice.FormatSampleSentence(v.Name, v.Language),
			Header: map[string]string{"voice": v.Name},
		},
	})
	if err != nil {
		return cell.Message{}, err
	}
	defer sp.Close()
	var sound bytes.Buffer
	if err := sp.Stream(ctx, "mp3", &sound); err != nil {
		return cell.Message{}, err
	}
	return cell.Message{Body: cell.SampleResult{Known: true}, Data: sound.Bytes()}, nil
}

// listScriptErrors returns the findings of an error about a script.
func listScriptErrors(err error) diag.List {
	if wrong, ok := errors.AsType[*studio.ScriptError](err); ok {
		return wrong.List
	}
	return nil
}

package studio

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"mynah/internal/blame"
	"mynah/internal/compile"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/pending"
)

// SayRequest describes a text to speak and the sound file to write.
type SayRequest struct {
	Text, Output         string
	Voice, Language      string
	Speed, Pitch, Volume float64
}

// Said describes a written sound file.
type Said struct {
	Seconds  float64
	Voice    string
	Warnings diag.List
	Sources  map[string][]byte
}

// Say speaks a text in the script language and writes a sound file. The extension of its name
// determines the format: wav, mp3 or m4a. If Say fails, it leaves no partly written file.
func (s *Studio) Say(ctx context.Context, r SayRequest) (*Said, error) {
	format := strings.TrimPrefix(strings.ToLower(filepath.Ext(r.Output)), ".")
	if !slices.Contains(ListSpeechFormats(), format) {
		problem := "unsupported format " + filepath.Ext(r.Output)
		if format == "" {
			problem = "the output " + strconv.Quote(r.Output) + " has no ending"
		}
		return nil, fault.New(fault.Usage, nil, "%s", problem).WithHint("use a name that ends in .wav, .mp3 or .m4a")
	}
	for _, v := range []struct {
		name           string
		value, low, up float64
	}{{"speed", r.Speed, 0.3, 3}, {"pitch", r.Pitch, 0.3, 3}, {"volume", r.Volume, 0, 10}} {
		if !(v.value >= v.low && v.value <= v.up) {
			return nil, fault.New(fault.Usage, nil, "the %s %g is out of range", v.name, v.value).
				WithHint("use a number from %g to %g", v.low, v.up)
		}
	}
	if dir, err := os.Stat(filepath.Dir(r.Output)); err != nil || !dir.IsDir() {
		return nil, fault.New(fault.Usage, nil, "the folder %q does not exist", filepath.Dir(r.Output)).
			WithHint("create it, or choose another file with -o")
	}
	if strings.TrimSpace(r.Text) == "" {
		return nil, fault.New(fault.Usage, nil, "there is no text to speak")
	}
	header := map[string]string{"voice": r.Voice, "language": r.Language}
	for name, v := range map[string]float64{"voice-speed": r.Speed, "voice-pitch": r.Pitch, "voice-volume": r.Volume} {
		if v != 1 {
			header[name] = strconv.FormatFloat(v, 'f', -1, 64)
		}
	}
	sp, err := s.Speak(ctx, SpeechRequest{TextRequest: compile.TextRequest{Text: r.Text, Header: header}})
	if err != nil {
		return nil, err
	}
	defer sp.Close()
	path := filepath.Join(sp.session.maker.Work, "said")
	if err := sp.WriteFile(ctx, format, path); err != nil {
		return nil, err
	}
	if err := copyAtomically(path, r.Output); err != nil {
		return nil, blame.NewDiskFault(err, "the file %s cannot be written", r.Output)
	}
	return &Said{Seconds: sp.Seconds(), Voice: strings.Join(sp.Voices, ", "), Warnings: sp.Warnings, Sources: sp.Sources}, nil
}

func copyAtomically(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := pending.CreateFile(to)
	if err != nil {
		return err
	}
	defer out.Discard()
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	return out.Publish()
}

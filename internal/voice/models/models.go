// Package models manages the folder of installed neural voices in Piper's format: a model NAME.onnx and its
// description NAME.onnx.json. It installs voices from URLs, files and archives, completely or not at all, and
// parses their descriptions. It does not run models.
package models

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mynah/internal/voice"
)

// The suffixes of a voice's two files.
const (
	modelEnding  = ".onnx"
	configEnding = ".onnx.json"
)

// Config is a voice's description: the fields that running the voice needs.
type Config struct {
	Audio struct {
		SampleRate int    `json:"sample_rate"`
		Quality    string `json:"quality"`
	} `json:"audio"`
	Espeak struct {
		Voice string `json:"voice"`
	} `json:"espeak"`
	Inference struct {
		NoiseScale  *float64 `json:"noise_scale"`
		LengthScale *float64 `json:"length_scale"`
		NoiseW      *float64 `json:"noise_w"`
	} `json:"inference"`
	PhonemeType string             `json:"phoneme_type"`
	PhonemeIDs  map[string][]int64 `json:"phoneme_id_map"`
	NumSymbols  int64              `json:"num_symbols"`
	NumSpeakers int                `json:"num_speakers"`
	Speakers    map[string]int64   `json:"speaker_id_map"`
	Language    struct {
		Code string `json:"code"`
	} `json:"language"`
	Dataset string `json:"dataset"`
}

// The values of Config.PhonemeType.
const (
	phonemesOfEspeak = "espeak"
	PhonemesOfText   = "text" // the letters of the text are the phonemes
)

// maxConfig is the maximum size of a description, in bytes.
const maxConfig = 4 << 20

// ParseConfig parses a description. The error contains all problems that prevent the voice from speaking.
func ParseConfig(b []byte) (Config, error) {
	var c Config
	if err := json.Unmarshal(b, &c); err != nil {
		return c, fmt.Errorf("it is not the JSON description of a voice: %w", err)
	}
	var errs []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	c.PhonemeType = cmp.Or(c.PhonemeType, phonemesOfEspeak)
	check(c.Audio.SampleRate >= 8000 && c.Audio.SampleRate <= 48000,
		"audio.sample_rate: %d, must be 8000 to 48000", c.Audio.SampleRate)
	check(c.PhonemeType == phonemesOfEspeak || c.PhonemeType == PhonemesOfText,
		"phoneme_type: %q, must be espeak or text", c.PhonemeType)
	check(c.PhonemeType == PhonemesOfText || isValidEspeakVoice(c.Espeak.Voice),
		"espeak.voice: %q, must be the name of a voice of espeak-ng", c.Espeak.Voice)
	check(len(c.PhonemeIDs) > 0, "phoneme_id_map: empty")
	for _, mark := range []string{"_", "^", "$"} {
		check(len(c.PhonemeIDs) == 0 || len(c.PhonemeIDs[mark]) > 0, "phoneme_id_map: has no %q", mark)
	}
	for p, ids := range c.PhonemeIDs {
		for _, id := range ids {
			if id < 0 || c.NumSymbols > 0 && id >= c.NumSymbols {
				errs = append(errs, fmt.Errorf("phoneme_id_map: %q has the id %d of %d", p, id, c.NumSymbols))
			}
		}
	}
	for name, s := range map[string]*float64{
		"noise_scale": c.Inference.NoiseScale, "length_scale": c.Inference.LengthScale, "noise_w": c.Inference.NoiseW,
	} {
		check(s == nil || *s >= 0 && *s <= 10, "inference.%s: must be 0 to 10", name)
	}
	check(c.Inference.LengthScale == nil || *c.Inference.LengthScale > 0, "inference.length_scale: must be above 0")
	check(c.NumSpeakers >= 0, "num_speakers: %d, must not be negative", c.NumSpeakers)
	for name, id := range c.Speakers {
		check(id >= 0 && id < int64(max(c.NumSpeakers, 1)),
			"speaker_id_map: %q has the id %d of %d", name, id, c.NumSpeakers)
	}
	slices.SortFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return c, errors.Join(errs...)
}

// isValidEspeakVoice reports whether id can be a voice name. espeak-ng would treat other text as a path.
func isValidEspeakVoice(id string) bool {
	return id != "" && id[0] != '-' &&
		strings.Trim(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-+") == ""
}

// ChooseInferenceScales returns the voice's randomness of the sound, length factor and randomness of the rhythm, or
// Piper's defaults.
func (c Config) ChooseInferenceScales() (noise, length, noiseW float64) {
	or := func(p *float64, f float64) float64 {
		if p == nil {
			return f
		}
		return *p
	}
	return or(c.Inference.NoiseScale, 0.667), or(c.Inference.LengthScale, 1), or(c.Inference.NoiseW, 0.8)
}

// Voice is an installed voice.
type Voice struct {
	Name       string
	Model      string // path of NAME.onnx
	ConfigPath string
	Config     Config
}

// FindLanguageTag returns the voice's BCP 47 tag: that of the description, else that at the beginning of the name,
// else espeak-ng's voice.
func (v Voice) FindLanguageTag() string {
	if code := v.Config.Language.Code; code != "" {
		return strings.ReplaceAll(code, "_", "-")
	}
	if head, _, ok := strings.Cut(v.Name, "-"); ok && len(head) == 5 && head[2] == '_' {
		return strings.ReplaceAll(head, "_", "-")
	}
	return v.Config.Espeak.Voice
}

// FindSpeaker returns the ID of a speaker by name or number, false if the voice has no such speaker.
func (v Voice) FindSpeaker(name string) (int64, bool) {
	if id, ok := v.Config.Speakers[name]; ok {
		return id, true
	}
	var id int64
	n, err := fmt.Sscanf(name, "%d", &id)
	if n == 1 && err == nil && fmt.Sprint(id) == name && id >= 0 && id < int64(v.Config.NumSpeakers) {
		return id, true
	}
	return 0, false
}

// isValidName reports whether name is allowed for a voice. File names are derived from it.
func isValidName(name string) bool {
	return name != "" && len(name) <= 100 && name[0] != '.' && name[0] != '-' &&
		strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == ""
}

// ReadInstalledVoice reads an installed voice. The error is fs.ErrNotExist if one of its files is missing.
func ReadInstalledVoice(dir, name string) (Voice, error) {
	v := Voice{
		Name: name, Model: filepath.Join(dir, name+modelEnding), ConfigPath: filepath.Join(dir, name+configEnding),
	}
	if !isValidName(name) || dir == "" {
		return v, os.ErrNotExist
	}
	if info, err := os.Stat(v.Model); err != nil || !info.Mode().IsRegular() {
		return v, os.ErrNotExist
	}
	b, err := readConfig(v.ConfigPath)
	if err != nil {
		return v, err
	}
	v.Config, err = ParseConfig(b)
	return v, err
}

// readConfig reads a file of at most maxConfig bytes.
func readConfig(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(io.LimitReader(f, maxConfig+1))
	if err == nil && len(b) > maxConfig {
		err = errors.New("it is too large for a voice's description")
	}
	return b, err
}

// ListVoices returns the complete voices of a folder, ordered by name. It returns nil if the folder does not exist.
func ListVoices(dir string) []Voice {
	entries, _ := os.ReadDir(dir)
	var out []Voice
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), configEnding)
		if !ok {
			continue
		}
		if v, err := ReadInstalledVoice(dir, name); err == nil {
			out = append(out, v)
		}
	}
	return out
}

// RemoveVoice removes a voice. The error is fs.ErrNotExist if no file of it exists.
func RemoveVoice(dir, name string) error {
	if !isValidName(name) {
		return os.ErrNotExist
	}
	// Remove the description first: without it, the voice does not count as installed.
	err1 := os.Remove(filepath.Join(dir, name+configEnding))
	err2 := os.Remove(filepath.Join(dir, name+modelEnding))
	if err1 == nil || err2 == nil {
		return errors.Join(ignoreMissing(err1), ignoreMissing(err2))
	}
	return err1
}

// ignoreMissing returns nil for os.ErrNotExist, else err.
func ignoreMissing(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// ToEngineVoices converts installed voices to the form that engines return.
func ToEngineVoices(list []Voice) []voice.EngineVoice {
	var out []voice.EngineVoice
	for _, v := range list {
		out = append(out, voice.EngineVoice{ID: v.Name, Language: v.FindLanguageTag()})
	}
	return out
}

package house_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"mynah/internal/house"
)

func noVariables(string) string { return "" }

func TestVoiceSettings(t *testing.T) {
	t.Parallel()
	s := house.NewVoiceSettings()
	s.AddFile("/etc/mynah.yaml", []byte(`
listen: 127.0.0.1:80
engines:
  openai:
    kind: openai
    url: http://127.0.0.1:8880/v1
    model: kokoro
    voices: {alloy: en-GB, onyx: de-DE}
  other:
    kind: openai
    url: https://speech.example.com/v1
    key-env: OTHER_KEY
    speed: false
voices:
  amy: openai/alloy
  mia: {voice: other/nova, language: fr-FR, gender: female}
  de: openai/onyx
fallback: true
`), false)
	s.AddEnvironment([]string{
		"MYNAH_ENGINES_OPENAI_MODEL=other-model", "MYNAH_ENGINES_OTHER_AT_ONCE=2",
		"MYNAH_VOICES=zoe=openai/onyx", "MYNAH_VOICES_DIR=/v",
	})
	c, err := s.ParseEngines(func(name string) string { return map[string]string{"OTHER_KEY": "k"}[name] })
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Engines) != 2 || c.Engines[0].Model != "other-model" || c.Engines[1].AtOnce != 2 || c.Engines[1].Speed || !c.Fallback {
		t.Errorf("%+v", c)
	}
	got := ""
	for _, v := range c.Voices {
		got += v.Name + " " + v.Engine + " " + v.EngineVoice + " " + v.Language + " " + string(v.Gender) + "\n"
	}
	if got != "amy openai alloy en-GB \nmia other nova fr-FR female\nzoe openai onyx de-DE \n" {
		t.Error(got)
	}
	if d := c.Defaults["de"]; d.Name != "openai/onyx" || d.Language != "de" {
		t.Errorf("%+v", c.Defaults)
	}
}

// TestWrongVoiceSettings checks that all mistakes are reported at once, each with its position and
// the allowed values.
func TestWrongVoiceSettings(t *testing.T) {
	t.Parallel()
	s := house.NewVoiceSettings()
	s.AddFile("mynah.yaml", []byte(`engines:
  openai: {modal: x, speed: maybe, at-once: 0}
  mine: {kind: opnai}
  Bad_Name: {kind: openai}
  list: {kind: openai, url: [[1]]}
  flite: {kind: google}
  piper: {kind: google}
  key: {kind: openai, key-env: sk-this-is-the-key, url: ftp://x}
voices:
  amy: alloy
  zoe: nowhere/alloy
  Not A Name: openai/alloy
  joe: {voice: openai/onyx, gender: boy, colour: red}
fallback: perhaps
`), false)
	s.AddEnvironment([]string{"MYNAH_ENGINES_X=1", "MYNAH_VOICES=nothing"})
	_, err := s.ParseEngines(noVariables)
	if err == nil {
		t.Fatal("no mistake was reported")
	}
	for _, want := range []string{
		`mynah.yaml:2: engines.openai.modal: unknown setting of an engine of the kind openai; allowed: kind, url,`,
		`mynah.yaml:2: engines.openai.speed: "maybe", must be true or false`,
		`mynah.yaml:2: engines.openai.at-once: "0", must be a number from 1 to 100`,
		`mynah.yaml:3: engines.mine.kind: unknown kind of engine "opnai"; allowed: azure, elevenlabs, google, openai, piper, polly`,
		`"Bad_Name" may contain only the letters`,
		`mynah.yaml:5: engines.list.url: must be one value`,
		`mynah.yaml:6: engines.flite.kind: flite is the name of a local program`,
		`mynah.yaml:7: engines.piper.kind: an engine of the kind piper must be named piper`,
		`engines.key.key-env: must be the name of a variable`,
		`mynah.yaml:8: engines.key.url: "ftp://x", must be an address`,
		`mynah.yaml:10: voices.amy: "alloy", must be the name of a voice or ENGINE/VOICE`,
		`mynah.yaml:11: voices.zoe: unknown engine "nowhere"; available: Bad_Name, espeak-ng`,
		`"Not A Name" may contain only the letters`,
		`mynah.yaml:13: voices.joe.gender: "boy", must be female or male`,
		`mynah.yaml:13: voices.joe.colour: unknown setting; a voice can have`,
		`mynah.yaml:14: fallback: "perhaps", must be true or false`,
		`MYNAH_ENGINES_X: does not end in a setting`,
		`MYNAH_VOICES: "nothing", must be like`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not contain %q:\n%v", want, err)
		}
	}
	if strings.Contains(err.Error(), "sk-this-is-the-key") {
		t.Errorf("the error contains the key:\n%v", err)
	}
}

// TestFoundSettings checks that a settings file that came with a project may not send keys or texts
// elsewhere.
func TestFoundSettings(t *testing.T) {
	t.Parallel()
	s := house.NewVoiceSettings()
	s.AddFile("mynah.yaml", []byte(`engines:
  a: {kind: openai, url: "https://evil.example/v1"}
  b: {kind: openai, key-env: AWS_SECRET_ACCESS_KEY}
  c: {kind: openai, url: "http://127.0.0.1:8880/v1"}
chromium: ./evil
`), true)
	_, err := s.ParseEngines(noVariables)
	if err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Fatal(err)
	}
	for _, want := range []string{"engines.a.url", "engines.b.key-env", "chromium"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not contain %q:\n%v", want, err)
		}
	}
}

// TestValidation checks that a value that an engine rejects is reported at the position of its
// setting.
func TestValidation(t *testing.T) {
	t.Parallel()
	s := house.NewVoiceSettings()
	s.AddFile("mynah.yaml", []byte("engines:\n  openai:\n    url: ftp://x\n"), false)
	_, err := s.ParseEngines(noVariables)
	if err == nil || !strings.Contains(err.Error(), `mynah.yaml:3: engines.openai.url: "ftp://x", must be an address`) {
		t.Error(err)
	}
}

// TestAllKinds checks the URL and the key of each kind of engine, and that no way of formatting the
// settings prints a key.
func TestAllKinds(t *testing.T) {
	t.Parallel()
	s := house.NewVoiceSettings()
	s.AddFile("mynah.yaml", []byte(`engines:
  polly: {region: eu-west-1, engine: standard}
  azure: {region: westeurope}
  google: {}
  elevenlabs: {model: eleven_v3}
  chirp: {kind: google, ssml: false}
  piper: {steady: true}
voices:
  de-DE: azure/de-DE-KatjaNeural
  ruth: polly/Joanna
`), false)
	c, err := s.ParseEngines(func(name string) string { return "key-of-" + name })
	if err != nil || len(c.Engines) != 6 {
		t.Fatal(err, c)
	}
	if told := fmt.Sprintf("%v %+v %#v", c, c, c); strings.Contains(told, "key-of-AWS_S") ||
		strings.Contains(told, "key-of-AZURE_SPEECH_K") || strings.Contains(told, "key-of-G") {
		t.Error(told)
	}
	for name, want := range map[string]string{
		"azure": "https://westeurope.tts.speech.microsoft.com", "polly": "https://polly.eu-west-1.amazonaws.com",
	} {
		i := slices.IndexFunc(c.Engines, func(e house.EngineConfig) bool { return e.Name == name })
		if c.Engines[i].URL != want {
			t.Errorf("%s is at %s", name, c.Engines[i].URL)
		}
	}
	if v := c.Defaults["de-DE"]; v.Language != "de-DE" || v.Engine != "azure" {
		t.Errorf("%+v", v)
	}
	s = house.NewVoiceSettings()
	s.AddFile("mynah.yaml", []byte("engines:\n  polly: {}\n  azure: {}\n"), false)
	_, err = s.ParseEngines(noVariables)
	if err == nil || strings.Count(err.Error(), "region: empty") != 2 {
		t.Error(err)
	}
}

// TestDocumentedSettings checks that the example in the documentation is valid and that its table
// lists every setting.
func TestDocumentedSettings(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/voices.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "```yaml\n")
	example, _, ok := strings.Cut(rest, "```")
	s := house.NewVoiceSettings()
	s.AddFile("mynah.yaml", []byte(example), false)
	c, err := s.ParseEngines(noVariables)
	if !ok || err != nil || len(c.Engines) < 6 || len(c.Voices) != 2 || len(c.Defaults) != 1 {
		t.Errorf("%v: %+v", err, c)
	}
	s = house.NewVoiceSettings()
	s.AddEnvironment([]string{"MYNAH_ENGINES_X=1"})
	_, err = s.ParseEngines(noVariables)
	_, list, _ := strings.Cut(err.Error(), "there are ")
	for name := range strings.SplitSeq(list, ", ") {
		if !strings.Contains(string(page), "`"+name+"`") {
			t.Errorf("the page does not describe %s", name)
		}
	}
}

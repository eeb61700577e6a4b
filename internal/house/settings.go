package house

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"mynah/internal/voice"
)

// Value is a setting as it was written, and where: a line of a file or a variable.
type Value struct {
	Text, Where string
	found       bool // in a file that was not named by its user
}

// VoiceSettings collects what files and variables say of engines and voices, before it is
// judged. What is added later goes before what is there.
type VoiceSettings struct {
	Engines  map[string]map[string]Value // engine -> setting -> value
	Voices   map[string]map[string]Value // name or language -> voice, language, gender
	Fallback Value
	errs     []error
}

// NewVoiceSettings are no settings.
func NewVoiceSettings() *VoiceSettings {
	return &VoiceSettings{Engines: map[string]map[string]Value{}, Voices: map[string]map[string]Value{}}
}

// VoiceSettingNames are the parts of a settings file that are read here.
func VoiceSettingNames() []string { return []string{"engines", "voices", "fallback"} }

// HeaderSetting is the part of a settings file that belongs to the project beside it: the
// studio reads it.
const HeaderSetting = "header"

func (s *VoiceSettings) wrong(where, format string, args ...any) {
	s.errs = append(s.errs, fmt.Errorf("%s: %s", where, fmt.Sprintf(format, args...)))
}

func set(m map[string]map[string]Value, name, setting string, v Value) {
	if m[name] == nil {
		m[name] = map[string]Value{}
	}
	if setting != "" {
		m[name][setting] = v
	}
}

// AddFile reads the three parts from a file. One that was only found, not named by its
// user, may come with somebody's project: it may not say where keys and texts are sent, nor
// what is run. Mistakes are kept for Config.
func (s *VoiceSettings) AddFile(path string, text []byte, found bool) {
	var root map[string]yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		s.wrong(path, "no list of lines like \"fallback: true\": %v", err)
		return
	}
	short := filepath.Base(path)
	where := func(n *yaml.Node) string { return fmt.Sprintf("%s:%d", short, n.Line) }
	for _, name := range slices.Sorted(maps.Keys(root)) {
		n := root[name]
		switch {
		case name == "fallback" && n.Kind == yaml.ScalarNode:
			s.Fallback = Value{Text: n.Value, Where: where(&n) + ": fallback"}
		case name == "fallback":
			s.wrong(where(&n), "fallback: must be true or false")
		case name == "engines":
			s.addEngines(&n, where, found)
		case name == "voices":
			s.addVoices(&n, where)
		case name == HeaderSetting:
		case found:
			s.wrong(where(&n), "%s: a mynah.yaml in the working folder may hold %s only; name the file with --config to use all of it",
				name, strings.Join(append(VoiceSettingNames(), HeaderSetting), ", "))
		}
	}
}

// pairs are the names and values of a mapping.
func (s *VoiceSettings) pairs(n *yaml.Node, where, what string, each func(name, value *yaml.Node)) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return
	}
	if n.Kind != yaml.MappingNode {
		s.wrong(where, "%s: must be a list of names with values", what)
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		each(n.Content[i], n.Content[i+1])
	}
}

func (s *VoiceSettings) addEngines(n *yaml.Node, where func(*yaml.Node) string, found bool) {
	s.pairs(n, where(n), "engines", func(engine, settings *yaml.Node) {
		set(s.Engines, engine.Value, "", Value{})
		s.Engines[engine.Value][""] = Value{Where: where(engine) + ": engines." + engine.Value}
		s.pairs(settings, where(engine), "engines."+engine.Value, func(name, value *yaml.Node) {
			at := fmt.Sprintf("%s: engines.%s.%s", where(name), engine.Value, name.Value)
			text, ok := flat(value)
			switch {
			case !ok:
				s.wrong(at, "must be one value")
			case found && (name.Value == "key-env" || name.Value == "program" || name.Value == "library" || name.Value == "url" && !loopback(text)):
				s.wrong(at, "may not stand in a mynah.yaml that lies in the working folder, for it may come with somebody's project; name the file with --config, or move the setting to your own mynah.yaml")
			default:
				set(s.Engines, engine.Value, name.Value, Value{text, at, found})
			}
		})
	})
}

func (s *VoiceSettings) addVoices(n *yaml.Node, where func(*yaml.Node) string) {
	s.pairs(n, where(n), "voices", func(name, value *yaml.Node) {
		at := fmt.Sprintf("%s: voices.%s", where(name), name.Value)
		if value.Kind == yaml.ScalarNode {
			s.Voices[name.Value] = map[string]Value{"voice": {Text: value.Value, Where: at}}
			return
		}
		s.Voices[name.Value] = map[string]Value{"": {Where: at}}
		s.pairs(value, where(name), "voices."+name.Value, func(k, v *yaml.Node) {
			if v.Kind != yaml.ScalarNode {
				s.wrong(at+"."+k.Value, "must be one value")
				return
			}
			set(s.Voices, name.Value, k.Value, Value{Text: v.Value, Where: at + "." + k.Value})
		})
	})
}

// flat turns a value, a list or a mapping of names into one text: "a,b=de-DE".
func flat(n *yaml.Node) (string, bool) {
	var parts []string
	for i, c := range n.Content {
		if c.Kind != yaml.ScalarNode {
			return "", false
		}
		switch {
		case n.Kind == yaml.SequenceNode:
			parts = append(parts, c.Value)
		case n.Kind == yaml.MappingNode && i%2 == 1:
			parts = append(parts, n.Content[i-1].Value+"="+c.Value)
		}
	}
	if n.Kind == yaml.ScalarNode {
		return n.Value, true
	}
	return strings.Join(parts, ","), n.Kind == yaml.SequenceNode || n.Kind == yaml.MappingNode
}

// loopback tells whether an address is on this machine.
func loopback(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// AddEnvironment reads variables, each "NAME=value": MYNAH_FALLBACK, MYNAH_VOICES
// ("amy=openai/alloy,de-DE=azure/de-DE-KatjaNeural") and MYNAH_ENGINES_NAME_SETTING.
func (s *VoiceSettings) AddEnvironment(environ []string) {
	const engines, voices = "MYNAH_ENGINES_", "MYNAH_VOICES"
	for _, pair := range slices.Sorted(slices.Values(environ)) {
		name, value, _ := strings.Cut(pair, "=")
		rest, isEngine := strings.CutPrefix(name, engines)
		switch {
		case name == "MYNAH_FALLBACK":
			s.Fallback = Value{Text: value, Where: name}
		case name == voices:
			for part := range strings.SplitSeq(value, ",") {
				if who, by, ok := strings.Cut(strings.TrimSpace(part), "="); ok {
					s.Voices[who] = map[string]Value{"voice": {Text: by, Where: name + ": " + who}}
				} else if part != "" {
					s.wrong(name, "%q, must be like amy=openai/alloy,de-DE=azure/de-DE-KatjaNeural", value)
				}
			}
		case isEngine:
			rest = strings.ToLower(strings.ReplaceAll(rest, "_", "-"))
			engine, setting := splitSetting(rest)
			if engine == "" {
				s.wrong(name, "ends in no setting; there are %s", strings.Join(settingNames(""), ", "))
				continue
			}
			set(s.Engines, engine, setting, Value{Text: value, Where: name})
		}
	}
}

// splitSetting parts "my-server-key-env" into engine and setting, the longest that fits.
func splitSetting(s string) (engine, setting string) {
	for _, name := range settingNames("") {
		if e, ok := strings.CutSuffix(s, "-"+name); ok && len(name) > len(setting) {
			engine, setting = e, name
		}
	}
	return engine, setting
}

// Config judges the settings. The error tells all mistakes, each with where it is.
func (s *VoiceSettings) Config(getenv func(string) string) (EnginesConfig, error) {
	j := &judge{s: s, errs: slices.Clone(s.errs), getenv: getenv}
	c := EnginesConfig{}
	for _, name := range slices.Sorted(maps.Keys(s.Engines)) {
		c.Engines = append(c.Engines, j.engine(name, s.Engines[name]))
	}
	for _, name := range slices.Sorted(maps.Keys(s.Voices)) {
		j.voice(&c, name, s.Voices[name])
	}
	switch s.Fallback.Text {
	case "", "false":
	case "true":
		c.Fallback = true
	default:
		j.wrong(s.Fallback, "%q, must be true or false", s.Fallback.Text)
	}
	return c, errors.Join(j.errs...)
}

// judge turns settings as they are written into a configuration.
type judge struct {
	s      *VoiceSettings
	errs   []error
	getenv func(string) string
}

func (j *judge) wrong(v Value, format string, args ...any) {
	j.errs = append(j.errs, fmt.Errorf("%s: %s", v.Where, fmt.Sprintf(format, args...)))
}

func (j *judge) engine(name string, values map[string]Value) EngineConfig {
	at := values[""]
	if at.Where == "" {
		at.Where = "engines." + name
	}
	e := EngineConfig{Name: name, Kind: name, AtOnce: 4, SSML: true, Speed: true}
	if k, ok := values["kind"]; ok {
		e.Kind = k.Text
		at = k
	}
	good := func(r rune) bool { return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' }
	if name == "" || strings.ContainsFunc(name, func(r rune) bool { return !good(r) }) {
		j.wrong(at, "the engine's name %q must be of the letters a to z, digits and hyphens", name)
	}
	if !slices.Contains(kinds(), e.Kind) {
		j.wrong(at, "there is no kind of engine %q; allowed for kind are %s", e.Kind, strings.Join(kinds(), ", "))
		return e
	}
	if (e.Kind == kindPiper) != (name == kindPiper) {
		j.wrong(at, "there is one engine of the kind piper, and its name is piper")
	}
	if name == voice.EngineEspeak || name == voice.EngineFlite {
		j.wrong(at, "%s is a program of this machine, and no service may take its name", name)
	}
	e.preset()
	for _, setting := range slices.Sorted(maps.Keys(values)) {
		v := values[setting]
		if setting == "kind" || setting == "" {
			continue
		}
		i := slices.IndexFunc(engineSettings(), func(s engineSetting) bool { return s.name == setting })
		if i < 0 || !slices.Contains(settingNames(e.Kind), setting) {
			j.wrong(v, "an engine of the kind %s has no such setting; it has %s", e.Kind, strings.Join(settingNames(e.Kind), ", "))
			continue
		}
		err := engineSettings()[i].set(&e, v.Text)
		switch {
		case err != nil && setting == "key-env": // not repeated: it may be the key itself
			j.wrong(v, "must be %v", err)
		case err != nil:
			j.wrong(v, "%q, must be %v", v.Text, err)
		}
	}
	getenv := j.getenv
	if _, named := values["key-env"]; values["url"].found && !named {
		getenv = func(string) string { return "" } // the program that listens there is sent no key
	}
	e.keys(getenv)
	if err := e.Validate(); err != nil {
		for line := range strings.SplitSeq(err.Error(), "\n") {
			setting, text, _ := strings.Cut(line, ": ")
			v := values[setting]
			v.Where = cmp.Or(v.Where, at.Where+"."+setting)
			j.wrong(v, "%s", text)
		}
	}
	return e
}

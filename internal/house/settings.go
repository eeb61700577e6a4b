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
	"mynah/internal/voice/piper"
)

// Value is the text of a setting, and its place: a line of a file or a variable.
type Value struct {
	Text, Where string
	found       bool // from a file that was found, not given by the user
}

// VoiceSettings collects the settings of engines and voices from files and variables. Later
// additions override earlier ones. ParseEngines checks them.
type VoiceSettings struct {
	Engines  map[string]map[string]Value // engine -> setting -> value
	Voices   map[string]map[string]Value // name or language -> voice, language, gender
	Fallback Value
	errs     []error
}

// NewVoiceSettings returns empty settings.
func NewVoiceSettings() *VoiceSettings {
	return &VoiceSettings{Engines: map[string]map[string]Value{}, Voices: map[string]map[string]Value{}}
}

// ListVoiceSettingNames returns the top-level names of a settings file that this package reads.
func ListVoiceSettingNames() []string { return []string{"engines", "voices", "fallback"} }

// HeaderSetting is the top-level name of a settings file for the project next to it; package
// compile reads it.
const HeaderSetting = "header"

func (s *VoiceSettings) addError(where, format string, args ...any) {
	s.errs = append(s.errs, fmt.Errorf("%s: %s", where, fmt.Sprintf(format, args...)))
}

func setNestedValue(m map[string]map[string]Value, name, setting string, v Value) {
	if m[name] == nil {
		m[name] = map[string]Value{}
	}
	if setting != "" {
		m[name][setting] = v
	}
}

// AddFile reads the engines, voices and fallback of a settings file. A file that was found, not
// given by the user, may be part of somebody else's project: it must not decide where keys and
// texts are sent or which programs run. Errors are kept for ParseEngines.
func (s *VoiceSettings) AddFile(path string, text []byte, found bool) {
	var root map[string]yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		s.addError(path, "must have lines such as \"fallback: true\": %v", err)
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
			s.addError(where(&n), "fallback: must be true or false")
		case name == "engines":
			s.addEngines(&n, where, found)
		case name == "voices":
			s.addVoices(&n, where)
		case name == HeaderSetting:
		case found:
			s.addError(where(&n),
				"%s: a mynah.yaml in the current folder may contain only %s; pass the file with --config to use all of it",
				name, strings.Join(append(ListVoiceSettingNames(), HeaderSetting), ", "))
		}
	}
}

// forEachPair calls a function with each name and value of a mapping.
func (s *VoiceSettings) forEachPair(n *yaml.Node, where, what string, each func(name, value *yaml.Node)) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return
	}
	if n.Kind != yaml.MappingNode {
		s.addError(where, "%s: must be a list of names with values", what)
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		each(n.Content[i], n.Content[i+1])
	}
}

func (s *VoiceSettings) addEngines(n *yaml.Node, where func(*yaml.Node) string, found bool) {
	s.forEachPair(n, where(n), "engines", func(engine, settings *yaml.Node) {
		setNestedValue(s.Engines, engine.Value, "", Value{})
		s.Engines[engine.Value][""] = Value{Where: where(engine) + ": engines." + engine.Value}
		s.forEachPair(settings, where(engine), "engines."+engine.Value, func(name, value *yaml.Node) {
			at := fmt.Sprintf("%s: engines.%s.%s", where(name), engine.Value, name.Value)
			text, ok := formatNodeAsText(value)
			switch {
			case !ok:
				s.addError(at, "must be one value")
			case found && (name.Value == "key-env" || name.Value == "program" || name.Value == "library" ||
				name.Value == "url" && !isLoopback(text)):
				s.addError(at,
					"is not allowed in a mynah.yaml in the current folder, which may be part of a project from somebody else; pass "+
						"the file with --config, or move the setting to your own mynah.yaml")
			default:
				setNestedValue(s.Engines, engine.Value, name.Value, Value{text, at, found})
			}
		})
	})
}

func (s *VoiceSettings) addVoices(n *yaml.Node, where func(*yaml.Node) string) {
	s.forEachPair(n, where(n), "voices", func(name, value *yaml.Node) {
		at := fmt.Sprintf("%s: voices.%s", where(name), name.Value)
		if value.Kind == yaml.ScalarNode {
			s.Voices[name.Value] = map[string]Value{"voice": {Text: value.Value, Where: at}}
			return
		}
		s.Voices[name.Value] = map[string]Value{"": {Where: at}}
		s.forEachPair(value, where(name), "voices."+name.Value, func(k, v *yaml.Node) {
			if v.Kind != yaml.ScalarNode {
				s.addError(at+"."+k.Value, "must be one value")
				return
			}
			setNestedValue(s.Voices, name.Value, k.Value, Value{Text: v.Value, Where: at + "." + k.Value})
		})
	})
}

// formatNodeAsText converts a value, a list or a mapping of names to one text: "a,b=de-DE".
func formatNodeAsText(n *yaml.Node) (string, bool) {
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

// isLoopback reports whether a URL is on this machine.
func isLoopback(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// AddEnvironment reads variables of the form "NAME=value": MYNAH_FALLBACK, MYNAH_VOICES
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
					s.addError(name, "%q, must be like amy=openai/alloy,de-DE=azure/de-DE-KatjaNeural", value)
				}
			}
		case isEngine:
			rest = strings.ToLower(strings.ReplaceAll(rest, "_", "-"))
			engine, setting := splitSetting(rest)
			if engine == "" {
				s.addError(name, "does not end in a setting; available: %s", strings.Join(listEngineSettingNames(""), ", "))
				continue
			}
			setNestedValue(s.Engines, engine, setting, Value{Text: value, Where: name})
		}
	}
}

// splitSetting splits "my-server-key-env" into engine and setting; the longest matching setting
// is used.
func splitSetting(s string) (engine, setting string) {
	for _, name := range listEngineSettingNames("") {
		if e, ok := strings.CutSuffix(s, "-"+name); ok && len(name) > len(setting) {
			engine, setting = e, name
		}
	}
	return engine, setting
}

// ParseEngines checks the settings. The error lists all mistakes with their places.
func (s *VoiceSettings) ParseEngines(getenv func(string) string) (EnginesConfig, error) {
	j := &checker{s: s, errs: slices.Clone(s.errs), getenv: getenv}
	c := EnginesConfig{}
	for _, name := range slices.Sorted(maps.Keys(s.Engines)) {
		c.Engines = append(c.Engines, j.readEngine(name, s.Engines[name]))
	}
	for _, name := range slices.Sorted(maps.Keys(s.Voices)) {
		j.readVoice(&c, name, s.Voices[name])
	}
	switch s.Fallback.Text {
	case "", "false":
	case "true":
		c.Fallback = true
	default:
		j.addError(s.Fallback, "%q, must be true or false", s.Fallback.Text)
	}
	return c, errors.Join(j.errs...)
}

// checker converts settings to a configuration and collects errors.
type checker struct {
	s      *VoiceSettings
	errs   []error
	getenv func(string) string
}

func (j *checker) addError(v Value, format string, args ...any) {
	j.errs = append(j.errs, fmt.Errorf("%s: %s", v.Where, fmt.Sprintf(format, args...)))
}

func (j *checker) readEngine(name string, values map[string]Value) EngineConfig {
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
		j.addError(at, "the engine's name %q may contain only the letters a to z, digits and hyphens", name)
	}
	if !slices.Contains(listEngineKinds(), e.Kind) {
		j.addError(at, "unknown kind of engine %q; allowed: %s", e.Kind, strings.Join(listEngineKinds(), ", "))
		return e
	}
	if (e.Kind == piper.Name) != (name == piper.Name) {
		j.addError(at, "an engine of the kind piper must be named piper")
	}
	if name == voice.EngineEspeak || name == voice.EngineFlite {
		j.addError(at, "%s is the name of a local program; give the service another name", name)
	}
	e.fillDefaults()
	for _, setting := range slices.Sorted(maps.Keys(values)) {
		v := values[setting]
		if setting == "kind" || setting == "" {
			continue
		}
		i := slices.IndexFunc(listEngineSettings(), func(s engineSetting) bool { return s.name == setting })
		if i < 0 || !slices.Contains(listEngineSettingNames(e.Kind), setting) {
			j.addError(v, "unknown setting of an engine of the kind %s; allowed: %s",
				e.Kind, strings.Join(listEngineSettingNames(e.Kind), ", "))
			continue
		}
		err := listEngineSettings()[i].set(&e, v.Text)
		switch {
		case err != nil && setting == "key-env": // the value may be the key itself, so it is not shown
			j.addError(v, "must be %v", err)
		case err != nil:
			j.addError(v, "%q, must be %v", v.Text, err)
		}
	}
	getenv := j.getenv
	if _, named := values["key-env"]; values["url"].found && !named {
		getenv = func(string) string { return "" } // send no key to a local program that the user did not choose
	}
	e.readCredentials(getenv)
	if err := e.Validate(); err != nil {
		for line := range strings.SplitSeq(err.Error(), "\n") {
			setting, text, _ := strings.Cut(line, ": ")
			v := values[setting]
			v.Where = cmp.Or(v.Where, at.Where+"."+setting)
			j.addError(v, "%s", text)
		}
	}
	return e
}

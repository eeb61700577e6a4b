package compile

import (
	"bytes"
	"cmp"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"mynah/internal/diag"
	"mynah/internal/script"
)

// defaultsFile is the file next to a script with the defaults of its project.
const defaultsFile = "mynah.yaml"

// defaults are the settings of a project's own mynah.yaml.
type defaults struct {
	header *script.Header    // may be nil
	voices map[string]string // the project's names of voices, in lower case, and the voices they mean
}

// readDefaults reads the defaults file next to a script, if it exists. It ignores command line
// settings in it, with a warning unless the command line has read this file itself.
func (c *compiler) readDefaults(name string) (defaults, diag.List) {
	var list diag.List
	file := path.Join(path.Dir(name), defaultsFile)
	const most = 1 << 20
	src, err := c.project.ReadFile(file, most)
	if err != nil {
		if !c.project.IsAbsent(file) {
			list.Errorf(
				diag.Range{File: file, Start: diag.Pos{Line: 1, Column: 1}, End: diag.Pos{Line: 1, Column: 2}},
				"%s cannot be used: %s", file, err,
			).
				Hint = "it must be a text file of at most 1 MiB in the project's folder; remove it if it is not meant for Mynah"
		}
		return defaults{}, list
	}
	c.out.Sources[file] = src
	return parseDefaults(file, src, c.isSettingsFile(file))
}

// parseDefaults parses a defaults file. settings is set if the command line has read its settings
// from the same file.
func parseDefaults(file string, src []byte, settings bool) (defaults, diag.List) {
	var d defaults
	var list diag.List
	at := func(n *yaml.Node) diag.Range {
		return diag.Range{File: file, Start: diag.Pos{Line: n.Line, Column: n.Column}, End: diag.Pos{Line: n.Line, Column: n.Column + 1}}
	}
	root, err := parseYAMLLeniently(src)
	if err != nil {
		list.Errorf(at(&yaml.Node{Line: 1, Column: 1}), "%s is not valid YAML: %s", file, strings.TrimPrefix(err.Error(), "yaml: ")).
			Hint = hintHeader
		return d, list
	}
	if root == nil || root.Tag == "!!null" {
		return d, list
	}
	if root.Kind != yaml.MappingNode {
		list.Errorf(at(root), "%s contains no settings", file).Hint = hintHeader
		return d, list
	}
	for pair := range slices.Chunk(root.Content, 2) {
		key, value := pair[0], pair[1]
		switch key.Value {
		case "header":
			d.header = readHeaderDefaults(file, value, at, &list)
		case "voices":
			d.voices = readVoiceNames(value, at, &list)
		case "engines", "fallback":
			if !settings {
				list.Warnf(at(key), "%s is ignored in a project's %s", key.Value, defaultsFile).
					Hint = "engines and fallback are settings of the machine: write them into the mynah.yaml of the folder in which " +
					"you run mynah, or into a file that you pass with --config"
			}
		default:
			e := list.Errorf(at(key), "%s has an unknown setting, %q", defaultsFile, key.Value)
			e.Detail = "A project's mynah.yaml can contain header: and voices:"
			e.Hint = hintHeader
		}
	}
	return d, list
}

const hintHeader = "write properties of the header, indented, under a line header:"

// parseYAMLLeniently returns the outermost node of a text, or nil for an empty text. As in a script's
// header, colours need no quotes, although YAML would read #102030 as a comment.
func parseYAMLLeniently(src []byte) (*yaml.Node, error) {
	const mark = "\uE00F" // a private-use character
	if !bytes.Contains(src, []byte(mark)) {
		colour := regexp.MustCompile(`((?:^|[\r\n])[ \t]*[\w-]+[ \t]*:[ \t]+)#([0-9a-fA-F]{3,8}\b)`)
		src = colour.ReplaceAll(src, []byte("${1}"+mark+"${2}"))
	}
	var root yaml.Node
	if err := yaml.Unmarshal(src, &root); err != nil {
		return nil, err
	}
	if len(root.Content) == 0 {
		return nil, nil //nolint:nilnil // an empty text
	}
	var restore func(n *yaml.Node)
	restore = func(n *yaml.Node) {
		n.Value = strings.ReplaceAll(n.Value, mark, "#")
		for _, c := range n.Content {
			restore(c)
		}
	}
	restore(&root)
	return root.Content[0], nil
}

// isSettingsFile reports whether a file of the project is the settings file of the command line.
func (c *compiler) isSettingsFile(file string) bool {
	if c.req.Settings == "" {
		return false
	}
	a, err1 := os.Stat(c.req.Settings)
	b, err2 := c.project.Stat(file)
	return err1 == nil && err2 == nil && os.SameFile(a, b)
}

// readHeaderDefaults reads the properties under header:.
func readHeaderDefaults(file string, value *yaml.Node, at func(*yaml.Node) diag.Range, list *diag.List) *script.Header {
	if value.Kind != yaml.MappingNode {
		if value.Tag != "!!null" {
			list.Errorf(at(value), "header: contains no properties").Hint = "write them, indented, under the line header:"
		}
		return nil
	}
	h, found := script.ReadHeader(file, value)
	list.Add(found...)
	return &h
}

// readVoiceNames reads the project's names of voices, under voices:.
func readVoiceNames(value *yaml.Node, at func(*yaml.Node) diag.Range, list *diag.List) map[string]string {
	if value.Kind != yaml.MappingNode {
		if value.Tag != "!!null" {
			list.Errorf(at(value), "voices: contains no names").Hint = "write narrator: brian, indented, under the line voices:"
		}
		return nil
	}
	out := map[string]string{}
	for pair := range slices.Chunk(value.Content, 2) {
		name, who := pair[0], pair[1]
		if who.Kind == yaml.MappingNode { // as in settings files, with language and gender
			for property := range slices.Chunk(who.Content, 2) {
				if property[0].Value == "voice" {
					who = property[1]
					break
				}
			}
		}
		if strings.TrimSpace(name.Value) == "" {
			list.Errorf(at(name), "a name in the map voices is empty or not a plain word").
				Hint = "write a name and its voice, such as narrator: brian"
			continue
		}
		if who.Kind != yaml.ScalarNode || strings.TrimSpace(who.Value) == "" {
			list.Errorf(at(name), "the name %q in %s has no voice", name.Value, defaultsFile).
				Hint = "write a voice, such as narrator: brian, or a voice of an engine, such as narrator: openai/alloy"
			continue
		}
		out[strings.ToLower(strings.TrimSpace(name.Value))] = strings.TrimSpace(who.Value)
	}
	return out
}

// fillHeader sets properties that a script's header leaves out to the project's defaults. A
// translation does not take its voice, language or title from them.
func (d defaults) fillHeader(s *script.Script, translation bool) {
	if d.header == nil {
		return
	}
	from := d.header.Properties
	if translation {
		from.RemoveUntranslated()
	}
	s.Header.FillMissing(from)
	if s.Header.Range.File == "" {
		s.Header.Range = d.header.Range
	}
}

// resolveVoiceName returns the voice that a name means in this project, or the name itself.
func (d defaults) resolveVoiceName(name string) string {
	return cmp.Or(d.voices[strings.ToLower(strings.TrimSpace(name))], name)
}

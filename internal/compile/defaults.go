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

// defaultsFile is the file beside a script that holds the defaults of its project.
const defaultsFile = "mynah.yaml"

// defaults are what a project's own file of settings says.
type defaults struct {
	header *script.Header    // nil without any
	voices map[string]string // names of the project's own, folded, and whom they mean
}

// readDefaults reads the file beside a script, which may be absent. Settings of the command
// line in it are ignored: with a warning, unless the command line has read this very file.
func (c *compiler) readDefaults(name string) (defaults, diag.List) {
	var list diag.List
	file := path.Join(path.Dir(name), defaultsFile)
	const most = 1 << 20
	src, err := c.project.ReadFile(file, most)
	if err != nil {
		if !c.project.IsAbsent(file) {
			list.Errorf(diag.Range{File: file, Start: diag.Pos{Line: 1, Column: 1}, End: diag.Pos{Line: 1, Column: 2}}, "%s cannot be used: %s", file, err).
				Hint = "it must be a text of at most 1 MiB that lies in the project's folder; take it out if it is not meant for Mynah"
		}
		return defaults{}, list
	}
	c.out.Sources[file] = src
	return parseDefaults(file, src, c.isSettings(file))
}

// parseDefaults reads the text of a file of defaults. The file is also that of the command line's
// settings, or is not.
func parseDefaults(file string, src []byte, settings bool) (defaults, diag.List) {
	var d defaults
	var list diag.List
	at := func(n *yaml.Node) diag.Range {
		return diag.Range{File: file, Start: diag.Pos{Line: n.Line, Column: n.Column}, End: diag.Pos{Line: n.Line, Column: n.Column + 1}}
	}
	root, err := readYAML(src)
	if err != nil {
		list.Errorf(at(&yaml.Node{Line: 1, Column: 1}), "%s is not YAML: %s", file, strings.TrimPrefix(err.Error(), "yaml: ")).Hint = hintHeader
		return d, list
	}
	if root == nil || root.Tag == "!!null" {
		return d, list
	}
	if root.Kind != yaml.MappingNode {
		list.Errorf(at(root), "%s holds no settings", file).Hint = hintHeader
		return d, list
	}
	for pair := range slices.Chunk(root.Content, 2) {
		key, value := pair[0], pair[1]
		switch key.Value {
		case "header":
			d.header = headerOf(file, value, at, &list)
		case "voices":
			d.voices = voicesOf(value, at, &list)
		case "engines", "fallback":
			if !settings {
				list.Warnf(at(key), "%s is ignored in a project's %s", key.Value, defaultsFile).Hint = "engines and fallback are settings of the machine: write them into mynah.yaml of the folder in which you start mynah, or name a file by --config"
			}
		default:
			e := list.Errorf(at(key), "%s knows no setting %q", defaultsFile, key.Value)
			e.Detail = "A project's mynah.yaml holds header: and voices:"
			e.Hint = hintHeader
		}
	}
	return d, list
}

const hintHeader = "write properties of the header, indented, under a line header:"

// readYAML gives the outermost node of a text, nil for a text without any. As in a script's header,
// a colour needs no quotes: YAML would take #102030 for a comment.
func readYAML(src []byte) (*yaml.Node, error) {
	const mark = "\uE00F" // of private use
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

// isSettings reports whether a file of the project is the one that the command line has read.
func (c *compiler) isSettings(file string) bool {
	if c.req.Settings == "" {
		return false
	}
	a, err1 := os.Stat(c.req.Settings)
	b, err2 := c.project.Stat(file)
	return err1 == nil && err2 == nil && os.SameFile(a, b)
}

// headerOf reads the properties under header:.
func headerOf(file string, value *yaml.Node, at func(*yaml.Node) diag.Range, list *diag.List) *script.Header {
	if value.Kind != yaml.MappingNode {
		if value.Tag != "!!null" {
			list.Errorf(at(value), "header holds no properties").Hint = "write them, indented, under the line header:"
		}
		return nil
	}
	h, found := script.ReadHeader(file, value)
	list.Add(found...)
	return &h
}

// voicesOf reads names of the project's own.
func voicesOf(value *yaml.Node, at func(*yaml.Node) diag.Range, list *diag.List) map[string]string {
	if value.Kind != yaml.MappingNode {
		if value.Tag != "!!null" {
			list.Errorf(at(value), "voices holds no names").Hint = "write narrator: brian, indented, under the line voices:"
		}
		return nil
	}
	out := map[string]string{}
	for pair := range slices.Chunk(value.Content, 2) {
		name, who := pair[0], pair[1]
		if who.Kind == yaml.MappingNode { // with its language and gender, as settings have it
			for property := range slices.Chunk(who.Content, 2) {
				if property[0].Value == "voice" {
					who = property[1]
					break
				}
			}
		}
		if strings.TrimSpace(name.Value) == "" {
			list.Errorf(at(name), "a name of voices is no plain word").Hint = "write narrator: brian"
			continue
		}
		if who.Kind != yaml.ScalarNode || strings.TrimSpace(who.Value) == "" {
			list.Errorf(at(name), "the voice %q of %s means nobody", name.Value, defaultsFile).Hint = "name a voice, as narrator: brian, or one of an engine, as narrator: openai/alloy"
			continue
		}
		out[strings.ToLower(strings.TrimSpace(name.Value))] = strings.TrimSpace(who.Value)
	}
	return out
}

// fillHeader takes the project's defaults for what a script's header leaves out. A translation
// takes no voice, language or title from them.
func (d defaults) fillHeader(s *script.Script, translation bool) {
	if d.header == nil {
		return
	}
	from := d.header.Properties
	if translation {
		from.LeaveLanguage()
	}
	s.Header.Fill(from)
	if s.Header.Range.File == "" {
		s.Header.Range = d.header.Range
	}
}

// meaning is whom a name means by the project's own names.
func (d defaults) meaning(name string) string {
	return cmp.Or(d.voices[strings.ToLower(strings.TrimSpace(name))], name)
}

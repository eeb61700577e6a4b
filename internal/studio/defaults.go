package studio

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"mynah/internal/diag"
	"mynah/internal/script"
)

// defaultsFile is the file beside a script that holds the defaults of its project.
const defaultsFile = "mynah.yaml"

// projectDefaults are what a project's own file of settings says.
type projectDefaults struct {
	header *script.Script    // its header alone; nil without any
	voices map[string]string // names of the project's own, folded, and whom they mean
}

// readDefaults reads the file beside a script, which may be absent. Settings of the command
// line in it are passed over: with a warning, unless the command line has read this very file.
func (j *job) readDefaults(name string) (projectDefaults, diag.List) {
	var d projectDefaults
	var list diag.List
	file := path.Join(path.Dir(name), defaultsFile)
	at := func(line, column int) diag.Range {
		return diag.Range{File: file, Start: diag.Pos{Line: line, Column: column}, End: diag.Pos{Line: line, Column: column + 1}}
	}
	const most = 1 << 20
	src, err := j.project.readFile(file, most)
	if err != nil {
		if info, serr := j.project.root.Stat(filepath.FromSlash(file)); serr == nil || !errors.Is(serr, fs.ErrNotExist) && info != nil {
			list.Errorf(at(1, 1), "%s cannot be used: %s", file, err).Hint = "it is a text of at most 1 MiB"
		}
		return d, list
	}
	j.sources[file] = src
	var root yaml.Node
	if err := yaml.Unmarshal(src, &root); err != nil {
		list.Errorf(at(1, 1), "%s is not YAML: %s", file, strings.TrimPrefix(err.Error(), "yaml: ")).Hint = "write properties of the header, indented, under a line header:"
		return d, list
	}
	if root.Kind == 0 || len(root.Content) == 0 || root.Content[0].Tag == "!!null" {
		return d, list
	}
	top := root.Content[0]
	if top.Kind != yaml.MappingNode {
		list.Errorf(at(top.Line, top.Column), "%s holds no settings", file).Hint = "write properties of the header, indented, under a line header:"
		return d, list
	}
	for i := 0; i+1 < len(top.Content); i += 2 {
		key, value := top.Content[i], top.Content[i+1]
		switch key.Value {
		case "header":
			end := strings.Count(string(src), "\n") + 1
			if i+2 < len(top.Content) {
				end = top.Content[i+2].Line - 1
			}
			d.header = headerOf(file, src, value, end, &list)
		case "voices":
			d.voices = voicesOf(value, at, &list)
		case "engines", "fallback":
			if !j.isSettings(file) {
				list.Warnf(at(key.Line, key.Column), "%s is ignored in a project's %s", key.Value, defaultsFile).Hint = "engines and fallback are settings of the machine: write them into mynah.yaml of the folder in which you start mynah, or name a file by --config"
			}
		default:
			e := list.Errorf(at(key.Line, key.Column), "%s knows no setting %q", defaultsFile, key.Value)
			e.Detail = "A project's mynah.yaml holds header: and voices:"
			e.Hint = "write properties of the header, indented, under a line header:"
		}
	}
	return d, list
}

// isSettings says whether a file of the project is the one that the command line has read.
func (j *job) isSettings(file string) bool {
	if j.req.Settings == "" {
		return false
	}
	a, err1 := os.Stat(j.req.Settings)
	b, err2 := j.project.root.Stat(filepath.FromSlash(file))
	return err1 == nil && err2 == nil && os.SameFile(a, b)
}

// headerOf reads the properties under header: with the parser of scripts. The lines keep their
// numbers.
func headerOf(file string, src []byte, value *yaml.Node, end int, list *diag.List) *script.Script {
	if value.Kind != yaml.MappingNode {
		if value.Tag != "!!null" {
			r := diag.Range{File: file, Start: diag.Pos{Line: value.Line, Column: value.Column}, End: diag.Pos{Line: value.Line, Column: value.Column + 1}}
			list.Errorf(r, "header holds no properties").Hint = "write them, indented, under the line header:"
		}
		return nil
	}
	lines := []string{"---"}
	if value.Style&yaml.FlowStyle != 0 {
		for i := 0; i+1 < len(value.Content); i += 2 {
			lines = append(lines, value.Content[i].Value+": "+value.Content[i+1].Value)
		}
	} else if len(value.Content) > 0 {
		all := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(src)), "\n")
		first, indent := value.Content[0].Line, value.Content[0].Column-1
		for len(lines) < first-1 {
			lines = append(lines, "")
		}
		for _, l := range all[first-1 : min(end, len(all))] {
			n := 0
			for n < len(l) && n < indent && (l[n] == ' ' || l[n] == '\t') {
				n++
			}
			lines = append(lines, l[n:])
		}
	}
	s, found := script.Parse(file, []byte(strings.Join(append(lines, "---", ""), "\n")))
	list.Add(found...)
	return s
}

// voicesOf reads names of the project's own.
func voicesOf(value *yaml.Node, at func(line, column int) diag.Range, list *diag.List) map[string]string {
	if value.Kind != yaml.MappingNode {
		if value.Tag != "!!null" {
			list.Errorf(at(value.Line, value.Column), "voices holds no names").Hint = "write narrator: brian, indented, under the line voices:"
		}
		return nil
	}
	out := map[string]string{}
	for i := 0; i+1 < len(value.Content); i += 2 {
		name, who := value.Content[i], value.Content[i+1]
		if who.Kind == yaml.MappingNode { // with its language and gender, as settings have it
			for k := 0; k+1 < len(who.Content); k += 2 {
				if who.Content[k].Value == "voice" {
					who = who.Content[k+1]
					break
				}
			}
		}
		if who.Kind != yaml.ScalarNode || strings.TrimSpace(who.Value) == "" {
			list.Errorf(at(name.Line, name.Column), "the voice %q of %s means nobody", name.Value, defaultsFile).Hint = "name a voice, as narrator: brian, or one of an engine, as narrator: openai/alloy"
			continue
		}
		out[strings.ToLower(strings.TrimSpace(name.Value))] = strings.TrimSpace(who.Value)
	}
	return out
}

// fillHeader takes the project's defaults for what a script's header leaves out. A translation
// takes no voice, language or title from them.
func (d projectDefaults) fillHeader(s *script.Script, translation bool) {
	if d.header == nil {
		return
	}
	from := d.header.Header.Properties
	if translation {
		from.Voice, from.Language, from.Title, from.Author, from.Description, from.Lexicon = nil, nil, nil, nil, nil, nil
	}
	s.Header.Fill(from)
	if s.Header.Range.File == "" {
		s.Header.Range = d.header.Header.Range
	}
}

// meaning is whom a name means by the project's own names.
func (d projectDefaults) meaning(name string) string {
	return cmp.Or(d.voices[strings.ToLower(strings.TrimSpace(name))], name)
}

package script

import (
	"path"
	"strings"

	yaml "go.yaml.in/yaml/v3"
	"golang.org/x/text/unicode/norm"

	"mynah/internal/diag"
)

// ReadHeader reads properties of the header from a parsed YAML map. Numbers and other scalars keep
// their text as written. File names are relative to the folder of file, and findings point to its
// lines.
func ReadHeader(file string, properties *yaml.Node) (Header, diag.List) {
	var diags diag.List
	p := newParser(file, path.Dir(file), newVars(nil), &diags)
	p.src = newSource(file, nil, &diags)
	h := &p.out.Header
	h.Range, h.Places = newUnderlineOfYAMLNode(file, properties), map[string]diag.Range{}
	for i := 0; i+1 < len(properties.Content); i += 2 {
		key := properties.Content[i]
		at := newUnderlineOfYAMLNode(file, key)
		if key.Kind != yaml.ScalarNode || strings.TrimSpace(key.Value) == "" {
			diags.Errorf(at, "a name in the header is not a plain word").
				Hint = "write one property per line, such as voice: brian"
			continue
		}
		name := strings.ToLower(strings.TrimSpace(key.Value))
		p.setHeaderProperty(name, at, p.convertYAMLNode(name, properties.Content[i+1], 0))
	}
	diags.SortByPlace()
	return *h, diags
}

// newUnderlineOfYAMLNode returns the range of a YAML node: the whole of an unquoted scalar on one line, otherwise
// only its first character.
func newUnderlineOfYAMLNode(file string, n *yaml.Node) diag.Range {
	start := diag.Pos{Line: n.Line, Column: n.Column}
	end := diag.Pos{Line: n.Line, Column: n.Column + 1}
	if n.Kind == yaml.ScalarNode && n.Style == 0 && !strings.ContainsAny(n.Value, "\r\n") {
		end.Column = n.Column + max(len([]rune(n.Value)), 1)
	}
	return diag.Range{File: file, Start: start, End: end}
}

// convertYAMLNode converts a node to the value of a property.
func (p *parser) convertYAMLNode(name string, n *yaml.Node, depth int) value {
	v := value{at: newUnderlineOfYAMLNode(p.file, n)}
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		d := p.diags.Errorf(v.at, "%s uses a YAML anchor or alias", name)
		d.Detail = "Properties of the header cannot use & or *"
		d.Hint = "replace the alias by its value; if & or * is part of the text, put the text in quotes"
		v.kind = brokenValue
	case n.Kind == yaml.ScalarNode && n.Tag == "!!null":
	case n.Kind == yaml.ScalarNode:
		v.text = norm.NFC.String(strings.TrimSpace(joinLines(n.Value))) // a value of the header has one line
		if !isValidText(v.text) {                                       // an escape in quotes can produce control characters
			p.diags.Errorf(v.at, "%s contains a control character", name).Hint = "remove it"
			v.kind = brokenValue
		}
	case n.Kind == yaml.MappingNode && depth < maxMapDepth:
		v.kind = mapValue
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			at := newUnderlineOfYAMLNode(p.file, key)
			if key.Kind != yaml.ScalarNode || key.Anchor != "" {
				p.diags.Errorf(at, "a name in the map of %s is not a plain word", name)
				return value{kind: brokenValue, at: v.at}
			}
			v.entries = append(v.entries, entry{
				name: strings.ToLower(key.Value), at: at,
				value: p.convertYAMLNode(name, n.Content[i+1], depth+1),
			})
		}
		v.entries = p.keepLastOfRepeatedKeys(v.entries)
	default:
		v.kind = listValue
	}
	return v
}

// joinLines joins the lines of s with blanks.
func joinLines(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' }), " ")
}

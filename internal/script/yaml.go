package script

import (
	"errors"
	"fmt"
	"strings"

	yaml "go.yaml.in/yaml/v3"
)

// maxMap is the maximum size in bytes of a map that is parsed as YAML. Useful maps have a few hundred
// bytes.
const maxMap = 16 << 10

// maxMapDepth is the maximum nesting of maps. Properties use one level.
const maxMapDepth = 4

// parseYAML parses values other than plain maps: braces, nested maps, lists, blocks of text, escapes.
// Scalars keep their text as written.
func (p *parser) parseYAML(name string, pieces []piece) value {
	at := pieces[0].newTrimmedRange()
	size, tabs := 0, false
	for _, q := range pieces {
		size += q.to - q.from
		t := q.text()
		tabs = tabs || strings.Contains(t[:len(t)-len(strings.TrimLeft(t, blanks))], "\t")
	}
	if size > maxMap {
		p.diags.Errorf(at, "the map of %s is longer than %d bytes", name, maxMap)
		return value{kind: brokenValue, at: at}
	}
	widths := []int{1}
	if tabs {
		widths = []int{2, 4, 8, 1} // the first tab width with which the text is valid YAML is used
	}
	var first error
	for _, w := range widths {
		var doc yaml.Node
		text, shifts := joinAsYAML(pieces, w)
		err := yaml.Unmarshal([]byte(text), &doc)
		if err == nil && len(doc.Content) == 1 {
			r := yamlReader{p: p, name: name, pieces: pieces, shifts: shifts}
			return r.convert(doc.Content[0], 0)
		}
		if first == nil {
			first = err
		}
	}
	p.reportYAMLError(name, pieces, first)
	return value{kind: brokenValue, at: at}
}

// joinAsYAML joins the pieces as YAML. Each tab in the indentation of a line becomes w spaces. shifts
// contains the number of characters that each line gained.
func joinAsYAML(pieces []piece, w int) (text string, shifts []int) {
	var b strings.Builder
	for _, q := range pieces {
		t := q.text()
		body := strings.TrimLeft(t, blanks)
		indent := t[:len(t)-len(body)]
		spaces := strings.ReplaceAll(indent, "\t", strings.Repeat(" ", w))
		b.WriteString(spaces)
		b.WriteString(hideVariableBraces(body))
		b.WriteByte('\n')
		shifts = append(shifts, len(spaces)-len(indent))
	}
	return b.String(), shifts
}

// reportYAMLError reports an error of the YAML parser at its line.
func (p *parser) reportYAMLError(name string, pieces []piece, err error) {
	if err == nil {
		err = errors.New("it is empty")
	}
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 0
	if _, scanErr := fmt.Sscanf(message, "line %d:", &line); scanErr == nil {
		_, message, _ = strings.Cut(message, ": ")
	}
	at := pieces[min(max(line-1, 0), len(pieces)-1)]
	if at.isEmpty() {
		at = pieces[0]
	}
	d := p.diags.Errorf(at.newTrimmedRange(), "the map of %s cannot be read: %s", name, restoreVariableBraces(message))
	d.Detail = "A map has one \"name: value\" per line, all with the same indentation"
	d.Hint = `put a value with #, ": ", a bracket or a quote in quotes: color: "#ff0000"`
}

// yamlReader converts YAML nodes to values with their ranges in the script.
type yamlReader struct {
	p      *parser
	name   string
	pieces []piece
	shifts []int
}

func (r yamlReader) convert(n *yaml.Node, depth int) value {
	at := r.findPieceOf(n)
	v := value{at: at.newTrimmedRange()}
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		d := r.p.diags.Errorf(v.at, "the map of %s uses a YAML anchor or alias", r.name)
		d.Detail = "Maps in scripts cannot use & or *"
		d.Hint = "replace the alias by its value; if & or * is part of the text, put the text in quotes"
		v.kind = brokenValue
	case n.Kind == yaml.ScalarNode:
		v.text = strings.TrimSpace(r.p.vars.replaceInLine(restoreVariableBraces(n.Value)))
	case n.Kind == yaml.MappingNode && depth < maxMapDepth:
		v.kind = mapValue
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			if key.Kind != yaml.ScalarNode || key.Anchor != "" {
				r.p.diags.Errorf(r.findPieceOf(key).newTrimmedRange(), "a name in the map of %s is not a plain word", r.name)
				v.kind = brokenValue
				return v
			}
			k := r.findPieceOf(key)
			k.to = min(k.to, k.from+len(key.Value))
			v.entries = append(v.entries, entry{
				name:  strings.ToLower(restoreVariableBraces(key.Value)),
				at:    k.newTrimmedRange(),
				value: r.convert(n.Content[i+1], depth+1),
			})
		}
		v.entries = r.p.keepLastOfRepeatedKeys(v.entries)
	default:
		v.kind = listValue
	}
	return v
}

// findPieceOf returns the piece that begins at a node and ends at the end of the line, or of a plain scalar.
func (r yamlReader) findPieceOf(n *yaml.Node) piece {
	i := min(max(n.Line-1, 0), len(r.pieces)-1)
	q := r.pieces[i]
	skip := max(n.Column-1-r.shifts[i], 0)
	for ; skip > 0 && q.from < q.to; skip-- {
		q.from += measureFirstRune(q.text())
	}
	if plain := restoreVariableBraces(n.Value); n.Kind == yaml.ScalarNode && plain != "" && strings.HasPrefix(q.text(), plain) {
		q.to = q.from + len(plain)
	}
	return q
}

package script

import (
	"maps"
	"slices"
	"sync"

	"mynah/internal/diag"
)

// The names of the language are rows of tables: one table for the header and the stage directions, and
// one for each map. A row defines where its name is allowed, its allowed values, the field that stores
// the value, and its documentation. The parser, suggestions for misspelt names, inheritance of
// properties, translations and the tables of docs/language.md use these rows. ListProperties exports
// them to other programs.

// Kind is the type of a property's value. Editors use it.
type Kind string

// Values of Kind. The words of a Form are allowed in addition, for every kind.
const (
	TextKind     Kind = "text"
	ChoiceKind   Kind = "choice" // one of the words in Form.Words
	NumberKind   Kind = "number"
	TimeKind     Kind = "time" // seconds, or clock time
	ColorKind    Kind = "color"
	SizeKind     Kind = "size" // frame size, WIDTHxHEIGHT
	RateKind     Kind = "rate" // frame rate
	LanguageKind Kind = "language"
	VoiceKind    Kind = "voice"
	FileKind     Kind = "file"
	SegmentKind  Kind = "segment" // a range of a clip
	LinesKind    Kind = "lines"   // ranges of line numbers of code
	MapKind      Kind = "map"     // only a map of the keys
)

// Form describes the allowed values of a property.
type Form struct {
	Kind Kind `json:"kind"`
	// Words are words that are allowed as a value or as part of one.
	Words []string `json:"words,omitempty"`
	// From and To are the limits of a number, both inclusive; both are 0 if there is no limit. Unit is a
	// unit that may follow the number.
	From float64 `json:"from,omitempty"`
	To   float64 `json:"to,omitempty"`
	Unit string  `json:"unit,omitempty"`
	// Allowed describes the allowed values for messages to authors.
	Allowed string `json:"allowed"`
	// Keys are the keys of the map, if the value can be a map.
	Keys []Property `json:"keys,omitempty"`
}

// Reach is the part of the script in which a stage direction applies.
type Reach string

// Values of Reach.
const (
	FromHere   Reach = "from here" // from the direction to the end of the scene
	WholeScene Reach = "scene"     // the whole scene; the last direction in it is used
	ThisPlace  Reach = "place"
)

// Property is a name of the language: a property of the header, a stage direction, both, or a key
// of one of their maps.
type Property struct {
	Name string `json:"name"`
	// Header and Direction report where the name is allowed; both are false for the key of a map.
	Header    bool  `json:"header,omitempty"`
	Direction bool  `json:"direction,omitempty"`
	Reach     Reach `json:"reach,omitempty"`
	Form
	// Default describes the default value, Help the purpose. Both are Markdown of docs/language.md; links
	// to its sections begin with #.
	Default string `json:"default,omitempty"`
	Help    string `json:"help,omitempty"`
	// See is the section of docs/language.md that describes the values, or "".
	See string `json:"see,omitempty"`
	// Own is set if other programs for such scripts do not support the name.
	Own bool `json:"own,omitempty"`
}

// ListProperties returns all names of the header and the directions. Names that are allowed in both
// come first.
func ListProperties() []Property {
	var out []Property
	for _, r := range vocabulary().rules {
		out = append(out, r.Property)
	}
	return out
}

// storer parses a value and stores it in a struct of type M.
type storer[M any] struct {
	form Form
	read func(p *parser, to *M, name string, v value) bool
}

// newStorer returns a reader that parses a value of kind k and stores it with put. The reader reports
// values that are not allowed.
func newStorer[M, T any](k valueParser[T], put func(*M, T)) storer[M] {
	return storer[M]{form: k.Form, read: func(p *parser, to *M, name string, v value) bool {
		t, ok := parseValue(p, name, v, k)
		if ok {
			put(to, *t)
		}
		return ok
	}}
}

// mapKey is the row of a key in a map that is stored in a struct of type M.
type mapKey[M any] struct {
	name string
	storer[M]
	byDefault, help string
	// called is the name of the key in findings; "" means "name of map".
	called string
}

// parseMap parses the entries of the map v and stores their values in to. It returns false if it
// reported an error. of is the name of the property.
func parseMap[M any](p *parser, of string, v value, keys []mapKey[M], to *M) bool {
	ok := true
	for _, e := range v.entries {
		i := slices.IndexFunc(keys, func(k mapKey[M]) bool { return k.name == e.name })
		if i < 0 {
			ok = p.reportUnknown("the name in "+of, e.name, e.at, listKeyNames(keys)) && ok
			continue
		}
		name := keys[i].called
		if name == "" {
			name = e.name + " of " + of
		}
		ok = keys[i].read(p, to, name, e.value) && ok
	}
	return ok
}

// listKeyNames returns the names of keys.
func listKeyNames[M any](keys []mapKey[M]) []string {
	var out []string
	for _, k := range keys {
		out = append(out, k.name)
	}
	return out
}

// describeKeys returns the keys as exported Property values.
func describeKeys[M any](keys []mapKey[M]) []Property {
	var out []Property
	for _, k := range keys {
		out = append(out, Property{Name: k.name, Form: k.form, Default: k.byDefault, Help: k.help})
	}
	return out
}

// rule is a row of the table of header properties and directions.
type rule struct {
	Property
	// read parses the value and stores it in the row's field of Properties, isSet reports whether the
	// field has a value, and take copies the field. They are nil if node is set.
	read  func(p *parser, to *Properties, name string, v value) bool
	isSet func(p *Properties) bool
	take  func(to, from *Properties)
	// node parses a direction that adds a node instead of setting a property. The node is nil if the
	// direction has no effect, such as a pause of no length.
	node func(p *parser, d direction) (Node, bool)
	// begins reports whether a word after the name looks like a value, so that "(name word …" without a
	// colon is a misspelt direction and not prose. It is nil if that cannot be decided.
	begins func(word string) bool
	// ofLanguage is set if translations do not inherit the property, because its value depends on the
	// language.
	ofLanguage bool
}

// newPropertyRule returns a rule that stores a parsed value in a field of Properties.
func newPropertyRule[T any](p Property, k valueParser[T], field func(*Properties) **T) rule {
	p.Form = k.Form
	return rule{
		Property: p,
		read:     newStorer(k, func(p *Properties, v T) { *field(p) = &v }).read,
		isSet:    func(p *Properties) bool { return *field(p) != nil },
		take:     func(to, from *Properties) { *field(to) = *field(from) },
	}
}

// newNodeRule returns a rule that adds a node made from the parsed value.
func newNodeRule[T any](p Property, k valueParser[T], node func(at At, v T) Node) rule {
	p.Form = k.Form
	return rule{Property: p, node: func(p *parser, d direction) (Node, bool) {
		t, ok := parseValue(p, d.name, d.value, k)
		if !ok {
			return nil, false
		}
		return node(At{Range: d.whole}, *t), true
	}}
}

// withValueStartTest returns r with the function that recognizes the first word of its values.
func (r rule) withValueStartTest(begins func(word string) bool) rule {
	r.begins = begins
	return r
}

// asNotTranslated returns r, marked as not inherited by translations.
func (r rule) asNotTranslated() rule {
	r.ofLanguage = true
	return r
}

// known contains the table of the language and indexes of its names.
type known struct {
	rules      []rule
	byName     map[string]*rule
	header     []string
	directions []string
	all        []string
	inHeader   map[string]bool
	asDirected map[string]bool
}

// vocabulary returns the table of the language and its indexes. Callers must not change it.
//
//nolint:gochecknoglobals // a read-only table that is built when it is first used
var vocabulary = sync.OnceValue(newKnown)

func newKnown() known {
	k := known{rules: listRules(), byName: map[string]*rule{}, inHeader: map[string]bool{}, asDirected: map[string]bool{}}
	for i := range k.rules {
		r := &k.rules[i]
		k.byName[r.Name] = r
		k.all = append(k.all, r.Name)
		if k.inHeader[r.Name] = r.Header; r.Header {
			k.header = append(k.header, r.Name)
		}
		if k.asDirected[r.Name] = r.Direction; r.Direction {
			k.directions = append(k.directions, r.Name)
		}
	}
	return k
}

// contains reports whether a name is a property of the header or a direction.
func (k known) contains(name string) bool { return k.byName[name] != nil }

// isFileDirection reports whether the value of the direction name is always a file.
func (k known) isFileDirection(name string) bool {
	r := k.byName[name]
	return r.Kind == FileKind && r.node != nil
}

// mayBeginValue reports whether a word looks like the first word of a value of the direction name.
func (k known) mayBeginValue(name, word string) bool {
	r := k.byName[name]
	return r.begins != nil && r.begins(word)
}

// FillMissing copies properties from another set if they are not set in p.
func (p *Properties) FillMissing(from Properties) {
	for _, r := range vocabulary().rules {
		if r.take != nil && !r.isSet(p) {
			r.take(p, &from)
		}
	}
	p.Places = mergePlaces(from.Places, p.Places)
}

// Override copies all properties that are set in by, and replaces those of p.
func (p *Properties) Override(by Properties) {
	for _, r := range vocabulary().rules {
		if r.take != nil && r.isSet(&by) {
			r.take(p, &by)
		}
	}
	p.Places = mergePlaces(p.Places, by.Places)
}

// RemoveUntranslated removes the properties that translations do not inherit, such as voice and title.
func (p *Properties) RemoveUntranslated() {
	for _, r := range vocabulary().rules {
		if r.ofLanguage {
			r.take(p, &Properties{})
		}
	}
}

// mergePlaces returns a map with the entries of both maps. Entries of over take precedence.
func mergePlaces(places, over map[string]diag.Range) map[string]diag.Range {
	out := map[string]diag.Range{}
	maps.Copy(out, places)
	maps.Copy(out, over)
	return out
}

// AppliesToScene reports whether the direction applies to its whole scene, independent of its position
// in the scene.
func (s *Set) AppliesToScene() bool {
	r := vocabulary().byName[s.Name]
	return r != nil && r.Reach == WholeScene
}

// parseProperty parses the property name and stores it in ps. It returns false if it reported an error.
func (p *parser) parseProperty(ps *Properties, name string, v value) bool {
	return p.known.byName[name].read(p, ps, name, v)
}

// newNode returns the node of a direction. It returns false if it reported an error.
func (p *parser) newNode(d direction) (Node, bool) {
	r := p.known.byName[d.name]
	if r.node != nil {
		return r.node(p, d)
	}
	set := &Set{At: At{Range: d.whole}, Name: d.name}
	if !p.parseProperty(&set.Properties, d.name, d.value) {
		return nil, false
	}
	set.Places = map[string]diag.Range{d.name: d.at}
	return set, true
}

package script

import (
	"maps"
	"slices"
	"sync"

	"mynah/internal/diag"
)

// The names of the language are rows of tables: one for the header and the stage directions, one
// for each map of keys. A row defines where its name is allowed, which values it has, where the
// value is stored, and its documentation. The parser, suggestions for misspelt names, checks of
// values, inheritance of defaults, header and scene, translations and the tables of
// docs/language.md all read these rows. AllProperties exports them to other programs.

// Kind is the type of a value, for editors.
type Kind string

// The kinds. The words of a Form are allowed in addition, for every kind.
const (
	TextKind     Kind = "text"
	ChoiceKind   Kind = "choice" // one of the words
	NumberKind   Kind = "number"
	TimeKind     Kind = "time" // seconds, or clock time
	ColorKind    Kind = "color"
	SizeKind     Kind = "size" // frame size, WIDTHxHEIGHT
	RateKind     Kind = "rate" // frame rate
	LanguageKind Kind = "language"
	VoiceKind    Kind = "voice"
	FileKind     Kind = "file"
	SegmentKind  Kind = "segment" // a part of a clip
	LinesKind    Kind = "lines"   // ranges of lines of code
	MapKind      Kind = "map"     // a map of the keys only
)

// Form describes the allowed values.
type Form struct {
	Kind Kind `json:"kind"`
	// Words are allowed values, or parts of values.
	Words []string `json:"words,omitempty"`
	// From and To limit a number; both are 0 if there is no limit. Unit may follow the number.
	From float64 `json:"from,omitempty"`
	To   float64 `json:"to,omitempty"`
	Unit string  `json:"unit,omitempty"`
	// Allowed describes the allowed values in a sentence for findings.
	Allowed string `json:"allowed"`
	// Keys are the keys of the value if it can be a map.
	Keys []Property `json:"keys,omitempty"`
}

// Reach is the range in which a stage direction applies.
type Reach string

// The reaches.
const (
	FromHere   Reach = "from here" // to the end of the scene
	WholeScene Reach = "scene"     // the whole scene; the last direction in it is used
	ThisPlace  Reach = "place"
)

// Property is a name of the language: a property of the header, a stage direction, both, or a key
// of one of their maps.
type Property struct {
	Name string `json:"name"`
	// Header and Direction are where the name is allowed; for a key both are false.
	Header    bool  `json:"header,omitempty"`
	Direction bool  `json:"direction,omitempty"`
	Reach     Reach `json:"reach,omitempty"`
	Form
	// Default describes the default, Help the purpose, both in Markdown of docs/language.md,
	// whose sections they link by #.
	Default string `json:"default,omitempty"`
	Help    string `json:"help,omitempty"`
	// See is the section of docs/language.md that describes the values, or "".
	See string `json:"see,omitempty"`
	// Own is set if other programs for such scripts do not know the name.
	Own bool `json:"own,omitempty"`
}

// AllProperties lists all names of the header and the directions; those for both come first.
func AllProperties() []Property {
	var out []Property
	for _, r := range vocabulary().rules {
		out = append(out, r.Property)
	}
	return out
}

// reader reads a value into an M.
type reader[M any] struct {
	form Form
	read func(p *parser, to *M, name string, v value) bool
}

// into returns a reader that reads a value of a kind and stores it with put, or reports that it
// is not allowed.
func into[M, T any](k kind[T], put func(*M, T)) reader[M] {
	return reader[M]{form: k.Form, read: func(p *parser, to *M, name string, v value) bool {
		t, ok := read(p, name, v, k)
		if ok {
			put(to, *t)
		}
		return ok
	}}
}

// key is a row for a key of a map that is read into an M.
type key[M any] struct {
	name string
	reader[M]
	byDefault, help string
	// called is the name in findings, if it is not "name of map".
	called string
}

// readMap reads a map of keys. It reports whether all values are valid.
func readMap[M any](p *parser, of string, v value, keys []key[M], to *M) bool {
	ok := true
	for _, e := range v.entries {
		i := slices.IndexFunc(keys, func(k key[M]) bool { return k.name == e.name })
		if i < 0 {
			ok = p.reportUnknown("the name in "+of, e.name, e.at, keyNames(keys)) && ok
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

// keyNames returns the names of keys.
func keyNames[M any](keys []key[M]) []string {
	var out []string
	for _, k := range keys {
		out = append(out, k.name)
	}
	return out
}

// describeKeys returns the exported form of keys.
func describeKeys[M any](keys []key[M]) []Property {
	var out []Property
	for _, k := range keys {
		out = append(out, Property{Name: k.name, Form: k.form, Default: k.byDefault, Help: k.help})
	}
	return out
}

// rule is a row of the table of the language.
type rule struct {
	Property
	// read reads the value into the row's field of properties, isSet reports whether the field
	// has a value, and take copies it. They are nil if node is not.
	read  func(p *parser, to *Properties, name string, v value) bool
	isSet func(p *Properties) bool
	take  func(to, from *Properties)
	// node returns the node of a direction that sets no property. It returns nil for a direction
	// without effect, such as a pause of no length.
	node func(p *parser, d direction) (Node, bool)
	// begins reports whether a word is the beginning of a value, and not of a remark in brackets;
	// nil if that cannot be decided.
	begins func(word string) bool
	// ofLanguage is set if translations do not inherit the property.
	ofLanguage bool
}

// sets returns a rule whose value is stored in a field of the properties.
func sets[T any](p Property, k kind[T], field func(*Properties) **T) rule {
	p.Form = k.Form
	return rule{
		Property: p,
		read:     into(k, func(p *Properties, v T) { *field(p) = &v }).read,
		isSet:    func(p *Properties) bool { return *field(p) != nil },
		take:     func(to, from *Properties) { *field(to) = *field(from) },
	}
}

// makes returns a rule whose value becomes a node.
func makes[T any](p Property, k kind[T], node func(at At, v T) Node) rule {
	p.Form = k.Form
	return rule{Property: p, node: func(p *parser, d direction) (Node, bool) {
		t, ok := read(p, d.name, d.value, k)
		if !ok {
			return nil, false
		}
		return node(At{Range: d.whole}, *t), true
	}}
}

// beginning returns the rule with a function that recognizes the beginning of its values.
func (r rule) beginning(begins func(word string) bool) rule {
	r.begins = begins
	return r
}

// inOneLanguage returns the rule, marked as not inherited by translations.
func (r rule) inOneLanguage() rule {
	r.ofLanguage = true
	return r
}

// known is the table of the language with its names, each listed once.
type known struct {
	rules      []rule
	byName     map[string]*rule
	header     []string
	directions []string
	all        []string
	inHeader   map[string]bool
	asDirected map[string]bool
}

// vocabulary returns the table, which must not be changed.
//
//nolint:gochecknoglobals // a read-only table that is built when it is first used
var vocabulary = sync.OnceValue(newKnown)

func newKnown() known {
	k := known{rules: rules(), byName: map[string]*rule{}, inHeader: map[string]bool{}, asDirected: map[string]bool{}}
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

// has reports whether a name is known anywhere in the language.
func (k known) has(name string) bool { return k.byName[name] != nil }

// isFile reports whether the value of a direction is always a file.
func (k known) isFile(name string) bool {
	r := k.byName[name]
	return r.Kind == FileKind && r.node != nil
}

// begins reports whether the first word after a direction's name is the beginning of a value, and
// not of a remark.
func (k known) begins(name, word string) bool {
	r := k.byName[name]
	return r.begins != nil && r.begins(word)
}

// Fill copies the properties that are not set from others.
func (p *Properties) Fill(from Properties) {
	for _, r := range vocabulary().rules {
		if r.take != nil && !r.isSet(p) {
			r.take(p, &from)
		}
	}
	p.Places = mergePlaces(from.Places, p.Places)
}

// Override copies the properties that are set in others.
func (p *Properties) Override(by Properties) {
	for _, r := range vocabulary().rules {
		if r.take != nil && r.isSet(&by) {
			r.take(p, &by)
		}
	}
	p.Places = mergePlaces(p.Places, by.Places)
}

// LeaveLanguage removes the properties that translations do not inherit.
func (p *Properties) LeaveLanguage() {
	for _, r := range vocabulary().rules {
		if r.ofLanguage {
			r.take(p, &Properties{})
		}
	}
}

// mergePlaces returns the places of both; over takes precedence.
func mergePlaces(places, over map[string]diag.Range) map[string]diag.Range {
	out := map[string]diag.Range{}
	maps.Copy(out, places)
	maps.Copy(out, over)
	return out
}

// HoldsForScene reports whether the direction applies to its whole scene, wherever it is in the
// scene.
func (s *Set) HoldsForScene() bool {
	r := vocabulary().byName[s.Name]
	return r != nil && r.Reach == WholeScene
}

// set reads the property name into ps. It reports whether the value is valid; errors were
// reported.
func (p *parser) set(ps *Properties, name string, v value) bool {
	return p.known.byName[name].read(p, ps, name, v)
}

// node returns the node of a direction.
func (p *parser) node(d direction) (Node, bool) {
	r := p.known.byName[d.name]
	if r.node != nil {
		return r.node(p, d)
	}
	set := &Set{At: At{Range: d.whole}, Name: d.name}
	if !p.set(&set.Properties, d.name, d.value) {
		return nil, false
	}
	set.Places = map[string]diag.Range{d.name: d.at}
	return set, true
}

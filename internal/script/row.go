package script

import (
	"maps"
	"slices"
	"sync"

	"mynah/internal/diag"
)

// The names of the language are rows of tables: one for the header and the stage directions, one
// for each map of keys. A row says where its name may stand, what its value may be, where the value
// goes, and what authors are told. The parser, its suggestions for misspelt names, the checks of
// values, the cascade of defaults, header and scene, translations and the tables of docs/language.md
// read the rows; AllProperties gives them to other programs.

// Kind is what a value is: what an editor offers for it.
type Kind string

// The kinds. Words of a Form are allowed besides, whatever the kind.
const (
	TextKind     Kind = "text"
	ChoiceKind   Kind = "choice" // one of the words
	NumberKind   Kind = "number"
	TimeKind     Kind = "time" // seconds, or clock time
	ColorKind    Kind = "color"
	SizeKind     Kind = "size" // of a frame, WIDTHxHEIGHT
	RateKind     Kind = "rate" // of frames
	LanguageKind Kind = "language"
	VoiceKind    Kind = "voice"
	FileKind     Kind = "file"
	SegmentKind  Kind = "segment" // a stretch of a clip
	LinesKind    Kind = "lines"   // ranges of lines of code
	MapKind      Kind = "map"     // of the keys, nothing else
)

// Form is what a value may be.
type Form struct {
	Kind Kind `json:"kind"`
	// Words are what the value may be, or part of it.
	Words []string `json:"words,omitempty"`
	// From and To bound a number; both are 0 where nothing does. Unit may follow it.
	From float64 `json:"from,omitempty"`
	To   float64 `json:"to,omitempty"`
	Unit string  `json:"unit,omitempty"`
	// Allowed is all of that as a sentence, which findings quote.
	Allowed string `json:"allowed"`
	// Keys are those of the map that the value may be, if it may be one.
	Keys []Property `json:"keys,omitempty"`
}

// Reach is how far a stage direction counts.
type Reach string

// The reaches.
const (
	FromHere   Reach = "from here" // to the end of the scene
	WholeScene Reach = "scene"     // wherever in it the direction stands; the last one counts
	ThisPlace  Reach = "place"
)

// Property is a name of the language: a property of the header, a stage direction, both, or a key of
// their maps.
type Property struct {
	Name string `json:"name"`
	// Header and Direction say where the name may stand; for a key both are false.
	Header    bool  `json:"header,omitempty"`
	Direction bool  `json:"direction,omitempty"`
	Reach     Reach `json:"reach,omitempty"`
	Form
	// Default says what holds where the name is not set, Help what the name is for: Markdown of
	// docs/language.md, whose sections links name by #.
	Default string `json:"default,omitempty"`
	Help    string `json:"help,omitempty"`
	// See is the section of docs/language.md that describes the values, if one does.
	See string `json:"see,omitempty"`
	// Own marks what other programs that read such scripts do not know.
	Own bool `json:"own,omitempty"`
}

// AllProperties lists all names that may stand in the header or as a direction, those for both first.
func AllProperties() []Property {
	var out []Property
	for _, r := range vocabulary().rules {
		out = append(out, r.Property)
	}
	return out
}

// reader is how a value is read into an M.
type reader[M any] struct {
	form Form
	read func(p *parser, to *M, name string, v value) bool
}

// into reads a value of a kind and puts it where it belongs; one that does not fit is reported.
func into[M, T any](k kind[T], put func(*M, T)) reader[M] {
	return reader[M]{form: k.Form, read: func(p *parser, to *M, name string, v value) bool {
		t, ok := read(p, name, v, k)
		if ok {
			put(to, *t)
		}
		return ok
	}}
}

// key is a row of a map that is read into an M.
type key[M any] struct {
	name string
	reader[M]
	byDefault, help string
	// called is the name in findings, where it is not "name of map".
	called string
}

// readMap reads a map of keys. It says whether all of its values fit.
func readMap[M any](p *parser, of string, v value, keys []key[M], to *M) bool {
	ok := true
	for _, e := range v.entries {
		i := slices.IndexFunc(keys, func(k key[M]) bool { return k.name == e.name })
		if i < 0 {
			ok = p.unknown("the name in "+of, e.name, e.at, keyNames(keys)) && ok
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

// keyNames lists the names of keys.
func keyNames[M any](keys []key[M]) []string {
	var out []string
	for _, k := range keys {
		out = append(out, k.name)
	}
	return out
}

// described gives keys as others see them.
func described[M any](keys []key[M]) []Property {
	var out []Property
	for _, k := range keys {
		out = append(out, Property{Name: k.name, Form: k.form, Default: k.byDefault, Help: k.help})
	}
	return out
}

// rule is a row of the language's table.
type rule struct {
	Property
	// read reads the value into the row's field of properties, isSet says whether that has a value, and
	// take copies it. They are nil where node is not.
	read  func(p *parser, to *Properties, name string, v value) bool
	isSet func(p *Properties) bool
	take  func(to, from *Properties)
	// node makes the node of a direction that sets no property; one that means nothing, such as a
	// pause of no length, is nil.
	node func(p *parser, d direction) (Node, bool)
	// begins says whether a word is the beginning of a value, and not of a remark in brackets; nil
	// where that cannot be told.
	begins func(word string) bool
	// ofLanguage marks what a translation does not take over.
	ofLanguage bool
}

// sets makes a rule whose value goes into a field of the properties.
func sets[T any](p Property, k kind[T], field func(*Properties) **T) rule {
	p.Form = k.Form
	return rule{
		Property: p,
		read:     into(k, func(p *Properties, v T) { *field(p) = &v }).read,
		isSet:    func(p *Properties) bool { return *field(p) != nil },
		take:     func(to, from *Properties) { *field(to) = *field(from) },
	}
}

// makes makes a rule whose value becomes a node.
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

// beginning adds to a rule how its values begin.
func (r rule) beginning(begins func(word string) bool) rule {
	r.begins = begins
	return r
}

// inOneLanguage marks a rule whose value a translation does not take over.
func (r rule) inOneLanguage() rule {
	r.ofLanguage = true
	return r
}

// known is the table of the language with its names, each once.
type known struct {
	rules      []rule
	byName     map[string]*rule
	header     []string
	directions []string
	all        []string
	inHeader   map[string]bool
	asDirected map[string]bool
}

// vocabulary gives the table, which nobody changes.
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

// has tells whether a name means something somewhere.
func (k known) has(name string) bool { return k.byName[name] != nil }

// isFile says whether the value of a direction is always a file.
func (k known) isFile(name string) bool {
	r := k.byName[name]
	return r.Kind == FileKind && r.node != nil
}

// begins says whether the first word behind a direction's name is the beginning of a value, and not
// of a remark.
func (k known) begins(name, word string) bool {
	r := k.byName[name]
	return r.begins != nil && r.begins(word)
}

// Fill takes the properties that are not set from others.
func (p *Properties) Fill(from Properties) {
	for _, r := range vocabulary().rules {
		if r.take != nil && !r.isSet(p) {
			r.take(p, &from)
		}
	}
	p.Places = merged(from.Places, p.Places)
}

// Override takes the properties that are set in others.
func (p *Properties) Override(by Properties) {
	for _, r := range vocabulary().rules {
		if r.take != nil && r.isSet(&by) {
			r.take(p, &by)
		}
	}
	p.Places = merged(p.Places, by.Places)
}

// LeaveLanguage takes out what belongs to one language, and not to a translation too.
func (p *Properties) LeaveLanguage() {
	for _, r := range vocabulary().rules {
		if r.ofLanguage {
			r.take(p, &Properties{})
		}
	}
}

// merged gives the places of both; those of over count more.
func merged(places, over map[string]diag.Range) map[string]diag.Range {
	out := map[string]diag.Range{}
	maps.Copy(out, places)
	maps.Copy(out, over)
	return out
}

// HoldsForScene says whether the direction counts for its whole scene, wherever in it it stands.
func (s *Set) HoldsForScene() bool {
	r := vocabulary().byName[s.Name]
	return r != nil && r.Reach == WholeScene
}

// set reads the property name into ps. It says whether the value fits; if not, that was reported.
func (p *parser) set(ps *Properties, name string, v value) bool {
	return p.known.byName[name].read(p, ps, name, v)
}

// node makes the node of a direction.
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

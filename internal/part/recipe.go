package part

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"mynah/internal/cache"
)

// Kind is a kind of part, in a word for authors.
type Kind string

// The kinds of parts that explanations mention.
const (
	Sentence Kind = "sentence"
	Slide    Kind = "slide"
	Subtitle Kind = "subtitle"
	Callout  Kind = "callout"
	Picture  Kind = "picture"
	Move     Kind = "move"
	Clip     Kind = "clip"
	Crossing Kind = "crossing"
	Sound    Kind = "sound"
	Poster   Kind = "poster"
)

// Recipe is everything that determines the bytes of a part: a struct of exported fields that can be encoded as
// JSON and decoded. A field's tag `part:"the slide"` names the ingredient to which the field belongs, in words
// for authors. A struct field without a tag has tags on its own fields. Recipes contain neither times nor
// paths.
type Recipe interface {
	// Kind returns the kind of part. All recipes of a kind have the same type.
	Kind() Kind
	// Version returns a number that changes whenever equal recipes would result in different bytes.
	Version() int
}

// ComputeKey returns the cache key of the part with a recipe.
func ComputeKey(r Recipe) cache.Key {
	return cache.NewHasher("part").AddString(string(r.Kind())).AddInts(int64(r.Version())).AddBytes(encodeJSON(r)).Key()
}

// encodeJSON returns a recipe as JSON. It cannot fail for recipes; each has a test of this.
func encodeJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("a recipe cannot be written: %s", err))
	}
	return b
}

// ingredient is the name of an ingredient and a digest of its values in a recipe.
type ingredient struct {
	name   string
	digest string
}

// listIngredients returns the ingredients of a recipe, in the order of its fields.
func listIngredients(r Recipe) []ingredient {
	c := &collector{content: map[string][]string{}}
	c.collect(reflect.ValueOf(r))
	var out []ingredient
	for _, name := range c.names {
		h := cache.NewHasher("ingredient")
		for _, value := range c.content[name] {
			h.AddString(value)
		}
		out = append(out, ingredient{name, h.Key().String()[:16]})
	}
	return out
}

// collector collects the values of a recipe by ingredient. Equal values count once: another picture of the same
// kind in a chain is not a change of what the pictures share.
type collector struct {
	names   []string
	content map[string][]string
}

// collect adds the values of v.
func (c *collector) collect(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			c.collect(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			c.collect(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			name, ok := v.Type().Field(i).Tag.Lookup("part")
			if !ok {
				c.collect(v.Field(i))
				continue
			}
			if !slices.Contains(c.names, name) {
				c.names = append(c.names, name)
			}
			value := v.Type().Field(i).Name + " " + string(encodeJSON(v.Field(i).Interface()))
			if !slices.Contains(c.content[name], value) {
				c.content[name] = append(c.content[name], value)
			}
		}
	default: // fields without a tag influence the key, but no explanation
	}
}

package part

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"mynah/internal/cache"
)

// Kind is a kind of part, in a word that authors know.
type Kind string

// The kinds of parts of which authors hear.
const (
	Sentence Kind = "sentence"
	Slide    Kind = "slide"
	Subtitle Kind = "subtitle"
	Picture  Kind = "picture"
	Move     Kind = "move"
	Clip     Kind = "clip"
	Crossing Kind = "crossing"
	Sound    Kind = "sound"
	Poster   Kind = "poster"
)

// Recipe is all that decides the bytes of a part: a struct of exported fields, which can be written
// as JSON and read back. A field's tag `part:"the slide"` names the ingredient that it belongs to,
// in words that authors know; the fields of a struct without a tag have tags of their own. Recipes
// never hold a time or a path.
type Recipe interface {
	// Kind is what authors call the part. Recipes of one kind have different fields.
	Kind() Kind
	// Version changes whenever the same recipe would give other bytes.
	Version() int
}

// KeyOf addresses a part by its recipe.
func KeyOf(r Recipe) cache.Key {
	return cache.NewHasher("part").String(string(r.Kind())).Int(int64(r.Version())).Bytes(encode(r)).Key()
}

// encode writes a recipe as JSON. Recipes hold nothing that JSON cannot hold: a test of each says so.
func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("a recipe cannot be written: %s", err))
	}
	return b
}

// ingredient is what a recipe has under one name.
type ingredient struct {
	name   string
	digest string
}

// ingredients lists those of a recipe, in the order of its fields.
func ingredients(r Recipe) []ingredient {
	c := &collector{content: map[string][]string{}}
	c.collect(reflect.ValueOf(r))
	var out []ingredient
	for _, name := range c.names {
		h := cache.NewHasher("ingredient")
		for _, value := range c.content[name] {
			h.String(value)
		}
		out = append(out, ingredient{name, h.Key().String()[:16]})
	}
	return out
}

// collector gathers the values of a recipe by ingredients. A value that repeats counts once: a
// picture more in a row of like ones is not a change of what they share.
type collector struct {
	names   []string
	content map[string][]string
}

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
			value := v.Type().Field(i).Name + " " + string(encode(v.Field(i).Interface()))
			if !slices.Contains(c.content[name], value) {
				c.content[name] = append(c.content[name], value)
			}
		}
	default: // a value without a name decides the key alone
	}
}

// Package parttest tests recipes: a change of any field must change the key.
package parttest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"

	"mynah/internal/cache"
	"mynah/internal/part"
)

// CheckRecipe changes the fields of a recipe one after the other and expects a different key each time. It also
// encodes the recipe as JSON, decodes it, and expects the same key. Slices and pointers of the recipe must not
// be empty, so that their content is changed, too.
func CheckRecipe[R part.Recipe](t *testing.T, recipe R) {
	t.Helper()
	seen := map[cache.Key]string{part.ComputeKey(recipe): "nothing"}
	b, err := json.Marshal(recipe)
	if err != nil {
		t.Fatal(err)
	}
	var back R
	if err := json.Unmarshal(b, &back); err != nil || part.ComputeKey(back) != part.ComputeKey(recipe) {
		t.Errorf("%T changes when it is encoded and decoded (%v)", recipe, err)
	}
	for _, place := range listPlaces(t, reflect.ValueOf(recipe), "") {
		var changed R // a deep copy
		if err := json.Unmarshal(b, &changed); err != nil {
			t.Fatal(err)
		}
		changeValue(t, place.find(reflect.ValueOf(&changed).Elem()), place.name)
		key := part.ComputeKey(changed)
		if other, ok := seen[key]; ok {
			t.Errorf("%T: changing %s gives the same key as changing %s", recipe, place.name, other)
		}
		seen[key] = place.name
	}
}

// place is a value within a recipe.
type place struct {
	name string
	find func(reflect.Value) reflect.Value
}

// listPlaces returns the values of a recipe that can be changed.
func listPlaces(t *testing.T, v reflect.Value, name string) []place {
	t.Helper()
	inside := func(v reflect.Value, name string, step func(reflect.Value) reflect.Value) []place {
		var out []place
		for _, p := range listPlaces(t, v, name) {
			out = append(out, place{p.name, func(v reflect.Value) reflect.Value { return p.find(step(v)) }})
		}
		return out
	}
	if isText(v.Type()) {
		return []place{{name, func(v reflect.Value) reflect.Value { return v }}}
	}
	switch v.Kind() {
	case reflect.Struct:
		var out []place
		for i := range v.NumField() {
			field := func(v reflect.Value) reflect.Value { return v.Field(i) }
			out = append(out, inside(v.Field(i), name+"."+v.Type().Field(i).Name, field)...)
		}
		return out
	case reflect.Slice:
		if v.Len() == 0 {
			t.Errorf("%s is empty: fill it, so that the test can change its content", name)
		}
		var out []place
		for i := range v.Len() {
			element := func(v reflect.Value) reflect.Value { return v.Index(i) }
			out = append(out, inside(v.Index(i), fmt.Sprintf("%s[%d]", name, i), element)...)
		}
		return append(out, place{name, func(v reflect.Value) reflect.Value { return v }})
	case reflect.Pointer:
		if v.IsNil() {
			t.Errorf("%s is nil: set it, so that the test can change its content", name)
			return nil
		}
		itself := place{name + " itself", func(v reflect.Value) reflect.Value { return v }}
		return append(inside(v.Elem(), name, reflect.Value.Elem), itself)
	default:
		return []place{{name, func(v reflect.Value) reflect.Value { return v }}}
	}
}

// isText reports whether a type's own method encodes its values as a single JSON value.
func isText(t reflect.Type) bool {
	return t == reflect.TypeFor[cache.Key]() || t.Implements(reflect.TypeFor[json.Marshaler]())
}

// changeValue replaces a value by a different one.
func changeValue(t *testing.T, v reflect.Value, name string) {
	t.Helper()
	if k, ok := reflect.TypeAssert[*cache.Key](v.Addr()); ok {
		k[0] ^= 1
		return
	}
	if u, ok := reflect.TypeAssert[json.Unmarshaler](v.Addr()); ok {
		if err := u.UnmarshalJSON([]byte("0.875")); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(v.Int() + 1)
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uint:
		v.SetUint(v.Uint() ^ 1)
	case reflect.Float32, reflect.Float64:
		v.SetFloat(v.Float() + 0.0625)
	case reflect.String:
		v.SetString(v.String() + "x")
	case reflect.Slice:
		v.Set(v.Slice(0, v.Len()-1))
	case reflect.Pointer:
		v.SetZero()
	default:
		t.Fatalf("%s is a %s: recipes cannot contain this kind of value", name, v.Kind())
	}
}

// NewFilled returns a recipe in which no field has its zero value. Slices have two elements.
func NewFilled[R part.Recipe](t *testing.T) R {
	t.Helper()
	var r R
	fillValue(t, reflect.ValueOf(&r).Elem(), 1)
	return r
}

func fillValue(t *testing.T, v reflect.Value, n int64) {
	t.Helper()
	if k, ok := reflect.TypeAssert[*cache.Key](v.Addr()); ok {
		k[1] = byte(n)
		return
	}
	if u, ok := reflect.TypeAssert[json.Unmarshaler](v.Addr()); ok {
		if err := u.UnmarshalJSON([]byte("1.5")); err != nil {
			t.Fatal(err)
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fillValue(t, v.Field(i), n+int64(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fillValue(t, v.Index(0), n)
		fillValue(t, v.Index(1), n+100)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillValue(t, v.Elem(), n)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.String:
		v.SetString(fmt.Sprint("text ", n))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(n)
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uint:
		v.SetUint(uint64(n) & 0x7f)
	case reflect.Float32, reflect.Float64:
		v.SetFloat(float64(n))
	default:
		t.Fatalf("recipes cannot contain a %s", v.Kind())
	}
}

package utter

import (
	"encoding/json"
	"fmt"
	"math"
)

// Factor multiplies what is usual, such as the speed of a voice. The zero value is that nothing
// was asked for, and multiplies by 1; Times(0) multiplies by 0.
type Factor struct {
	by    float64
	given bool
}

// Times is the factor of a number. What is not a number asks for nothing.
func Times(by float64) Factor {
	if math.IsNaN(by) {
		return Factor{}
	}
	return Factor{by, true}
}

// Value is the number that the factor multiplies by.
func (f Factor) Value() float64 {
	if !f.given {
		return 1
	}
	return f.by
}

// Times is the factor that multiplies by another number as well.
func (f Factor) Times(by float64) Factor { return Times(f.Value() * by) }

// Within is the factor's number, brought into a range.
func (f Factor) Within(low, high float64) float64 { return min(max(f.Value(), low), high) }

// IsZero reports whether nothing was asked for; encoding/json asks it.
func (f Factor) IsZero() bool { return !f.given }

// Keyed is the number that stands for the factor in keys of caches: 0 where nothing was asked
// for, and the negative zero for a factor of 0.
func (f Factor) Keyed() float64 {
	if f.given && f.by == 0 {
		return math.Copysign(0, -1)
	}
	return f.by
}

// String writes the factor as it stands in keys.
func (f Factor) String() string { return fmt.Sprint(f.Keyed()) }

// MarshalJSON writes the number, or null where nothing was asked for.
func (f Factor) MarshalJSON() ([]byte, error) {
	if !f.given {
		return []byte("null"), nil
	}
	return json.Marshal(f.by)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (f *Factor) UnmarshalJSON(b []byte) error {
	var by *float64
	if err := json.Unmarshal(b, &by); err != nil {
		return err
	}
	*f = Factor{}
	if by != nil {
		*f = Times(*by)
	}
	return nil
}

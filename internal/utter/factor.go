package utter

import (
	"encoding/json"
	"fmt"
	"math"
)

// Factor is an optional factor for a property such as the speed of a voice. The zero value means "not set" and
// multiplies by 1. NewFactor(0) multiplies by 0.
type Factor struct {
	by    float64
	given bool
}

// NewFactor returns the factor with a value. NaN means "not set".
func NewFactor(by float64) Factor {
	if math.IsNaN(by) {
		return Factor{}
	}
	return Factor{by, true}
}

// ValueOrOne returns the factor's value, 1 if it is not set.
func (f Factor) ValueOrOne() float64 {
	if !f.given {
		return 1
	}
	return f.by
}

// MultiplyBy returns the factor multiplied by a number.
func (f Factor) MultiplyBy(by float64) Factor { return NewFactor(f.ValueOrOne() * by) }

// ClampTo returns the factor's value limited to a range.
func (f Factor) ClampTo(low, high float64) float64 { return min(max(f.ValueOrOne(), low), high) }

// IsZero reports whether the factor is not set. encoding/json uses it for omitzero.
func (f Factor) IsZero() bool { return !f.given }

// ToKeyNumber returns the number for cache keys: 0 if the factor is not set, and negative zero for a factor of 0.
func (f Factor) ToKeyNumber() float64 {
	if f.given && f.by == 0 {
		return math.Copysign(0, -1)
	}
	return f.by
}

// String returns the factor as text for cache keys.
func (f Factor) String() string { return fmt.Sprint(f.ToKeyNumber()) }

// MarshalJSON encodes the value, or null if the factor is not set.
func (f Factor) MarshalJSON() ([]byte, error) {
	if !f.given {
		return []byte("null"), nil
	}
	return json.Marshal(f.by)
}

// UnmarshalJSON implements json.Unmarshaler.
func (f *Factor) UnmarshalJSON(b []byte) error {
	var by *float64
	if err := json.Unmarshal(b, &by); err != nil {
		return err
	}
	*f = Factor{}
	if by != nil {
		*f = NewFactor(*by)
	}
	return nil
}

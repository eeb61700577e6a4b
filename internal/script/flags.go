package script

import (
	"fmt"

	"mynah/internal/frame"
)

// ParseSize parses a frame size in the syntax of the header's property size.
func ParseSize(s string) (frame.Size, error) {
	v, ok := newSizeParser().read(s)
	if !ok {
		return frame.Size{}, fmt.Errorf("%q is not a size; allowed: %s", s, newSizeParser().Allowed)
	}
	return v, nil
}

// ParseRate parses a frame rate in the syntax of the header's property fps.
func ParseRate(s string) (frame.Rate, error) {
	v, ok := newRateParser().read(s)
	if !ok {
		return frame.Rate{}, fmt.Errorf("%q is not a frame rate; allowed: %s", s, newRateParser().Allowed)
	}
	return v, nil
}

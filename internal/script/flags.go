package script

import "fmt"

// ParseSize reads a size as the header takes it.
func ParseSize(s string) (Size, error) {
	v, ok := frameSize().read(s)
	if !ok {
		return Size{}, fmt.Errorf("%q is not a size; allowed: %s", s, frameSize().allowed)
	}
	return v, nil
}

// ParseRate reads a frame rate as the header takes it.
func ParseRate(s string) (Rate, error) {
	v, ok := frameRate().read(s)
	if !ok {
		return Rate{}, fmt.Errorf("%q is not a frame rate; allowed: %s", s, frameRate().allowed)
	}
	return v, nil
}

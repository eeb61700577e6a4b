// Package frame defines the values that describe pictures: sizes, frame rates, colours, and how a picture is
// placed and moves in a frame. The compiler reads them from scripts, and the tools draw with them.
package frame

import (
	"fmt"
	"strconv"
	"strings"
)

// Limits for scripts: sides in pixels, rate in frames per second.
const (
	MinSide = 16
	MaxSide = 7680
	MaxRate = 120
)

// Size is a video frame in pixels.
type Size struct{ Width, Height int }

// String returns the size as scripts write it, such as 1080x1920.
func (s Size) String() string { return fmt.Sprintf("%dx%d", s.Width, s.Height) }

// ParseSize parses 720p, 1080p, 4k or WIDTHxHEIGHT with even numbers from MinSide to MaxSide.
func ParseSize(s string) (Size, bool) {
	s = strings.ToLower(s)
	switch s {
	case "720p":
		return Size{1280, 720}, true
	case "1080p":
		return Size{1920, 1080}, true
	case "4k":
		return Size{3840, 2160}, true
	}
	w, h, _ := strings.Cut(strings.Replace(s, "×", "x", 1), "x")
	size := Size{parseSide(w), parseSide(h)}
	return size, size.Width > 0 && size.Height > 0
}

// parseSide parses a side of the frame. It returns 0 if s is not valid.
func parseSide(s string) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n < MinSide || n > MaxSide || n%2 != 0 {
		return 0
	}
	return n
}

// Rate is a frame rate in frames per second, as a reduced fraction.
type Rate struct{ Num, Den int64 }

// ParseRate parses a rate from 1 to MaxRate: an integer, a decimal number with at most six places, or a
// fraction such as 30000/1001.
func ParseRate(s string) (Rate, bool) {
	r, ok := parseDecimalNTSCRate(s)
	if !ok {
		r, ok = parseFraction(s)
	}
	return r, ok && r.Num >= r.Den && r.Num <= MaxRate*r.Den
}

// parseDecimalNTSCRate parses the usual decimal forms of NTSC rates, which are fractions of 1001.
func parseDecimalNTSCRate(s string) (Rate, bool) {
	switch strings.TrimRight(s, "0") {
	case "23.976", "23.98":
		return Rate{24000, 1001}, true
	case "29.97":
		return Rate{30000, 1001}, true
	case "47.952", "47.95":
		return Rate{48000, 1001}, true
	case "59.94":
		return Rate{60000, 1001}, true
	case "119.88":
		return Rate{120000, 1001}, true
	}
	return Rate{}, false
}

// parseFraction parses a/b or a decimal number with at most six places as a reduced fraction.
func parseFraction(s string) (Rate, bool) {
	a, b, cut := strings.Cut(s, "/")
	var r Rate
	if cut {
		num, err1 := strconv.ParseUint(strings.TrimSpace(a), 10, 31)
		den, err2 := strconv.ParseUint(strings.TrimSpace(b), 10, 31)
		if err1 != nil || err2 != nil || den == 0 {
			return r, false
		}
		r = Rate{int64(num), int64(den)}
	} else {
		whole, places, _ := strings.Cut(s, ".")
		num, err := strconv.ParseUint(whole+places, 10, 31)
		if err != nil || len(places) > 6 || whole == "" {
			return r, false
		}
		r = Rate{int64(num), 1}
		for range places {
			r.Den *= 10
		}
	}
	x, y := r.Num, r.Den
	for y != 0 {
		x, y = y, x%y
	}
	if x == 0 {
		return r, false
	}
	return Rate{r.Num / x, r.Den / x}, true
}

// MarshalText returns a rate as a fraction, such as 30000/1001. The zero rate is empty.
func (r Rate) MarshalText() ([]byte, error) {
	if r.Den == 0 {
		return nil, nil
	}
	return fmt.Appendf(nil, "%d/%d", r.Num, r.Den), nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (r *Rate) UnmarshalText(b []byte) error {
	*r = Rate{}
	if len(b) == 0 {
		return nil
	}
	num, den, _ := strings.Cut(string(b), "/")
	n, err := strconv.ParseInt(num, 10, 64)
	d, err2 := strconv.ParseInt(den, 10, 64)
	if err != nil || err2 != nil || n < 0 || d <= 0 {
		return fmt.Errorf("%q is not a frame rate such as 30000/1001", b)
	}
	r.Num, r.Den = n, d
	return nil
}

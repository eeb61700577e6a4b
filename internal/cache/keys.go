package cache

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"math"
)

// Key is the address of an entry: a hash of everything that determines its content.
type Key [sha256.Size]byte

// String returns the key in hexadecimal.
func (k Key) String() string { return hex.EncodeToString(k[:]) }

// MarshalText implements encoding.TextMarshaler. It returns the key in hexadecimal.
func (k Key) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, k[:]), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (k *Key) UnmarshalText(b []byte) error {
	if len(b) != hex.EncodedLen(len(k)) {
		return errKey
	}
	_, err := hex.Decode(k[:], b)
	return err
}

var errKey = errors.New("a cache key must have 64 hexadecimal digits")

// Hasher computes a Key from parts. Each part is hashed with its length, so that different lists of parts never
// result in the same bytes.
type Hasher struct{ h hash.Hash }

// NewHasher returns a hasher. domain names what is hashed and the version of its format.
func NewHasher(domain string) *Hasher {
	h := &Hasher{h: sha256.New()}
	return h.AddString(domain)
}

// AddString adds text.
func (h *Hasher) AddString(s string) *Hasher {
	h.AddInts(int64(len(s)))
	_, _ = io.WriteString(h.h, s)
	return h
}

// AddBytes adds bytes.
func (h *Hasher) AddBytes(b []byte) *Hasher {
	h.AddInts(int64(len(b)))
	_, _ = h.h.Write(b)
	return h
}

// AddInts adds integers.
func (h *Hasher) AddInts(v ...int64) *Hasher {
	var b [8]byte
	for _, n := range v {
		binary.BigEndian.PutUint64(b[:], uint64(n))
		_, _ = h.h.Write(b[:])
	}
	return h
}

// AddFloats adds floating-point numbers by their exact bits.
func (h *Hasher) AddFloats(v ...float64) *Hasher {
	for _, f := range v {
		h.AddInts(int64(math.Float64bits(f)))
	}
	return h
}

// AddBools adds booleans.
func (h *Hasher) AddBools(v ...bool) *Hasher {
	for _, b := range v {
		n := int64(0)
		if b {
			n = 1
		}
		h.AddInts(n)
	}
	return h
}

// Key returns the key of all parts added so far.
func (h *Hasher) Key() Key { return Key(h.h.Sum(nil)) }

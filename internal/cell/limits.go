package cell

import "time"

// Limits bound what one side accepts from the other.
type Limits struct {
	Call, Answer, Event FrameLimits
	// Calls is the number of calls in progress. The other side waits instead of making more.
	Calls int
	// Held is the number of bytes of the frames whose handlers or waiters are at work.
	Held int64
	// Rate and Burst are frames a second, and frames at once. A side that sends more is read more slowly.
	Rate, Burst int
	// Events is the number of events that one call may send.
	Events int
	// Write is how long the other side may take to read a frame.
	Write time.Duration
}

// FrameLimits bound a frame of one kind.
type FrameLimits struct {
	Head  int // bytes of the JSON
	Data  int // bytes of the data
	Files int // descriptors
}

// longestWrite is how long the other side may take to read a frame, before the connection ends.
const longestWrite = 30 * time.Second

// HostLimits returns the limits of what a host accepts from its cells, which may be hostile. Honest work does not reach
// them.
func HostLimits() Limits {
	return Limits{
		Call:   FrameLimits{Head: 256 << 10},
		Answer: FrameLimits{Head: 2 << 20, Data: 64 << 20},
		Event:  FrameLimits{Head: 2 << 20, Data: 1 << 20},
		Calls:  256, Held: 192 << 20, Rate: 2000, Burst: 4000, Events: 1_000_000, Write: longestWrite,
	}
}

// CellLimits returns the limits of what a cell accepts from its host: scripts may be long, and archives and browsers
// are files.
//
//nolint:revive // it is the counterpart of HostLimits
func CellLimits() Limits {
	return Limits{
		Call:   FrameLimits{Head: 16 << 20, Data: 1 << 20, Files: 4},
		Answer: FrameLimits{Head: 16 << 20, Data: 64 << 20, Files: 4},
		Event:  FrameLimits{Head: 2 << 20, Data: 1 << 20},
		Calls:  256, Held: 1 << 30, Rate: 2000, Burst: 4000, Events: 1_000_000, Write: longestWrite,
	}
}

// mostCancel bounds the JSON of a cancellation, in bytes.
const mostCancel = 1 << 10

// of returns the limits of frames of a kind.
func (l Limits) of(k kind) FrameLimits {
	switch k {
	case kindCall:
		return l.Call
	case kindAnswer:
		return l.Answer
	case kindEvent:
		return l.Event
	default:
		return FrameLimits{Head: mostCancel}
	}
}

// largest returns the limits of frames of any kind.
func (l Limits) largest() FrameLimits {
	return FrameLimits{
		Head: max(l.Call.Head, l.Answer.Head, l.Event.Head, mostCancel),
		Data: max(l.Call.Data, l.Answer.Data, l.Event.Data),
	}
}

// freeingPart is the part of the calls in progress that is kept for those that free something of the other side: calls
// that wait for it may take up all others.
const freeingPart = 8

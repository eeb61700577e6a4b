package remote

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"mynah/internal/voice"
)

// Listing remembers which voices a server lists. It is safe for many goroutines.
type Listing struct {
	client *Client
	call   Call
	read   func(body []byte) []voice.EngineVoice

	mu    sync.Mutex
	list  []voice.EngineVoice
	asked time.Time
}

// NewListing asks by a call, and reads the answer.
func NewListing(c *Client, call Call, read func([]byte) []voice.EngineVoice) *Listing {
	return &Listing{client: c, call: call, read: read}
}

// Voices gives what the server lists, asked for again after some minutes. A server that
// lists nothing, or is away, may speak all the same: it has no voices then, and no error.
func (l *Listing) Voices(ctx context.Context) []voice.EngineVoice {
	const fresh, patience = 5 * time.Minute, 3 * time.Second
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.asked.IsZero() || time.Since(l.asked) > fresh {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		l.asked = time.Now()
		if a, err := l.client.Do(ctx, l.call); err == nil {
			l.list = slices.DeleteFunc(l.read(a.Body), func(v voice.EngineVoice) bool { return !ValidID(v.ID) })
		}
	}
	out := slices.Clone(l.list)
	for i := range out {
		out[i].Language = cmp.Or(out[i].Language, Language)
	}
	return out
}

// Known gives a voice that was listed before, without asking.
func (l *Listing) Known(id string) (voice.EngineVoice, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, v := range l.list {
		if v.ID == id {
			return v, true
		}
	}
	return voice.EngineVoice{}, false
}

// Pick finds a voice among those of the settings; empty settings hold every name.
func Pick(voices []voice.EngineVoice, id string) (voice.EngineVoice, bool) {
	for _, v := range voices {
		if v.ID == id {
			return v, true
		}
	}
	return voice.EngineVoice{ID: id}, len(voices) == 0 && ValidID(id)
}

// SetStarts gives words the times at which they begin, of which -1 is unknown; a word ends
// where the next begins, the last where the sound does. Where too few are known, all are
// estimated.
func SetStarts(clip *voice.Clip, pieces []voice.Piece, starts []time.Duration) {
	voice.EstimateTimes(clip, pieces)
	known := 0
	for _, s := range starts {
		if s >= 0 {
			known++
		}
	}
	if len(clip.Words) == 0 || 2*known < len(starts) || len(starts) != len(clip.Words) {
		return
	}
	end := clip.Words[len(clip.Words)-1].End
	last := time.Duration(0)
	for i := range clip.Words {
		w := &clip.Words[i]
		if w.Exact = starts[i] >= 0; w.Exact {
			last = min(max(starts[i], last), clip.Length())
		}
		w.Start = last
	}
	end = min(max(end, last), clip.Length())
	for i := len(clip.Words) - 1; i >= 0; i-- {
		clip.Words[i].End = max(end, clip.Words[i].Start)
		end = clip.Words[i].Start
	}
}

package remote

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"mynah/internal/voice"
)

// Listing remembers which voices a server lists. It is safe for many goroutines.
type Listing struct {
	client *Client
	call   Call
	read   func(body []byte) []voice.EngineVoice

	calls singleflight.Group
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
	if l.old() {
		// Asked for all who want the list: it comes also when one of them gives up.
		done := l.calls.DoChan("", func() (any, error) {
			if l.old() {
				l.ask(context.WithoutCancel(ctx))
			}
			return nil, nil //nolint:nilnil // the list is kept
		})
		select {
		case <-done:
		case <-ctx.Done():
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	out := slices.Clone(l.list)
	for i := range out {
		out[i].Language = cmp.Or(out[i].Language, Language)
	}
	return out
}

// old tells that it is time to ask.
func (l *Listing) old() bool {
	const fresh = 5 * time.Minute
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.asked.IsZero() || time.Since(l.asked) > fresh
}

func (l *Listing) ask(ctx context.Context) {
	const patience = 3 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	a, err := l.client.Do(ctx, l.call)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = time.Now()
	if err == nil {
		l.list = slices.DeleteFunc(l.read(a.Body), func(v voice.EngineVoice) bool { return !ValidID(v.ID) })
	}
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
// where the next begins, the last where the sound does. Words whose starts are unknown share
// the time of the word before them. Where too few are known, all are estimated.
func SetStarts(clip *voice.Clip, pieces []voice.Piece, starts []time.Duration) {
	voice.EstimateTimes(clip, pieces)
	words := clip.Words
	known, last := 0, time.Duration(0)
	at := slices.Clone(starts)
	for i, s := range at {
		if s >= 0 {
			known++
			last = min(max(s, last), clip.Length())
			at[i] = last
		}
	}
	if len(words) == 0 || 2*known < len(at) || len(at) != len(words) {
		return
	}
	first, end := words[0].Start, min(max(words[len(words)-1].End, last), clip.Length())
	for w := 0; w < len(words); {
		next, to := w+1, end
		for next < len(words) && at[next] < 0 {
			next++
		}
		if next < len(words) {
			to = at[next]
		}
		from := at[w]
		if from < 0 {
			from = min(first, to)
		}
		voice.ShareTime(words[w:next], from, to)
		words[w].Exact = words[w].Exact && at[w] >= 0
		w = next
	}
}

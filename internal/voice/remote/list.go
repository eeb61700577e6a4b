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

// Listing contains the voices of an engine: those of its settings, else those that its server lists, which it
// caches. Engines embed it for their methods about voices. It is safe for concurrent use.
type Listing struct {
	client   *Client
	own      []voice.EngineVoice
	language string
	call     Call
	read     func(body []byte) []voice.EngineVoice

	calls singleflight.Group
	mu    sync.Mutex
	list  []voice.EngineVoice
	asked time.Time
}

// NewListing returns a listing. If own is empty, it requests the list with call and parses the answer with
// read. language is the language of voices that do not state theirs; empty means unknown.
func NewListing(
	c *Client, own []voice.EngineVoice, language string, call Call, read func([]byte) []voice.EngineVoice,
) *Listing {
	return &Listing{client: c, own: own, language: language, call: call, read: read}
}

// Voices implements voice.Engine. It requests the server's list again after five minutes. If the server cannot
// list its voices, the result is empty without an error, because the server may still be able to speak.
func (l *Listing) Voices(ctx context.Context) ([]voice.EngineVoice, error) {
	out := slices.Clone(l.own)
	if len(out) == 0 {
		out = l.listServerVoices(ctx)
	}
	for i := range out {
		out[i].Language = cmp.Or(out[i].Language, parseLanguagePrefix(out[i].ID), l.language, Language)
	}
	return out, nil
}

// DescribeVoice implements voice.Namer without a request. If the settings list no voices, every valid name is accepted.
func (l *Listing) DescribeVoice(id string) (voice.EngineVoice, bool) {
	named := func(v voice.EngineVoice) bool { return v.ID == id }
	v, ok := voice.EngineVoice{ID: id}, len(l.own) == 0 && IsValidID(id)
	if i := slices.IndexFunc(l.own, named); i >= 0 {
		v, ok = l.own[i], true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if i := slices.IndexFunc(l.list, named); i >= 0 {
		v.Language, v.Gender = cmp.Or(v.Language, l.list[i].Language), cmp.Or(v.Gender, l.list[i].Gender)
	}
	v.Language = cmp.Or(v.Language, parseLanguagePrefix(id), l.language)
	return v, ok
}

// listServerVoices returns the server's list. It requests the list if the cached one is too old.
func (l *Listing) listServerVoices(ctx context.Context) []voice.EngineVoice {
	if l.isOutdated() {
		// One request serves all concurrent callers, and continues if one of them cancels.
		done := l.calls.DoChan("", func() (any, error) {
			if l.isOutdated() {
				l.refreshVoices(context.WithoutCancel(ctx))
			}
			return nil, nil //nolint:nilnil // the result is in l.list
		})
		select {
		case <-done:
		case <-ctx.Done():
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.list)
}

// isOutdated reports whether the cached list must be requested again.
func (l *Listing) isOutdated() bool {
	const fresh = 5 * time.Minute
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.asked.IsZero() || time.Since(l.asked) > fresh
}

// refreshVoices requests the list. It keeps the previous list if the request fails.
func (l *Listing) refreshVoices(ctx context.Context) {
	const patience = 3 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	a, err := l.client.SendCall(ctx, l.call)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = time.Now()
	if err == nil {
		l.list = slices.DeleteFunc(l.read(a.Body), func(v voice.EngineVoice) bool { return !IsValidID(v.ID) })
	}
}

// SetWordStarts sets the start times of words; -1 means unknown. A word ends where the next one begins, the last
// one where the sound ends. A word with an unknown start shares the time of the word before it. If fewer than
// half of the starts are known, all times are estimates.
func SetWordStarts(clip *voice.Clip, phrases []voice.Phrase, starts []time.Duration) {
	voice.EstimateTimes(clip, phrases)
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
		voice.SpreadTimeByEffort(words[w:next], from, to)
		words[w].Exact = words[w].Exact && at[w] >= 0
		w = next
	}
}

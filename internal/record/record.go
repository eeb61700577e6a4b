// Package record is a build's record on a server: what was asked, how far it is, what
// came of it, and which moves between its states are legal. It exists so that the doors,
// the queue and the worker speak of the same thing. It does no work and knows no
// database.
package record

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"mynah/api"
)

// State of a build.
type State string

// The states.
const (
	Queued    State = "queued"
	Running   State = "running"
	Succeeded State = "succeeded"
	Failed    State = "failed"
	Cancelled State = "cancelled"
	Expired   State = "expired" // it ended, and what was stored of it is gone
)

// States lists them.
func States() []State { return []State{Queued, Running, Succeeded, Failed, Cancelled, Expired} }

// Over tells whether nothing more will happen to a build.
func (s State) Over() bool { return s != Queued && s != Running }

// Kind of a build.
type Kind string

// The kinds.
const (
	Video  Kind = "video"
	Speech Kind = "speech"
)

// MostAttempts is how often a build is begun before it is given up: a build that takes
// the whole server down with it would else do so for ever.
const MostAttempts = 3

// Spec is what was asked for.
type Spec struct {
	// Type is api.ZipUpload, api.ZipURL, api.GitHub, or "" for an inline text.
	Type       string `json:"type,omitempty"`
	Repository string `json:"repository,omitempty"`
	// Token is a secret; it is wiped when the build ends.
	Token string `json:"token,omitempty"`
	SHA   string `json:"sha,omitempty"`
	// Source is the script's path in the archive.
	Source string `json:"source,omitempty"`
	// Text is the script itself when there is no archive, or what is to be spoken.
	Text      string            `json:"text,omitempty"`
	Settings  api.Settings      `json:"settings,omitempty"`
	Variables map[string]string `json:"variables,omitempty"`
	Speech    *SpeechSpec       `json:"speech,omitempty"`
}

// SpeechSpec is how a text is to be spoken.
type SpeechSpec struct {
	// Format is mp3, m4a or wav.
	Format string `json:"format"`
	Voice  string `json:"voice,omitempty"`
	// Speed, Pitch and Volume are words or factors as in a script's header.
	Speed string `json:"speed,omitempty"`
	Pitch string `json:"pitch,omitempty"`
	// Language (BCP 47) picks the default voice where none is named.
	Language string `json:"language,omitempty"`
	Volume   string `json:"volume,omitempty"`
	// Scenes asks for a zip with a file per scene.
	Scenes bool `json:"scenes,omitempty"`
	// Captions asks for subtitles.
	Captions bool `json:"captions,omitempty"`
	// Timed is "vtt" or "srt" when the text is such, else "".
	Timed string `json:"timed,omitempty"`
}

// Result is what a build made: the keys of its objects, and its length.
type Result struct {
	Main    string  `json:"main"`
	Poster  string  `json:"poster,omitempty"`
	SRT     string  `json:"srt,omitempty"`
	VTT     string  `json:"vtt,omitempty"`
	Seconds float64 `json:"seconds"`
	// Voices are those that spoke.
	Voices []api.VoiceUse `json:"voices,omitempty"`
}

// Keys lists the objects of a result.
func (r *Result) Keys() []string {
	var out []string
	if r == nil {
		return nil
	}
	for _, k := range []string{r.Main, r.Poster, r.SRT, r.VTT} {
		if k != "" {
			out = append(out, k)
		}
	}
	return out
}

// UploadKey is the object of an upload.
func UploadKey(id string) string { return "uploads/" + id }

// ResultKey is an object of a build's result.
func ResultKey(id, name string) string { return "results/" + id + "/" + name }

// Build is the record.
type Build struct {
	ID     string `json:"id"`
	Tenant string `json:"tenant"`
	// Key is the id of the API key that asked for it.
	Key  string `json:"key"`
	Kind Kind   `json:"kind"`
	// Name is that of the result's file, without its ending; Tags are the caller's own words.
	Name     string           `json:"name,omitempty"`
	Tags     []string         `json:"tags,omitempty"`
	State    State            `json:"state"`
	Phase    string           `json:"phase,omitempty"`
	Percent  int              `json:"percent"`
	Message  string           `json:"message"`
	Spec     Spec             `json:"spec"`
	Result   *Result          `json:"result,omitempty"`
	Warnings []api.Diagnostic `json:"warnings,omitempty"`
	// WarningScenes are the scenes of the warnings, from 0; it may be shorter than they.
	WarningScenes []int            `json:"warningScenes,omitempty"`
	Errors        []api.Diagnostic `json:"errors,omitempty"`
	// Attempts counts how often it was begun; a stop of the server takes its back.
	Attempts int       `json:"attempts"`
	Created  time.Time `json:"created"`
	Started  time.Time `json:"started,omitzero"`
	Ended    time.Time `json:"ended,omitzero"`
	// Polled is when somebody last looked, to the hour.
	Polled time.Time `json:"polled,omitzero"`
}

// Filter says which builds of a tenant are wanted, the newest first.
type Filter struct {
	Before string // id that they come before; "" for none
	Limit  int
	State  State     // "" for any
	Tag    string    // "" for any
	Since  time.Time // when they were asked for, or later
}

// Move changes the state, or tells that it cannot.
func (b *Build) Move(to State, now time.Time) error {
	legal := map[State][]State{
		Queued:    {Running, Failed, Cancelled},
		Running:   {Queued, Succeeded, Failed, Cancelled},
		Succeeded: {Expired},
		Failed:    {Expired},
		Cancelled: {Expired},
	}
	for _, s := range legal[b.State] {
		if s != to {
			continue
		}
		b.State = to
		switch {
		case to == Running:
			b.Started = now
		case to.Over() && to != Expired:
			b.Ended = now
			b.Spec.Token = ""
		}
		return nil
	}
	return fmt.Errorf("%w: from %s to %s", ErrMove, b.State, to)
}

// Expires is when what is stored of a build may go: a time after its end, longer while
// somebody looks. It is zero while the build goes on.
func (b *Build) Expires(keep time.Duration) time.Time {
	if !b.State.Over() {
		return time.Time{}
	}
	last := b.Ended
	if b.Polled.After(last) {
		last = b.Polled
	}
	return last.Add(keep)
}

// Errors of a Store.
var (
	ErrMove     = errors.New("the build cannot move so")
	ErrNotFound = errors.New("the build does not exist")
	ErrFull     = errors.New("the queue is full")
	// ErrDeck is a project whose script is a presentation.
	ErrDeck = errors.New("presentations are not supported by this server")
	// ErrStopped is work that was cut short by a stop of the server: it is done again.
	ErrStopped = errors.New("stopped")
)

// Answer is what was answered to a request with an Idempotency-Key.
type Answer struct {
	Status int               `json:"status"`
	Header map[string]string `json:"header,omitempty"`
	Body   []byte            `json:"body,omitempty"`
}

// Spoken is a text that was spoken and waits to be sent.
type Spoken interface {
	Seconds() float64
	// Stream writes it encoded as mp3, m4a or wav.
	Stream(ctx context.Context, format string, w io.Writer) error
	Close()
}

// Event is something that happened to a build, for those who follow it.
type Event struct {
	Seq  int64     `json:"seq"`
	At   time.Time `json:"at"`
	Type string    `json:"type"` // state, progress, warnings
	Data []byte    `json:"data"` // JSON
}

// Store keeps builds.
type Store interface {
	// Create writes a build and puts it in the queue, both or neither.
	Create(ctx context.Context, b Build) error
	// Build gives one, or ErrNotFound.
	Build(ctx context.Context, id string) (Build, error)
	// Builds gives a tenant's builds, newest first, those before the cursor (an id).
	Builds(ctx context.Context, tenant string, f Filter) ([]Build, error)
	// Update changes a build in a transaction; an error of change is given back and
	// leaves it as it was. Progress never goes back.
	Update(ctx context.Context, id string, change func(*Build) error) (Build, error)
	// Events gives what happened to a build after an event.
	Events(ctx context.Context, id string, after int64) ([]Event, error)
}

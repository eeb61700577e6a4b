// Package record defines a build's record on a server: its request, state, progress and result,
// and the allowed changes of state. The server's other packages exchange builds in this form.
package record

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"mynah/api"
)

// State is the state of a build.
type State string

// The states.
const (
	Queued    State = "queued"
	Running   State = "running"
	Succeeded State = "succeeded"
	Failed    State = "failed"
	Cancelled State = "cancelled"
	Expired   State = "expired" // ended, and its results were removed
)

// ListStates lists all states.
func ListStates() []State { return []State{Queued, Running, Succeeded, Failed, Cancelled, Expired} }

// IsOver reports whether a build has ended.
func (s State) IsOver() bool { return s != Queued && s != Running }

// Kind is the kind of a build.
type Kind string

// The kinds.
const (
	Video  Kind = "video"
	Speech Kind = "speech"
)

// MostAttempts is the maximum number of attempts that are cut off: a build that kills the server must not do so
// forever.
const MostAttempts = 3

// Spec is the request for a build.
type Spec struct {
	// Type is api.ZipUpload, api.ZipURL, api.GitHub, or "" for an inline text.
	Type       string `json:"type,omitempty"`
	Repository string `json:"repository,omitempty"`
	// Token is a secret; it is removed when the build ends.
	Token string `json:"token,omitempty"`
	SHA   string `json:"sha,omitempty"`
	// Source is the script's path in the archive.
	Source string `json:"source,omitempty"`
	// Text is the script if there is no archive, or the text to speak.
	Text      string            `json:"text,omitempty"`
	Settings  api.Settings      `json:"settings,omitempty"`
	Variables map[string]string `json:"variables,omitempty"`
	Speech    *SpeechSpec       `json:"speech,omitempty"`
}

// SpeechSpec is how to speak a text.
type SpeechSpec struct {
	// Format is mp3, m4a or wav.
	Format string `json:"format"`
	Voice  string `json:"voice,omitempty"`
	// Speed, Pitch and Volume are words or factors as in a script's header.
	Speed string `json:"speed,omitempty"`
	Pitch string `json:"pitch,omitempty"`
	// Language (BCP 47) selects the default voice if no voice is given.
	Language string `json:"language,omitempty"`
	Volume   string `json:"volume,omitempty"`
	// Scenes requests a zip with one file per scene.
	Scenes bool `json:"scenes,omitempty"`
	// Captions requests subtitles.
	Captions bool `json:"captions,omitempty"`
	// Timed is "vtt" or "srt" if the text is subtitles, otherwise "".
	Timed string `json:"timed,omitempty"`
}

// Result is the result of a build: the keys of its objects, and its length.
type Result struct {
	Main    string  `json:"main"`
	Poster  string  `json:"poster,omitempty"`
	SRT     string  `json:"srt,omitempty"`
	VTT     string  `json:"vtt,omitempty"`
	Seconds float64 `json:"seconds"`
	// Size is the size of the main video, such as 1280x720; "" for sound. Further are the same video in further sizes.
	Size    string      `json:"size,omitempty"`
	Further []SizedFile `json:"further,omitempty"`
	// Voices are the voices that spoke.
	Voices []api.VoiceUse `json:"voices,omitempty"`
}

// SizedFile is a video in a further size: the size, such as 1080x1920, and the key of its object.
type SizedFile struct {
	Size string `json:"size"`
	Key  string `json:"key"`
}

// ListKeys lists the objects of a result.
func (r *Result) ListKeys() []string {
	var out []string
	if r == nil {
		return nil
	}
	for _, k := range []string{r.Main, r.Poster, r.SRT, r.VTT} {
		if k != "" {
			out = append(out, k)
		}
	}
	for _, f := range r.Further {
		out = append(out, f.Key)
	}
	return out
}

// MakeUploadKey returns the key of an upload's object.
func MakeUploadKey(id string) string { return "uploads/" + id }

// ResultPrefix is the prefix of the keys of all results.
const ResultPrefix = "results/"

// MakeResultKey returns the key of an object of the result of a build's attempt.
func MakeResultKey(id string, attempt int, name string) string {
	return ResultPrefix + id + "/" + strconv.Itoa(attempt) + "/" + name
}

// ParseResultKey returns the build and the attempt of an object. The attempt is 0 in keys of earlier versions,
// which lack it.
func ParseResultKey(key string) (id string, attempt int, ok bool) {
	rest, ok := strings.CutPrefix(key, ResultPrefix)
	parts := strings.Split(rest, "/")
	switch {
	case !ok:
		return "", 0, false
	case len(parts) == len([]string{"build", "name"}):
		return parts[0], 0, true
	case len(parts) == len([]string{"build", "attempt", "name"}):
		attempt, err := strconv.Atoi(parts[1])
		return parts[0], attempt, err == nil && attempt > 0
	}
	return "", 0, false
}

// Build is the record of a build.
type Build struct {
	ID     string `json:"id"`
	Tenant string `json:"tenant"`
	// Key is the id of the API key of the request.
	Key  string `json:"key"`
	Kind Kind   `json:"kind"`
	// Name is the name of the result's file without its extension; Tags are chosen by the caller.
	Name     string           `json:"name,omitempty"`
	Tags     []string         `json:"tags,omitempty"`
	State    State            `json:"state"`
	Phase    string           `json:"-"`
	Percent  int              `json:"-"`
	Message  string           `json:"-"`
	Spec     Spec             `json:"spec"`
	Result   *Result          `json:"result,omitempty"`
	Warnings []api.Diagnostic `json:"warnings,omitempty"`
	// WarningScenes are the scenes of the warnings, from 0; it may be shorter than the list of
	// warnings.
	WarningScenes []int            `json:"warningScenes,omitempty"`
	Errors        []api.Diagnostic `json:"errors,omitempty"`
	Created       time.Time        `json:"created"`
	Started       time.Time        `json:"started,omitzero"`
	Ended         time.Time        `json:"ended,omitzero"`
	// Polled is the time of the last poll, to the hour.
	Polled time.Time `json:"-"`
	// Lease is the right of a server to work on the build.
	Lease Lease `json:"-"`
}

// Lease is the right of a server to work on a build. It ends with the attempt, or if it is not renewed in time.
// Nothing is written for a lease that has passed to another server.
type Lease struct {
	// Owner is the server that works on the build; "" for none. It is kept when the build is cancelled, so that the
	// owner gets to know it.
	Owner string
	Until time.Time
	// Attempt counts the attempts, those included that a stop of the server interrupted.
	Attempt int
	// Lost counts the attempts that were cut off because the build's process was killed or its server died.
	Lost int
	// Cancel tells the owner to stop.
	Cancel bool
}

// Progress is how far an attempt is.
type Progress struct {
	ID      string `json:"id"`
	Attempt int    `json:"attempt"`
	Percent int    `json:"percent"`
	Phase   string `json:"phase"`
	Message string `json:"message"`
}

// Filter selects builds of a tenant, newest first.
type Filter struct {
	Before string // id that they come before; "" for none
	Limit  int
	State  State     // "" for any
	Tag    string    // "" for any
	Since  time.Time // created at this time or later
}

// MoveToState changes the state, or returns an error if the change is not allowed.
func (b *Build) MoveToState(to State, now time.Time) error {
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
		b.Lease.Cancel = b.State == Running && to == Cancelled
		if !b.Lease.Cancel {
			b.Lease.Owner, b.Lease.Until = "", time.Time{}
		}
		b.State = to
		switch {
		case to == Running:
			b.Started = now
		case to.IsOver() && to != Expired:
			b.Ended = now
			b.Spec.Token = ""
		}
		return nil
	}
	return fmt.Errorf("%w: from %s to %s", ErrMove, b.State, to)
}

// Begin begins an attempt of a queued build.
func (b *Build) Begin(owner string, now, until time.Time) error {
	if err := b.MoveToState(Running, now); err != nil {
		return err
	}
	b.Lease.Owner, b.Lease.Until, b.Message = owner, until, "Starting"
	b.Lease.Attempt++
	return nil
}

// IsHeldBy reports whether an attempt of a server runs.
func (b *Build) IsHeldBy(owner string, attempt int) bool {
	return b.State == Running && b.Lease.Owner == owner && b.Lease.Attempt == attempt
}

// PutBack puts a running build back to the queue.
func (b *Build) PutBack(now time.Time) error {
	b.Phase, b.Message = "", "Waiting"
	return b.MoveToState(Queued, now)
}

// LoseAttempt ends an attempt that was cut off: the build is put back to the queue, or fails after MostAttempts of
// them.
func (b *Build) LoseAttempt(now time.Time) error {
	b.Lease.Lost++
	if b.Lease.Lost < MostAttempts {
		return b.PutBack(now)
	}
	b.Message = fmt.Sprintf("The work on this build was cut off %d times, so the build was given up. "+
		"Each time, its process was killed or the server died, for example because the memory was full. "+
		"Make the project smaller, or ask the operator of this server.", b.Lease.Lost)
	return b.MoveToState(Failed, now)
}

// ComputeExpiry returns when a build's results may be removed: some time after its end or its last
// poll. It is zero for an unfinished build.
func (b *Build) ComputeExpiry(keep time.Duration) time.Time {
	if !b.State.IsOver() {
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
	ErrMove     = errors.New("the build cannot change to this state")
	ErrNotFound = errors.New("the build does not exist")
	ErrFull     = errors.New("the queue is full")
	// ErrDeck is returned for a project whose script is a presentation.
	ErrDeck = errors.New("presentations are not supported by this server")
	// ErrBudget is returned for a text that a tenant's budget of paid characters does not allow.
	ErrBudget = errors.New("the budget of paid characters is used up")
	// ErrStopped is the cause of an attempt's end when the server stops. The build is put back to the queue.
	ErrStopped = errors.New("the server stops")
	// ErrCancelled is the cause of an attempt's end when its build was cancelled, or passed to another server.
	ErrCancelled = errors.New("the build was cancelled")
)

// Answer is the stored answer to a request with an Idempotency-Key.
type Answer struct {
	Status int               `json:"status"`
	Header map[string]string `json:"header,omitempty"`
	Body   []byte            `json:"body,omitempty"`
}

// Spoken is the sound of a spoken text.
type Spoken interface {
	Seconds() float64
	// Stream writes it encoded as mp3, m4a or wav.
	Stream(ctx context.Context, format string, w io.Writer) error
	Close()
}

// Event is a change of a build, for event streams.
type Event struct {
	Seq  int64     `json:"seq"`
	At   time.Time `json:"at"`
	Type string    `json:"type"` // state, progress, warnings
	Data []byte    `json:"data"` // JSON
}

// Store keeps builds.
type Store interface {
	// Create stores a build, which then waits for a server to lease it.
	Create(ctx context.Context, b Build) error
	// Build returns a build, or ErrNotFound.
	Build(ctx context.Context, id string) (Build, error)
	// Builds returns a tenant's builds before the cursor (an id), newest first.
	Builds(ctx context.Context, tenant string, f Filter) ([]Build, error)
	// Update changes a build in a transaction; if change fails, Update returns its error and
	// changes nothing. Progress never decreases.
	Update(ctx context.Context, id string, change func(*Build) error) (Build, error)
	// Events returns the events of a build after an event.
	Events(ctx context.Context, id string, after int64) ([]Event, error)
}

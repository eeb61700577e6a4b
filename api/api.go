// Package api holds the types that travel over the wire, and the document that
// describes them. It exists so that server and client agree by sharing them. It has no
// behaviour.
package api

import (
	_ "embed"
	"time"
)

// Document is the OpenAPI 3.1 description of the server, as YAML.
//
//go:embed openapi.yaml
var Document []byte

// The repository types of a BuildRequest beside the word of an upload's grant.
const (
	// ZipURL is an archive that the server fetches from an https address.
	ZipURL = "zip-url"
	// GitHub is a repository's source archive.
	GitHub = "github"
	// ZipUpload is the word that grants of this server carry.
	ZipUpload = "s3-zip"
)

// UploadGrant answers a request for an upload: PUT the bytes to URL with ContentType.
type UploadGrant struct {
	URL            string `json:"url"`
	ContentType    string `json:"contentType"`
	Repository     string `json:"repository"`
	RepositoryType string `json:"repositoryType"`
}

// BuildRequest asks for a video of an archive.
type BuildRequest struct {
	// Source is the main script's path in the archive; empty is the only one at the top.
	Source         string `json:"source,omitempty"`
	Repository     string `json:"repository"`
	RepositoryType string `json:"repositoryType"`
	// Token and SHA are of GitHub repositories.
	Token string `json:"token,omitempty"`
	SHA   string `json:"sha,omitempty"`
}

// Task answers a request that is worked on: poll StatusURL.
type Task struct {
	StatusURL string `json:"statusUrl"`
	TaskID    string `json:"taskId"`
	RequestID string `json:"requestId"`
}

// Status is the status document of a task.
type Status struct {
	Finished  bool `json:"finished"`
	Succeeded bool `json:"succeeded"`
	// Percent is 0 to 100 and never goes back.
	Percent int    `json:"percent"`
	Message string `json:"message"`
	// The rest is there when the task succeeded.
	Result            string     `json:"result,omitempty"`
	DurationInSeconds int        `json:"durationInSeconds,omitempty"`
	Poster            string     `json:"poster,omitempty"`
	Subtitles         *Subtitles `json:"subtitles,omitempty"`
	Voices            []VoiceUse `json:"voices,omitempty"`
	// Warnings are there of failed tasks too.
	Warnings []Warning `json:"warnings,omitempty"`
}

// VoiceUse is a voice that spoke, the engine that it is of, and the scenes in which it spoke.
type VoiceUse struct {
	Name   string `json:"name"`
	Engine string `json:"engine"`
	// Scenes count from 0.
	Scenes []int `json:"scenes"`
}

// Subtitles are the addresses of a result's subtitles.
type Subtitles struct {
	SRT string `json:"srt"`
	VTT string `json:"vtt"`
}

// Warning is something that an author should know of a result.
type Warning struct {
	Type string `json:"type"`
	// Scene counts from 0.
	Scene  int    `json:"scene"`
	Detail string `json:"detail"`
}

// Voice is a voice as the compatible routes list it.
type Voice struct {
	Name         string   `json:"name"`
	Language     string   `json:"language"`
	LanguageCode string   `json:"languageCode"`
	Styles       []string `json:"styles"`
}

// Credits tell what an account has left.
type Credits struct {
	CreditSeconds int64  `json:"creditSeconds"`
	RequestID     string `json:"requestId"`
	Identity      string `json:"identity"`
	BillingID     string `json:"billingId"`
	Plan          string `json:"plan"`
}

// Problem is an error: RFC 9457, with the members that clients of the hosted service
// read, and the findings of a wrong script.
type Problem struct {
	Type    string       `json:"type"`
	Title   string       `json:"title"`
	Status  int          `json:"status"`
	Detail  string       `json:"detail"`
	Code    string       `json:"code"`
	Message string       `json:"message"`
	Error   string       `json:"error"`
	Errors  []Diagnostic `json:"errors,omitempty"`
}

// Diagnostic is a finding in a script.
type Diagnostic struct {
	File     string `json:"file"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Severity string `json:"severity"`
	Code     string `json:"code,omitempty"`
	Summary  string `json:"summary"`
	Detail   string `json:"detail,omitempty"`
	Hint     string `json:"hint,omitempty"`
	// Pointer names a member of the request (RFC 6901) that is wrong, in place of a file.
	Pointer string `json:"pointer,omitempty"`
}

// NewBuild asks for a build in one call, with an inline script.
type NewBuild struct {
	Script    string            `json:"script"`
	Settings  Settings          `json:"settings,omitempty"`
	Variables map[string]string `json:"variables,omitempty"`
	// Name is that of the result's file, without its ending.
	Name string   `json:"name,omitempty"`
	Tags []string `json:"tags,omitempty"`
}

// Settings of a build go before the header's: its properties by their names, with strings,
// numbers, truth values or, for properties that are maps, objects; and strict, a truth value.
type Settings map[string]any

// Build is a build as /v1 shows it.
type Build struct {
	ID      string   `json:"id"`
	Kind    string   `json:"kind"`
	State   string   `json:"state"`
	Phase   string   `json:"phase,omitempty"`
	Percent int      `json:"percent"`
	Message string   `json:"message"`
	Name    string   `json:"name,omitempty"`
	Tags    []string `json:"tags,omitempty"`
	// SecondsWaited in the queue and SecondsWorked so far.
	SecondsWaited float64      `json:"secondsWaited"`
	SecondsWorked float64      `json:"secondsWorked"`
	Warnings      []Diagnostic `json:"warnings,omitempty"`
	Errors        []Diagnostic `json:"errors,omitempty"`
	CreatedAt     time.Time    `json:"createdAt"`
	StartedAt     *time.Time   `json:"startedAt,omitempty"`
	EndedAt       *time.Time   `json:"endedAt,omitempty"`
	ExpiresAt     *time.Time   `json:"expiresAt,omitempty"`
	// DurationInSeconds of the result.
	DurationInSeconds float64           `json:"durationInSeconds,omitempty"`
	Links             map[string]string `json:"links"`
}

// BuildList is a page of builds, newest first.
type BuildList struct {
	Builds []Build `json:"builds"`
	// Next is the cursor of the page that follows; empty at the end.
	Next string `json:"next,omitempty"`
}

// Check asks for the findings in a script.
type Check struct {
	Script    string            `json:"script"`
	Settings  Settings          `json:"settings,omitempty"`
	Variables map[string]string `json:"variables,omitempty"`
}

// Checked answers it.
type Checked struct {
	OK          bool         `json:"ok"`
	Diagnostics []Diagnostic `json:"diagnostics"`
}

// Version tells which server this is.
type Version struct {
	Version string `json:"version"`
	Go      string `json:"go"`
}

// Health tells whether the server is alive, or able to build.
type Health struct {
	Status string            `json:"status"`
	Checks map[string]string `json:"checks,omitempty"`
}

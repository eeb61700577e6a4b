// Package api defines the types of the wire protocol, shared by server and client, and contains
// the OpenAPI document that describes them.
package api

import (
	_ "embed"
	"time"
)

// Document is the OpenAPI 3.1 description of the server, as YAML.
//
//go:embed openapi.yaml
var Document []byte

// The repository types of a BuildRequest.
const (
	// ZipURL is an archive that the server downloads from an https URL.
	ZipURL = "zip-url"
	// GitHub is a repository's source archive.
	GitHub = "github"
	// ZipUpload is an uploaded archive, as returned in an UploadGrant.
	ZipUpload = "s3-zip"
)

// UploadGrant is the answer to a request for an upload: PUT the bytes to URL with ContentType.
type UploadGrant struct {
	URL            string `json:"url"`
	ContentType    string `json:"contentType"`
	Repository     string `json:"repository"`
	RepositoryType string `json:"repositoryType"`
}

// BuildRequest is a request to build the video of an archive.
type BuildRequest struct {
	// Source is the main script's path in the archive; empty means the only script at the top.
	Source         string `json:"source,omitempty"`
	Repository     string `json:"repository"`
	RepositoryType string `json:"repositoryType"`
	// Token and SHA apply to GitHub repositories.
	Token string `json:"token,omitempty"`
	SHA   string `json:"sha,omitempty"`
}

// Task is the answer to a request that takes time: poll StatusURL.
type Task struct {
	StatusURL string `json:"statusUrl"`
	TaskID    string `json:"taskId"`
	RequestID string `json:"requestId"`
}

// Status is the status document of a task.
type Status struct {
	Finished  bool `json:"finished"`
	Succeeded bool `json:"succeeded"`
	// Percent is 0 to 100 and never decreases.
	Percent int    `json:"percent"`
	Message string `json:"message"`
	// The other fields are set if the task succeeded.
	Result string `json:"result,omitempty"`
	// Results are the videos of a script with sizes; the first is Result.
	Results           []SizedResult `json:"results,omitempty"`
	DurationInSeconds int           `json:"durationInSeconds,omitempty"`
	Poster            string        `json:"poster,omitempty"`
	Subtitles         *Subtitles    `json:"subtitles,omitempty"`
	Voices            []VoiceUse    `json:"voices,omitempty"`
	// Warnings are also set if the task failed.
	Warnings []Warning `json:"warnings,omitempty"`
}

// SizedResult is a video in one size, such as 1080x1920.
type SizedResult struct {
	Size string `json:"size"`
	URL  string `json:"url"`
}

// VoiceUse is a voice that spoke, its engine, and the scenes in which it spoke.
type VoiceUse struct {
	Name   string `json:"name"`
	Engine string `json:"engine"`
	// Scenes count from 0.
	Scenes []int `json:"scenes"`
}

// Subtitles are the URLs of a result's subtitles.
type Subtitles struct {
	SRT string `json:"srt"`
	VTT string `json:"vtt"`
}

// Warning is a warning about a result for its author.
type Warning struct {
	Type string `json:"type"`
	// Scene counts from 0.
	Scene  int    `json:"scene"`
	Detail string `json:"detail"`
}

// Voice is a voice in the form of the compatible routes.
type Voice struct {
	Name         string   `json:"name"`
	Language     string   `json:"language"`
	LanguageCode string   `json:"languageCode"`
	Styles       []string `json:"styles"`
}

// Credits is the remaining quota of an account.
type Credits struct {
	CreditSeconds int64  `json:"creditSeconds"`
	RequestID     string `json:"requestId"`
	Identity      string `json:"identity"`
	BillingID     string `json:"billingId"`
	Plan          string `json:"plan"`
}

// Problem is an error by RFC 9457, with the members that clients of the hosted service read, and
// the findings of a script with errors.
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
	// Pointer is the JSON pointer (RFC 6901) of a wrong member of the request, instead of a file.
	Pointer string `json:"pointer,omitempty"`
}

// NewBuild is a request to build an inline script in one call.
type NewBuild struct {
	Script    string            `json:"script"`
	Settings  Settings          `json:"settings,omitempty"`
	Variables map[string]string `json:"variables,omitempty"`
	// Name is the name of the result's file without its extension.
	Name string   `json:"name,omitempty"`
	Tags []string `json:"tags,omitempty"`
}

// Settings override properties of the header, by name. Values are strings, numbers, booleans or,
// for properties that are maps, objects. The setting strict is a boolean.
type Settings map[string]any

// Build is a build in the form of the routes under /v1.
type Build struct {
	ID      string   `json:"id"`
	Kind    string   `json:"kind"`
	State   string   `json:"state"`
	Phase   string   `json:"phase,omitempty"`
	Percent int      `json:"percent"`
	Message string   `json:"message"`
	Name    string   `json:"name,omitempty"`
	Tags    []string `json:"tags,omitempty"`
	// SecondsWaited is the time in the queue, SecondsWorked the time of building so far.
	SecondsWaited float64      `json:"secondsWaited"`
	SecondsWorked float64      `json:"secondsWorked"`
	Warnings      []Diagnostic `json:"warnings,omitempty"`
	Errors        []Diagnostic `json:"errors,omitempty"`
	CreatedAt     time.Time    `json:"createdAt"`
	StartedAt     *time.Time   `json:"startedAt,omitempty"`
	EndedAt       *time.Time   `json:"endedAt,omitempty"`
	ExpiresAt     *time.Time   `json:"expiresAt,omitempty"`
	// DurationInSeconds is the length of the result.
	DurationInSeconds float64           `json:"durationInSeconds,omitempty"`
	Links             map[string]string `json:"links"`
	// Results are the videos of a script with sizes; the first is the link "result".
	Results []SizedResult `json:"results,omitempty"`
}

// BuildList is a page of builds, newest first.
type BuildList struct {
	Builds []Build `json:"builds"`
	// Next is the cursor of the next page; empty on the last page.
	Next string `json:"next,omitempty"`
}

// Check is a request for the findings in a script.
type Check struct {
	Script    string            `json:"script"`
	Settings  Settings          `json:"settings,omitempty"`
	Variables map[string]string `json:"variables,omitempty"`
}

// Checked is the answer to Check.
type Checked struct {
	OK          bool         `json:"ok"`
	Diagnostics []Diagnostic `json:"diagnostics"`
}

// Version identifies the server.
type Version struct {
	Version string `json:"version"`
	Go      string `json:"go"`
}

// Health is whether the server is alive, or able to build.
type Health struct {
	Status string            `json:"status"`
	Checks map[string]string `json:"checks,omitempty"`
}

// Usage is what a tenant consumed.
type Usage struct {
	Tenant string `json:"tenant"`
	// Month is the month of Engines, such as 2026-01, in UTC.
	Month string `json:"month"`
	// Builds are the numbers of the tenant's builds that are kept, by state.
	Builds map[string]int `json:"builds"`
	// Engines are the services that are paid for.
	Engines []EngineUsage `json:"engines"`
}

// EngineUsage is what a tenant had an engine speak in a month.
type EngineUsage struct {
	Engine     string `json:"engine"`
	Characters int64  `json:"characters"`
	// Budget is the number of characters that the tenant may have spoken in a month; 0 means no limit.
	Budget int64 `json:"budget"`
}

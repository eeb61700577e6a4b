package cell

import (
	"encoding/json"

	"mynah/api"
	"mynah/internal/record"
)

// The kinds of work that a cell does, by the names of its functions.
const (
	SetUpModel  = "setup-model"  // Setup; the first call to a model host, which then answers for its engine
	SetUp       = "setup"        // Setup; the first call
	Build       = "build"        // BuildWork and the archive as a file; events are Progress; BuildResult
	Check       = "check"        // ProjectWork and the archive; CheckResult
	Snapshot    = "snapshot"     // SnapshotWork and the archive; CheckResult, the picture as data
	Speak       = "speak"        // SpeakWork; the first event is SpeakResult, the data of the others are the sound
	CheckSpeech = "check-speech" // record.SpeechSpec; SpeechCheck
	ListVoices  = "voices"       // nothing; a list of api.Voice
	SampleVoice = "sample"       // the voice's name; whether it exists, and the sound as data
	CheckTools  = "tools"        // nothing; the programs that are missing
)

// The services of the host, by the names of its functions.
const (
	TakeSlot       = "slot.take"       // a number that the cell chooses; nothing
	GiveSlot       = "slot.give"       // the number; ends the wait for the slot too
	DescribeEngine = "engine.describe" // EngineQuery; EngineInfo
	DescribeVoice  = "engine.voice"    // EngineQuery; VoiceInfo
	SpeakByEngine  = "engine.speak"    // EngineRequest; Clip, the samples as data
	OpenBrowser    = "browser.open"    // a number that the cell chooses; the files of the pipes: the cell's input and output
	CloseBrowser   = "browser.close"   // the number; ends the wait for the browser too
)

// Setup is the first call to a cell: the settings of its parts.
type Setup struct {
	Config json.RawMessage `json:"config"`
}

// ProjectWork is a project to check or build.
type ProjectWork struct {
	// Dir is the cell's folder. It has the empty folders project and out.
	Dir string `json:"dir"`
	// Text is the script if there is no archive.
	Text string `json:"text,omitempty"`
	// HasArchive: the project is an archive of ArchiveSize bytes, a file of the call, or the file ArchivePath where files
	// cannot be passed.
	HasArchive  bool   `json:"hasArchive,omitempty"`
	ArchiveSize int64  `json:"archiveSize,omitempty"`
	ArchivePath string `json:"archivePath,omitempty"`
	// SkipLinks leaves symbolic links of the archive out, instead of refusing them.
	SkipLinks bool `json:"skipLinks,omitempty"`
	// Source is the script's path in the archive; empty means that there is one script.
	Source    string            `json:"source,omitempty"`
	Settings  api.Settings      `json:"settings,omitempty"`
	Variables map[string]string `json:"variables,omitempty"`
}

// BuildWork is a build.
type BuildWork struct {
	ProjectWork
	// Speech is how to speak Text, for builds of sound.
	Speech *record.SpeechSpec `json:"speech,omitempty"`
}

// Progress is how far a build is.
type Progress struct {
	Phase   string  `json:"phase"`
	Percent float64 `json:"percent"`
	// Part is what is being made, for the message if the cell dies.
	Part string `json:"part,omitempty"`
}

// BuildResult is how a build ended. Its files have fixed names in the folder out: see the package host.
type BuildResult struct {
	// Failure explains a failure to the author; empty means success.
	Failure string `json:"failure,omitempty"`
	// Fault is a failure that is not the author's; the warnings are those until then.
	Fault    *Fault           `json:"fault,omitempty"`
	Errors   []api.Diagnostic `json:"errors,omitempty"`
	Warnings []api.Diagnostic `json:"warnings,omitempty"`
	// WarningScenes are the scenes of the warnings, from 0.
	WarningScenes []int          `json:"warningScenes,omitempty"`
	Seconds       float64        `json:"seconds,omitempty"`
	Voices        []api.VoiceUse `json:"voices,omitempty"`
	// Size is the size of the video if there are further sizes, such as 1280x720; Further are those.
	Size    string   `json:"size,omitempty"`
	Further []string `json:"further,omitempty"`
}

// CheckResult is what a check found.
type CheckResult struct {
	Findings []api.Diagnostic `json:"findings"`
}

// SnapshotWork is a picture to draw.
type SnapshotWork struct {
	ProjectWork
	// Scene counts from 1; 0 means a contact sheet of all scenes.
	Scene int `json:"scene"`
	// Seconds is the time in the scene; nil means its middle.
	Seconds *float64 `json:"seconds,omitempty"`
}

// SpeakWork is a text to speak.
type SpeakWork struct {
	Text   string            `json:"text"`
	Speech record.SpeechSpec `json:"speech"`
	// Longest is the latest time of a cue in seconds; 0 is the usual limit.
	Longest float64 `json:"longest,omitempty"`
}

// SpeakResult precedes the sound of a text.
type SpeakResult struct {
	Seconds  float64  `json:"seconds"`
	Warnings []string `json:"warnings,omitempty"`
}

// SpeechCheck is whether speech properties can be used.
type SpeechCheck struct {
	Known bool     `json:"known"` // the voice
	Near  []string `json:"near,omitempty"`
}

// SampleResult is whether a voice exists.
type SampleResult struct {
	Known bool `json:"known"`
}

// The names of files in the folder out of a cell.
const (
	ResultFilm   = "result.mp4"
	ResultPoster = "poster.jpg"
	ResultSRT    = "result.srt"
	ResultVTT    = "result.vtt"
)

// FormatResultName returns the name of the file of a video in a further size, such as 1080x1920.
func FormatResultName(size string) string { return "result-" + size + ".mp4" }

// FormatSpeechName returns the name of the file of a spoken text.
func FormatSpeechName(s record.SpeechSpec) string {
	if s.Scenes {
		return "result.zip"
	}
	return "result." + s.Format
}

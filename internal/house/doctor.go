package house

import (
	"bytes"
	"context"
	"runtime"
	"strings"
	"time"

	"mynah/internal/fault"
	"mynah/internal/proc"
	"mynah/internal/voice/espeak"
	"mynah/internal/voice/remote"
)

// Tool is a program that Mynah uses, as found on this machine.
type Tool struct {
	Name string `json:"name"`
	// For is what Mynah needs it for.
	For string `json:"for"`
	// Needed is set if every build needs the program.
	Needed  bool   `json:"needed"`
	Found   bool   `json:"found"`
	Path    string `json:"path,omitempty"`
	Version string `json:"version,omitempty"`
	// Missing are missing codecs, filters or other parts of the program.
	Missing []string `json:"missing,omitempty"`
	// Install is the command that installs it on this system, or where to get it.
	Install string `json:"install"`
	// Advice is what else to do if it is not usable; it is shown instead of Install.
	Advice string `json:"advice,omitempty"`
}

// IsComplete reports whether the program is there and complete.
func (t Tool) IsComplete() bool { return t.Found && len(t.Missing) == 0 }

// browser is the preferred browser for slides.
const browser = "chromium-headless-shell"

// listWantedTools lists the programs and the parts they need.
func listWantedTools() []struct {
	Tool
	version []string
	parts   map[string][]string // option -> names that its output must contain
} {
	return []struct {
		Tool
		version []string
		parts   map[string][]string
	}{
		{
			Tool:    Tool{Name: "ffmpeg", For: "decoding, scaling and encoding", Needed: true},
			version: []string{"-version"},
			parts: map[string][]string{
				"-encoders": {"libx264", "aac", "libmp3lame", "mjpeg"},
				"-decoders": {"h264", "hevc", "vp8", "vp9", "png", "mjpeg", "webp", "gif"},
				"-filters":  {"scale", "fps", "overlay", "zscale", "xfade", "gblur", "drawtext", "atempo", "aresample"},
			},
		},
		{
			Tool:    Tool{Name: "ffprobe", For: "measuring clips and sounds", Needed: true},
			version: []string{"-version"},
		},
		{
			Tool:    Tool{Name: "espeak-ng", For: "voices in over 100 languages", Needed: true},
			version: []string{"--version"},
		},
		{
			Tool:    Tool{Name: "flite", For: "better English voices"},
			version: []string{"--version"},
		},
		{
			Tool:    Tool{Name: "lame", For: "streaming speech"},
			version: []string{"--version"},
		},
		{
			Tool:    Tool{Name: browser, For: "slides and SVG images"},
			version: []string{"--version"},
		},
		{
			Tool:    Tool{Name: "avifdec", For: "AVIF images"},
			version: []string{"--version"},
		},
	}
}

func (h *House) checkTools(ctx context.Context) []Tool {
	var out []Tool
	for _, w := range listWantedTools() {
		t := w.Tool
		t.Install = formatInstallHint(runtime.GOOS, t.Name)
		path, err := h.Runner.FindProgram(t.Name)
		if t.Name == browser { // there are several possible programs
			path, err = h.Drawer.FindProgram()
		}
		if err != nil {
			out = append(out, t)
			continue
		}
		t.Found, t.Path = true, path
		if t.Name == browser {
			t.Version, _ = h.Drawer.ReadProgramVersion(ctx, path)
		} else {
			t.Version = chooseVersionLine(h.readProgramOutput(ctx, path, w.version...))
		}
		for option, names := range w.parts {
			list := h.readProgramOutput(ctx, path, "-hide_banner", option)
			words := map[string]bool{}
			for word := range strings.FieldsSeq(list) {
				words[word] = true
			}
			for _, n := range names {
				if !words[n] {
					t.Missing = append(t.Missing, strings.TrimSuffix(strings.TrimPrefix(option, "-"), "s")+" "+n)
				}
			}
		}
		out = append(out, t)
	}
	out = append(out, h.checkTimingHelper())
	out = append(out, h.checkNeuralPrograms(ctx)...)
	return append(out, h.checkRemoteServices(ctx)...)
}

// checkTimingHelper returns the state of the helper that times words.
func (h *House) checkTimingHelper() Tool {
	t := Tool{
		Name: espeak.Helper, For: "exact word times",
		Advice: "make build compiles it next to mynah; it needs a C compiler and libespeak-ng-dev",
	}
	if path, err := h.Runner.FindProgram(h.helper); err == nil {
		t.Found, t.Path = true, path
	}
	return t
}

// checkNeuralPrograms returns the state of the two programs for neural voices; one of them is enough.
func (h *House) checkNeuralPrograms(ctx context.Context) []Tool {
	const advice = "see docs/voices.md for how to install it"
	lib := Tool{Name: "ONNX Runtime", For: "neural voices", Advice: advice}
	if l, err := h.piper.LoadLibrary(); err == nil {
		lib.Found, lib.Version = true, l.Version()
	} else if what, cause := h.piper.ExplainMissingLibrary(); what != "" {
		lib.Advice = what
		if cause != nil {
			lib.Advice += ": " + cause.Error()
		}
	}
	program := Tool{Name: "piper", For: "neural voices without ONNX Runtime", Advice: advice}
	if v, err := h.piper.ProgramVersion(ctx); err == nil {
		program.Found, program.Version = true, v
	}
	if lib.Found && !program.Found {
		return []Tool{lib}
	}
	return []Tool{lib, program}
}

// checkRemoteServices asks the configured services whether they are available.
func (h *House) checkRemoteServices(ctx context.Context) []Tool {
	var out []Tool
	for _, e := range h.engines.Engines {
		if e.isLocal() {
			continue
		}
		t := Tool{Name: e.Name, For: "voices by " + e.Kind + " at " + e.newRemoteConfig().FindHost(), Path: e.URL}
		err := remote.CheckReachable(ctx, e.newRemoteConfig())
		switch {
		case err != nil:
			t.Advice = "not reachable: " + fault.From(err).Error()
		case e.key.IsEmpty() && !findKind(e.Kind).withoutKey:
			t.Advice = e.KeyEnv + " is not set"
		case e.secretEnv != "" && e.secret.IsEmpty():
			t.Advice = e.secretEnv + " is not set"
		case e.key.IsEmpty():
			t.Found, t.Version = true, "reachable, "+e.KeyEnv+" is not set"
		default:
			t.Found, t.Version = true, "reachable, key in "+e.KeyEnv
		}
		out = append(out, t)
	}
	return out
}

// readProgramOutput returns the standard output and error of a program.
func (h *House) readProgramOutput(ctx context.Context, path string, args ...string) string {
	var both bytes.Buffer
	_ = h.Runner.Run(ctx, proc.Command{Program: path, Args: args, Stdout: &both, Stderr: &both, Timeout: 20 * time.Second})
	return both.String()
}

// chooseVersionLine returns the line with a version, or else the first line.
func chooseVersionLine(s string) string {
	for line := range strings.Lines(s) {
		if _, v, ok := strings.Cut(line, "version: "); ok {
			return strings.TrimSpace(v)
		}
	}
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			return strings.TrimSpace(strings.Split(line, " Copyright")[0])
		}
	}
	return ""
}

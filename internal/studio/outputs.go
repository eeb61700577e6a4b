package studio

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mynah/internal/cache"
	"mynah/internal/fault"
)

// outputs names the files that a build may write: the film first.
func (j *job) outputs() []string {
	files := append([]string{j.req.Output, j.named(".jpg")}, j.subtitles()...)
	if j.req.Timeline {
		files = append(files, j.named(".timeline.json"))
	}
	if j.req.Transcript {
		files = append(files, j.named(endTranscript), j.named(endChapters))
	}
	return files
}

// The endings of what is written with a transcript.
const (
	endTranscript = ".transcript.md"
	endChapters   = ".chapters.txt"
)

// named gives the name of the film with another ending.
func (j *job) named(ending string) string {
	return strings.TrimSuffix(j.req.Output, filepath.Ext(j.req.Output)) + ending
}

// subtitles names the files of what is said.
func (j *job) subtitles() []string { return []string{j.named(".srt"), j.named(".vtt")} }

// guardOutputs refuses a build that would replace a file of the project, or one beside
// the film that no earlier build made: what stands beside a film is taken for its own.
func (j *job) guardOutputs(context.Context) error {
	files := j.outputs()
	for _, f := range files[1:] {
		if filepath.Clean(f) == filepath.Clean(files[0]) {
			return fault.New(fault.Usage, nil, "the video cannot be named %s, as a file beside it is", files[0]).WithHint("end its name in .mp4")
		}
	}
	_, err := os.Stat(files[0])
	fresh := errors.Is(err, fs.ErrNotExist)
	j.replaces = !fresh
	for i, f := range files {
		info, err := os.Stat(f)
		if err != nil {
			continue
		}
		if j.inputAt(info) != "" {
			return fault.New(fault.Usage, nil, "the build would replace %s, which the script uses", f).
				WithHint("name another file for the video: -o film/%s", filepath.Base(files[0]))
		}
		if i > 0 && fresh && !j.req.Force && info.Size() > 0 && !j.ours(f) {
			j.strangers = append(j.strangers, f)
		}
	}
	return nil
}

// inputAt names the file of the project that the build reads and that is the given one, or
// gives "".
func (j *job) inputAt(info os.FileInfo) string {
	for _, name := range j.inputs() {
		in, err := os.Stat(filepath.Join(j.project.dir, j.project.place(name)))
		if err == nil && os.SameFile(info, in) {
			return name
		}
	}
	return ""
}

// largestMade is the size of a file beside a film that is looked into.
const largestMade = 64 << 20

// madeKey addresses the note that a file was made by a build.
func madeKey(content []byte) cache.Key { return cache.NewHasher("made 1").Bytes(content).Key() }

// ours tells whether a file beside a film that is gone was made by an earlier build.
func (j *job) ours(path string) bool {
	info, err := os.Stat(path)
	if err != nil || info.Size() > largestMade {
		return false
	}
	b, err := os.ReadFile(path)
	return err == nil && j.store.Has(cache.Probes, madeKey(b))
}

// claim notes that a file beside the film is a build's own. It refuses one in whose
// place something else stands that no build made; the same bytes may be replaced.
func (j *job) claim(path string, content []byte) error {
	if slices.Contains(j.strangers, path) {
		if b, err := os.ReadFile(path); err != nil || !bytes.Equal(b, content) {
			return fault.New(fault.Usage, nil, "the build would replace %s, which it did not make", path).
				WithHint("name another file for the video with -o, or use --force")
		}
	}
	return j.store.PutBytes(cache.Probes, madeKey(content), []byte{1})
}

// inputs names the files of the project that the build reads.
func (j *job) inputs() []string {
	var out []string
	for name := range j.sources {
		out = append(out, name)
	}
	for name := range j.assets {
		out = append(out, name)
	}
	if font := j.board.Film.Subtitles.Font; font != nil && !font.Literal {
		out = append(out, font.Name)
	}
	return out
}

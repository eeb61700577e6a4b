package release

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mynah/internal/cache"
	"mynah/internal/fault"
	"mynah/internal/names"
	"mynah/internal/project"
)

// Target is where a video goes, and what is written beside it.
type Target struct {
	// Video is the file of the video.
	Video string
	// Timeline and Transcript are written where they are true.
	Timeline, Transcript bool
	// Force replaces files that an earlier build did not make.
	Force bool
}

// outputs names the files that a build may write: the film first.
func (t Target) outputs() []string {
	files := append([]string{t.Video, t.named(names.EndPoster)}, t.subtitles()...)
	if t.Timeline {
		files = append(files, t.named(names.EndTimeline))
	}
	if t.Transcript {
		files = append(files, t.named(names.EndTranscript), t.named(names.EndChapters))
	}
	return files
}

// named returns the name of the film with another ending.
func (t Target) named(ending string) string {
	return strings.TrimSuffix(t.Video, filepath.Ext(t.Video)) + ending
}

// subtitles names the files of what is said.
func (t Target) subtitles() []string { return []string{t.named(names.EndSRT), t.named(names.EndVTT)} }

// Outputs are the files of a build, in whose places nothing stands that must not be replaced.
type Outputs struct {
	Target
	store *cache.Store
	// replaces reports that an earlier video stands in the place of the video.
	replaces bool
	// strangers are files beside the video-to-be that may be somebody else's.
	strangers []string
}

// Inputs are the files that a build reads.
type Inputs struct {
	Project *project.Project
	Names   []string // in the project
}

// Reserve refuses a build that would replace a file of the project, or one beside the video that
// no earlier build made.
func Reserve(store *cache.Store, in Inputs, t Target) (*Outputs, error) {
	o := &Outputs{Target: t, store: store}
	files := t.outputs()
	for _, f := range files[1:] {
		if filepath.Clean(f) == filepath.Clean(files[0]) {
			return nil, fault.New(fault.Usage, nil, "the video cannot be named %s, which is the name of another output", files[0]).
				WithHint("use a name that ends in .mp4")
		}
	}
	_, err := os.Stat(files[0])
	fresh := errors.Is(err, fs.ErrNotExist)
	o.replaces = !fresh
	for i, f := range files {
		info, err := os.Stat(f)
		if err != nil {
			continue
		}
		if in.at(info) != "" {
			return nil, fault.New(fault.Usage, nil, "the build would replace %s, which the script uses", f).
				WithHint("choose another file for the video: -o film/%s", filepath.Base(files[0]))
		}
		if i > 0 && fresh && !t.Force && info.Size() > 0 && !o.isOurs(f) {
			o.strangers = append(o.strangers, f)
		}
	}
	return o, nil
}

// ReserveFiles refuses to replace files of the project, or such as Mynah did not make.
func ReserveFiles(store *cache.Store, in Inputs, paths []string, force bool) (*Outputs, error) {
	o := &Outputs{store: store}
	for _, path := range paths {
		info, err := os.Stat(path)
		if path == "" || err != nil {
			continue // there is nothing to replace
		}
		if in.at(info) != "" {
			return nil, fault.New(fault.Usage, nil, "the subtitles would replace %s, which the script uses", path).
				WithHint("choose another file for them: -o %s", filepath.Join("subtitles", filepath.Base(path)))
		}
		if !force && info.Size() > 0 && !o.isOurs(path) {
			o.strangers = append(o.strangers, path)
		}
	}
	return o, nil
}

// at names the file that is the given one, or returns "".
func (in Inputs) at(info os.FileInfo) string {
	for _, name := range in.Names {
		file, err := os.Stat(in.Project.Path(name))
		if err == nil && os.SameFile(info, file) {
			return name
		}
	}
	return ""
}

// largestMade is the size of a file beside a film that is looked into.
const largestMade = 64 << 20

// madeKey addresses the note that a file was made by a build.
func madeKey(content []byte) cache.Key { return cache.NewHasher("made 1").Bytes(content).Key() }

// isOurs reports whether a file beside a film that is gone was made by an earlier build.
func (o *Outputs) isOurs(path string) bool {
	info, err := os.Stat(path)
	if err != nil || info.Size() > largestMade {
		return false
	}
	b, err := os.ReadFile(path)
	return err == nil && o.store.Has(cache.Probes, madeKey(b))
}

// claim records that a file beside the film is a build's own. It refuses one in whose
// place something else stands that no build made; the same bytes may be replaced.
func (o *Outputs) claim(path string, content []byte) error {
	if slices.Contains(o.strangers, path) {
		if b, err := os.ReadFile(path); err != nil || !bytes.Equal(b, content) {
			return fault.New(fault.Usage, nil, "the build would replace %s, which Mynah did not create", path).
				WithHint("choose another file for the video with -o, or use --force")
		}
	}
	return o.store.PutBytes(cache.Probes, madeKey(content), []byte{1})
}

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

// Target is where to write a video and which additional files to write next to it.
type Target struct {
	// Video is the path of the video.
	Video string
	// Timeline and Transcript select these additional files.
	Timeline, Transcript bool
	// Force allows replacing files that no earlier build wrote.
	Force bool
}

// listOutputPaths returns the paths of the files that a build may write, the video first.
func (t Target) listOutputPaths() []string {
	files := append([]string{t.Video, t.makePathWithEnding(names.EndPoster)}, t.listSubtitlePaths()...)
	if t.Timeline {
		files = append(files, t.makePathWithEnding(names.EndTimeline))
	}
	if t.Transcript {
		files = append(files, t.makePathWithEnding(names.EndTranscript), t.makePathWithEnding(names.EndChapters))
	}
	return files
}

// makePathWithEnding returns the path of the video with another ending.
func (t Target) makePathWithEnding(ending string) string {
	return strings.TrimSuffix(t.Video, filepath.Ext(t.Video)) + ending
}

// listSubtitlePaths returns the paths of the subtitle files.
func (t Target) listSubtitlePaths() []string {
	return []string{t.makePathWithEnding(names.EndSRT), t.makePathWithEnding(names.EndVTT)}
}

// Outputs contains the files of a build, checked so that nothing is replaced that must not be.
type Outputs struct {
	Target
	store *cache.Store
	// replaces: an earlier video exists at the video's path.
	replaces bool
	// strangers contains existing files next to the video that may not belong to Mynah.
	strangers []string
}

// Inputs contains the files that a build reads.
type Inputs struct {
	Project *project.Project
	Names   []string // of files in the project
}

// Reserve checks the output files of a build. It returns a fault if the build would replace a file of the
// project, and remembers existing files next to the video that no earlier build wrote.
func Reserve(store *cache.Store, in Inputs, t Target) (*Outputs, error) {
	o := &Outputs{Target: t, store: store}
	files := t.listOutputPaths()
	for _, f := range files[1:] {
		if filepath.Clean(f) == filepath.Clean(files[0]) {
			return nil, fault.New(fault.Usage, nil,
				"the video cannot be named %s, which is the name of another output", files[0]).
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
		if in.findSameInput(info) != "" {
			return nil, fault.New(fault.Usage, nil, "the build would replace %s, which the script uses", f).
				WithHint("choose another file for the video: -o film/%s", filepath.Base(files[0]))
		}
		if i > 0 && fresh && !t.Force && info.Size() > 0 && !o.wasWrittenByBuild(f) {
			o.strangers = append(o.strangers, f)
		}
	}
	return o, nil
}

// ReserveFiles checks output files without a video. It returns a fault if they would replace files of the
// project, and remembers existing files that Mynah did not write.
func ReserveFiles(store *cache.Store, in Inputs, paths []string, force bool) (*Outputs, error) {
	o := &Outputs{store: store}
	for _, path := range paths {
		info, err := os.Stat(path)
		if path == "" || err != nil {
			continue // nothing to replace
		}
		if in.findSameInput(info) != "" {
			return nil, fault.New(fault.Usage, nil, "the subtitles would replace %s, which the script uses", path).
				WithHint("choose another file for them: -o %s", filepath.Join("subtitles", filepath.Base(path)))
		}
		if !force && info.Size() > 0 && !o.wasWrittenByBuild(path) {
			o.strangers = append(o.strangers, path)
		}
	}
	return o, nil
}

// findSameInput returns the name of the input that is the same file as info, "" if none is.
func (in Inputs) findSameInput(info os.FileInfo) string {
	for _, name := range in.Names {
		file, err := os.Stat(in.Project.MakePathOnDisk(name))
		if err == nil && os.SameFile(info, file) {
			return name
		}
	}
	return ""
}

// largestMade is the maximum size of a file next to a video that wasWrittenByBuild reads.
const largestMade = 64 << 20

// newWrittenFileKey returns the cache key of the record that a build wrote a file with this content.
func newWrittenFileKey(content []byte) cache.Key {
	return cache.NewHasher("made 1").AddBytes(content).Key()
}

// wasWrittenByBuild reports whether an earlier build wrote a file. It is used for files next to a video that no longer
// exists.
func (o *Outputs) wasWrittenByBuild(path string) bool {
	info, err := os.Stat(path)
	if err != nil || info.Size() > largestMade {
		return false
	}
	b, err := os.ReadFile(path)
	return err == nil && o.store.HasEntry(cache.Probes, newWrittenFileKey(b))
}

// claimFile records that a build writes a file next to the video. It returns a fault if an existing file that no
// build wrote has other content.
func (o *Outputs) claimFile(path string, content []byte) error {
	if slices.Contains(o.strangers, path) {
		if b, err := os.ReadFile(path); err != nil || !bytes.Equal(b, content) {
			return fault.New(fault.Usage, nil, "the build would replace %s, which Mynah did not create", path).
				WithHint("choose another file for the video with -o, or use --force")
		}
	}
	return o.store.PutBytes(cache.Probes, newWrittenFileKey(content), []byte{1})
}

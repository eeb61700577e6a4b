package release

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"mynah/internal/cache"
	"mynah/internal/film"
	"mynah/internal/part"
	"mynah/internal/system"
)

// outputNote is the note of what a build wrote. It lets the same build find that all of it
// stands: reading a film is much cheaper than writing and syncing it.
type outputNote struct {
	Bytes int64       `json:"bytes"` // of the film
	Files []notedFile `json:"files"`
}

// notedFile is a file as it was written. One with other times was touched by somebody;
// the sum finds what was changed within the grain of the times, or by a bad disk.
type notedFile struct {
	Path string          `json:"path"`
	Stat system.Identity `json:"stat"`
	Sum  uint32          `json:"sum"`
	// Made is the key of the note that the file is a build's own; none for the film.
	Made string `json:"made,omitempty"`
}

func newSum() hash.Hash32 { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) }

// standingKey addresses the note by all that decides the files' bytes, and by the program
// that writes them: another version may write others. Where they lie is left to the note,
// so that builds into ever new folders leave one.
func (r *Releaser) standingKey(f *film.Film, beside []sidecar) (cache.Key, error) {
	self, err := system.IdentifyProgram()
	if err != nil {
		return cache.Key{}, err
	}
	// All fields of the film, so that none is forgotten; it holds no pointers.
	h := cache.NewHasher("standing 1").Int(self[:4]...). // without when it changed: a new link to it is not a change

								String(r.version).String(fmt.Sprintf("%v", *f)).Int(r.posterFrame())
	for _, s := range beside {
		h.String(filepath.Ext(s.path)).Bytes(s.content)
	}
	return h.Key(), nil
}

// isStanding reports whether the files of the film are all there as the note says, and nothing
// beside them that a build would take away. It returns the size of the video.
func (r *Releaser) isStanding(key cache.Key, files Files) (int64, bool) {
	s, ok := part.RecallJSON[outputNote](r.Store, cache.Probes, key)
	if !ok {
		return 0, false
	}
	noted := map[string]notedFile{}
	for _, f := range s.Files {
		noted[f.Path] = f
	}
	for _, path := range files.paths() {
		f, ok := noted[absolute(path)]
		if path != "" && (!ok || !f.isStanding() || !r.isKnown(f.Made)) {
			return 0, false
		}
	}
	for _, path := range r.out.subtitles() {
		if _, err := os.Lstat(path); files.SRT == "" && !errors.Is(err, fs.ErrNotExist) {
			return 0, false
		}
	}
	return s.Bytes, !r.hasStaleChapters(files)
}

// absolute returns a path that means the same in every folder, or "".
func absolute(path string) string {
	out, err := filepath.Abs(path)
	if err != nil {
		return ""
	}
	return out
}

// isKnown reports whether the note that a file is a build's own is still there.
func (r *Releaser) isKnown(made string) bool {
	if made == "" {
		return true
	}
	var key cache.Key
	n, err := hex.Decode(key[:], []byte(made))
	return err == nil && n == len(key) && r.Store.Has(cache.Probes, key)
}

func (f notedFile) isStanding() bool {
	if now, err := system.IdentifyRegular(f.Path); err != nil || now != f.Stat {
		return false
	}
	file, err := os.Open(f.Path)
	if err != nil {
		return false
	}
	defer func() { _ = file.Close() }()
	sum := newSum()
	n, err := io.CopyBuffer(sum, struct{ io.Reader }{file}, make([]byte, min(f.Stat.Size()+1, 256<<10)))
	return err == nil && n == f.Stat.Size() && sum.Sum32() == f.Sum
}

// note keeps what was written. It is not needed for the film: where it cannot be kept,
// the next build writes again.
func (w *writer) note(key cache.Key, bytes int64) {
	for i := range w.notes {
		var err error
		w.notes[i].Path = absolute(w.notes[i].Path)
		if w.notes[i].Stat, err = system.IdentifyRegular(w.notes[i].Path); err != nil {
			return
		}
	}
	if b, err := json.Marshal(outputNote{Bytes: bytes, Files: w.notes}); err == nil {
		_ = w.out.store.PutBytes(cache.Probes, key, b)
	}
}

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

// outputNote is the record of the files that a build wrote. With it, an equal build can check that they are
// unchanged: reading a video is much faster than writing and syncing it.
type outputNote struct {
	Bytes int64       `json:"bytes"` // size of the video
	Files []notedFile `json:"files"`
}

// notedFile describes a written file. Changed times mean that the file may have been modified. The checksum
// detects changes within the resolution of the times, and disk errors.
type notedFile struct {
	Path string          `json:"path"`
	Stat system.Identity `json:"stat"`
	Sum  uint32          `json:"sum"`
	// Made is the key of the record that a build wrote the file; "" for the video.
	Made string `json:"made,omitempty"`
}

// newCRC32C returns a CRC-32C hash.
func newCRC32C() hash.Hash32 { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) }

// computeRecordKey returns the cache key of the record. It depends on everything that determines the files' bytes,
// including the program that writes them. It does not depend on their paths, so that builds into different
// folders share one record.
func (r *Releaser) computeRecordKey(f *film.Film, beside []sidecar) (cache.Key, error) {
	self, err := system.IdentifyProgram()
	if err != nil {
		return cache.Key{}, err
	}
	// This includes all fields of the film. It contains no pointers.
	h := cache.NewHasher("standing 1").AddInts(self[:4]...).
		AddString(r.version).AddString(fmt.Sprintf("%v", *f)).AddInts(r.choosePosterFrame()).AddBytes(r.video.Poster)
	for _, s := range beside {
		h.AddString(filepath.Ext(s.path)).AddBytes(s.content)
	}
	return h.Key(), nil
}

// isVideoUnchanged reports whether all files of the video are as recorded and no file exists that a build would
// remove. It returns the size of the video.
func (r *Releaser) isVideoUnchanged(key cache.Key, files Files) (int64, bool) {
	s, ok := part.ReadJSON[outputNote](r.Store, cache.Probes, key)
	if !ok {
		return 0, false
	}
	noted := map[string]notedFile{}
	for _, f := range s.Files {
		noted[f.Path] = f
	}
	for _, path := range files.listPaths() {
		f, ok := noted[toAbsolutePath(path)]
		if path != "" && (!ok || !f.isUnchanged() || !r.hasWriteRecord(f.Made)) {
			return 0, false
		}
	}
	for _, path := range r.out.listSubtitlePaths() {
		if _, err := os.Lstat(path); files.SRT == "" && !errors.Is(err, fs.ErrNotExist) {
			return 0, false
		}
	}
	return s.Bytes, !r.hasStaleChapters(files)
}

// toAbsolutePath returns the absolute form of a path, or "" if that fails.
func toAbsolutePath(path string) string {
	out, err := filepath.Abs(path)
	if err != nil {
		return ""
	}
	return out
}

// hasWriteRecord reports whether the record that a build wrote a file still exists.
func (r *Releaser) hasWriteRecord(made string) bool {
	if made == "" {
		return true
	}
	var key cache.Key
	n, err := hex.Decode(key[:], []byte(made))
	return err == nil && n == len(key) && r.Store.HasEntry(cache.Probes, key)
}

// isUnchanged reports whether the file is unchanged.
func (f notedFile) isUnchanged() bool {
	if now, err := system.IdentifyRegular(f.Path); err != nil || now != f.Stat {
		return false
	}
	file, err := os.Open(f.Path)
	if err != nil {
		return false
	}
	defer func() { _ = file.Close() }()
	sum := newCRC32C()
	n, err := io.CopyBuffer(sum, struct{ io.Reader }{file}, make([]byte, min(f.Stat.Size()+1, 256<<10)))
	return err == nil && n == f.Stat.Size() && sum.Sum32() == f.Sum
}

// storeRecord stores the record of the written files. It ignores errors, because the next build can write the files
// again.
func (w *writer) storeRecord(key cache.Key, bytes int64) {
	for i := range w.notes {
		var err error
		w.notes[i].Path = toAbsolutePath(w.notes[i].Path)
		if w.notes[i].Stat, err = system.IdentifyRegular(w.notes[i].Path); err != nil {
			return
		}
	}
	if b, err := json.Marshal(outputNote{Bytes: bytes, Files: w.notes}); err == nil {
		_ = w.out.store.PutBytes(cache.Probes, key, b)
	}
}

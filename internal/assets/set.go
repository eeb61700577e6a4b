package assets

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"mynah/internal/colour"
	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/timeline"
)

// Set contains the files of a storyboard, by their paths in the project.
type Set struct {
	byName map[string]*Asset
	places map[string]diag.Range // the place where a file is used first
	work   string

	mu     sync.Mutex              // guards the fields below
	tables map[string]*colourTable // by file name
	files  []func() error
}

// GetUsable returns a file, or nil if it cannot be used. A nil Set contains no files.
func (s *Set) GetUsable(name string) *Asset {
	if s == nil {
		return nil
	}
	return s.byName[name]
}

// FindFirstUse returns the place where a file is used first.
func (s *Set) FindFirstUse(name string) diag.Range {
	if s == nil {
		return diag.Range{}
	}
	return s.places[name]
}

// ListNames returns the paths of the files in the project, in no particular order.
func (s *Set) ListNames() []string { return slices.Collect(maps.Keys(s.byName)) }

// MeasurePicture returns the upright size of a picture in square pixels; zeros if the file is unknown.
func (s *Set) MeasurePicture(name string) (w, h int) {
	a := s.GetUsable(name)
	if a == nil {
		return 0, 0
	}
	return a.ToPicture().Source.ComputeUprightSize()
}

// ListMedia returns the properties of all files for package timeline.
func (s *Set) ListMedia() map[string]timeline.Media {
	out := map[string]timeline.Media{}
	for name, a := range s.byName {
		out[name] = a.ToMedia()
	}
	return out
}

// findOrAddTable returns the colourTable of a conversion. Its files are written by WriteFiles only when a
// picture is painted, because a build that finds everything in the cache does not need them.
func (s *Set) findOrAddTable(c *colour.Conversion, whole bool) *colourTable {
	name := fmt.Sprintf("colours-%s-%t", c.ID(), whole)
	s.mu.Lock()
	defer s.mu.Unlock()
	if t, ok := s.tables[name]; ok {
		return t
	}
	t := &colourTable{id: c.ID(), path: filepath.Join(s.work, name), conversion: c, whole: whole}
	s.tables[name] = t
	return t
}

// deferWrite registers a function that WriteFiles calls before pictures are painted.
func (s *Set) deferWrite(do func() error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files = append(s.files, do)
}

// WriteFiles writes the files that painting needs and that do not exist yet: colour tables and
// converted animations. It must be called before the first picture is painted.
func (s *Set) WriteFiles() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.files) > 0 {
		if err := s.files[0](); err != nil {
			return err // the next call tries again
		}
		s.files = s.files[1:]
	}
	for _, t := range s.tables {
		if t.written {
			continue
		}
		err := errors.Join(
			os.WriteFile(t.path+".csp", t.conversion.FormatGrid(t.whole), 0o600),
			os.WriteFile(t.path+".cube", t.conversion.FormatCurve(), 0o600))
		if err != nil {
			return fault.New(fault.Disk, err, "cannot write to the temporary folder")
		}
		t.written = true
	}
	return nil
}

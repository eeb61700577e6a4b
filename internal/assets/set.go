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

// Set are the files of a storyboard, by their names in the project.
type Set struct {
	byName map[string]*Asset
	places map[string]diag.Range // where a file is first named
	work   string

	mu     sync.Mutex              // guards what follows
	tables map[string]*colourTable // by name
	files  []func() error
}

// Get returns a file, nil where it cannot be used. A nil set, that of a text without files, holds none.
func (s *Set) Get(name string) *Asset {
	if s == nil {
		return nil
	}
	return s.byName[name]
}

// Place is where a file is first named.
func (s *Set) Place(name string) diag.Range {
	if s == nil {
		return diag.Range{}
	}
	return s.places[name]
}

// Names lists the files.
func (s *Set) Names() []string { return slices.Collect(maps.Keys(s.byName)) }

// Media returns what the timeline needs to know of the files.
func (s *Set) Media() map[string]timeline.Media {
	out := map[string]timeline.Media{}
	for name, a := range s.byName {
		out[name] = a.Media()
	}
	return out
}

// table returns the file in the work folder for a conversion of colours. WriteFiles writes the files when
// something is painted: a build that finds everything in the cache needs none.
func (s *Set) table(c *colour.Conversion, whole bool) *colourTable {
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

// later has something done before pictures are painted, if any are.
func (s *Set) later(do func() error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files = append(s.files, do)
}

// WriteFiles writes what painting reads and is not there yet: tables of colours and moving
// pictures. It is called before the first picture is painted.
func (s *Set) WriteFiles() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.files) > 0 {
		if err := s.files[0](); err != nil {
			return err // the next call tries it again
		}
		s.files = s.files[1:]
	}
	for _, t := range s.tables {
		if t.written {
			continue
		}
		err := errors.Join(
			os.WriteFile(t.path+".csp", t.conversion.Grid(t.whole), 0o600),
			os.WriteFile(t.path+".cube", t.conversion.Curve(), 0o600))
		if err != nil {
			return fault.New(fault.Disk, err, "cannot write to the temporary folder")
		}
		t.written = true
	}
	return nil
}

package studio

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"

	"mynah/internal/colour"
	"mynah/internal/fault"
	"mynah/internal/media"
)

// colourTable is a conversion of colours that lies in the work folder.
type colourTable struct {
	id, path   string
	conversion *colour.Conversion
	written    bool
	whole      bool // for pixels of 16 bits
}

// usualGamma stands in most PNG files, and browsers take it for the curve of sRGB.
const usualGamma = 0.45455

const warnProfile = "its colour profile cannot be used; its colours are taken for sRGB"

// colours finds how the colours of a picture or clip become those of the video.
func (j *job) colours(a *asset) {
	var c *colour.Conversion
	switch {
	case a.info != nil && a.header.Colours != (media.Colours{}):
		c = j.conversion(a)
	case a.info != nil && a.info.Video != nil:
		s := a.info.Video.Source
		c = colour.FromCodes(s.Primaries, s.Transfer)
	case a.info == nil:
		c = j.conversion(a)
	}
	if c != nil {
		a.table = j.table(c, a.header.Deep)
	}
}

// conversion reads what a picture's header says of its colours; the first kind
// that is there counts, as in PNG, third edition, section 4.3.
func (j *job) conversion(a *asset) *colour.Conversion {
	h := a.header
	cs := h.Colours
	switch {
	case cs.Transfer > 0 || cs.Primaries > 0:
		if a.input.Format == media.PNG && !a.converted {
			return colour.FromPNGCodes(cs.Primaries, cs.Transfer)
		}
		return colour.FromCodes(cs.Primaries, cs.Transfer)
	case cs.BadICC:
		a.warning = warnProfile
		j.withoutProfile(a)
	case h.Channels == 4: // inks did what there is to do
	case cs.ICC != "":
		c, err := j.profile(cs.ICC, max(h.Channels, 1))
		if err != nil {
			a.warning = warnProfile
		}
		return c
	case cs.SRGB:
	case cs.HasChroma && cs.Gamma > 0: // chromaticities alone say nothing to browsers
		w := cs.Chroma // white comes first in a PNG file
		return colour.FromGamma(cs.Gamma, &colour.Chromaticities{w[2], w[3], w[4], w[5], w[6], w[7], w[0], w[1]})
	case cs.Gamma > 0 && !cs.HasChroma && math.Abs(cs.Gamma-usualGamma) > 0.0005:
		return colour.FromGamma(cs.Gamma, nil)
	}
	return nil
}

// profileUse is a profile and for how many channels it is read.
type profileUse struct {
	icc      string
	channels int
}

// profileFound is what was made of it.
type profileFound struct {
	conversion *colour.Conversion
	err        error
}

// profile reads a profile, each once: the photos of a camera all have the same.
func (j *job) profile(icc string, channels int) (*colour.Conversion, error) {
	use := profileUse{icc, channels}
	j.tablesMu.Lock()
	found, ok := j.profiles[use]
	j.tablesMu.Unlock()
	if ok {
		return found.conversion, found.err
	}
	found.conversion, found.err = colour.FromICC([]byte(icc), channels)
	j.tablesMu.Lock()
	defer j.tablesMu.Unlock()
	if j.profiles == nil {
		j.profiles = map[profileUse]profileFound{}
	}
	j.profiles[use] = found
	return found.conversion, found.err
}

// withoutProfile has a PNG picture read from a copy without its damaged profile.
func (j *job) withoutProfile(a *asset) {
	if a.input.Format != media.PNG {
		return
	}
	from, to := a.input.Path, a.input.Path+".plain.png"
	a.input.Path = to
	j.later(func() error {
		in, err := os.Open(from)
		if err != nil {
			return err
		}
		defer func() { _ = in.Close() }()
		out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		return errors.Join(media.CopyPNG(out, in), out.Close())
	})
}

// table gives a conversion its place in the work folder. The files are written by
// writeFiles, once something is to be painted: a build that finds all in the cache needs none.
func (j *job) table(c *colour.Conversion, whole bool) *colourTable {
	name := fmt.Sprintf("colours-%s-%t", c.ID(), whole)
	j.tablesMu.Lock()
	defer j.tablesMu.Unlock()
	if t, ok := j.tables[name]; ok {
		return t
	}
	if j.tables == nil {
		j.tables = map[string]*colourTable{}
	}
	t := &colourTable{id: c.ID(), path: filepath.Join(j.work, name), conversion: c, whole: whole}
	j.tables[name] = t
	return t
}

// later has something done before pictures are painted, if any are.
func (j *job) later(do func() error) {
	j.tablesMu.Lock()
	defer j.tablesMu.Unlock()
	j.files = append(j.files, do)
}

// writeFiles writes what painting reads and is not there yet: tables of colours and moving
// pictures.
func (j *job) writeFiles() error {
	j.tablesMu.Lock()
	defer j.tablesMu.Unlock()
	for _, do := range j.files {
		if err := do(); err != nil {
			return err
		}
	}
	j.files = nil
	for _, t := range j.tables {
		if t.written {
			continue
		}
		err := errors.Join(
			os.WriteFile(t.path+".csp", t.conversion.Grid(t.whole), 0o600),
			os.WriteFile(t.path+".cube", t.conversion.Curve(), 0o600))
		if err != nil {
			return fault.New(fault.Disk, err, "cannot write to the folder for temporary files")
		}
		t.written = true
	}
	return nil
}

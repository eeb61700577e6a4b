package studio

import (
	"errors"
	"os"
	"path/filepath"

	"mynah/internal/colour"
	"mynah/internal/media"
)

// colourTable is a conversion of colours that lies in the work folder.
type colourTable struct{ id, path string }

const warnProfile = "its colour profile cannot be used; its colours are taken for sRGB"

// colours finds how the colours of a picture or clip become those of the video.
func (j *job) colours(a *asset) error {
	var c *colour.Conversion
	switch {
	case a.info != nil && a.info.Video != nil:
		s := a.info.Video.Source
		if s.Matrix == "rgb" && a.input.Format == media.GIF {
			return nil
		}
		c = colour.FromCodes(s.Primaries, s.Transfer)
	case a.info == nil:
		c = a.conversion()
	}
	if c == nil {
		return nil
	}
	var err error
	a.table, err = j.table(c)
	return err
}

// conversion reads what a picture's header says of its colours; the first kind
// that is there counts, as in PNG, third edition, section 4.3.
func (a *asset) conversion() *colour.Conversion {
	h := a.header
	cs := h.Colours
	switch {
	case cs.Transfer > 0 || cs.Primaries > 0:
		return colour.FromCodes(cs.Primaries, cs.Transfer)
	case cs.BadICC:
		a.warning = warnProfile
	case cs.ICC != "":
		c, err := colour.FromICC([]byte(cs.ICC), max(h.Channels, 1))
		if err != nil {
			a.warning = warnProfile
		}
		return c
	case cs.SRGB:
	case cs.HasChroma:
		w := cs.Chroma // white comes first in a PNG file
		return colour.FromGamma(cs.Gamma, &colour.Chromaticities{w[2], w[3], w[4], w[5], w[6], w[7], w[0], w[1]})
	case cs.Gamma > 0:
		return colour.FromGamma(cs.Gamma, nil)
	}
	return nil
}

// table writes the table of a conversion to the work folder.
func (j *job) table(c *colour.Conversion) (*colourTable, error) {
	j.tablesMu.Lock()
	defer j.tablesMu.Unlock()
	if t, ok := j.tables[c.ID()]; ok {
		return t, nil
	}
	t := &colourTable{id: c.ID(), path: filepath.Join(j.work, "colours-"+c.ID())}
	err := errors.Join(os.WriteFile(t.path+".csp", c.Grid(), 0o600), os.WriteFile(t.path+".cube", c.Curve(), 0o600))
	if err != nil {
		return nil, err
	}
	if j.tables == nil {
		j.tables = map[string]*colourTable{}
	}
	j.tables[c.ID()] = t
	return t, nil
}

package assets

import (
	"errors"
	"math"
	"os"

	"mynah/internal/colour"
	"mynah/internal/media"
)

// colourTable is a conversion of colours. Its files in the work folder are written later; path is
// their name without extension.
type colourTable struct {
	id, path   string
	conversion *colour.Conversion
	written    bool
	whole      bool // for pixels with the full range of 16 bits
}

// usualGamma is the gamma in most PNG files. Browsers treat it as the sRGB curve.
const usualGamma = 0.45455

const warnProfile = "its colour profile cannot be used; its colours are read as sRGB"

// chooseConversion determines how the colours of a picture or clip are converted to those of the video.
func (w *identifier) chooseConversion(a *Asset) {
	var c *colour.Conversion
	switch {
	case a.Info != nil && a.header.Colours != (media.Colours{}):
		c = w.readConversion(a)
	case a.Info != nil && a.Info.Video != nil:
		s := a.Info.Video.Source
		c = colour.NewFromCodes(s.Primaries, s.Transfer)
	case a.Info == nil:
		c = w.readConversion(a)
	}
	if c != nil {
		a.table = w.set.findOrAddTable(c, a.header.Deep)
	}
}

// readConversion returns the conversion for the colour information in a picture's header, or nil. If there
// are several kinds, the first one applies, as in PNG, third edition, section 4.3.
func (w *identifier) readConversion(a *Asset) *colour.Conversion {
	h := a.header
	cs := h.Colours
	switch {
	case cs.Transfer > 0 || cs.Primaries > 0:
		if a.Input.Format == media.PNG && !a.converted {
			return colour.NewFromPNGCodes(cs.Primaries, cs.Transfer)
		}
		return colour.NewFromCodes(cs.Primaries, cs.Transfer)
	case cs.BadICC:
		a.warning = warnProfile
		w.removeProfile(a)
	case h.Channels == 4: // the inks were already converted
	case cs.ICC != "":
		c, err := w.parseProfile(cs.ICC, max(h.Channels, 1))
		if err != nil {
			a.warning = warnProfile
		}
		return c
	case cs.SRGB:
	case cs.HasChroma && cs.Gamma > 0: // browsers ignore chromaticities without gamma
		w := cs.Chroma // in a PNG file, white is first
		return colour.NewFromGamma(cs.Gamma, &colour.Chromaticities{w[2], w[3], w[4], w[5], w[6], w[7], w[0], w[1]})
	case cs.Gamma > 0 && !cs.HasChroma && math.Abs(cs.Gamma-usualGamma) > 0.0005:
		return colour.NewFromGamma(cs.Gamma, nil)
	}
	return nil
}

// profileKey identifies a parsed colour profile: its bytes, and the number of channels of the
// picture for which it was parsed.
type profileKey struct {
	icc      string
	channels int
}

// profileFound is the result of reading a profile.
type profileFound struct {
	conversion *colour.Conversion
	err        error
}

// parseProfile parses an ICC profile. Each is parsed only once, because the photos of a camera contain the
// same profile.
func (w *identifier) parseProfile(icc string, channels int) (*colour.Conversion, error) {
	use := profileKey{icc, channels}
	w.mu.Lock()
	found, ok := w.profiles[use]
	w.mu.Unlock()
	if ok {
		return found.conversion, found.err
	}
	found.conversion, found.err = colour.NewFromICC([]byte(icc), channels)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.profiles[use] = found
	return found.conversion, found.err
}

// removeProfile replaces a PNG by a copy without its damaged profile.
func (w *identifier) removeProfile(a *Asset) {
	if a.Input.Format != media.PNG {
		return
	}
	from, to := a.Input.Path, a.Input.Path+".plain.png"
	a.Input.Path = to
	w.set.deferWrite(func() error {
		in, err := os.Open(from)
		if err != nil {
			return err
		}
		defer func() { _ = in.Close() }()
		out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
		if err != nil {
			return err
		}
		return errors.Join(media.CopyPNGWithoutProfile(out, in), out.Close())
	})
}

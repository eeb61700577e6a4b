package assets

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"os"

	"mynah/internal/cache"
	"mynah/internal/colour"
	"mynah/internal/media"
	"mynah/internal/part"
)

// mostInks is the maximum number of pixels of a CMYK picture that is converted, because the whole
// picture is in memory.
const mostInks = 60_000_000

// convertCMYK converts a JPEG in printing inks (CMYK) with a profile to a PNG, because ffmpeg's colour tables
// have only three dimensions. If the profile cannot be used, the file is not changed, and the author
// is warned.
func (w *identifier) convertCMYK(a *Asset) error {
	profile := a.header.Colours.ICC
	convert, err := colour.NewInkConverter([]byte(profile))
	if err != nil || a.header.Width*a.header.Height > mostInks {
		a.warning = warnProfile
		return nil //nolint:nilerr // the author is warned
	}
	b, err := part.ReadOrMake(w.Store, cache.Pictures, Converted{Content: a.Content},
		func() ([]byte, error) { return convertInks(a.Input.Path, convert) })
	if errors.Is(err, errNotCMYK) {
		a.warning = warnProfile
		return nil
	}
	if err != nil {
		return err
	}
	turn := a.header.Turn
	err = w.replaceByPNG(a, b)
	a.header.Turn, a.header.Colours = turn, media.Colours{SRGB: true}
	return err
}

var errNotCMYK = errors.New("the picture has no printing inks")

// convertInks decodes a CMYK JPEG and encodes it as PNG with converted colours.
func convertInks(path string, convert func([4]byte) [3]byte) ([]byte, error) {
	in, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	decoded, err := jpeg.Decode(bytes.NewReader(in))
	if err != nil {
		return nil, fmt.Errorf("it cannot be decoded: %w", err)
	}
	cmyk, ok := decoded.(*image.CMYK)
	if !ok {
		return nil, errNotCMYK
	}
	return encodeConvertedCMYK(cmyk, convert)
}

func encodeConvertedCMYK(in *image.CMYK, convert func([4]byte) [3]byte) ([]byte, error) {
	bounds := in.Bounds()
	out := image.NewNRGBA(bounds)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		from, to := in.Pix[in.PixOffset(bounds.Min.X, y):], out.Pix[out.PixOffset(bounds.Min.X, y):]
		for x := range bounds.Dx() {
			c := convert([4]byte(from[4*x : 4*x+4]))
			to[4*x], to[4*x+1], to[4*x+2], to[4*x+3] = c[0], c[1], c[2], 255
		}
	}
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	err := encoder.Encode(&b, out)
	return b.Bytes(), err
}

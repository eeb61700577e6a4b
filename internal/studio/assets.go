package studio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"mynah/internal/cache"
	"mynah/internal/ffmpeg"
	"mynah/internal/media"
	"mynah/internal/picture"
	"mynah/internal/proc"
	"mynah/internal/slide"
	"mynah/internal/timeline"
)

// maxPixels bounds an image: what decoding it takes in memory.
const maxPixels = 150_000_000

// asset is a user's file: identified, and staged under a name of ours.
type asset struct {
	name    string
	content cache.Key
	input   ffmpeg.Input
	header  media.Header // of an image
	info    *ffmpeg.Info // of a clip, GIF or sound
	// table converts its colours to the film's; nil where they are the same.
	table *colourTable
	// drawn tells that it was drawn at the size at which it is seen.
	drawn bool
	// converted tells that a file of ours stands for it.
	converted bool
	// warning is what its author should know of it, empty for nothing.
	warning string
	// advice is what to do about the warning; empty for colours.
	advice string
}

// picture gives the asset as a painter takes it. Its content is addressed with all that
// decides how its pixels look, so that a turned copy is another picture.
func (a *asset) picture() *picture.Asset {
	out := &picture.Asset{Input: a.input}
	if a.info != nil && a.info.Video != nil {
		out.Source = a.info.Video.Source
		out.Input.AlphaVPX = a.info.Video.AlphaVPX
	} else {
		out.Source = ffmpeg.Source{
			Width: a.header.Width, Height: a.header.Height, Turn: a.header.Turn,
			PixelW: 1, PixelH: 1, Alpha: a.header.Alpha, Matrix: "rgb", FullRange: a.header.FullRange,
		}
		if a.header.YUV {
			out.Source.Matrix = "bt601"
		}
	}
	if a.table != nil {
		out.Source.Colours = a.table.id
	}
	out.Content = cache.NewHasher("looks 1").Bytes(a.content[:]).String(fmt.Sprintf("%+v %s", out.Source, a.input.Format)).Key()
	if a.table != nil {
		out.Source.Table = a.table.path
	}
	return out
}

// media gives the asset as the timeline takes it.
func (a *asset) media() timeline.Media {
	m := timeline.Media{}
	if a.info == nil {
		return m
	}
	if a.info.Audio != nil {
		m.Sound, m.Length = true, a.info.Audio.Length
	}
	if v := a.info.Video; v != nil {
		m.Length, m.Rate, m.Frames = v.Length, v.Rate, v.Frames
		m.Still = (a.input.Format == media.GIF || a.input.Cycles) && v.Frames <= 1
	}
	return m
}

// stage gives a file of the project a name of ours in the work folder.
func (j *job) stage(name string, number int) (string, error) {
	path := filepath.Join(j.work, "in-"+strconv.Itoa(number))
	return path, os.Symlink(filepath.Join(j.project.dir, j.project.place(name)), path)
}

// identify opens a file, addresses its content and learns what it is.
func (j *job) identify(ctx context.Context, name string, number int, sound bool) (*asset, error) {
	head, _, err := j.project.head(name)
	if err != nil {
		return nil, errors.New("it cannot be read")
	}
	a := &asset{name: name}
	if a.input.Path, err = j.stage(name, number); err != nil {
		return nil, err
	}
	if a.content, err = j.store.HashFile(ctx, a.input.Path); err != nil {
		return nil, err
	}
	a.input.Format = media.Sniff(head)
	switch {
	case a.input.Format == media.GIF:
		if err = whole(a.input.Path, media.GIFEnds); err == nil {
			err = j.probe(ctx, a)
		}
	case sound || a.input.Format.Video():
		err = j.probe(ctx, a)
	case a.input.Format == media.WebP && media.Animated(head):
		err = j.webp(ctx, a)
	case a.input.Format == media.AVIF:
		err = j.avif(ctx, a)
	case a.input.Format == media.SVG:
		err = j.svg(ctx, a)
	default:
		if err = j.header(a); err == nil && a.header.Channels == 4 && a.header.Colours.ICC != "" {
			err = j.inks(a)
		}
	}
	if err == nil && !sound {
		j.colours(a)
	}
	return a, err
}

func (j *job) header(a *asset) error {
	f, err := os.Open(a.input.Path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	if a.header, err = media.ReadHeader(f, a.input.Format); err != nil {
		return err
	}
	if a.input.Format == media.PNG && !media.PNGEnds(f) || a.input.Format == media.JPEG && !media.JPEGEnds(f) {
		return errCut
	}
	return checkPixels(a.header.Width, a.header.Height)
}

// errCut tells that a file is a part of what it was.
var errCut = errors.New("it is cut off: its end is missing")

// whole looks for the end of a file.
func whole(path string, ends func(io.ReadSeeker) bool) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	if !ends(f) {
		return errCut
	}
	return nil
}

func checkPixels(w, h int) error {
	if int64(w)*int64(h) > maxPixels {
		return fmt.Errorf("it has %d x %d pixels; a picture may have %d million", w, h, maxPixels/1_000_000)
	}
	return nil
}

// probe measures a clip or sound, or finds what it measured before.
func (j *job) probe(ctx context.Context, a *asset) error {
	key := cache.NewHasher("probe 4").String(j.studio.version).Bytes(a.content[:]).String(string(a.input.Format)).Bool(a.input.Cycles).Key()
	if b, ok := j.store.Get(cache.Probes, key); ok {
		var info ffmpeg.Info
		if json.Unmarshal(b, &info) == nil {
			a.info = &info
			return nil
		}
	}
	info, err := j.studio.tools.Probe(ctx, a.input)
	if err != nil {
		return err
	}
	if v := info.Video; v != nil {
		if err := checkPixels(v.Source.Width, v.Source.Height); err != nil {
			return err
		}
	}
	a.info = info
	b, err := json.Marshal(info)
	if err != nil {
		return err
	}
	return j.store.PutBytes(cache.Probes, key, b)
}

// convert turns an image that ffmpeg does not read into a PNG of ours.
func (j *job) convert(a *asset, b []byte) error {
	path := a.input.Path + ".png"
	if err := os.WriteFile(path, b, 0o600); err != nil { //nolint:gosec // a name of ours in the work folder
		return err
	}
	a.content = cache.NewHasher("converted").Bytes(b).Key()
	a.input.Path, a.input.Format, a.converted = path, media.PNG, true
	return j.header(a)
}

// svg has the browser draw an SVG image, at the size at which it is seen: it would blur if
// it were enlarged.
func (j *job) svg(ctx context.Context, a *asset) error {
	version, err := j.studio.drawer.Version(ctx, "SVG images")
	if err != nil {
		return err
	}
	w, h := j.board.Film.Width, j.board.Film.Height
	key := cache.NewHasher("svg 1").Bytes(a.content[:]).String(version).Int(int64(w), int64(h)).Key()
	in, err := os.ReadFile(a.input.Path)
	if err != nil {
		return err
	}
	if file := slide.OutsideFile(in); file != "" {
		const most = 80 // code points of an address that a person is shown
		a.warning = fmt.Sprintf("it shows %.*q, which is not in the image file itself and is left out", most, file)
		a.advice = "export the image with its pictures embedded"
	}
	b, ok := j.store.Get(cache.Pictures, key)
	if !ok {
		b, err = j.studio.drawer.DrawSVG(ctx, slide.Drawing{Source: in, Cover: image.Pt(w, h), MostPixels: maxPixels})
		if err != nil {
			return err
		}
		if err := j.store.PutBytes(cache.Pictures, key, b); err != nil {
			return err
		}
	}
	a.drawn = true
	return j.convert(a, b)
}

// avif has a program decode an AVIF picture, and keeps what only the AVIF says.
func (j *job) avif(ctx context.Context, a *asset) error {
	f, err := os.Open(a.input.Path)
	if err != nil {
		return err
	}
	facts := media.ReadAVIF(f)
	if err := f.Close(); err != nil {
		return err
	}
	if facts.Cut {
		return errCut
	}
	if facts.Sequence {
		return j.sequence(ctx, a, facts)
	}
	b, err := j.decodeAVIF(ctx, a)
	if err != nil {
		return err
	}
	if err := j.convert(a, b); err != nil {
		return err
	}
	a.header.Turn, a.header.Colours = facts.Turn, facts.Colours
	return nil
}

func (j *job) decodeAVIF(ctx context.Context, a *asset) ([]byte, error) {
	const program = "avifdec"
	decoder, err := j.studio.run.Identity(program)
	if err != nil {
		return nil, err
	}
	key := cache.NewHasher("avif 2").String(j.studio.version).String(decoder).Bytes(a.content[:]).Key()
	if b, ok := j.store.Get(cache.Pictures, key); ok {
		return b, nil
	}
	out := a.input.Path + ".avif.png"
	link := a.input.Path + ".avif" // the program goes by the name's ending
	if err := os.Symlink(a.input.Path, link); err != nil {
		return nil, err
	}
	c := proc.Command{Program: program, Args: []string{"--jobs", "1", link, out}}
	if err := j.studio.run.Run(ctx, c); err != nil {
		return nil, err
	}
	b, err := os.ReadFile(out)
	if err != nil {
		return nil, err
	}
	return b, j.store.PutBytes(cache.Pictures, key, b)
}

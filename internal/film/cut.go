// Package film makes the tracks of a film. It encodes the segments and chunks that are not in the
// cache, and joins encoded pictures by copying. Where a picture does not change, it inserts skip
// pictures, which need a few bytes and no encoding. Package timeline decides about time.
package film

import (
	"errors"
	"io"
	"math/big"
	"slices"

	"mynah/internal/cache"
	"mynah/internal/ffmpeg"
	"mynah/internal/h264"
	"mynah/internal/mp4"
)

// aacFrame is the number of samples of an AAC frame. It is also the delay of the encoder.
const aacFrame = 1024

// Film describes a film whose segments and chunks are all in the cache.
type Film struct {
	Picture ffmpeg.Picture
	Runs    []SegmentRun
	// Sound contains the runs of the soundtrack, in order; Samples is its length in samples at 48 kHz.
	Sound   []PacketRun
	Samples int64
	AAC     ffmpeg.AAC
	Tags    []mp4.Tag
	// Language is an ISO 639-2/T code or "". Tag is the BCP 47 tag of the language or "".
	Language, Tag string
	// Cues are the subtitles of the subtitle track, in order; without cues there is no such track.
	Cues []Cue
	// Chapters are in order, each at least one frame long. The first begins with the film.
	Chapters []Chapter
}

// CountFrames returns the number of frames of the picture track.
func (f *Film) CountFrames() int64 {
	var n int64
	for _, p := range f.Runs {
		n += p.Frames
	}
	return n
}

// OpenPictureTrack opens the picture track. The caller must close it.
func (f *Film) OpenPictureTrack(store *cache.Store) (*PictureTrack, error) {
	if len(f.Runs) == 0 {
		return nil, errors.New("a film needs at least one picture")
	}
	t := &PictureTrack{
		lib: newLibrary(store, cache.Segments), runs: f.Runs,
		repeat: ChooseMaxUnchangedFrames(f.Picture), params: map[cache.Key]*h264.Params{},
	}
	for _, p := range f.Runs {
		if t.params[p.Segment] != nil {
			continue
		}
		x, err := t.lib.recallOrReadIndex(p.Segment)
		if err != nil {
			return nil, err
		}
		params, err := decodeParams(x.head)
		if err != nil {
			return nil, err
		}
		if t.params[p.Segment], err = t.addParams(params); err != nil {
			return nil, err
		}
	}
	sets, err := h264.AlignReferences(t.sets)
	if err != nil {
		return nil, err
	}
	t.sets = sets
	return t, nil
}

// addParams adds the parameter sets of a segment to those of the track, and returns the track's own copy of them.
func (t *PictureTrack) addParams(p *h264.Params) (*h264.Params, error) {
	for _, known := range t.sets {
		if !known.CanJoinStreams(p) {
			return nil, errors.New("two parts of the film were encoded with different parameter sets")
		}
		if known.GetID() == p.GetID() {
			return known, nil
		}
	}
	t.sets = append(t.sets, p)
	slices.SortFunc(t.sets, func(a, b *h264.Params) int { return a.GetID() - b.GetID() })
	return p, nil
}

// Close releases the entry of the cache that is open.
func (t *PictureTrack) Close() { t.lib.close() }

// WriteMP4 writes the film as MP4 with the index in front, and returns its size in bytes. The same film
// always has the same bytes.
func (f *Film) WriteMP4(store *cache.Store, w io.Writer) (int64, error) {
	track, err := f.OpenPictureTrack(store)
	if err != nil {
		return 0, err
	}
	defer track.Close()
	table, err := track.listSamples()
	if err != nil {
		return 0, err
	}
	sound := newLibrary(store, cache.Sounds)
	defer sound.close()
	audio, err := f.newAudioTrack(sound)
	if err != nil {
		return 0, err
	}
	timescale, delta := chooseTimescale(f.Picture)
	video := &mp4.Track{
		Kind: mp4.Video, Entry: mp4.EncodeAVCEntry(f.Picture.Width, f.Picture.Height, h264.EncodeAVCC(track.sets...)),
		Timing: mp4.Timing{Timescale: timescale, Delta: delta}, Sizes: table.sizes, Sync: table.sync,
		Width: f.Picture.Width, Height: f.Picture.Height,
		Presentation: mp4.Presentation{
			Duration: toMovieTime(int64(len(table.sizes)), f.Picture), Language: f.Language, Tag: f.Tag,
		},
		Next: track.newSampleWriter(),
	}
	video.Offsets, video.MediaTime = table.listOffsets(delta)
	movie := &mp4.Movie{Tracks: []*mp4.Track{video, audio}, Tags: f.Tags}
	if len(f.Cues) > 0 {
		movie.Tracks = append(movie.Tracks, f.newSubtitleTrack(video.Duration))
	}
	if len(f.Chapters) > 0 {
		video.Chapters = len(movie.Tracks)
		movie.Tracks, movie.Chapters = append(movie.Tracks, f.newTitleTrack(video.Duration)), f.listChapters()
	}
	return mp4.WriteMovie(w, movie)
}

// toMovieTime converts frames to units of the movie's timescale, rounded up.
func toMovieTime(frames int64, p ffmpeg.Picture) int64 {
	n := new(big.Int).Mul(big.NewInt(frames), big.NewInt(p.FPS.Den*mp4.MovieTimescale))
	n.Add(n, big.NewInt(p.FPS.Num-1))
	return n.Div(n, big.NewInt(p.FPS.Num)).Int64()
}

// chooseTimescale returns the units per second of the picture track and the length of a frame in these
// units. The length is exact for every frame rate.
func chooseTimescale(p ffmpeg.Picture) (scale, delta uint32) {
	num, den := p.FPS.Num, p.FPS.Den
	for num < 10000 { // players round times in coarse units
		num, den = num*2, den*2
	}
	return uint32(num), uint32(den)
}

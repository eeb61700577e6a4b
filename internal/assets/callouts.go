package assets

import (
	"mynah/internal/arrange"
	"mynah/internal/diag"
	"mynah/internal/ffmpeg"
	"mynah/internal/frame"
	"mynah/internal/picture"
	"mynah/internal/script"
	"mynah/internal/storyboard"
)

// ConvertCallouts converts callouts to the film's frame. shot is the picture on which they are, or nil if
// they are on a slide or the canvas. If the film's size differs from the header's, callouts keep their
// position on the picture or, without a picture, relative to the centre.
func (s *Set) ConvertCallouts(film storyboard.Film, list []script.Callout, scene *storyboard.Scene, shot int) []picture.Callout {
	var out []picture.Callout
	for _, c := range list {
		out = append(out, s.convertCallout(film, c, scene, shot))
	}
	return out
}

func (s *Set) convertCallout(film storyboard.Film, c script.Callout, scene *storyboard.Scene, shot int) picture.Callout {
	out := picture.Callout{
		Round: c.Shape != script.Rectangle, X0: c.Left, Y0: c.Top, X1: c.Right, Y1: c.Bottom,
		OfImage: c.OfImage, Alpha: c.Alpha, Mask: c.Style == script.Mask, Blur: c.Style == script.BlurInside,
	}
	if out.Round {
		out.X0, out.Y0, out.X1, out.Y1 = c.CX-c.Size, c.CY-c.Size, c.CX+c.Size, c.CY+c.Size
	}
	if c.Style == script.BlurInside {
		const corner = 8 // pixels of a frame whose shorter side is 720
		out.Corner = corner * float64(min(film.Width, film.Height)) / 720
	}
	from := film.Header
	if c.OfImage || from.Width == film.Width && from.Height == film.Height || from.Width == 0 {
		return out
	}
	if scene == nil || shot < 0 {
		return out.MapToSize(from.Width, from.Height, film.Width, film.Height)
	}
	return out.MapToPlacement(s.placeShot(scene, shot, from.Width, from.Height), s.placeShot(scene, shot, film.Width, film.Height))
}

// placeShot returns the placement of a shot in a frame of w x h pixels, in the part of it that the layout of the scene and
// the mount of the picture leave.
func (s *Set) placeShot(scene *storyboard.Scene, shot, w, h int) ffmpeg.Placement {
	pictureW, pictureH := s.MeasurePicture(scene.Shots[shot].File)
	placing := scene.Shots[shot].Placing
	pane, ok := arrange.FindPane(scene, shot, s.MeasurePicture, w, h)
	if !ok {
		return ffmpeg.PlaceSource(pictureW, pictureH, w, h, placing)
	}
	if pane.Whole {
		placing.Fit = frame.Stretch
	}
	out := ffmpeg.PlaceSource(pictureW, pictureH, pane.Rect.Dx(), pane.Rect.Dy(), placing)
	out.OffsetX, out.OffsetY = out.OffsetX+pane.Rect.Min.X, out.OffsetY+pane.Rect.Min.Y
	return out
}

// checkCamera warns about a callout that fills so much of the frame that the camera does not move to it.
func checkCamera(c script.Callout, out picture.Callout, film storyboard.Film, found *diag.List) {
	if c.Style == script.CameraZoom && picture.AimCamera(out, film.Width, film.Height) == (picture.CameraView{}) {
		d := found.Warnf(c.Range, "the camera does not move to this callout: it is too large a part of the frame")
		d.Hint = "choose a shape of at most half of the frame's width and height, or write style: outline"
	}
}

// checkCalloutOfImage warns about a callout in pixels of a picture that is outside the picture, or in a part of it that
// is cropped away.
func (c check) checkCalloutOfImage(one script.Callout, out picture.Callout, scene *storyboard.Scene, index int, found *diag.List) {
	shot := scene.Shots[index]
	film, asset := c.board.Film, c.set.GetUsable(shot.File).ToPicture()
	w, h := asset.Source.ComputeUprightSize()
	if out.IsOutside(w, h) {
		d := found.Warnf(one.Range, "the callout is outside %q, which has %d x %d pixels", shot.File, w, h)
		d.Hint = "with of: image, positions and lengths are in pixels of the picture, from its top left corner"
		return
	}
	if shot.Motion != "" {
		return
	}
	shown := out.LocateIn(c.set.placeShot(scene, index, film.Width, film.Height))
	if shown.IsOutside(film.Width, film.Height) {
		d := found.Warnf(one.Range, "the callout is not visible: its part of %q is cropped away", shot.File)
		d.Hint = "show the picture with contain or blur, or choose the visible part with focus"
		return
	}
	checkCamera(one, shown, film, found)
}

// checkCallouts warns about callouts that are outside the visible area.
func (c check) checkCallouts(list []script.Callout, scene *storyboard.Scene, shot int, found *diag.List) {
	if shot >= 0 && c.set.GetUsable(scene.Shots[shot].File) == nil {
		return
	}
	film := c.board.Film
	for _, one := range list {
		out := c.set.convertCallout(film, one, scene, shot)
		if one.OfImage {
			c.checkCalloutOfImage(one, out, scene, shot, found)
			continue
		}
		if !out.IsOutside(film.Width, film.Height) {
			checkCamera(one, out, film, found)
			continue
		}
		from := film.Header
		if from.Width == film.Width && from.Height == film.Height {
			d := found.Warnf(one.Range, "the callout is outside the frame, which has %d x %d pixels", film.Width, film.Height)
			d.Hint = "positions and lengths are in pixels of the frame, from its top left corner; with of: image, in pixels of the picture"
			continue
		}
		d := found.Warnf(one.Range, "the callout is not visible in a video of %d x %d: it is outside the frame",
			film.Width, film.Height)
		d.Hint = "show the picture with contain and put the callout on it, or build the video in the header's size"
	}
}

package picture

import (
	"math"
)

// CameraView is the part of the frame that the camera shows: its top left corner, and its size as a share of the
// frame's width and height. The zero value is the whole frame.
type CameraView struct {
	X    float64 `json:"x,omitempty"`
	Y    float64 `json:"y,omitempty"`
	Size float64 `json:"size,omitempty"`
}

func (c CameraView) isWhole() bool { return c.Size == 0 || c.Size == 1 }

// ComputeZoom returns the factor by which the camera enlarges.
func (c CameraView) ComputeZoom() float64 {
	if c.isWhole() {
		return 1
	}
	return 1 / c.Size
}

// CameraMove is a movement of the camera. Before it the camera shows Start, after it End.
type CameraMove struct {
	From   int64      `json:"from,omitempty"`
	Frames int64      `json:"frames,omitempty"`
	Start  CameraView `json:"start,omitzero"`
	End    CameraView `json:"end,omitzero"`
}

// cameraSteps are the zoom factors at which the camera stops. Pictures are painted at these scales, so that they are
// sharp.
func cameraSteps() []float64 { return []float64{4, 3.5, 3, 2.5, 2, 1.75, 1.5, 1.25} }

// cameraShare is the largest share of the frame's width and height that a shape fills when the camera is at it.
const cameraShare = 0.7

// AimCamera returns the view of the camera at a shape in a frame of w x h pixels.
func AimCamera(c Callout, w, h int) CameraView {
	fw, fh := float64(w), float64(h)
	x0, x1 := math.Max(c.X0, 0), math.Min(c.X1, fw)
	y0, y1 := math.Max(c.Y0, 0), math.Min(c.Y1, fh)
	if x0 >= x1 || y0 >= y1 {
		return CameraView{}
	}
	wanted := cameraShare / math.Max((x1-x0)/fw, (y1-y0)/fh)
	for _, zoom := range cameraSteps() {
		if zoom > wanted {
			continue
		}
		size := 1 / zoom
		place := func(middle, frame float64) float64 {
			at := math.Min(math.Max(middle/frame-size/2, 0), 1-size)
			return math.Round(at*frame*zoom/2) * 2 / (frame * zoom) // whole pixels of the enlarged picture
		}
		return CameraView{X: place((x0+x1)/2, fw), Y: place((y0+y1)/2, fh), Size: size}
	}
	return CameraView{}
}

// MapToCamera returns where a callout is in a frame of w x h pixels that the camera shows.
func (c Callout) MapToCamera(view CameraView, w, h int) Callout {
	if view.isWhole() {
		return c
	}
	zoom := view.ComputeZoom()
	c.X0, c.X1 = (c.X0-view.X*float64(w))*zoom, (c.X1-view.X*float64(w))*zoom
	c.Y0, c.Y1 = (c.Y0-view.Y*float64(h))*zoom, (c.Y1-view.Y*float64(h))*zoom
	return c
}

// Grow returns a callout that is larger by a distance on each side.
func (c Callout) Grow(by float64) Callout {
	c.X0, c.Y0, c.X1, c.Y1 = c.X0-by, c.Y0-by, c.X1+by, c.Y1+by
	return c
}

// isCameraMoving reports whether the camera moves at a frame.
func (v *View) isCameraMoving(frame int64) bool {
	for _, m := range v.Camera {
		if frame >= m.From && frame < m.From+m.Frames {
			return true
		}
	}
	return false
}

// findCameraView returns what the camera shows at a frame.
func (v *View) findCameraView(frame int64) CameraView {
	var at CameraView
	for i, m := range v.Camera {
		switch {
		case frame >= m.From+m.Frames:
			at = m.End
		case frame >= m.From:
			return m.computeViewAt(frame)
		case i == 0:
			return m.Start
		}
	}
	return at
}

// computeViewAt returns the view in the middle of a move: the speed changes smoothly from and to zero, and a point
// moves along a straight line. The first frame is already under way, the one after the last is the end.
func (m CameraMove) computeViewAt(frame int64) CameraView {
	t := float64(frame-m.From+1) / float64(m.Frames+1)
	t = t * t * t * (t*(6*t-15) + 10)
	from, to := 1/m.Start.ComputeZoom(), 1/m.End.ComputeZoom()
	size := math.Exp(math.Log(from)*(1-t) + math.Log(to)*t)
	share := t
	if math.Abs(from-to) > 1e-9 {
		share = (from - size) / (from - to)
	}
	return CameraView{
		X: m.Start.X + (m.End.X-m.Start.X)*share, Y: m.Start.Y + (m.End.Y-m.Start.Y)*share, Size: size,
	}
}

// cutCamera returns the movements of the camera in the count frames from frame from on, counted from there.
func (v *View) cutCamera(from, count int64) (out []CameraMove) {
	for _, m := range v.Camera {
		if m.From < from+count && m.From+m.Frames > from {
			m.From -= from
			out = append(out, m)
		}
	}
	if at := v.findCameraView(from); len(out) == 0 && !at.isWhole() {
		return []CameraMove{{Start: at, End: at}}
	}
	return out
}

// listCameraScales returns the scales at which a picture is painted for the movement or the view of the camera at a
// frame.
func (v *View) listCameraScales(frame int64) []float64 {
	for _, m := range v.Camera {
		if frame < m.From || frame >= m.From+m.Frames {
			continue
		}
		a, b := m.Start.ComputeZoom(), m.End.ComputeZoom()
		list := []float64{a, b}
		if math.Max(a/b, b/a) > 2 {
			list = append(list, math.Round(math.Sqrt(a*b)*4)/4)
		}
		return list
	}
	return []float64{v.findCameraView(frame).ComputeZoom()}
}

// chooseCameraScale returns the scale of the picture from which the camera's view at a frame is drawn: the one that is
// nearest to its zoom.
func (v *View) chooseCameraScale(frame int64) float64 {
	zoom := v.findCameraView(frame).ComputeZoom()
	best := 1.0
	for i, scale := range v.listCameraScales(frame) {
		if i == 0 || math.Abs(math.Log(scale/zoom)) < math.Abs(math.Log(best/zoom)) {
			best = scale
		}
	}
	return best
}

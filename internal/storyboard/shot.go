package storyboard

import (
	"mynah/internal/frame"
	"mynah/internal/script"
)

// addShot adds a shot for an image or clip.
func (s *sceneState) addShot(n *script.Picture) {
	name := s.resolveFile(script.File{Name: n.File, Range: n.FileRange}, namePictureKind(n))
	if name == "" {
		return
	}
	info := s.project.DescribeFile(name)
	if info.Kind == "" {
		d := s.list.Errorf(n.FileRange, "%q cannot be shown: it %s", n.File, info.Describe)
		d.Detail = "Allowed: jpg, png, gif, webp, avif or svg images, and mp4, mov, webm, mkv or m4v clips"
		d.Hint = "export the picture again in one of these formats; renaming the file is not enough"
		return
	}
	black := frame.Color{A: 255}
	placing := frame.Placing{Fit: n.Fit, Position: n.Position, Focus: n.Focus}
	if placing.Fit == "" {
		placing.Fit = dereferenceOr(s.now.AssetResize, frame.Cover)
	}
	shot := Shot{
		Kind: info.Kind, Range: n.Range, File: name, Edge: n.Edge,
		Motion: n.Motion, Strong: n.Strong, Mount: n.Mount, Sync: n.Sync, Still: n.Still, Segment: n.Segment,
		Volume: dereferenceOr(n.Volume, 1), Canvas: s.out.Canvas,
		Placing: placing,
	}
	if s.now.Canvas == nil && shot.Fit.IsPadded() {
		shot.Canvas = black
	}
	if n.Mute {
		shot.Volume = 0
	}
	s.dropUnfittingOptions(n, &shot)
	s.onPicture.applyTo(&shot)
	s.out.Shots = append(s.out.Shots, shot)
}

func namePictureKind(n *script.Picture) string {
	if n.Video {
		return "video"
	}
	return "picture"
}

// dropUnfittingOptions removes options that do not fit the kind of file, and warns about them.
func (s *sceneState) dropUnfittingOptions(n *script.Picture, shot *Shot) {
	drop := func(set bool, option, why string) bool {
		if set {
			s.list.Warnf(n.Range, "%q is for %s; it is ignored here", option, why)
		}
		return set
	}
	if shot.Kind == Image {
		if drop(n.Sync != "", string(n.Sync), "clips") {
			shot.Sync = ""
		}
		if drop(n.Still != "", string(n.Still), "clips") {
			shot.Still = ""
		}
		if drop(n.Segment != nil, "a segment", "clips") {
			shot.Segment = nil
		}
		drop(n.Mute, "mute", "clips")
		drop(n.Volume != nil, "volume", "clips")
	}
	if shot.Kind == GIF {
		if drop(n.Still != "", string(n.Still), "clips") {
			shot.Still = ""
		}
		if drop(n.Segment != nil, "a segment", "clips") {
			shot.Segment = nil
		}
	}
	if shot.Motion == "" {
		if n.Strong {
			s.list.Warnf(n.Range, "strong is for a motion, and this picture has none; it is ignored").
				Hint = "write zoom strong, or pan strong"
		}
		return
	}
	if shot.Kind != Image {
		drop(true, string(n.Motion), "images")
		shot.Motion = ""
		return
	}
}

// addCallout adds a callout to the picture that it belongs to, or to the scene if it has no pictures.
func (s *sceneState) addCallout(n *script.Callout) {
	s.onPicture.applyOrKeep(s.out.Shots, func(shot *Shot) { shot.Callouts = append(shot.Callouts, *n) }, func() {
		if !n.OfImage {
			s.out.Callouts = append(s.out.Callouts, *n)
			return
		}
		d := s.list.Warnf(n.Range, "a callout with of: image belongs to an image or clip, and this scene has none")
		d.Hint = "put the callout below its picture: ![](picture.png)"
	})
}

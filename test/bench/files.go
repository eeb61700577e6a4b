package main

import (
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// writeMarkedPicture copies a picture and adds a mark that makes it distinct.
func (b *bench) writeMarkedPicture(dir, from, to string, n int) error {
	in, err := os.Open(filepath.Join(dir, from))
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	src, err := png.Decode(in)
	if err != nil {
		return err
	}
	img := image.NewRGBA(src.Bounds())
	draw.Draw(img, img.Bounds(), src, src.Bounds().Min, draw.Src)
	for bit := range 12 {
		if n>>bit&1 == 1 {
			draw.Draw(img, image.Rect(20+bit*40, 20, 50+bit*40, 50), image.White, image.Point{}, draw.Src)
		}
	}
	out, err := os.Create(filepath.Join(dir, to))
	if err != nil {
		return err
	}
	defer func() { _ = out.Close() }()
	return (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(out, img)
}

// videoSeconds returns the length of a video in seconds.
func (b *bench) videoSeconds(path string) (float64, error) {
	out, err := exec.CommandContext(b.ctx, "ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", path).Output()
	if err != nil {
		return 0, fmt.Errorf("ffprobe: %w", err)
	}
	return strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
}

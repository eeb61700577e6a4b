// Package studio defines the order of the work: each method of a Studio (build, plan, check,
// snapshot, subtitles, speak) is a list of steps that pass values to each other. The command line
// and the server's worker call the same methods.
package studio

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"mynah/internal/assets"
	"mynah/internal/blame"
	"mynah/internal/cache"
	"mynah/internal/cut"
	"mynah/internal/fault"
	"mynah/internal/ffmpeg"
	"mynah/internal/mix"
	"mynah/internal/part"
	"mynah/internal/picture"
	"mynah/internal/proc"
	"mynah/internal/slide"
	"mynah/internal/timeline"
	"mynah/internal/voice"
)

// Config contains the settings of a Studio.
type Config struct {
	StillQP      int    // constant quantiser of stills, 1 (best) to 51
	ClipCRF      int    // constant rate factor of clips, 1 (best) to 51
	Compatible   bool   // one parameter set for all pictures; see ffmpeg.Picture
	AudioBitRate int    // of stereo sound, in bits per second; mono has half of it
	AudioCoder   string // coding method of ffmpeg's AAC encoder: fast or twoloop
	FFmpeg       string // name or path of the program
	FFprobe      string // name or path of the program
	// Ahead is how long speech may take before pictures and sound are made at the same time.
	Ahead time.Duration
	// Executor decides where drawings, segments and sound are made; nil means in this process.
	Executor part.Executor
}

// DefaultConfig returns the settings that the script language prescribes.
func DefaultConfig() Config {
	still, clip := ffmpeg.DefaultQuality()
	a := ffmpeg.NewDefaultAAC(2)
	return Config{
		StillQP: still, ClipCRF: clip, AudioBitRate: a.BitRate, AudioCoder: a.Coder,
		FFmpeg: "ffmpeg", FFprobe: "ffprobe", Ahead: time.Second,
	}
}

// Validate reports all mistakes at once.
func (c Config) Validate() error {
	var errs []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	check(c.StillQP >= 1 && c.StillQP <= 51, "still quality: %d, must be 1 to 51", c.StillQP)
	check(c.ClipCRF >= 1 && c.ClipCRF <= 51, "clip quality: %d, must be 1 to 51", c.ClipCRF)
	check(c.AudioBitRate >= 32000 && c.AudioBitRate <= 320000, "audio bit rate: %d, must be 32000 to 320000", c.AudioBitRate)
	check(c.AudioCoder == "fast" || c.AudioCoder == "twoloop", "audio coder: %q, must be fast or twoloop", c.AudioCoder)
	check(c.Ahead >= 0, "ahead: %s, must not be negative", c.Ahead)
	check(c.FFmpeg != "" && c.FFprobe != "", "ffmpeg: the program's name is empty")
	return errors.Join(errs...)
}

// Studio makes videos. It is safe for concurrent use.
type Studio struct {
	cfg     Config
	run     *proc.Runner
	tools   *ffmpeg.Tools
	booth   *voice.Booth
	drawer  *slide.Drawer
	store   *cache.Store
	version string
	once    sync.Mutex
}

// New creates a studio; cfg must be valid.
func New(cfg Config, run *proc.Runner, booth *voice.Booth, drawer *slide.Drawer, store *cache.Store) (*Studio, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	return &Studio{
		cfg: cfg, run: run, tools: ffmpeg.NewTools(run, cfg.FFmpeg, cfg.FFprobe), booth: booth,
		drawer: drawer, store: store,
	}, nil
}

// identifyTools reads the versions of ffmpeg, which are part of every cache key, at the first call.
func (s *Studio) identifyTools(ctx context.Context) error {
	s.once.Lock()
	defer s.once.Unlock()
	if s.version != "" {
		return nil
	}
	v, err := s.tools.FindFFmpegVersion(ctx, s.store)
	if ctx.Err() != nil {
		return fault.New(fault.Cancelled, ctx.Err(), "stopped")
	}
	if err != nil {
		return blame.ToFault(err)
	}
	s.version = v
	return nil
}

// newAssetTools returns the tools for identifying files.
func (s *Studio) newAssetTools() assets.Tools {
	return assets.Tools{FFmpeg: s.tools, Version: s.version, Run: s.run, Drawer: s.drawer}
}

func (s *Studio) newCutTools(l *timeline.Line, layers picture.Layers) cut.Tools {
	return cut.Tools{FFmpeg: s.tools, Version: s.version, Form: s.newPictureFormat(l), Layers: layers}
}

// newPictureFormat returns the size, frame rate and quality of a video.
func (s *Studio) newPictureFormat(l *timeline.Line) ffmpeg.Picture {
	return ffmpeg.Picture{
		Width: l.Width, Height: l.Height, FPS: l.FPS, StillQP: s.cfg.StillQP, ClipCRF: s.cfg.ClipCRF,
		Compatible: s.cfg.Compatible,
	}
}

func (s *Studio) newMixTools() mix.Tools {
	return mix.Tools{FFmpeg: s.tools, Version: s.version, Run: s.run, BitRate: s.cfg.AudioBitRate, Coder: s.cfg.AudioCoder}
}

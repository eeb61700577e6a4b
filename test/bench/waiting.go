package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"mynah/internal/voice/remote/remotetest"
)

// slowVoice is a speech service that answers each request after a delay. The length of the sound
// depends on the length of the request.
type slowVoice struct {
	delay time.Duration

	mu          sync.Mutex
	first, last time.Time // times of the first request and of the last answer
}

// ServeHTTP implements http.Handler.
func (s *slowVoice) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	if s.first.IsZero() {
		s.first = time.Now()
	}
	s.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	select {
	case <-time.After(s.delay):
	case <-r.Context().Done():
		return
	}
	const rate = 24000
	pcm := make([]int16, rate*3+100*len(body))
	for i := range pcm {
		pcm[i] = int16(6000 * math.Sin(float64(i)*float64(200+binary.BigEndian.Uint16(body[len(body)/2:])%400)*2*math.Pi/rate))
	}
	w.Header().Set("Content-Type", "audio/wav")
	_, _ = w.Write(remotetest.FormatWAV(pcm, rate))
	s.mu.Lock()
	s.last = time.Now()
	s.mu.Unlock()
}

// waiting builds a video whose voice is a slow service that accepts two requests at once. All other
// work should be done while the service is speaking.
func (b *bench) waiting() error {
	const scenes, atOnce = 60, 2
	dir := filepath.Join(b.dir, "waiting")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if _, err := b.ffmpeg(dir, "-f", "lavfi", "-i", "gradients=s=1600x900:n=4:seed=7:x0=13:y0=0:x1=1600:y1=900",
		"-frames:v", "1", "-pix_fmt", "rgb24", "p.png"); err != nil {
		return err
	}
	var script strings.Builder
	script.WriteString("---\nvoice: late/alloy\nsize: 1080p\n---\n\n")
	for i := range scenes {
		name := fmt.Sprintf("s%d.png", i)
		if err := b.writeMarkedPicture(dir, "p.png", name, i); err != nil {
			return err
		}
		fmt.Fprintf(&script, "![](%s)\n\nThis is scene number %d of the video, and it says so.\n\n---\n\n", name, i+1)
	}
	if err := os.WriteFile(filepath.Join(dir, "late.md"), []byte(script.String()), 0o600); err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(b.ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	service := &slowVoice{}
	server := &http.Server{Handler: service, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	defer func() { _ = server.Close() }()
	settings := fmt.Sprintf("engines:\n  late: {kind: openai, url: 'http://%s/v1', voices: [alloy], at-once: %d}\n",
		listener.Addr(), atOnce)
	if err := os.WriteFile(filepath.Join(dir, "mynah.yaml"), []byte(settings), 0o600); err != nil {
		return err
	}
	build := func() (cost, error) {
		return b.measure(dir, b.mynah, "build", "late.md", "-q", "--no-cache", "--jobs", "2", "--force")
	}
	work, err := build()
	if err != nil {
		return err
	}
	var ratios, walls, waits []float64
	for range b.runs {
		// The delay is chosen so that speech takes four times as long as all other work.
		service.mu.Lock()
		service.delay = time.Duration(4 * work.wall / scenes * atOnce * float64(time.Second))
		service.first = time.Time{}
		service.mu.Unlock()
		late, err := build()
		if err != nil {
			return err
		}
		service.mu.Lock()
		wait := service.last.Sub(service.first).Seconds()
		service.mu.Unlock()
		ratios, walls, waits = append(ratios, late.wall/wait), append(walls, late.wall), append(waits, wait)
	}
	ratio := median(ratios)
	b.add(row{
		fmt.Sprintf("%d scenes, a voice that waits: wall", scenes), fmt.Sprintf("%.2f s (%.2f s at once)", median(walls), work.wall),
		fmt.Sprintf("%.2f s of waiting", median(waits)), fmt.Sprintf("%.2f times", ratio), "<= 1.1", ratio <= 1.1,
	})
	return nil
}

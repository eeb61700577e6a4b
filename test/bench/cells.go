package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"mynah/internal/cell"
	"mynah/internal/proc"
)

// cells measures what people wait for: the start of a cell, a check, and the picture of an edited scene.
func (b *bench) cells() error {
	if err := b.cellStart(); err != nil {
		return err
	}
	s, err := b.serve()
	if err != nil {
		return err
	}
	defer s.stop()
	var script strings.Builder
	script.WriteString("---\nsize: 720p\n---\n")
	for i := range 25 {
		fmt.Fprintf(&script, "\n---\n\nThis is sentence number %d of a long script.\n", i)
	}
	if err := b.request(s, "check of a script of 100 lines, warm", 0.1, "/v1/check", func(i int) string {
		return strings.Replace(script.String(), "number 7 ", fmt.Sprintf("number %d ", 1000+i), 1)
	}); err != nil {
		return err
	}
	return b.request(s, "picture of an edited scene, warm", 0.4, "/v1/snapshot?scene=2", func(i int) string {
		return fmt.Sprintf("---\nsize: 720p\n---\n\nA first scene.\n\n---\n\n```\n# Edited %d\n\n- one\n- two\n```\n\nThe narration.\n", i)
	})
}

// cellStart measures the time from the start of a cell's process until it has answered its first call.
func (b *bench) cellStart() error {
	run, err := proc.New(proc.DefaultConfig())
	if err != nil {
		return err
	}
	var took []float64
	for range 4*max(b.runs, 5) + 1 {
		start := time.Now()
		c, err := cell.Launch(b.ctx, run, proc.Command{Program: b.mynah, Args: []string{"cell"}}, cell.HostLimits(), nil)
		if err != nil {
			return err
		}
		took = append(took, since(start))
		if err := c.Stop(time.Second); err != nil {
			return err
		}
	}
	m := median(took[1:])
	b.add(row{"start of a cell", fmt.Sprintf("%.1f ms", m*1e3), "", "", "< 15 ms", m < 0.015})
	return nil
}

// request measures the time of requests with changing scripts. The first one starts what is needed.
func (b *bench) request(s *server, name string, most float64, path string, script func(i int) string) error {
	var took []float64
	for i := range 2*max(b.runs, 9) + 1 {
		body, err := json.Marshal(map[string]string{"script": script(i)})
		if err != nil {
			return err
		}
		r, err := http.NewRequestWithContext(b.ctx, http.MethodPost, s.URL+path, bytes.NewReader(body))
		if err != nil {
			return err
		}
		r.Header.Set("X-Api-Key", benchKey)
		r.Header.Set("Content-Type", "application/json")
		start := time.Now()
		resp, err := s.HTTP.Do(r)
		if err != nil {
			return err
		}
		text, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK {
			return fmt.Errorf("%s: %s %w %.300s", path, resp.Status, err, text)
		}
		took = append(took, since(start))
	}
	m := median(took[1:])
	b.add(row{name, fmt.Sprintf("%.0f ms", m*1e3), fmt.Sprintf("%.0f ms cold", took[0]*1e3), "", fmt.Sprintf("< %.0f ms", most*1e3), m < most})
	return nil
}

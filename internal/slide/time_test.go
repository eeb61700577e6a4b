package slide_test

import (
	"mynah/internal/slide"
	"testing"
	"time"
)

func TestT(t *testing.T) {
	d := drawer(t, nil)
	for i := range 4 {
		t0 := time.Now()
		_, err := d.Draw(t.Context(), slide.Request{Width: 1920, Height: 1080, Blocks: samples()[i].blocks, Over: true})
		t.Log(time.Since(t0), err)
	}
}

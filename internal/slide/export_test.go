package slide

// PidOf returns the process ID of a Drawer's browser, or 0 if none is running.
func PidOf(d *Drawer) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.browser == nil {
		return 0
	}
	return d.browser.pipes.ProcessID
}

// Content returns the left, top, right and bottom of the blocks of a slide, in CSS pixels, and whether
// the slide was too full for its usual size.
func (d *Drawn) Content() (box [4]float64, overfull bool) { return d.layout.Content, d.layout.Tight }

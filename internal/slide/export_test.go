package slide

// PidOf is the process of a Drawer's browser, 0 when none runs.
func PidOf(d *Drawer) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.browser == nil {
		return 0
	}
	return d.browser.process.Pid()
}

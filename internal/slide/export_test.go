package slide

// PidOf returns the process ID of a Drawer's browser, or 0 if none is running.
func PidOf(d *Drawer) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.browser == nil {
		return 0
	}
	return d.browser.process.ProcessID()
}

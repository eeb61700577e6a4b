package slide

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"unsafe"

	"golang.org/x/sys/windows"

	"mynah/internal/proc"
)

// ListPrograms returns the names and paths of browsers, in the order in which they are tried.
func ListPrograms() []string {
	names := []string{"chrome-headless-shell", "chromium", "chrome"}
	for _, variable := range []string{"ProgramFiles", "ProgramFiles(x86)", "LocalAppData"} {
		if dir := os.Getenv(variable); dir != "" {
			names = append(names, filepath.Join(dir, "Chromium", "Application", "chrome.exe"),
				filepath.Join(dir, "Google", "Chrome", "Application", "chrome.exe"),
				filepath.Join(dir, "Microsoft", "Edge", "Application", "msedge.exe"))
		}
	}
	return names
}

// installBrowser is a command that installs a browser on this system, for hints.
const installBrowser = "winget install Google.Chrome"

// listPipeArguments returns the argument that passes the handles of the pipes to the browser.
func listPipeArguments(in, out *os.File) []string {
	return []string{fmt.Sprintf("--remote-debugging-io-pipes=%d,%d", in.Fd(), out.Fd())}
}

// readProgramVersion reads the browser's version from the resources of its executable. On Windows, running it
// with --version would open a window.
func readProgramVersion(_ context.Context, _ *proc.Runner, path string) (string, error) {
	size, err := windows.GetFileVersionInfoSize(path, nil)
	if err != nil {
		return "", fmt.Errorf("read the version of %s: %w", path, err)
	}
	block := make([]byte, size)
	var info *windows.VS_FIXEDFILEINFO
	length := uint32(unsafe.Sizeof(*info))
	if err = windows.GetFileVersionInfo(path, 0, size, unsafe.Pointer(&block[0])); err == nil {
		err = windows.VerQueryValue(unsafe.Pointer(&block[0]), `\`, unsafe.Pointer(&info), &length)
	}
	if err != nil {
		return "", fmt.Errorf("read the version of %s: %w", path, err)
	}
	high, low := info.FileVersionMS, info.FileVersionLS
	return fmt.Sprintf("%d.%d.%d.%d", high>>16, high&0xffff, low>>16, low&0xffff), nil
}

//go:build unix

package slide

import (
	"context"
	"os"
	"strings"

	"mynah/internal/proc"
)

// listPipeArguments returns the arguments that name the browser's pipes. On Unix there are none: the
// browser uses the file descriptors 3 and 4.
func listPipeArguments(_, _ *os.File) []string { return nil }

// readProgramVersion returns the output of the browser's --version.
func readProgramVersion(ctx context.Context, run *proc.Runner, path string) (string, error) {
	out, err := run.RunForOutput(ctx, proc.Command{
		Program: path, Args: []string{"--version"}, Resident: true, Timeout: startTime, MaxStdout: stderrKept,
	})
	return strings.TrimSpace(string(out)), err
}

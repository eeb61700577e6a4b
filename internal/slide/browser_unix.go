//go:build unix

package slide

import (
	"context"
	"os"
	"strings"

	"mynah/internal/proc"
)

// pipeArguments tell the browser which handles its pipes are: on this system, the descriptors 3
// and 4 of themselves.
func pipeArguments(_, _ *os.File) []string { return nil }

// askVersion asks a browser's program for its version.
func askVersion(ctx context.Context, run *proc.Runner, path string) (string, error) {
	out, err := run.Output(ctx, proc.Command{
		Program: path, Args: []string{"--version"}, Resident: true, Timeout: startTime, MaxStdout: stderrKept,
	})
	return strings.TrimSpace(string(out)), err
}

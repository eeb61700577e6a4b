package program_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"mynah/internal/fault"
	"mynah/internal/proc"
	"mynah/internal/voice/program"
)

func TestValidate(t *testing.T) {
	t.Parallel()
	if err := (program.Config{}).Validate(); err == nil || !strings.Contains(err.Error(), "program") ||
		!strings.Contains(err.Error(), "timeout") {
		t.Errorf("%v", err)
	}
	if err := program.DefaultConfig("cat").Validate(); err != nil {
		t.Error(err)
	}
}

// TestFailures checks the errors for a program that is missing, fails, prints nothing or is stopped.
func TestFailures(t *testing.T) {
	t.Parallel()
	run, err := proc.New(proc.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for _, c := range []struct {
		ctx     context.Context //nolint:containedctx // an input of the test
		program string
		want    fault.Code
		says    string
	}{
		{t.Context(), "true", "", ""},
		{t.Context(), "no-such-program", fault.ToolMissing, "the speech program talker is not installed"},
		{t.Context(), "false", fault.ToolFailed, "the speech program talker failed"},
	} {
		p, err := program.New("talker", program.DefaultConfig(c.program), run)
		if err != nil {
			t.Fatal(err)
		}
		_, outErr := p.RunForOutput(c.ctx, proc.Command{})
		for _, err := range []error{p.RunCommand(c.ctx, proc.Command{}), outErr} {
			if c.want == "" && err != nil || c.want != "" && (fault.CodeOf(err) != c.want || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("%s: %v", c.program, err)
			}
		}
		if err := p.RunCommand(stopped, proc.Command{}); c.program == "true" && !errors.Is(err, context.Canceled) {
			t.Errorf("stopped: %v", err)
		}
		for _, wav := range []string{"", "no sound at all"} {
			if _, _, err := p.ParseSound([]byte(wav)); fault.CodeOf(err) != fault.ToolFailed ||
				!strings.Contains(err.Error(), "produced no sound") {
				t.Errorf("%q: %v", wav, err)
			}
		}
	}
}

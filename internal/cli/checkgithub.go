package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"mynah/internal/diag"
	"mynah/internal/fault"
)

// The encodings that GitHub's runner decodes in a workflow command (actions/toolkit,
// packages/core/src/command.ts). A property's value ends at a comma or at the colons that begin
// the message.
//
//nolint:gochecknoglobals // read-only tables
var (
	escapeMessage  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	escapeProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// printWorkflowCommands prints each finding as a workflow command of GitHub, which shows it at its line in a
// pull request.
func (a *app) printWorkflowCommands(f *buildFlags, list diag.List, args []string) error {
	dir, _, err := findScriptAndFolder(args, f.root)
	if err != nil {
		return err
	}
	for _, d := range list.LimitToPrinted() {
		file, ok := makePathForGitHub(dir, d.Range.File)
		if !ok && d.Range.File != "" {
			d.Summary = d.Range.File + ": " + d.Summary
		}
		if _, err := fmt.Fprintln(a.Out, formatWorkflowCommand(d, file)); err != nil {
			return err
		}
	}
	return nil
}

// reportErrorToGitHub reports as a workflow command what stopped the check itself. What a command has said
// already is not said again.
func (a *app) reportErrorToGitHub(err error) error {
	if _, silent := errors.AsType[*silentError](err); err == nil || silent {
		return err
	}
	d := diag.Diagnostic{Severity: diag.Error, Summary: err.Error()}
	if _, wrong := errors.AsType[usageError](err); !wrong {
		f := fault.From(err)
		d.Summary, d.Hint = formatFault(f, err), f.Hint
	}
	if _, failed := fmt.Fprintln(a.Out, formatWorkflowCommand(d, "")); failed != nil {
		return failed
	}
	return err
}

// makePathForGitHub returns the path of a finding's file as GitHub wants it: relative to the working
// directory, with forward slashes. dir is the project's folder, which name is relative to. It
// reports false for what is no file, such as the name of a flag.
func makePathForGitHub(dir, name string) (string, bool) {
	if name == "" {
		return "", false
	}
	path := filepath.Join(dir, filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		return "", false
	}
	if filepath.IsAbs(path) {
		working, err := os.Getwd()
		if err != nil {
			return filepath.ToSlash(path), true
		}
		if relative, err := filepath.Rel(working, path); err == nil {
			path = relative
		}
	}
	return filepath.ToSlash(path), true
}

// formatWorkflowCommand writes a finding as a workflow command. file is empty if it is about no file.
func formatWorkflowCommand(d diag.Diagnostic, file string) string {
	var properties []string
	add := func(name, value string) {
		properties = append(properties, name+"="+escapeProperty.Replace(value))
	}
	start, end := d.Range.Start, d.Range.End
	if file != "" {
		add("file", file)
	}
	if file != "" && start.Line > 0 {
		// The end of a range is exclusive, of a workflow command inclusive.
		lastLine, lastColumn := max(end.Line, start.Line), max(end.Column-1, start.Column)
		if lastLine > start.Line && end.Column <= 1 {
			lastLine, lastColumn = lastLine-1, start.Column
		}
		add("line", strconv.Itoa(start.Line))
		// GitHub refuses columns of a place that spans several lines.
		if lastLine == start.Line {
			add("col", strconv.Itoa(start.Column))
		}
		add("endLine", strconv.Itoa(lastLine))
		if lastLine == start.Line {
			add("endColumn", strconv.Itoa(lastColumn))
		}
	}
	title := "Mynah"
	if d.Code != "" {
		title += " (" + string(d.Code) + ")"
	}
	add("title", title)
	// The log shows the message alone, so that it begins with the summary.
	message := d.Summary
	if d.Detail != "" {
		message += "\n" + d.Detail
	}
	if d.Hint != "" {
		message += "\nhelp: " + d.Hint
	}
	return "::" + d.Severity.String() + " " + strings.Join(properties, ",") + "::" + escapeMessage.Replace(message)
}

package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/script"
	"mynah/internal/studio"
)

// parsePropertyFlags reads the flags that set properties of the header.
func (f *buildFlags) parsePropertyFlags() (script.Properties, error) {
	var out script.Properties
	var errs []error
	for _, p := range []struct{ name, value string }{{"subtitles", f.subtitles}, {"asset-resize", f.assetResize}} {
		if p.value == "" {
			continue
		}
		s, list := script.Parse("--"+p.name, []byte("---\n"+p.name+": "+strings.ReplaceAll(p.value, "\n", " ")+"\n---\n"))
		for _, d := range list {
			errs = append(errs, fmt.Errorf("--%s %q: %s. %s", p.name, p.value, d.Summary, d.Detail))
		}
		out.FillMissing(s.Header.Properties)
	}
	return out, errors.Join(errs...)
}

// parseSceneRange reads a scene or a range of scenes, such as 3 or 3-7.
func parseSceneRange(s string) (out [2]int, err error) {
	if s == "" {
		return out, nil
	}
	first, last, isRange := strings.Cut(s, "-")
	if !isRange {
		last = first
	}
	from, err1 := strconv.Atoi(strings.TrimSpace(first))
	to, err2 := strconv.Atoi(strings.TrimSpace(last))
	if err1 != nil || err2 != nil || from < 1 || to < from {
		return out, fmt.Errorf("--scenes %q: must be a scene or a range of scenes, such as 3 or 3-7", s)
	}
	return [2]int{from, to}, nil
}

// formatSceneRangeSuffix returns the suffix of the name of a video of some scenes, such as -scenes-3-7.
func (f *buildFlags) formatSceneRangeSuffix() string {
	if f.scenes == "" {
		return ""
	}
	return "-scenes-" + strings.ReplaceAll(f.scenes, " ", "")
}

// isOutputTemplate reports whether an output is a template such as {name}.mp4.
func isOutputTemplate(output string) bool { return strings.Contains(output, "{") }

// isFolderOutput reports whether an output is a folder: it exists as one, or ends in a slash.
func isFolderOutput(output string) bool {
	info, err := os.Stat(output)
	return output != "" && (err == nil && info.IsDir() || strings.HasSuffix(output, "/") ||
		strings.HasSuffix(output, string(filepath.Separator)))
}

// chooseOutputs returns the flags for each of several scripts, with its output: next to the script, in
// the folder of --output, or by its template.
func (a *app) chooseOutputs(ctx context.Context, f *buildFlags, args []string) ([]*buildFlags, error) {
	template, folder := f.output, ""
	switch {
	case template == "":
	case isFolderOutput(template):
		folder, template = template, ""
	case !isOutputTemplate(template) && filepath.Ext(template) == "":
		template = filepath.Join(template, "{name}.mp4") // a folder that will be created
	case !isOutputTemplate(template):
		return nil, usageError{fmt.Errorf("-o %s is one file for %d scripts: use a folder, or a template such as {name}.mp4",
			template, len(args))}
	}
	var all []*buildFlags
	taken := map[string]string{}
	for _, arg := range args {
		one := *f
		one.output = ""
		if template != "" {
			name, err := a.expandTemplate(ctx, &one, arg, template)
			if err != nil {
				return nil, err
			}
			one.output = name
		}
		r, err := one.newRequest([]string{arg})
		if err != nil {
			return nil, err
		}
		path := filepath.Clean(r.Output)
		if folder != "" { // the name it would have next to its script
			path = filepath.Join(folder, filepath.Base(path))
		}
		if other, ok := taken[path]; ok {
			return nil, usageError{fmt.Errorf("%s and %s would both be written to %s: use a template with {name}, {language} "+
				"or {size} that keeps them apart",
				other, arg, path)}
		}
		taken[path] = arg
		one.output, one.single = path, true
		all = append(all, &one)
	}
	return all, nil
}

// expandTemplate fills in a template: {name} is the script's name, {language} the video's
// language and {size} its size.
func (a *app) expandTemplate(ctx context.Context, f *buildFlags, arg, template string) (string, error) {
	known := []string{"name", "language", "size"}
	for rest := template; ; {
		_, after, ok := strings.Cut(rest, "{")
		if !ok {
			break
		}
		field, tail, closed := strings.Cut(after, "}")
		if !closed || field != "name" && field != "language" && field != "size" {
			return "", usageError{fmt.Errorf("-o %s: a template can contain {%s}, but not {%s}",
				template, strings.Join(known, "}, {"), field)}
		}
		rest = tail
	}
	r, err := f.newRequest([]string{arg})
	if err != nil {
		return "", err
	}
	values := map[string]string{"name": strings.TrimSuffix(filepath.Base(r.Script), filepath.Ext(r.Script))}
	if base, _, ok := script.ParseTranslationName(filepath.Base(r.Script)); ok {
		values["name"] = strings.TrimSuffix(base, filepath.Ext(base))
	}
	if strings.Contains(template, "{language}") || strings.Contains(template, "{size}") {
		h, err := a.newHouse()
		if err != nil {
			return "", err
		}
		defer h.Close()
		facts, err := h.Studio.ReadFacts(ctx, r)
		if err != nil {
			return "", err
		}
		values["language"] = cmp.Or(facts.Language, "en")
		values["size"] = fmt.Sprintf("%dx%d", facts.Width, facts.Height)
	}
	var pairs []string
	for name, v := range values {
		pairs = append(pairs, "{"+name+"}", v)
	}
	return strings.NewReplacer(pairs...).Replace(template), nil
}

// buildScripts builds several scripts, one after the other, so that shared parts are made once. It
// reports the errors of all of them before it builds the first.
func (a *app) buildScripts(ctx context.Context, f *buildFlags, args []string) error {
	if f.allLanguages {
		return usageError{errors.New("--all-languages takes one script: build them one by one")}
	}
	all, err := a.chooseOutputs(ctx, f, args)
	if err != nil {
		return a.reportErrorAs(f.json, err)
	}
	var list diag.List
	sources := map[string][]byte{}
	for i, one := range all {
		found, read, err := a.checkLanguages(ctx, []*buildFlags{one}, args[i:i+1])
		if err != nil {
			return a.reportErrorAs(f.json, err)
		}
		r, err := one.newRequest(args[i : i+1])
		if err != nil {
			return a.reportErrorAs(f.json, err)
		}
		dir := r.Dir // files in findings are relative to it
		for _, d := range found {
			if d.Severity != diag.Error { // the build reports the others
				continue
			}
			d.Range.File = filepath.Join(dir, d.Range.File)
			list = append(list, d)
		}
		for name, b := range read {
			sources[filepath.Join(dir, name)] = b
		}
	}
	if list.HasErrors() {
		return a.reportErrorAs(f.json, &studio.ScriptError{List: list, Sources: sources})
	}
	for i, one := range all {
		if f.plan {
			if err := a.build(ctx, one, args[i:i+1]); err != nil {
				return err
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(one.output), 0o755); err != nil { //nolint:gosec // videos may be read by others
			return a.reportErrorAs(f.json, fault.New(fault.Disk, err, "the folder %s cannot be created",
				filepath.Dir(one.output)))
		}
		if err := a.build(ctx, one, args[i:i+1]); err != nil {
			return err
		}
	}
	return nil
}

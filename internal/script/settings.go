package script

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"mynah/internal/diag"
)

// SettingError is an error in a setting of an API request. Pointer is a JSON pointer (RFC 6901)
// relative to the settings, such as "/subtitles/mode".
type SettingError struct{ Pointer, Summary, Detail, Hint string }

// ReadSettings parses properties of the header from JSON: strings, numbers, booleans, and objects of
// these for properties that are maps. Unlike in a header, unknown names and missing values are errors.
// It returns the errors of all settings, in the order of their names.
func ReadSettings(values map[string]any) (Properties, []SettingError) {
	var out Properties
	var wrong []SettingError
	k := vocabulary()
	for _, name := range slices.Sorted(maps.Keys(values)) {
		pointer := "/" + escapePointer(name)
		if !k.inHeader[name] {
			e := SettingError{
				Pointer: pointer, Summary: fmt.Sprintf("unknown setting %s", quoteForMessage(name)),
				Detail: "Known: " + strings.Join(k.header, ", "),
			}
			if near, ok := findNearestName(name, k.header); ok {
				e.Hint = "did you mean " + near + "?"
			}
			wrong = append(wrong, e)
			continue
		}
		text, pointers, problem := formatSettingLines(name, pointer, values[name])
		if problem != nil {
			wrong = append(wrong, *problem)
			continue
		}
		s, list := Parse("settings", []byte("---\n"+text+"---\n"))
		found := attributeToSettings(list, pointers)
		wrong = append(wrong, found...)
		if len(found) == 0 {
			out.FillMissing(s.Header.Properties)
		}
	}
	for name := range out.Places { // findings cannot point into a file
		out.Places[name] = diag.Range{File: "settings: " + name}
	}
	return out, wrong
}

func escapePointer(s string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(s)
}

// formatSettingLines formats a setting as header lines. pointers contains the JSON pointer of each line.
func formatSettingLines(name, pointer string, v any) (text string, pointers []string, wrong *SettingError) {
	object, ok := v.(map[string]any)
	if !ok {
		line, problem := formatSettingText(v)
		if problem != "" {
			return "", nil, &SettingError{Pointer: pointer, Summary: name + " " + problem}
		}
		return name + ": " + line + "\n", []string{pointer}, nil
	}
	if len(object) == 0 {
		return "", nil, &SettingError{Pointer: pointer, Summary: name + " is an empty object"}
	}
	var b strings.Builder
	b.WriteString(name + ":\n")
	pointers = []string{pointer}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		at := pointer + "/" + escapePointer(key)
		line, problem := formatSettingText(object[key])
		if _, _, isKey := splitKeyLine(key + ": x"); !isKey {
			problem = "has an unknown name"
		}
		if problem != "" {
			return "", nil, &SettingError{Pointer: at, Summary: quoteForMessage(key) + " of " + name + " " + problem}
		}
		b.WriteString("  " + key + ": " + line + "\n")
		pointers = append(pointers, at)
	}
	return b.String(), pointers, nil
}

// formatSettingText formats a JSON value as the text after the colon in a header.
func formatSettingText(v any) (text, problem string) {
	switch v := v.(type) {
	case string:
		if strings.TrimSpace(v) == "" {
			return "", "is empty"
		}
		if strings.ContainsAny(v, "\r\n\x00") {
			return "", "has more than one line"
		}
		if strings.ContainsAny(v, "#\"'{}[]|>&*!%@`\\") || strings.TrimSpace(v) != v {
			return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v) + `"`, ""
		}
		return v, ""
	case bool:
		return fmt.Sprint(v), ""
	case float64:
		return formatDecimal(v), ""
	case json.Number:
		return v.String(), ""
	case nil:
		return "", "is null"
	case []any:
		return "", "cannot be a list"
	default:
		return "", "cannot be an object here"
	}
}

// attributeToSettings converts findings to errors of settings. pointers[0] belongs to line 2 of the parsed
// header.
func attributeToSettings(list diag.List, pointers []string) []SettingError {
	var out []SettingError
	for _, d := range list {
		if d.Severity != diag.Error && d.Code != diag.UnknownProperty {
			continue
		}
		k := min(max(d.Range.Start.Line-2, 0), len(pointers)-1)
		out = append(out, SettingError{Pointer: pointers[k], Summary: d.Summary, Detail: d.Detail, Hint: d.Hint})
	}
	return out
}

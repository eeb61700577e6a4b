package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"mynah/api"
	"mynah/internal/record"
	"mynah/internal/script"
)

// Requests under /v1 are read strictly: every unknown or invalid member is reported with its JSON
// pointer (RFC 6901), in the same way for JSON and forms.

// invalid collects the errors of a request.
type invalid []api.Diagnostic

func (v *invalid) addError(pointer, format string, args ...any) {
	const most = 100 // more would not be read
	if len(*v) == most {
		return
	}
	*v = append(*v, api.Diagnostic{Pointer: pointer, Severity: "error", Code: "invalid", Summary: fmt.Sprintf(format, args...)})
}

// refuseInvalid answers with all errors of a request; it returns false if there are none.
func (s *Server) refuseInvalid(w http.ResponseWriter, r *http.Request, v invalid) bool {
	if len(v) == 0 {
		return false
	}
	var parts []string
	for _, d := range v {
		part := d.Pointer + ": " + d.Summary
		if d.Hint != "" {
			part += "; " + d.Hint
		}
		parts = append(parts, part)
	}
	const most = 20
	more := ""
	if n := len(parts); n > most {
		parts, v, more = parts[:most], v[:most], fmt.Sprintf(" and %d more", n-most)
	}
	s.answerProblem(w, r, http.StatusBadRequest, "bad-request", "Invalid request: "+strings.Join(parts, ". ")+more, v...)
	return true
}

// checkQueryOrRefuse refuses unknown query parameters under /v1, and then returns false.
func (s *Server) checkQueryOrRefuse(w http.ResponseWriter, r *http.Request, known ...string) bool {
	var v invalid
	for name := range r.URL.Query() {
		if !slices.Contains(known, name) {
			v.addError("?"+shortenForAnswer(name), "unknown query parameter %q", shortenForAnswer(name))
		}
	}
	slices.SortFunc(v, func(a, b api.Diagnostic) int { return strings.Compare(a.Pointer, b.Pointer) })
	return !s.refuseInvalid(w, r, v)
}

// refuseQueryParameters refuses all query parameters.
func (s *Server) refuseQueryParameters(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.checkQueryOrRefuse(w, r) {
			next.ServeHTTP(w, r)
		}
	})
}

// parseObject reads a JSON object.
func parseObject(b []byte, pointer string, v *invalid) map[string]any {
	d := json.NewDecoder(bytes.NewReader(b))
	var out map[string]any
	if err := d.Decode(&out); err != nil || out == nil || d.More() {
		v.addError(pointer, "must be a JSON object")
		return nil
	}
	return out
}

// newBuildFields are the fields of a request for a build, without its files.
type newBuildFields struct {
	b *record.Build
	v *invalid
}

// setMember reads one member of a request; it returns false for an unknown name.
func (f newBuildFields) setMember(name string, value any) bool {
	const longestName = 200
	pointer := "/" + name
	text, isText := value.(string)
	switch name {
	case "script":
		if !isText || strings.TrimSpace(text) == "" {
			f.v.addError(pointer, "must be a text and not empty")
		}
		f.b.Spec.Text = text
	case "source":
		if f.b.Spec.Source = text; !isText || !isSourceName(text) {
			f.v.addError(pointer, "must be the path of a script inside the project")
		}
	case "name":
		if f.b.Name = strings.TrimSpace(text); !isText || f.b.Name == "" || utf8.RuneCountInString(text) > longestName ||
			strings.ContainsFunc(text, func(r rune) bool { return r < ' ' }) {
			f.v.addError(pointer, "must be a text of 1 to %d characters on one line", longestName)
		}
	case "settings":
		f.setSettings(value)
	case "variables":
		f.setVariables(value)
	case "tags":
		f.setTags(value)
	case "webhook":
		f.v.addError(pointer, "webhooks are not supported by this server")
	default:
		return false
	}
	return true
}

func (f newBuildFields) setSettings(value any) {
	values, ok := value.(map[string]any)
	if !ok {
		f.v.addError("/settings", "must be an object of properties of the header")
		return
	}
	properties := map[string]any{}
	for name, v := range values {
		if name != "strict" {
			properties[name] = v
			continue
		}
		if _, ok := v.(bool); !ok {
			f.v.addError("/settings/strict", "must be true or false")
		}
	}
	_, wrong := script.ReadSettings(properties)
	for _, e := range wrong {
		f.v.addError("/settings"+e.Pointer, "%s", e.Summary)
		d := &(*f.v)[len(*f.v)-1]
		d.Detail, d.Hint = e.Detail, e.Hint
	}
	f.b.Spec.Settings = values
}

func (f newBuildFields) setVariables(value any) {
	values, ok := value.(map[string]any)
	if !ok {
		f.v.addError("/variables", "must be an object of names and texts")
		return
	}
	f.b.Spec.Variables = map[string]string{}
	for name, v := range values {
		text, ok := v.(string)
		if !ok {
			f.v.addError("/variables/"+name, "must be a text")
		}
		f.b.Spec.Variables[name] = text
	}
}

func (f newBuildFields) setTags(value any) {
	const most, longest = 20, 64
	list, ok := value.([]any)
	if !ok || len(f.b.Tags)+len(list) > most {
		f.v.addError("/tags", "must be a list of at most %d texts", most)
		return
	}
	for i, v := range list {
		text, ok := v.(string)
		if text = strings.TrimSpace(text); !ok || text == "" || utf8.RuneCountInString(text) > longest {
			f.v.addError(fmt.Sprintf("/tags/%d", i), "must be a text of 1 to %d characters", longest)
			continue
		}
		f.b.Tags = append(f.b.Tags, text)
	}
}

// decodeBuild reads a request for a build with an inline script.
func (s *Server) decodeBuild(w http.ResponseWriter, r *http.Request, b *record.Build) bool {
	body, err := s.readBody(r, mostText)
	if err != nil {
		return s.refuseBody(w, r, err)
	}
	var v invalid
	values := parseObject(body, "", &v)
	f := newBuildFields{b, &v}
	for _, name := range listSortedNames(values) {
		if !f.setMember(name, values[name]) || name == "source" {
			v.addError("/"+shortenForAnswer(name), "unknown member; allowed: name, script, settings, tags or variables")
		}
	}
	if _, there := values["script"]; values != nil && !there {
		v.addError("/script", "is missing")
	}
	return !s.refuseInvalid(w, r, v)
}

func listSortedNames(m map[string]any) []string {
	var out []string
	for name := range m {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// setFormField reads a plain field of a form. Fields that are objects or lists in JSON contain JSON.
func (f newBuildFields) setFormField(name, text string) {
	var value any = text
	switch name {
	case "settings", "variables":
		object := parseObject([]byte(text), "/"+name, f.v)
		if object == nil {
			return
		}
		value = object
	case "tags":
		var list []any
		if json.Unmarshal([]byte(text), &list) != nil {
			for part := range strings.SplitSeq(text, ",") {
				list = append(list, part)
			}
		}
		value = list
	}
	if !f.setMember(name, value) {
		f.v.addError("/"+shortenForAnswer(name), "unknown field; allowed: name, project, script, settings, source, tags, variables or files")
	}
}

// parseTimeOrDate reads a query parameter with an RFC 3339 time or a date.
func parseTimeOrDate(s string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

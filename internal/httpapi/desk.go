package httpapi

import (
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"mynah/api"
	"mynah/internal/project"
	"mynah/internal/record"
	"mynah/internal/turns"
)

// readProject reads the project of a request: a form, or JSON with an inline script. It answers a request that it
// refuses, and then returns false. The caller must call removeUnusedUpload if the upload is not needed.
func (s *Server) readProject(w http.ResponseWriter, r *http.Request, b *record.Build) bool {
	media, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch media {
	case "multipart/form-data":
		const overhead = 4 << 20 // for the fields and the boundaries
		r.Body = http.MaxBytesReader(w, r.Body, s.cfg.MaxUpload+overhead)
		var wrong invalid
		if err := s.readForm(r, multipart.NewReader(r.Body, params["boundary"]), b, &wrong); err != nil {
			s.removeUnusedUpload(r, *b)
			s.answerFormError(w, r, err)
			return false
		}
		if len(wrong) > 0 {
			s.removeUnusedUpload(r, *b)
			s.refuseInvalid(w, r, wrong)
			return false
		}
	case "application/json", "":
		if !s.decodeBuild(w, r, b) {
			return false
		}
	default:
		s.answerProblem(w, r, http.StatusUnsupportedMediaType, "unsupported-type",
			"The content type must be multipart/form-data or application/json")
		return false
	}
	if project.IsPresentationName(b.Spec.Source) {
		s.removeUnusedUpload(r, *b)
		s.refuseDecks(w, r)
		return false
	}
	return true
}

// answerSnapshot draws a picture of a project's video.
func (s *Server) answerSnapshot(w http.ResponseWriter, r *http.Request) {
	if !s.checkQueryOrRefuse(w, r, "scene", "at") {
		return
	}
	scene, seconds, wrong := readSnapshotQuery(r)
	if s.refuseInvalid(w, r, wrong) {
		return
	}
	b := s.newBuild(r, record.Video)
	if !s.readProject(w, r, &b) {
		return
	}
	defer s.removeUnusedUpload(r, b)
	done, ok := s.waitForDesk(w, r)
	if !ok {
		return
	}
	defer done()
	png, found, err := s.o.Desk.DrawSnapshot(r.Context(), b.Tenant, b.Spec, scene, seconds)
	if err != nil {
		s.answerError(w, r, err)
		return
	}
	if hasErrors(found) || len(png) == 0 {
		s.answerProblem(w, r, http.StatusUnprocessableEntity, "script", "The script has errors", found...)
		return
	}
	var warnings []string
	for _, d := range found {
		warnings = append(warnings, d.Summary)
	}
	h := w.Header()
	if len(warnings) > 0 {
		h.Set("X-Mynah-Warning", sanitizeHeaderValue(strings.Join(warnings, "; ")))
	}
	h.Set("Content-Type", "image/png")
	h.Set("Content-Length", strconv.Itoa(len(png)))
	_, _ = w.Write(png) //nolint:gosec // a picture, with its content type
}

// readSnapshotQuery reads which picture is asked for.
func readSnapshotQuery(r *http.Request) (scene int, seconds *float64, wrong invalid) {
	const mostScenes, longest = 100_000, 36_000
	scene = 1
	q := r.URL.Query()
	if text := q.Get("scene"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > mostScenes {
			wrong.addError("?scene", "must be the number of a scene, from 1, or 0 for a sheet of all scenes")
		}
		scene = n
	}
	if text := q.Get("at"); text != "" {
		n, err := strconv.ParseFloat(text, 64)
		if err != nil || !(n >= 0 && n <= longest) {
			wrong.addError("?at", "must be a time in the scene in seconds, such as 1.5")
		}
		seconds = &n
	}
	return scene, seconds, wrong
}

// waitForDesk waits for a turn of an interactive request. It answers a request that waits too long, and then returns
// false.
func (s *Server) waitForDesk(w http.ResponseWriter, r *http.Request) (done func(), ok bool) {
	done, err := s.desks.Wait(r.Context(), getCallerIdentity(r).Tenant, turns.Interactive)
	if err != nil {
		s.answerError(w, r, err)
		return nil, false
	}
	return done, true
}

// sayText speaks the text of a JSON request.
func (s *Server) sayText(w http.ResponseWriter, r *http.Request) {
	if !s.checkQueryOrRefuse(w, r) {
		return
	}
	body, err := s.readBody(r, mostText)
	if err != nil {
		s.refuseBody(w, r, err)
		return
	}
	text, spec, wrong := readSay(body)
	if s.refuseInvalid(w, r, wrong) {
		return
	}
	if s.checkSpeechOrRefuse(w, r, spec) {
		s.speakIntoAnswer(w, r, text, spec)
	}
}

// readSay reads the body of a request to speak a text.
func readSay(body []byte) (text string, spec *record.SpeechSpec, wrong invalid) {
	spec = &record.SpeechSpec{Format: "mp3"}
	targets := map[string]*string{
		"text": &text, "voice": &spec.Voice, "language": &spec.Language, "format": &spec.Format,
		"speed": &spec.Speed, "pitch": &spec.Pitch, "volume": &spec.Volume,
	}
	values := parseObject(body, "", &wrong)
	for _, name := range listSortedNames(values) {
		target := targets[name]
		v, isText := values[name].(string)
		n, isNumber := values[name].(float64)
		switch {
		case target == nil:
			wrong.addError("/"+shortenForAnswer(name),
				"unknown member; allowed: format, language, pitch, speed, text, voice or volume")
		case isNumber && (name == "speed" || name == "pitch" || name == "volume"):
			*target = strconv.FormatFloat(n, 'f', -1, 64)
		case !isText:
			wrong.addError("/"+name, "must be a text")
		default:
			*target = v
		}
	}
	switch {
	case values == nil:
	case strings.TrimSpace(text) == "":
		wrong.addError("/text", "must be a text and not empty")
	case utf8.RuneCountInString(text) > mostStreamed:
		wrong.addError("/text", "must have at most %d characters; POST /text-to-speech/mp3 speaks longer ones", mostStreamed)
	}
	switch spec.Format {
	case "mp3", "m4a", "wav":
	default:
		wrong.addError("/format", "must be mp3, m4a or wav")
	}
	return text, spec, wrong
}

// answerUsage answers with what the tenant consumed.
func (s *Server) answerUsage(w http.ResponseWriter, r *http.Request) {
	tenant := getCallerIdentity(r).Tenant
	month, spoken, err := s.o.Records.ReadUsage(r.Context(), tenant)
	if err != nil {
		s.answerError(w, r, err)
		return
	}
	counts, err := s.o.Records.CountTenantBuilds(r.Context(), tenant)
	if err != nil {
		s.answerError(w, r, err)
		return
	}
	out := api.Usage{Tenant: tenant, Month: month, Builds: map[string]int{}, Engines: []api.EngineUsage{}}
	for _, state := range record.ListStates() {
		out.Builds[string(state)] = counts[state]
	}
	for _, engine := range slices.Sorted(maps.Keys(s.o.Budgets)) {
		out.Engines = append(out.Engines, api.EngineUsage{Engine: engine, Characters: spoken[engine], Budget: s.o.Budgets[engine]})
	}
	s.answerJSON(w, r, http.StatusOK, out)
}

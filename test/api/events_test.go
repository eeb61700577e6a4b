//go:build linux

package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"mynah/api"
	"mynah/internal/testrun"
)

// event is an event of a stream.
type event struct {
	id         int64
	kind, data string
}

// readEvents reads the events of a build until the stream ends or stop returns true. last is the
// Last-Event-ID.
func (s *server) readEvents(t *testing.T, id, last string, stop func(event) bool) (out []event) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, err := s.newHTTPRequest(ctx, get("/v1/builds/"+id+"/events").withHeaders("Last-Event-ID", last))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := s.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("the events are answered with %d %v", resp.StatusCode, resp.Header)
	}
	var e event
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch name {
		case "id":
			if e.id, err = strconv.ParseInt(value, 10, 64); err != nil {
				t.Fatal(err)
			}
		case "event":
			e.kind = value
		case "data":
			e.data = value
		case "":
			s.validateEvent(t, e)
			out = append(out, e)
			if stop(e) {
				return out
			}
			e = event{}
		default:
			t.Fatalf("a line of the events is %q", lines.Text())
		}
	}
	if err := lines.Err(); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	return out
}

// validateEvent validates an event against the OpenAPI document.
func (s *server) validateEvent(t *testing.T, e event) {
	t.Helper()
	var err error
	switch e.kind {
	case "state", "progress":
		var v map[string]any
		if v, err = decodeObject([]byte(e.data)); err == nil {
			err = s.doc.validate("/components/schemas/Progress", v)
		}
	case "warnings":
		var list []api.Diagnostic
		err = json.Unmarshal([]byte(e.data), &list)
	default:
		t.Errorf("an event has the unknown type %q", e.kind)
	}
	if err != nil {
		t.Errorf("the event %+v: %v", e, err)
	}
}

func never(event) bool { return false }

// eventStates lists the states of a build in its events.
func eventStates(t *testing.T, events []event) (out []string) {
	t.Helper()
	for _, e := range events {
		var p struct{ State string }
		if err := json.Unmarshal([]byte(e.data), &p); e.kind == "state" && err == nil {
			out = append(out, p.State)
		}
	}
	return out
}

func TestEvents(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	b := shared.createBuild(t, "---\nsize: 64x64\ncolour: red\n---\nHello to everybody who follows.")
	all := shared.readEvents(t, b.ID, "", never) // read while the build runs
	if got := strings.Join(eventStates(t, all), " "); got != "queued running succeeded" {
		t.Errorf("the states are %s", got)
	}
	percent := 0
	for i, e := range all {
		var p struct{ Percent int }
		_ = json.Unmarshal([]byte(e.data), &p)
		if e.id != int64(i+1) || e.kind != "warnings" && p.Percent < percent {
			t.Errorf("event %d is %+v", i, e)
		}
		percent = max(percent, p.Percent)
	}
	if percent != 100 || !slices.ContainsFunc(all, func(e event) bool { return e.kind == "warnings" }) {
		t.Errorf("the events are %+v", all)
	}
	if again := shared.readEvents(t, b.ID, "", never); !slices.Equal(again, all) {
		t.Errorf("after the end of the build the events are %+v", again)
	}
	if rest := shared.readEvents(t, b.ID, "2", never); !slices.Equal(rest, all[2:]) {
		t.Errorf("the events after the second are %+v, want %+v", rest, all[2:])
	}
	if rest := shared.readEvents(t, b.ID, strconv.Itoa(len(all)), never); len(rest) > 0 {
		t.Errorf("the events after the last are %+v", rest)
	}
	for _, last := range []string{"x", "-1", "1.5", "99999999999999999999"} {
		shared.wantRefusal(t, http.StatusBadRequest, "Last-Event-ID must be the number of an event",
			get("/v1/builds/"+b.ID+"/events").withHeaders("Last-Event-ID", last))
	}
	shared.wantStatus(t, http.StatusOK, get("/v1/builds/"+b.ID+"/events")) // mustSend validates the answer
}

// TestSignedEvents checks that the signed URL of the events needs no key and shows an existing
// build.
func TestSignedEvents(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	b := shared.waitUntil(t, shared.createBuild(t, silent).ID, isOver)
	q := signedRequest(http.MethodGet, b.Links["events"], "")
	if a := shared.wantStatus(t, http.StatusOK, q); !strings.Contains(string(a.body), "event: state") {
		t.Errorf("%s", a)
	}
	shared.wantStatus(t, http.StatusBadRequest, q.withHeaders("Last-Event-ID", "x"))
	shared.wantStatus(t, http.StatusForbidden,
		signedRequest(http.MethodGet, strings.Replace(b.Links["events"], "expiry=", "expiry=1", 1), ""))
	shared.wantStatus(t, http.StatusNoContent, request{method: http.MethodDelete, path: "/v1/builds/" + b.ID})
	shared.wantStatus(t, http.StatusNotFound, q)
}

// TestEventsAreResumed checks that a client that reconnects gets the events after the last one that
// it received.
func TestEventsAreResumed(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	b := shared.createBuild(t, "---\nsize: 64x64\n---\nOne.\n\nTwo.\n\nThree.\n")
	var all []event
	for last := ""; len(eventStates(t, all)) < 3; {
		got := shared.readEvents(t, b.ID, last, func(event) bool { return true })
		if len(got) != 1 {
			t.Fatalf("the events after %q are %+v", last, got)
		}
		all = append(all, got...)
		last = strconv.FormatInt(got[0].id, 10)
	}
	if whole := shared.readEvents(t, b.ID, "", never); !slices.Equal(whole, all) {
		t.Errorf("read one by one the events are %+v, read at once %+v", all, whole)
	}
}

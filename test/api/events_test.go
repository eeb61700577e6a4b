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

// event is one of a stream.
type event struct {
	id         int64
	kind, data string
}

// follow reads the events of a build until its stream ends, or stop says so.
func (s *server) follow(t *testing.T, id, last string, stop func(event) bool) (out []event) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, err := s.make(ctx, get("/v1/builds/"+id+"/events").with("Last-Event-ID", last))
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
			s.valid(t, e)
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

// valid holds an event against the document.
func (s *server) valid(t *testing.T, e event) {
	t.Helper()
	var err error
	switch e.kind {
	case "state", "progress":
		var v map[string]any
		if v, err = decodeObject([]byte(e.data)); err == nil {
			err = s.doc.valid("/components/schemas/Progress", v)
		}
	case "warnings":
		var list []api.Diagnostic
		err = json.Unmarshal([]byte(e.data), &list)
	default:
		t.Errorf("an event is a %q", e.kind)
	}
	if err != nil {
		t.Errorf("the event %+v: %v", e, err)
	}
}

func never(event) bool { return false }

// states lists the states of a build, as its events tell them.
func states(t *testing.T, events []event) (out []string) {
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
	all := shared.follow(t, b.ID, "", never) // while it is built
	if got := strings.Join(states(t, all), " "); got != "queued running succeeded" {
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
	if again := shared.follow(t, b.ID, "", never); !slices.Equal(again, all) {
		t.Errorf("afterwards the events are %+v", again)
	}
	if rest := shared.follow(t, b.ID, "2", never); !slices.Equal(rest, all[2:]) {
		t.Errorf("behind the second come %+v, want %+v", rest, all[2:])
	}
	if rest := shared.follow(t, b.ID, strconv.Itoa(len(all)), never); len(rest) > 0 {
		t.Errorf("behind the last come %+v", rest)
	}
	for _, last := range []string{"x", "-1", "1.5", "99999999999999999999"} {
		shared.refused(t, http.StatusBadRequest, "Last-Event-ID must be the number of an event", get("/v1/builds/"+b.ID+"/events").with("Last-Event-ID", last))
	}
	shared.want(t, http.StatusOK, get("/v1/builds/"+b.ID+"/events")) // for the judge
}

// The events' signed address needs no key, and shows a build that is still there.
func TestSignedEvents(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	b := shared.waitUntil(t, shared.createBuild(t, silent).ID, over)
	q := signedRequest(http.MethodGet, b.Links["events"], "")
	if a := shared.want(t, http.StatusOK, q); !strings.Contains(string(a.body), "event: state") {
		t.Errorf("%s", a)
	}
	shared.want(t, http.StatusBadRequest, q.with("Last-Event-ID", "x"))
	shared.want(t, http.StatusForbidden, signedRequest(http.MethodGet, strings.Replace(b.Links["events"], "expiry=", "expiry=1", 1), ""))
	shared.want(t, http.StatusNoContent, request{method: http.MethodDelete, path: "/v1/builds/" + b.ID})
	shared.want(t, http.StatusNotFound, q)
}

// A connection that breaks is gone on with where it broke.
func TestEventsAreResumed(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	b := shared.createBuild(t, "---\nsize: 64x64\n---\nOne.\n\nTwo.\n\nThree.\n")
	var all []event
	for last := ""; len(states(t, all)) < 3; {
		got := shared.follow(t, b.ID, last, func(event) bool { return true })
		if len(got) != 1 {
			t.Fatalf("behind %q come %+v", last, got)
		}
		all = append(all, got...)
		last = strconv.FormatInt(got[0].id, 10)
	}
	if whole := shared.follow(t, b.ID, "", never); !slices.Equal(whole, all) {
		t.Errorf("one by one %+v, at once %+v", all, whole)
	}
}

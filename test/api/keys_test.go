//go:build linux

package api_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"mynah/api"
	"mynah/internal/auth"
	"mynah/internal/house"
	"mynah/internal/store"
)

// TestKeysOfTheDatabase checks that API keys can be created, listed and revoked while the server
// runs, and that tenants cannot see each other's builds and uploads.
func TestKeysOfTheDatabase(t *testing.T) {
	t.Parallel()
	records, err := house.OpenRecords(t.Context(), shared.data, store.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = records.Close() }()
	mint := func(name, tenant string) (string, auth.Key) {
		shown, k := auth.NewKey(name, time.Now())
		k.Tenant = tenant
		if err := records.AddKey(t.Context(), k); err != nil {
			t.Fatal(err)
		}
		return shown, k
	}
	shown, k := mint("the docs team", auth.DefaultTenant)
	shared.wantStatus(t, http.StatusOK, get("/voices").withKey(shown))
	shared.wantStatus(t, http.StatusForbidden, get("/voices").withKey(k.ID))
	shared.wantStatus(t, http.StatusForbidden, get("/voices").withKey(shown+"x"))
	if c := wantJSON[api.Credits](t, shared, http.StatusOK, get("/account/credits").withKey(shown)); c.Identity != k.ID {
		t.Errorf("the credits are %+v", c)
	}
	list, err := records.Keys(t.Context())
	if err != nil || !slices.ContainsFunc(list, func(l auth.Key) bool {
		return l.ID == k.ID &&
			l.Name == "the docs team" && !l.LastUse.IsZero()
	}) {
		t.Errorf("the keys are %+v, %v", list, err)
	}
	if err := records.RevokeKey(t.Context(), k.ID, time.Now()); err != nil {
		t.Fatal(err)
	}
	shared.wantStatus(t, http.StatusForbidden, get("/voices").withKey(shown))

	ours, _ := mint("ours", "us")
	theirs, _ := mint("theirs", "them")
	b := wantJSON[api.Build](t, shared, http.StatusAccepted, newBuildRequest(silent).withKey(ours))
	for _, q := range []request{
		get("/v1/builds/" + b.ID), get("/v1/builds/" + b.ID + "/events"),
		post("/v1/builds/"+b.ID+"/cancel", ""),
		{method: http.MethodDelete, path: "/v1/builds/" + b.ID},
	} {
		shared.wantStatus(t, http.StatusNotFound, q.withKey(theirs))
	}
	if l := wantJSON[api.BuildList](t, shared, http.StatusOK, get("/v1/builds").withKey(theirs)); len(l.Builds) != 0 {
		t.Errorf("another tenant gets the builds %+v", l)
	}
	if l := wantJSON[api.BuildList](t, shared, http.StatusOK, get("/v1/builds").withKey(ours)); len(l.Builds) != 1 {
		t.Errorf("the tenant gets the builds %+v", l)
	}
	g := wantJSON[api.UploadGrant](t, shared, http.StatusOK, get("/video/upload-request/zip").withKey(ours))
	shared.wantStatus(t, http.StatusOK, signedRequest(http.MethodPut, g.URL,
		zipFiles(t, map[string]string{"a.md": silent})).withHeaders("Content-Type", g.ContentType))
	wantJSON[api.Problem](t, shared, http.StatusBadRequest,
		post("/video/build", jsonBody("repository", g.Repository, "repositoryType", g.RepositoryType)).withKey(theirs))
}

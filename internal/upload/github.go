package upload

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"mynah/internal/fault"
)

// FetchGitHub downloads the source archive of a repository (owner/name) at a commit, branch or tag
// (the default branch if sha is empty), and returns its size in bytes. The token may be empty for
// a public repository; it is sent only to the host of the API. After an error, what was written
// to w is unusable.
//
// The error is a fault, with the codes of FetchURL.
func (f *Fetcher) FetchGitHub(ctx context.Context, repository, sha, token string, w io.Writer) (int64, error) {
	owner, name, ok := strings.Cut(repository, "/")
	if !ok || !isRepositoryOwner(owner) || !isRepositoryName(name) {
		return 0, newRefusal("the repository %s must have the form owner/name", quoteName(repository))
	}
	if sha != "" && !isSafeGitRef(sha) {
		return 0, newRefusal("the sha %s must be a commit SHA, or the name of a branch or tag", quoteName(sha))
	}
	if !isSafeToken(token) {
		return 0, newRefusal("the token for GitHub must be letters, digits and signs without spaces")
	}
	path := []string{"repos", owner, name, "zipball"}
	if sha != "" {
		path = append(path, url.PathEscape(sha))
	}
	header := http.Header{
		"Accept":               {"application/vnd.github+json"},
		"X-Github-Api-Version": {"2022-11-28"},
	}
	if token != "" {
		header.Set("Authorization", "Bearer "+token)
	}
	return f.copyAnswer(ctx, request{url: f.github.JoinPath(path...), header: header, status: func(code int) *fault.Error {
		switch code {
		case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity:
			return fault.New(fault.Input, fmt.Errorf("status %d", code),
				"the repository %s or its commit SHA does not exist, or the token has no access to it", repository)
		}
		return newUnreachableFault(code)
	}}, w)
}

func isRepositoryOwner(s string) bool {
	return regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$`).MatchString(s)
}

func isRepositoryName(s string) bool {
	return s != "." && s != ".." && regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`).MatchString(s)
}

// isSafeGitRef is stricter than git: it refuses characters with a meaning in paths and queries.
func isSafeGitRef(s string) bool {
	return len(s) <= 250 && regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_@+#-]*([./]?[A-Za-z0-9_@+#-]+)*$`).MatchString(s)
}

// isSafeToken refuses tokens that could break out of their header.
func isSafeToken(s string) bool {
	return regexp.MustCompile(`^[!-~]{0,1000}$`).MatchString(s)
}

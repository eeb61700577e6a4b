//go:build linux

package api_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"mynah/api"
)

func TestDocumentIsValid(t *testing.T) {
	t.Parallel()
	a := shared.wantStatus(t, http.StatusOK, get("/openapi.json").withKey(noKey))
	doc, err := openapi3.NewLoader().LoadFromData(a.body)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Error(err)
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.1.") {
		t.Errorf("the document is of OpenAPI %s", doc.OpenAPI)
	}
	if len(doc.Servers) != 1 || doc.Servers[0].URL != shared.base {
		t.Errorf("the document does not name the server: %v", doc.Servers)
	}
	served, err := decodeObject(a.body)
	if err != nil {
		t.Fatal(err)
	}
	for part, want := range shared.doc.root {
		if part != "servers" && !reflect.DeepEqual(served[part], want) {
			t.Errorf("the served %s differs from the file", part)
		}
	}
}

// TestDocumentKnowsTheTypes checks that the schemas of the document have the same members as the
// types of package api.
func TestDocumentKnowsTheTypes(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]any{
		"UploadGrant": api.UploadGrant{}, "BuildRequest": api.BuildRequest{}, "Task": api.Task{}, "Status": api.Status{},
		"Voice": api.Voice{}, "Credits": api.Credits{}, "Problem": api.Problem{}, "Diagnostic": api.Diagnostic{},
		"NewBuild": api.NewBuild{}, "Build": api.Build{}, "BuildList": api.BuildList{},
		"Check": api.Check{}, "Checked": api.Checked{}, "Version": api.Version{}, "Health": api.Health{},
	} {
		schema := asObject(asObject(asObject(shared.doc.root["components"])["schemas"])[name])
		var documented, required, have []string
		for m := range asObject(schema["properties"]) {
			documented = append(documented, m)
		}
		list, _ := schema["required"].([]any)
		for _, m := range list {
			required = append(required, asText(m))
		}
		typ := reflect.TypeOf(v)
		for field := range typ.Fields() {
			member, options, _ := strings.Cut(field.Tag.Get("json"), ",")
			have = append(have, member)
			answers := schema["additionalProperties"] == false
			if must := options == ""; answers && must != slices.Contains(required, member) {
				t.Errorf("%s.%s: required is %v in the document, but %v in the type", name, member, !must, must)
			}
		}
		slices.Sort(documented)
		slices.Sort(have)
		if !slices.Equal(documented, have) {
			t.Errorf("%s: the document has %q, but the type has %q", name, documented, have)
		}
	}
}

// routesInCode reads the routes of the server from its source code, because its handler does not list
// them.
func routesInCode(t *testing.T) (out []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "..", "internal", "httpapi", "httpapi.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		sel, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		method, args := strings.ToUpper(sel.Sel.Name), call.Args
		if method == "METHOD" && len(args) == 3 {
			name, _ := args[0].(*ast.SelectorExpr)
			method, args = strings.ToUpper(strings.TrimPrefix(name.Sel.Name, "Method")), args[1:]
		}
		if !slices.Contains([]string{"GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"}, method) || len(args) != 2 {
			return true
		}
		path := ""
		ast.Inspect(args[0], func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				s, _ := strconv.Unquote(n.Value)
				path += s
			case *ast.SelectorExpr:
				if n.Sel.Name == "Prefix" {
					path += "/objects/"
				}
				return false
			}
			return true
		})
		out = append(out, method+" "+path)
		return true
	})
	slices.Sort(out)
	return slices.Compact(out)
}

func TestDocumentKnowsAllRoutes(t *testing.T) {
	t.Parallel()
	var documented []string
	for _, o := range shared.doc.ops {
		documented = append(documented, o.method+" "+o.path)
	}
	slices.Sort(documented)
	have := routesInCode(t)
	if len(have) < 20 {
		t.Fatalf("only %d routes were found in the code: %q", len(have), have)
	}
	for _, r := range have {
		if !slices.Contains(documented, r) {
			t.Errorf("%s is served but not documented", r)
		}
	}
	for _, r := range documented {
		if !slices.Contains(have, r) {
			t.Errorf("%s is documented but not served", r)
		}
	}
}

// examplePath returns a path of an operation, with its parameters replaced by values.
func examplePath(o *operation) string {
	return strings.NewReplacer("{format}", "mp3", "{name}", "result.mp4", "{id}", "01JZX3M8Q2T5V7W9Y0A1B2C3D4",
		"{attempt}", "1").Replace(o.path)
}

func TestDocumentedRoutesAreThere(t *testing.T) {
	t.Parallel()
	for _, o := range shared.doc.ops {
		a := shared.mustSend(t, request{method: o.method, path: examplePath(o)})
		var p api.Problem
		_ = json.Unmarshal(a.body, &p)
		if a.status == http.StatusMethodNotAllowed || p.Message == "This address does not exist" {
			t.Errorf("%s %s: %s", o.method, o.path, a)
		}
	}
}

// TestDocumentIsComplete checks that each operation has an id and a summary, that its parameters
// are described, and whether it needs a key.
func TestDocumentIsComplete(t *testing.T) {
	t.Parallel()
	ids := map[string]bool{}
	for _, o := range shared.doc.ops {
		if o.id == "" || ids[o.id] {
			t.Errorf("%s %s: the operationId %q is missing or not unique", o.method, o.path, o.id)
		}
		ids[o.id] = true
		if asText(o.node["summary"]) == "" {
			t.Errorf("%s has no summary", o.id)
		}
		for _, p := range o.params {
			if asText(p["description"]) == "" {
				t.Errorf("%s: the parameter %s has no description", o.id, asText(p["name"]))
			}
		}
		for _, m := range regexp.MustCompile(`\{([a-z]+)\}`).FindAllStringSubmatch(o.path, -1) {
			if !slices.ContainsFunc(o.params, func(p map[string]any) bool { return p["in"] == "path" && p["name"] == m[1] }) {
				t.Errorf("%s does not describe {%s}", o.id, m[1])
			}
		}
		security, open := o.node["security"].([]any)
		open = open && len(security) == 0
		a := shared.mustSend(t, request{method: o.method, path: examplePath(o), key: noKey})
		var p api.Problem
		_ = json.Unmarshal(a.body, &p)
		if refused := a.status == http.StatusForbidden && p.Message == "Forbidden"; refused == open {
			t.Errorf("%s: key needed by the document: %v, but the answer is %s", o.id, !open, a)
		}
	}
}

// requestOfEachOperation returns a request for each operation; it may be invalid.
func requestOfEachOperation() (out []request) {
	for _, o := range shared.doc.ops {
		out = append(out, request{method: o.method, path: examplePath(o), body: "{}"}.withHeaders("Content-Type", "application/json"))
	}
	return out
}

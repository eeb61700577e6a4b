package house_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"mynah/internal/house"
	"mynah/internal/testrun"
)

// toolReport returns the doctor's report on one tool, with the given settings.
func toolReport(t *testing.T, settings, name string, getenv func(string) string) house.Tool {
	t.Helper()
	s := house.NewVoiceSettings()
	s.AddFile("mynah.yaml", []byte(settings), false)
	engines, err := s.ParseEngines(getenv)
	if err != nil {
		t.Fatal(err)
	}
	cfg := house.DefaultConfig()
	cfg.CacheDir, cfg.VoicesDir, cfg.Engines = t.TempDir(), t.TempDir(), engines
	h, err := house.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	tools := h.CheckTools(t.Context())
	i := slices.IndexFunc(tools, func(t house.Tool) bool { return t.Name == name })
	if i < 0 {
		t.Fatalf("the report has no %s: %+v", name, tools)
	}
	return tools[i]
}

// TestWrongLibrary checks that the doctor reports what is wrong with a library from the settings.
func TestWrongLibrary(t *testing.T) {
	t.Parallel()
	tool := toolReport(t, "engines:\n  piper: {library: /nowhere/libonnxruntime.so}\n", "ONNX Runtime", noVariables)
	if tool.Found || !strings.Contains(tool.Advice, "libonnxruntime.so cannot be loaded: stat /nowhere/libonnxruntime.so: no such file") {
		t.Errorf("%+v", tool)
	}
}

// TestSecretOfPolly checks that a key of two parts counts as set only if both parts are.
func TestSecretOfPolly(t *testing.T) {
	t.Parallel()
	testrun.SkipMinute(t)
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	settings := "engines:\n  polly: {region: eu-west-1, url: \"" + server.URL + "\", key-env: MINE_AWS_ACCESS_KEY_ID}\n"
	variables := map[string]string{"MINE_AWS_ACCESS_KEY_ID": "id"}
	getenv := func(name string) string { return variables[name] }
	if tool := toolReport(t, settings, "polly", getenv); tool.Found || tool.Advice != "MINE_AWS_SECRET_ACCESS_KEY is not set" {
		t.Errorf("%+v", tool)
	}
	variables["MINE_AWS_SECRET_ACCESS_KEY"] = "secret"
	if tool := toolReport(t, settings, "polly", getenv); !tool.Found {
		t.Errorf("%+v", tool)
	}
	s := house.NewVoiceSettings()
	s.AddFile("mynah.yaml", []byte("engines:\n  polly:\n    region: eu-west-1\n    key-env: WORK_KEY\n"), false)
	_, err := s.ParseEngines(noVariables)
	if err == nil || !strings.Contains(err.Error(),
		"mynah.yaml:4: engines.polly.key-env: must end in AWS_ACCESS_KEY_ID") || strings.Contains(err.Error(), "WORK_KEY") {
		t.Error(err)
	}
}

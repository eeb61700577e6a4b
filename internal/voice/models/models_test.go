package models_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mynah/internal/fault"
	"mynah/internal/voice/models"
	"mynah/internal/voice/voicetest"
)

const name = "en_US-test-medium"

// hub serves a voice like Piper's public list.
type hub struct {
	*httptest.Server
	model, description []byte
	requests           atomic.Int64
	mu                 sync.Mutex
	ranges             []string
	// answers a request for the model if it returns true
	model1 func(w http.ResponseWriter, r *http.Request) bool
	sum    string
	// answers a request for a small file if it returns true
	beside func(w http.ResponseWriter, r *http.Request) bool
}

func newHub(t *testing.T) *hub {
	t.Helper()
	h := &hub{model: append(voicetest.NewPiperModel(false), bytes.Repeat([]byte{0}, 0)...), description: voicetest.NewDescription(t, 1, nil)}
	folder := "/en/en_US/test/medium/"
	sum := func(b []byte) string { s := md5.Sum(b); return hex.EncodeToString(s[:]) }
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h.beside != nil && r.URL.Path != folder+name+".onnx" && h.beside(w, r) {
			return
		}
		switch r.URL.Path {
		case "/voices.json":
			_ = json.NewEncoder(w).Encode(map[string]any{name: map[string]any{
				"key": name, "aliases": []string{"old-name"}, "quality": "medium", "num_speakers": 1,
				"language": map[string]any{"code": "en_US", "name_english": "English"},
				"files": map[string]any{
					folder[1:] + name + ".onnx":      map[string]any{"size_bytes": len(h.model), "md5_digest": sum(h.model)},
					folder[1:] + name + ".onnx.json": map[string]any{"size_bytes": len(h.description), "md5_digest": sum(h.description)},
					folder[1:] + "MODEL_CARD":        map[string]any{"size_bytes": 1, "md5_digest": "x"},
				},
			}})
		case folder + "MODEL_CARD":
			_, _ = w.Write([]byte("# Model card\n\n* Language: en_US\n* License: CC0\n"))
		case folder + name + ".onnx.json":
			_, _ = w.Write(h.description)
		case folder + name + ".onnx.sha256":
			if h.sum == "" {
				http.NotFound(w, r)
				return
			}
			_, _ = w.Write([]byte(h.sum + "  " + name + ".onnx\n"))
		case folder + name + ".onnx":
			h.mu.Lock()
			h.requests.Add(1)
			h.ranges = append(h.ranges, r.Header.Get("Range"))
			h.mu.Unlock()
			if h.model1 != nil && h.model1(w, r) {
				return
			}
			w.Header().Set("ETag", `"one"`)
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(h.model))
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *hub) address() string { return h.URL + "/en/en_US/test/medium/" + name + ".onnx" }

func (h *hub) installer(t *testing.T) (*models.Installer, string) {
	t.Helper()
	cfg := models.DefaultInstallConfig(filepath.Join(t.TempDir(), "voices"))
	cfg.Index, cfg.Wait, cfg.Tries, cfg.Stall = h.URL+"/voices.json", time.Millisecond, 3, 300*time.Millisecond
	i, err := models.NewInstaller(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return i, cfg.Dir
}

// checkWhole checks that a folder contains exactly one complete voice and nothing else.
func checkWhole(t *testing.T, dir string, h *hub) {
	t.Helper()
	list := models.ListVoices(dir)
	if len(list) != 1 || list[0].Name != name {
		t.Fatalf("%v", list)
	}
	b, _ := os.ReadFile(list[0].Model)
	if !bytes.Equal(b, h.model) {
		t.Errorf("the model is %d bytes, not %d", len(b), len(h.model))
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 2 {
		t.Errorf("the folder contains %v", entries)
	}
}

func TestByName(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	i, dir := h.installer(t)
	last := 0.0
	in, err := i.Install(t.Context(), name, func(p float64) { last = p })
	if err != nil || !in.Checked || in.Same || last != 1 {
		t.Fatalf("%+v, %v, progress %f", in, err, last)
	}
	checkWhole(t, dir, h)
	if in, err = i.Install(t.Context(), "old-name", nil); err != nil || !in.Same || h.requests.Load() != 1 {
		t.Errorf("%+v, %v, %d requests", in, err, h.requests.Load())
	}
	_, err = i.Install(t.Context(), "en_US-tset-medium", nil)
	if fault.CodeOf(err) != fault.Usage || !strings.Contains(fault.From(err).Hint, name) {
		t.Error(err)
	}
	// A different voice with the same name replaces it.
	h.model = append(h.model, 0x52, 0x00) // one more, empty field
	if in, err = i.Install(t.Context(), name, nil); err != nil || in.Same {
		t.Error(in, err)
	}
	checkWhole(t, dir, h)
	if err := models.RemoveVoice(dir, name); err != nil || len(models.ListVoices(dir)) != 0 {
		t.Error(err)
	}
	if err := models.RemoveVoice(dir, name); !os.IsNotExist(err) {
		t.Error(err)
	}
	if err := models.RemoveVoice(dir, "../"+name); !os.IsNotExist(err) {
		t.Error(err)
	}
}

func TestByAddress(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	sum := sha256.Sum256(h.model)
	right, wrong := hex.EncodeToString(sum[:]), strings.Repeat("0", 64)
	for _, c := range []struct {
		beside, fragment string
		checked, good    bool
	}{
		{"", "", false, true},
		{right, "", true, true},
		{strings.ToUpper(right), "", true, true},
		{"", "#sha256=" + right, true, true},
		{wrong, "#sha256=" + right, true, true},
		{wrong, "", true, false},
		{right, "#sha256=" + wrong, true, false},
		{"", "#md5=1", false, false},
	} {
		i, dir := h.installer(t)
		h.sum = c.beside
		in, err := i.Install(t.Context(), h.address()+c.fragment, nil)
		if (err == nil) != c.good || c.good && in.Checked != c.checked {
			t.Errorf("%+v: %+v, %v", c, in, err)
		}
		if c.good {
			checkWhole(t, dir, h)
		} else if entries, _ := os.ReadDir(dir); len(entries) > 0 {
			t.Errorf("%+v leaves %v", c, entries)
		}
	}
}

// TestCutOff checks that a broken transfer is resumed, within one call and by the next one, and starts again if
// it cannot be resumed.
func TestCutOff(t *testing.T) {
	t.Parallel()
	half := func(h *hub, tag string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, _ *http.Request) bool {
			if h.requests.Load() > 1 {
				return false
			}
			w.Header().Set("ETag", tag)
			w.Header().Set("Content-Length", strconv.Itoa(len(h.model)))
			_, _ = w.Write(h.model[:len(h.model)/2])
			return true
		}
	}
	rest := func(h *hub) string { return fmt.Sprintf("bytes=%d-", len(h.model)/2) }
	t.Run("resumes", func(t *testing.T) {
		t.Parallel()
		h := newHub(t)
		h.model1 = half(h, `"one"`)
		i, dir := h.installer(t)
		if _, err := i.Install(t.Context(), name, nil); err != nil {
			t.Fatal(err)
		}
		if len(h.ranges) != 2 || h.ranges[1] != rest(h) {
			t.Errorf("requested the ranges %q", h.ranges)
		}
		checkWhole(t, dir, h)
	})
	t.Run("another file by then", func(t *testing.T) {
		t.Parallel()
		h := newHub(t)
		first := half(h, `"zero"`)
		h.model1 = func(w http.ResponseWriter, r *http.Request) bool {
			if h.requests.Load() == 1 {
				w.Header().Set("ETag", `"zero"`)
				w.Header().Set("Content-Length", strconv.Itoa(len(h.model)))
				_, _ = w.Write(bytes.Repeat([]byte{8}, len(h.model)/2))
				return true
			}
			return first(w, r)
		}
		i, dir := h.installer(t)
		if _, err := i.Install(t.Context(), name, nil); err != nil {
			t.Fatal(err)
		}
		checkWhole(t, dir, h)
	})
	t.Run("no ranges", func(t *testing.T) {
		t.Parallel()
		h := newHub(t)
		h.model1 = func(w http.ResponseWriter, r *http.Request) bool {
			if h.requests.Load() == 1 {
				return half(h, `"one"`)(w, r)
			}
			_, _ = w.Write(h.model)
			return true
		}
		i, dir := h.installer(t)
		if _, err := i.Install(t.Context(), name, nil); err != nil {
			t.Fatal(err)
		}
		checkWhole(t, dir, h)
	})
	t.Run("wrong ranges", func(t *testing.T) {
		t.Parallel()
		h := newHub(t)
		h.model1 = func(w http.ResponseWriter, r *http.Request) bool {
			if h.requests.Load() == 2 {
				w.Header().Set("Content-Range", "bytes 0-9/10")
				w.WriteHeader(http.StatusPartialContent)
				_, _ = w.Write(h.model[:10])
				return true
			}
			return half(h, `"one"`)(w, r)
		}
		i, dir := h.installer(t)
		if _, err := i.Install(t.Context(), name, nil); err != nil {
			t.Fatal(err)
		}
		checkWhole(t, dir, h)
	})
	t.Run("a stop in between", func(t *testing.T) {
		t.Parallel()
		h := newHub(t)
		ctx, cancel := context.WithCancel(t.Context())
		h.model1 = func(w http.ResponseWriter, r *http.Request) bool {
			if h.requests.Load() > 1 {
				return false
			}
			w.Header().Set("ETag", `"one"`)
			w.Header().Set("Content-Length", strconv.Itoa(len(h.model)))
			_, _ = w.Write(h.model[:len(h.model)/2])
			w.(http.Flusher).Flush()
			time.Sleep(100 * time.Millisecond)
			cancel()
			<-r.Context().Done()
			return true
		}
		i, dir := h.installer(t)
		if _, err := i.Install(ctx, name, nil); fault.CodeOf(err) != fault.Cancelled || len(models.ListVoices(dir)) != 0 {
			t.Fatal(err)
		}
		if _, err := i.Install(t.Context(), name, nil); err != nil || h.ranges[len(h.ranges)-1] != rest(h) {
			t.Fatal(err, h.ranges)
		}
		checkWhole(t, dir, h)
	})
	t.Run("stalls", func(t *testing.T) {
		t.Parallel()
		h := newHub(t)
		h.model1 = func(w http.ResponseWriter, r *http.Request) bool {
			if h.requests.Load() > 1 {
				return false
			}
			w.Header().Set("ETag", `"one"`)
			w.Header().Set("Content-Length", strconv.Itoa(len(h.model)))
			_, _ = w.Write(h.model[:len(h.model)/2])
			w.(http.Flusher).Flush()
			<-r.Context().Done()
			return true
		}
		i, dir := h.installer(t)
		if _, err := i.Install(t.Context(), name, nil); err != nil {
			t.Fatal(err)
		}
		checkWhole(t, dir, h)
	})
}

// TestRefused checks that an invalid voice is refused and leaves no files.
func TestRefused(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		change func(h *hub)
		says   string
	}{
		"a page for a model": {func(h *hub) {
			h.model = []byte("<!doctype html>")
		}, "not a valid voice of Piper"},
		"no description": {func(h *hub) { h.description = []byte("{}") }, "description"},
		"damaged on the way": {func(h *hub) {
			h.model1 = func(w http.ResponseWriter, _ *http.Request) bool {
				b := bytes.Clone(h.model)
				b[20] ^= 1
				_, _ = w.Write(b)
				return true
			}
		}, "not the expected file"},
		"too short": {func(h *hub) {
			h.model1 = func(w http.ResponseWriter, _ *http.Request) bool { _, _ = w.Write(h.model[:50]); return true }
		}, "50 bytes instead"},
		"gone": {func(h *hub) {
			h.model1 = func(w http.ResponseWriter, r *http.Request) bool { http.NotFound(w, r); return true }
		}, "could not be downloaded"},
		"larger than the disk": {func(h *hub) {
			h.model1 = func(w http.ResponseWriter, _ *http.Request) bool {
				w.Header().Set("Content-Length", strconv.FormatInt(1<<50, 10))
				_, _ = w.Write(h.model)
				return true
			}
		}, ""},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			h := newHub(t)
			c.change(h)
			i, dir := h.installer(t)
			source := name
			if what == "larger than the disk" {
				source = h.address()
				c.says = "full"
			}
			_, err := i.Install(t.Context(), source, nil)
			if err == nil || !strings.Contains(err.Error(), c.says) || len(models.ListVoices(dir)) != 0 {
				t.Errorf("%v does not say %q; %v", err, c.says, models.ListVoices(dir))
			}
			for _, v := range []string{name + ".onnx", name + ".onnx.json"} {
				if _, err := os.Stat(filepath.Join(dir, v)); err == nil {
					t.Errorf("%s is there", v)
				}
			}
		})
	}
}

func TestByFile(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	dir := t.TempDir()
	put := func(file string, b []byte) string {
		p := filepath.Join(dir, file)
		if err := os.WriteFile(p, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	pack := func(kind string, files map[string][]byte) []byte {
		var b bytes.Buffer
		if kind == "zip" {
			z := zip.NewWriter(&b)
			for n, c := range files {
				w, _ := z.Create(n)
				_, _ = w.Write(c)
			}
			_ = z.Close()
			return b.Bytes()
		}
		g := gzip.NewWriter(&b)
		w := tar.NewWriter(g)
		for n, c := range files {
			_ = w.WriteHeader(&tar.Header{Name: n, Size: int64(len(c)), Typeflag: tar.TypeReg, Mode: 0o600})
			_, _ = w.Write(c)
		}
		_ = w.Close()
		_ = g.Close()
		return b.Bytes()
	}
	both := map[string][]byte{"../voice/" + name + ".onnx": h.model, "/x/" + name + ".onnx.json": h.description, "README": []byte("hi")}
	model := put(name+".onnx", h.model)
	put(name+".onnx.json", h.description)
	for _, source := range []string{
		model, put("v.zip", pack("zip", both)), put("v.tar.gz", pack("tar", both)),
		put("v.tgz", pack("tar", both)),
	} {
		i, to := h.installer(t)
		for range 2 {
			if _, err := i.Install(t.Context(), source, nil); err != nil {
				t.Errorf("%s: %v", filepath.Base(source), err)
			}
		}
		checkWhole(t, to, h)
	}
	cut := pack("tar", both)
	for what, source := range map[string]string{
		"cut":         put("cut.tar.gz", cut[:len(cut)-40]),
		"no archive":  put("no.zip", []byte("hello")),
		"no voice":    put("none.zip", pack("zip", map[string][]byte{"README": nil})),
		"two":         put("two.zip", pack("zip", map[string][]byte{"a.onnx": h.model, "b.onnx": h.model, "a.onnx.json": h.description})),
		"alone":       put("alone.onnx", h.model),
		"bad name":    put("bad.zip", pack("zip", map[string][]byte{"a b.onnx": h.model, "a b.onnx.json": h.description})),
		"not there":   filepath.Join(dir, "nothing.onnx"),
		"other thing": put("other.onnx.txt", nil),
	} {
		i, to := h.installer(t)
		_, err := i.Install(t.Context(), source, nil)
		if err == nil {
			t.Errorf("%s was installed", what)
		}
		if entries, _ := os.ReadDir(to); len(entries) > 0 {
			t.Errorf("%s leaves %v", what, entries)
		}
	}
}

func TestConfigs(t *testing.T) {
	t.Parallel()
	if _, err := models.ParseConfig(voicetest.NewDescription(t, 2, nil)); err != nil {
		t.Error(err)
	}
	for says, change := range map[string]func(map[string]any){
		"audio.sample_rate":      func(c map[string]any) { c["audio"] = nil },
		"espeak.voice":           func(c map[string]any) { c["espeak"] = map[string]any{"voice": "../../x"} },
		"phoneme_id_map: empty":  func(c map[string]any) { c["phoneme_id_map"] = nil },
		`has no "$"`:             func(c map[string]any) { delete(c["phoneme_id_map"].(map[string][]int64), "$") },
		"phoneme_type":           func(c map[string]any) { c["phoneme_type"] = "pinyin" },
		"has the id 300 of 256":  func(c map[string]any) { c["phoneme_id_map"].(map[string][]int64)["a"] = []int64{300} },
		"inference.length_scale": func(c map[string]any) { c["inference"] = map[string]any{"length_scale": 0} },
		"speaker_id_map":         func(c map[string]any) { c["speaker_id_map"] = map[string]int64{"x": 9} },
		"not the JSON":           func(c map[string]any) { c["num_speakers"] = "many" },
	} {
		if _, err := models.ParseConfig(voicetest.NewDescription(t, 1, change)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v does not say %q", err, says)
		}
	}
}

// TestAvailable lists installable voices with their licences.
func TestAvailable(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	i, _ := h.installer(t)
	for language, want := range map[string]int{"": 1, "en": 1, "en-US": 1, "EN_us": 1, "english": 1, "de": 0} {
		list, err := i.ListAvailable(t.Context(), language)
		if err != nil || len(list) != want {
			t.Fatalf("%q: %+v, %v", language, list, err)
		}
		if want == 0 {
			continue
		}
		v := list[0]
		if v.Name != name || v.Language != "en-US" || v.Licence != "CC0" || !v.Recommended || v.Installed || v.Bytes < int64(len(h.model)) {
			t.Errorf("%+v", v)
		}
	}
	if _, err := i.Install(t.Context(), name, func(float64) {}); err != nil {
		t.Fatal(err)
	}
	if list, err := i.ListAvailable(t.Context(), "en"); err != nil || len(list) != 1 || !list[0].Installed {
		t.Errorf("%+v, %v", list, err)
	}
}

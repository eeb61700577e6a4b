package upload_test

import (
	"archive/zip"
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// run creates an archive with a program.
func run(t *testing.T, dir string, program string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = dir
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", program, err, &stderr)
	}
	return out.Bytes()
}

// project creates a folder of files to pack.
func project(t *testing.T) (dir string, want map[string]string) {
	t.Helper()
	dir = t.TempDir()
	noise := make([]byte, 300000)
	for i := range noise {
		noise[i] = byte(rand.Uint32())
	}
	want = map[string]string{
		"p/": "", "p/main.md": strings.Repeat("hello world\n", 1000), "p/größe 你好.txt": "hi",
		"p/media/": "", "p/media/noise.bin": string(noise), "p/media/empty": "", "p/none/": "",
	}
	for name, data := range want {
		at := filepath.Join(dir, filepath.FromSlash(name))
		if strings.HasSuffix(name, "/") {
			if err := os.MkdirAll(at, 0o755); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(data), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir, want
}

const python = `
import sys, os, zipfile, io
kind, out = sys.argv[1], io.BytesIO()
class Pipe(io.RawIOBase):
    def writable(self): return True
    def write(self, b): return out.write(b)
target = Pipe() if kind == "pipe" else out
with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED if kind == "stored" else zipfile.ZIP_DEFLATED) as z:
    for base, dirs, files in os.walk("p"):
        z.write(base)
        for f in files:
            p = os.path.join(base, f)
            if kind == "zip64":
                with z.open(zipfile.ZipInfo.from_file(p), "w", force_zip64=True) as w:
                    w.write(open(p, "rb").read())
            else:
                z.write(p)
sys.stdout.buffer.write(out.getvalue())
`

// TestOtherPrograms unpacks archives that other programs write.
func TestOtherPrograms(t *testing.T) {
	t.Parallel()
	dir, want := project(t)
	packers := map[string]func(*testing.T) []byte{
		"Go": func(t *testing.T) []byte {
			t.Helper()
			var b bytes.Buffer
			w := zip.NewWriter(&b)
			if err := w.AddFS(os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			return b.Bytes()
		},
	}
	for name, args := range map[string][]string{
		"file": {"-qr", "x.zip", "p"}, "stored": {"-qr0", "x.zip", "p"}, "pipe": {"-qr", "-", "p"},
		"zip64": {"-qr", "-fz", "x.zip", "p"}, "descriptors": {"-qr", "-fd", "x.zip", "p"},
	} {
		packers["Info-ZIP "+name] = func(t *testing.T) []byte {
			t.Helper()
			// A separate folder, because the archive must not be in the folder that is packed.
			own, _ := project(t)
			if err := os.RemoveAll(filepath.Join(own, "p")); err != nil {
				t.Fatal(err)
			}
			if err := os.CopyFS(own, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			out := run(t, own, "zip", args...)
			if len(out) > 0 {
				return out
			}
			b, err := os.ReadFile(filepath.Join(own, "x.zip"))
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
	}
	for _, kind := range []string{"plain", "stored", "pipe", "zip64"} {
		packers["Python "+kind] = func(t *testing.T) []byte {
			t.Helper()
			return run(t, dir, "python3", "-c", python, kind)
		}
	}
	for name, pack := range packers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := pack(t)
			got, files, err := unpack(t, b, options())
			if err != nil {
				t.Fatal(err)
			}
			wantFiles(t, files, keys(want)...)
			for k, v := range want {
				if files[k] != v {
					t.Errorf("%s differs", k)
				}
			}
			if got.Top != "p" || got.Files != 4 {
				t.Errorf("%+v", got)
			}
		})
	}
}

package models

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mynah/internal/fault"
	"mynah/internal/pending"
)

// InstallConfig contains the settings of an Installer.
type InstallConfig struct {
	Dir      string        // folder of the voices; created if missing
	Index    string        // URL of Piper's voices.json, or of its folder
	MaxBytes int64         // maximum size of a voice
	Tries    int           // maximum attempts without progress; at least 1
	Wait     time.Duration // before the second attempt; doubles with each further one
	Stall    time.Duration // a transfer without data for this time is broken; also the time limit for small files
}

// defaultIndex is the URL of the public list of Piper's voices.
const defaultIndex = "https://huggingface.co/rhasspy/piper-voices/resolve/main/voices.json"

// DefaultInstallConfig returns the settings for installing voices of the public list into a folder.
func DefaultInstallConfig(dir string) InstallConfig {
	return InstallConfig{
		Dir: dir, Index: defaultIndex, MaxBytes: 2 << 30, Tries: 5, Wait: time.Second, Stall: time.Minute,
	}
}

// Validate reports all mistakes at once.
func (c InstallConfig) Validate() error {
	var errs []error
	if c.Dir == "" {
		errs = append(errs, errors.New("voices-dir: no folder was found for voices; set one"))
	}
	if u, err := url.Parse(c.Index); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		errs = append(errs, fmt.Errorf("voices-index: %q, must be an address such as %s", c.Index, defaultIndex))
	}
	if c.MaxBytes < 1 || c.Tries < 1 || c.Wait < 0 || c.Stall <= 0 {
		errs = append(errs, errors.New("limits: must be above 0"))
	}
	return errors.Join(errs...)
}

// Installer installs voices.
type Installer struct {
	cfg    InstallConfig
	client *http.Client
}

// NewInstaller returns an installer.
func NewInstaller(cfg InstallConfig) (*Installer, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fault.New(fault.Usage, err, "voices cannot be installed")
	}
	return &Installer{cfg: cfg, client: &http.Client{
		CheckRedirect: func(req *http.Request, via []*http.Request) error {
			if len(via) >= 10 {
				return errors.New("too many redirects")
			}
			if via[0].URL.Scheme == "https" && req.URL.Scheme != "https" {
				return errors.New("a redirect leaves https")
			}
			return nil
		},
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, TLSHandshakeTimeout: 15 * time.Second, ResponseHeaderTimeout: time.Minute,
			ForceAttemptHTTP2: true, DisableCompression: true,
		},
	}}, nil
}

// Installed is the result of an installation.
type Installed struct {
	Voice   Voice
	Checked bool // a checksum confirmed the model
	Same    bool // the same voice was already installed
}

// Install installs a voice. source is a name of the index, the URL of a model or archive, optionally with
// #sha256=HEX, or the path of a model or archive. It calls progress with the completed fraction, 0 to 1;
// progress may be nil.
func (i *Installer) Install(ctx context.Context, source string, progress func(float64)) (Installed, error) {
	if progress == nil {
		progress = func(float64) {}
	}
	if err := os.MkdirAll(i.cfg.Dir, 0o755); err != nil { //nolint:gosec // voices are no secret
		return Installed{}, newDiskFault(err)
	}
	i.removeOldDownloads()
	parts := func(done, total int64) {
		if total > 0 {
			progress(min(float64(done)/float64(total), 1))
		}
	}
	switch {
	case strings.HasPrefix(source, "https://") || strings.HasPrefix(source, "http://"):
		return i.installFromURL(ctx, source, parts)
	case strings.ContainsAny(source, `/\`) || strings.HasSuffix(source, modelEnding) || isArchive(source):
		return i.installFromFile(ctx, source)
	default:
		return i.installFromIndex(ctx, source, parts)
	}
}

// removeOldDownloads removes partial downloads that are older than a week.
func (i *Installer) removeOldDownloads() {
	const old = 7 * 24 * time.Hour
	found, _ := filepath.Glob(filepath.Join(i.cfg.Dir, fetchPrefix+"*"))
	for _, name := range found {
		if info, err := os.Stat(name); err == nil && time.Since(info.ModTime()) > old {
			_ = os.Remove(name)
		}
	}
}

// isArchive reports whether a file name is that of an archive.
func isArchive(name string) bool {
	return strings.HasSuffix(name, ".tar.gz") || strings.HasSuffix(name, ".tgz") || strings.HasSuffix(name, ".zip")
}

// indexEntry is a voice of the index.
type indexEntry struct {
	Files map[string]struct {
		Size int64  `json:"size_bytes"`
		MD5  string `json:"md5_digest"`
	} `json:"files"`
	Aliases  []string `json:"aliases"`
	Quality  string   `json:"quality"`
	Speakers int      `json:"num_speakers"`
	Language struct {
		Code string `json:"code"`
		Name string `json:"name_english"`
	} `json:"language"`
}

// installFromIndex installs a voice of the index.
func (i *Installer) installFromIndex(ctx context.Context, name string, progress func(done, total int64)) (Installed,
	error,
) {
	all, base, err := i.fetchList(ctx)
	if err != nil {
		return Installed{}, err
	}
	v, ok := all[name]
	for key, other := range all {
		if !ok && slices.Contains(other.Aliases, name) {
			name, v, ok = key, other, true
			break
		}
	}
	if !ok || !isValidName(name) {
		return Installed{}, fault.New(fault.Usage, nil, "the list of voices has no %q", name).
			WithHint("%s", formatSimilarNames(name, all))
	}
	var model, config string
	for file := range v.Files {
		switch {
		case strings.Contains(file, "..") || strings.Contains(file, "://"):
		case strings.HasSuffix(file, configEnding):
			config = file
		case strings.HasSuffix(file, modelEnding):
			model = file
		}
	}
	if model == "" || config == "" {
		return Installed{}, fault.New(fault.Input, nil, "the list of voices has no files for %s", name)
	}
	description, err := i.downloadToMemory(ctx, base+config, maxConfig)
	if err != nil {
		return Installed{}, err
	}
	given := expectation{md5: v.Files[config].MD5, size: v.Files[config].Size}
	if err := verifyDownload(bytes.NewReader(description), given); err != nil {
		return Installed{}, fault.New(fault.Input, err, "%s is not the expected file", removeSecretsFromURL(base+config))
	}
	want := expectation{md5: v.Files[model].MD5, size: v.Files[model].Size}
	return i.installModel(ctx, name, base+model, description, want, progress)
}

// formatSimilarNames returns a hint with similar voice names.
func formatSimilarNames(name string, all map[string]indexEntry) string {
	var near []string
	language, _, _ := strings.Cut(strings.ToLower(name), "-")
	for key := range all {
		low := strings.ToLower(key)
		if strings.HasPrefix(low, language) || strings.Contains(low, strings.ToLower(name)) {
			near = append(near, key)
		}
	}
	slices.Sort(near)
	if len(near) == 0 {
		return "names are like en_US-amy-medium"
	}
	const most = 8
	return "it has " + strings.Join(near[:min(len(near), most)], ", ")
}

// installFromURL installs a voice from a URL.
func (i *Installer) installFromURL(ctx context.Context, source string, progress func(done, total int64)) (Installed,
	error,
) {
	u, err := url.Parse(source)
	if err != nil || u.Host == "" {
		return Installed{}, fault.New(fault.Usage, nil, "the address of the voice is not a URL")
	}
	var want expectation
	if u.Fragment != "" {
		sum, ok := strings.CutPrefix(u.Fragment, "sha256=")
		if !ok || !isSHA256(sum) {
			return Installed{}, fault.New(fault.Usage, nil,
				"the part after # must be sha256= with 64 hexadecimal digits")
		}
		want.sha256 = sum
		u.Fragment = ""
	}
	file := path.Base(u.Path)
	name, isModel := strings.CutSuffix(file, modelEnding)
	if !isModel && !isArchive(file) || isModel && !isValidName(name) {
		return Installed{}, fault.New(fault.Usage, nil, "%q is not a voice", file).
			WithHint("the URL of a voice ends in .onnx, .tar.gz or .zip")
	}
	beside := func(ending string) string { c := *u; c.Path += ending; c.RawPath = ""; return c.String() }
	if !want.hasSum() {
		// Few servers have a checksum file, and not all of the others answer 404.
		b, err := i.downloadToMemory(ctx, beside(".sha256"), 4096)
		if err != nil && ctx.Err() != nil {
			return Installed{}, err
		}
		if f := strings.Fields(string(b)); len(f) > 0 && isSHA256(f[0]) {
			want.sha256 = f[0]
		}
	}
	if isModel {
		description, err := i.downloadToMemory(ctx, beside(".json"), maxConfig)
		if err != nil {
			return Installed{}, err
		}
		if description == nil {
			return Installed{}, fault.New(fault.Input, nil, "%s needs %s.json next to it", removeSecretsFromURL(u.String()),
				file)
		}
		return i.installModel(ctx, name, u.String(), description, want, progress)
	}
	fetched, err := i.download(ctx, u.String(), want, progress)
	if err != nil {
		return Installed{}, err
	}
	defer func() { _ = os.Remove(fetched.Name()); _ = fetched.Close() }()
	in, err := i.installFromArchive(ctx, fetched.Name(), file)
	in.Checked = want.hasSum()
	return in, err
}

// isSHA256 reports whether s consists of 64 hexadecimal digits.
func isSHA256(s string) bool {
	return len(s) == 64 && strings.Trim(strings.ToLower(s), "0123456789abcdef") == ""
}

// installModel downloads a model and installs it with its description.
func (i *Installer) installModel(
	ctx context.Context, name, address string, description []byte, want expectation, progress func(done, total int64),
) (Installed, error) {
	if _, err := ParseConfig(description); err != nil {
		return Installed{}, fault.New(fault.Input, err, "the description of %s cannot be used", name)
	}
	if old, err := ReadInstalledVoice(i.cfg.Dir, name); err == nil && want.hasSum() &&
		i.isInstalled(old, description, want) {
		return Installed{Voice: old, Checked: true, Same: true}, nil
	}
	part, err := i.download(ctx, address, want, progress)
	if err != nil {
		return Installed{}, err
	}
	defer func() { _ = part.Close() }()
	in, err := i.installFiles(name, part.Name(), part.closeAndRename, description)
	if err != nil {
		_ = os.Remove(part.Name())
	}
	in.Checked = want.hasSum()
	return in, err
}

// isInstalled reports whether an installed voice has this description and matches want.
func (i *Installer) isInstalled(old Voice, description []byte, want expectation) bool {
	b, err := readConfig(old.ConfigPath)
	if err != nil || string(b) != string(description) {
		return false
	}
	f, err := os.Open(old.Model)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	return verifyDownload(f, want) == nil
}

// installFiles moves a model to its final name and then publishes its description. A voice without a description does
// not count as installed, so every installed voice is complete.
func (i *Installer) installFiles(name, modelFile string, move func(to string) error, description []byte) (Installed,
	error,
) {
	v := Voice{
		Name: name, Model: filepath.Join(i.cfg.Dir, name+modelEnding),
		ConfigPath: filepath.Join(i.cfg.Dir, name+configEnding),
	}
	var err error
	if v.Config, err = ParseConfig(description); err == nil {
		err = checkModelHead(modelFile)
	}
	if err != nil {
		return Installed{}, fault.New(fault.Input, err, "the files of the voice %s are not a valid voice of Piper", name)
	}
	f, err := pending.CreateFile(v.ConfigPath)
	if err != nil {
		return Installed{}, newDiskFault(err)
	}
	defer f.Discard()
	if _, err := f.Write(description); err != nil {
		return Installed{}, newDiskFault(err)
	}
	if err := ignoreMissing(os.Remove(v.ConfigPath)); err != nil {
		return Installed{}, newDiskFault(err)
	}
	if err := os.Chmod(modelFile, 0o644); err != nil { //nolint:gosec // voices are no secret
		return Installed{}, newDiskFault(err)
	}
	if err := move(v.Model); err != nil {
		return Installed{}, newDiskFault(err)
	}
	if err := f.Publish(); err != nil {
		return Installed{}, newDiskFault(err)
	}
	return Installed{Voice: v}, nil
}

// checkModelHead returns an error if a file is not an ONNX model, such as an HTML page. An ONNX file begins with
// its format version, a protobuf field.
func checkModelHead(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	head := make([]byte, 2)
	if _, err := io.ReadFull(f, head); err != nil || head[0] != 0x08 || head[1] == 0 || head[1] > 0x20 {
		return errors.New("the file is not an ONNX model")
	}
	return nil
}

// installFromFile installs a voice from a local file.
func (i *Installer) installFromFile(ctx context.Context, source string) (Installed, error) {
	if isArchive(source) {
		return i.installFromArchive(ctx, source, filepath.Base(source))
	}
	name, ok := strings.CutSuffix(filepath.Base(source), modelEnding)
	if !ok || !isValidName(name) {
		return Installed{}, fault.New(fault.Usage, nil, "%q is not a voice", filepath.Base(source)).
			WithHint("the file of a voice ends in .onnx, .tar.gz or .zip")
	}
	description, err := readConfig(source + ".json")
	if err != nil {
		return Installed{}, fault.New(fault.Input, err,
			"%s needs a readable %s.json next to it", filepath.Base(source), filepath.Base(source))
	}
	f, err := os.Open(source)
	if err != nil {
		return Installed{}, fault.New(fault.Input, err, "the file %s cannot be read", source)
	}
	defer func() { _ = f.Close() }()
	part, err := i.copyModelToFolder(ctx, name, f)
	if err != nil {
		return Installed{}, err
	}
	defer part.Discard()
	return i.installFiles(name, part.Name(), newPublisher(part), description)
}

// newPublisher returns a function for the parameter move of installFiles. It publishes f and ignores its
// argument, because f knows its final name.
func newPublisher(f *pending.File) func(string) error {
	return func(string) error { return f.Publish() }
}

// copyModelToFolder copies a model into the folder. The caller publishes or discards it.
func (i *Installer) copyModelToFolder(ctx context.Context, name string, r io.Reader) (*pending.File, error) {
	f, err := pending.CreateFile(filepath.Join(i.cfg.Dir, name+modelEnding))
	if err != nil {
		return nil, newDiskFault(err)
	}
	if err = i.copyBody(f.File, contextReader{ctx, r}, 0, 0, func(int64, int64) {}); err == nil {
		return f, nil
	}
	f.Discard()
	if ctx.Err() != nil {
		return nil, fault.New(fault.Cancelled, ctx.Err(), "stopped")
	}
	if broken, ok := errors.AsType[*brokenError](err); ok {
		return nil, fault.New(fault.Input, broken.err, "the voice cannot be read")
	}
	return nil, err
}

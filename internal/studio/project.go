package studio

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"mynah/internal/media"
	"mynah/internal/music"
	"mynah/internal/names"
	"mynah/internal/similar"
	"mynah/internal/storyboard"
	"mynah/internal/voice"
)

// Project is a folder with a script and its files. Nothing outside of the folder can
// be read through it, by whatever name or link.
type Project struct {
	root  *os.Root
	fsys  *names.FS
	dir   string // absolute, links resolved
	booth *voice.Booth

	mu     sync.Mutex
	files  map[string]storyboard.File
	listed []string // of files there are, from when the first was missing
	asked  int      // for names near to missing ones
}

// OpenProject opens a project's folder.
func OpenProject(dir string, booth *voice.Booth) (*Project, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if abs, err = filepath.EvalSymlinks(abs); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(abs)
	if err != nil {
		return nil, err
	}
	return &Project{root: root, fsys: names.AnyForm(root.FS()), dir: abs, booth: booth, files: map[string]storyboard.File{}}, nil
}

// Close lets go of the folder.
func (p *Project) Close() error { return p.root.Close() }

// FS gives the project's files, whatever the normal form of their names.
func (p *Project) FS() fs.FS { return p.fsys }

// place gives the path of a file below the project's folder.
func (p *Project) place(name string) string { return filepath.FromSlash(p.fsys.Real(name)) }

// head reads the first bytes of a file.
func (p *Project) head(name string) ([]byte, fs.FileInfo, error) {
	// A look first: opening a pipe or a device would wait for it.
	info, err := p.root.Stat(p.place(name))
	if err != nil || !info.Mode().IsRegular() {
		return nil, info, err
	}
	f, err := p.root.Open(p.place(name))
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = f.Close() }()
	b := make([]byte, media.HeadSize)
	n, err := io.ReadFull(f, b)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, nil, err
	}
	return b[:n], info, nil
}

// readFile reads a text of the project of at most so many bytes.
func (p *Project) readFile(name string, most int64) ([]byte, error) {
	info, err := p.root.Stat(p.place(name))
	if err != nil || !info.Mode().IsRegular() {
		return nil, errors.New("it cannot be read")
	}
	if info.Size() > most {
		return nil, errors.New("it is too large")
	}
	return p.root.ReadFile(p.place(name))
}

// File implements storyboard.Project.
func (p *Project) File(name string) storyboard.File {
	p.mu.Lock()
	defer p.mu.Unlock()
	if f, ok := p.files[name]; ok {
		return f
	}
	f := p.look(name)
	p.files[name] = f
	return f
}

func (p *Project) look(name string) storyboard.File {
	head, info, err := p.head(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return storyboard.File{}
	case err != nil && strings.Contains(err.Error(), "escapes"):
		return storyboard.File{Exists: true, Describe: "is a link that leads out of the project's folder"}
	case err != nil:
		return storyboard.File{Exists: true, Describe: "cannot be read"}
	case info.IsDir():
		return storyboard.File{Exists: true, Dir: true, Describe: "is a folder"}
	case !info.Mode().IsRegular():
		return storyboard.File{Exists: true, Describe: "is not a regular file"}
	}
	format := media.Sniff(head)
	f := storyboard.File{Exists: true, Sound: format.Audio(), Describe: media.Describe(head)}
	switch {
	case format == media.GIF, media.Animated(head):
		f.Kind = storyboard.GIF
	case format.Picture():
		f.Kind = storyboard.Image
	case format.Video():
		f.Kind = storyboard.Clip
	}
	return f
}

// mostSlips is by how many letters a suggested file name differs at most.
const mostSlips = 3

// Nearest implements storyboard.Project. It gives up after as many missing files as anybody
// looks at. Files that Mynah writes beside a script are no suggestion.
func (p *planProject) Nearest(name, what string) string {
	const mostAsked = 200
	p.mu.Lock()
	if p.asked++; p.asked == 1 {
		p.listed = p.list()
	}
	listed, asked := p.listed, p.asked
	p.mu.Unlock()
	if asked > mostAsked {
		return ""
	}
	lower := strings.ToLower(name)
	best, least := "", mostSlips+1
	for _, path := range listed {
		if n := slips(lower, strings.ToLower(path)); n < least && !p.written(path) && p.fits(path, what) {
			best, least = path, n
		}
	}
	return best
}

// slips counts by how much two names of files differ. The same name in another folder, or with
// another ending, is a single slip.
func slips(a, b string) int {
	n := similar.Distance(a, b, mostSlips+1)
	baseA, baseB := path.Base(a), path.Base(b)
	stem := func(s string) string { return strings.TrimSuffix(s, path.Ext(s)) }
	if baseA == baseB || path.Dir(a) == path.Dir(b) && stem(baseA) == stem(baseB) {
		return min(n, 1)
	}
	if len(stem(baseA)) <= mostSlips { // so short that any name is near
		return n * 2
	}
	return n
}

// written says whether a file is one that Mynah writes beside the script.
func (p *planProject) written(name string) bool {
	stem := strings.TrimSuffix(p.script, path.Ext(p.script))
	rest, ok := strings.CutPrefix(name, stem)
	return name == p.script || ok && slices.Contains([]string{".mp4", ".srt", ".vtt", ".jpg", ".timeline.json", endTranscript, endChapters}, rest)
}

// fits says whether a file may stand where one of some kind is missing.
func (p *planProject) fits(name, what string) bool {
	ending := strings.ToLower(path.Ext(name))
	switch what {
	case "theme":
		return ending == ".css"
	case "font":
		return ending == ".ttf" || ending == ".otf"
	case "lexicon":
		return ending != ".md" && p.File(name).Kind == "" && !p.File(name).Sound
	case "audio", "background":
		return p.File(name).Sound || slices.Contains([]string{".wav", ".mp3", ".m4a", ".ogg", ".flac"}, ending)
	default:
		return p.File(name).Kind != "" || slices.Contains([]string{
			".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".svg", ".mp4", ".mov", ".webm", ".mkv", ".m4v",
		}, ending)
	}
}

// list gives names of files of the project, at most some thousands.
func (p *Project) list() (found []string) {
	const most = 2000
	_ = fs.WalkDir(p.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil //nolint:nilerr // a folder that cannot be read holds no suggestion
		}
		if len(found) == most {
			return fs.SkipAll
		}
		found = append(found, path)
		return nil
	})
	return found
}

// Track implements storyboard.Project.
func (p *Project) Track(name string) bool {
	return music.Frames(strings.ToLower(name)) > 0
}

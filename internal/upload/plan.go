package upload

import (
	"cmp"
	"context"
	"io"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"mynah/internal/fault"
)

// plan lists the files and folders to unpack.
type plan struct {
	folders []string // parents first
	files   []*entry // in the archive's order
	links   []string
	bytes   int64
	top     string
}

// The file types of a Unix mode, shifted right by 12 bits.
const (
	kindNone    = 0
	kindFifo    = 1
	kindChar    = 2
	kindFolder  = 4
	kindBlock   = 6
	kindRegular = 8
	kindLink    = 10
	kindSocket  = 12
)

// readPlan reads everything but the data, and checks it.
func readPlan(ctx context.Context, archive io.ReaderAt, size int64, opts UnpackOptions) (plan, error) {
	limits := opts.Limits
	if size > limits.Archive {
		return plan{}, newRefusal("the archive is larger than %s", formatBytes(limits.Archive))
	}
	if size < endSize {
		return plan{}, newRefusal("the file is not a zip archive, or its end is missing")
	}
	t, err := readDirectoryEnd(archive, size)
	if err != nil {
		return plan{}, err
	}
	if t.count > int64(limits.Entries) {
		return plan{}, newTooManyError(limits)
	}
	entries, err := readEntries(archive, t)
	if err != nil {
		return plan{}, err
	}
	for _, e := range entries {
		if err := checkContext(ctx); err != nil {
			return plan{}, err
		}
		if err := e.checkAndSetName(limits); err != nil {
			return plan{}, err
		}
		if err := e.locateData(archive, t.start); err != nil {
			return plan{}, err
		}
	}
	if err := checkOverlaps(entries); err != nil {
		return plan{}, err
	}
	return classifyEntries(entries, size, opts)
}

func newTooManyError(limits Limits) error {
	return newRefusal("the archive contains more than %d files and folders", limits.Entries)
}

// checkOverlaps refuses entries that share bytes: with many entries for one block of data, a
// small archive could unpack to any size.
func checkOverlaps(entries []*entry) error {
	sorted := slices.SortedFunc(slices.Values(entries), func(a, b *entry) int {
		return cmp.Compare(a.header, b.header)
	})
	for i := 1; i < len(sorted); i++ {
		if sorted[i-1].end > sorted[i].header {
			return newRefusal("the archive's entries %s and %s share the same bytes", sorted[i-1], sorted[i])
		}
	}
	return nil
}

// classifyEntries decides for each entry whether it is a file, a folder or skipped.
func classifyEntries(entries []*entry, size int64, opts UnpackOptions) (plan, error) {
	limits := opts.Limits
	var p plan
	t := tree{nodes: map[string]*node{}, most: limits.Entries}
	for _, e := range entries {
		if e.isSystemClutter() {
			continue
		}
		link := e.kind == kindLink && opts.SkipLinks
		if err := e.checkKind(link); err != nil {
			return plan{}, err
		}
		if err := t.addEntry(e, limits); err != nil {
			return plan{}, err
		}
		switch {
		case link:
			p.links = append(p.links, e.name)
			continue
		case e.folder:
			continue
		}
		if e.size > limits.Unpacked-p.bytes {
			return plan{}, newRefusal("the archive unpacks to more than %s", formatBytes(limits.Unpacked))
		}
		p.bytes += e.size
		p.files = append(p.files, e)
	}
	// Divide instead of multiplying, which could overflow for a large ratio.
	if p.bytes > limits.Free && (p.bytes-1)/limits.Ratio >= size {
		return plan{}, newRefusal("the archive unpacks to more than %d times its size", limits.Ratio)
	}
	p.folders, p.top = t.listFolders()
	return p, nil
}

// isSystemClutter reports whether an entry is added by systems for their own use: resource forks and
// folder settings. An entry without a name is the archive's root, which some programs list.
func (e *entry) isSystemClutter() bool {
	base := path.Base(e.name)
	switch {
	case e.name == "", e.name == "__MACOSX", strings.HasPrefix(e.name, "__MACOSX/"),
		strings.Contains(e.name, "/__MACOSX/"):
		return true
	case e.folder:
		return path.Base(e.name) == "__MACOSX"
	}
	return base == ".DS_Store" || strings.EqualFold(base, "Thumbs.db") || strings.HasPrefix(base, "._")
}

// checkKind refuses entries other than files and folders that can be unpacked.
func (e *entry) checkKind(link bool) error {
	const bad = "the archive's entry %s is %s, which is not allowed"
	switch e.kind {
	case kindNone, kindRegular:
	case kindFifo: // Info-ZIP stores the mode of a pipe it reads from or writes to
		if !e.isPipedFile() {
			return newRefusal(bad, e, "a named pipe")
		}
	case kindFolder:
		if !e.folder {
			return e.newContradictionError("whether it is a folder")
		}
	case kindLink:
		if !link {
			return fault.New(fault.Input, nil, bad, e,
				"a symbolic link").WithHint("put the file itself into the archive")
		}
	case kindChar, kindBlock:
		return newRefusal(bad, e, "a device")
	case kindSocket:
		return newRefusal(bad, e, "a socket")
	default:
		return newRefusal(bad, e, "a special file")
	}
	if e.kind == kindLink && e.folder {
		return e.newContradictionError("whether it is a folder")
	}
	if e.flags&(encrypted|strong|masked) != 0 {
		return fault.New(fault.Input, nil, "the archive's entry %s is encrypted", e).
			WithHint("zip the files again without a password")
	}
	if e.flags&patched != 0 {
		return newRefusal("the archive's entry %s is a patch of another file, which is not supported", e)
	}
	if e.method != stored && e.method != deflated {
		return fault.New(fault.Input, nil,
			"the archive's entry %s is compressed by %s, which is not supported", e, nameCompression(e.method)).
			WithHint("zip the files again with the method deflate")
	}
	if e.method == stored && e.packed != e.size {
		return e.newContradictionError("its size")
	}
	if e.folder && e.size != 0 {
		return newRefusal("the archive's folder %s contains data", e)
	}
	return nil
}

// isPipedFile reports whether an entry with the mode of a pipe contains data read from the pipe.
func (e *entry) isPipedFile() bool { return !e.folder && (e.size > 0 || e.name == "-") }

func nameCompression(method uint16) string {
	switch method {
	case 1, 2, 3, 4, 5, 6, 10:
		return "an outdated method"
	case 9:
		return "Deflate64"
	case 12:
		return "bzip2"
	case 14:
		return "LZMA"
	case 93:
		return "Zstandard"
	case 95:
		return "XZ"
	case 98:
		return "PPMd"
	}
	return "an unknown method"
}

// tree contains all paths, to find collisions. Paths are compared in Unicode's normalization form C, because
// authors cannot distinguish names that look the same. Names that differ in case are different, as in a
// repository.
type tree struct {
	nodes map[string]*node
	most  int
}

type node struct {
	name   string
	folder bool
	listed bool // has its own entry
}

func (t *tree) addEntry(e *entry, limits Limits) error {
	plain := norm.NFC.String(e.name)
	at, end := 0, 0 // ends of a component in e.name and in plain
	for {
		at, end = findComponentEnd(e.name, at), findComponentEnd(plain, end)
		last := at == len(e.name)
		want := node{name: e.name[:at], folder: !last || e.folder, listed: last}
		have, ok := t.nodes[plain[:end]]
		switch {
		case !ok:
			t.nodes[plain[:end]] = &want
			if len(t.nodes) > t.most {
				return newTooManyError(limits)
			}
		case have.folder != want.folder:
			return newRefusal("the archive's entry %s is a file in one place and a folder in another", quoteName(want.name))
		case have.name != want.name, have.listed && want.listed:
			return newRefusal("the archive contains the entry %s twice", quoteName(want.name))
		case want.listed:
			have.listed = true
		}
		if last {
			return nil
		}
		at, end = at+1, end+1
	}
}

// findComponentEnd returns the end of the component that begins at i.
func findComponentEnd(name string, i int) int {
	if n := strings.IndexByte(name[i:], '/'); n >= 0 {
		return i + n
	}
	return len(name)
}

// listFolders lists the folders, parents first, and the top folder if it contains everything.
func (t *tree) listFolders() (list []string, top string) {
	tops := 0
	for _, n := range t.nodes {
		if n.folder {
			list = append(list, n.name)
		}
		if !strings.Contains(n.name, "/") {
			tops++
			if n.folder {
				top = n.name
			}
		}
	}
	slices.Sort(list)
	if tops != 1 {
		top = ""
	}
	return list, top
}

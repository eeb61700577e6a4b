package upload_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"mynah/internal/fault"
)

func TestRefused(t *testing.T) {
	t.Parallel()
	one := func(i item) []byte { return archive([]item{small("first"), i}) }
	central := func(change func(*head)) func(*item) { return func(i *item) { change(&i.central) } }
	local := func(change func(*head)) func(*item) { return func(i *item) { change(&i.local) } }
	many := make([]item, 101)
	for i := range many {
		many[i] = small(fmt.Sprintf("f%d", i))
	}
	zeros := make([]byte, 1<<20)
	for name, c := range map[string]struct {
		archive []byte
		want    string
	}{
		"nothing":         {nil, "not a zip archive"},
		"text":            {[]byte(strings.Repeat("no zip at all\n", 99)), "not a zip archive"},
		"truncated":       {one(small("a"))[:100], "not a zip archive"},
		"symbolic link":   {one(small("a", mode(0o120777))), `"a" is a symbolic link`},
		"link folder":     {one(file("a/", nil, mode(0o120777))), `"a/" is a symbolic link`},
		"named pipe":      {one(file("a", nil, mode(0o010644))), `"a" is a named pipe`},
		"device":          {one(small("a", mode(0o020644))), `"a" is a device`},
		"block device":    {one(small("a", mode(0o060644))), `"a" is a device`},
		"socket":          {one(small("a", mode(0o140644))), `"a" is a socket`},
		"odd type":        {one(small("a", mode(0o170644))), `"a" is a special file`},
		"folder as file":  {one(small("a", mode(0o040755))), `"a" are contradictory (whether it is a folder)`},
		"folder's data":   {one(small("a/")), `folder "a/" contains data`},
		"encrypted":       {one(small("a", flags(1))), `"a" is encrypted`},
		"strong":          {one(small("a", flags(1<<6|1))), `"a" is encrypted`},
		"masked":          {one(small("a", flags(1<<13))), `"a" is encrypted`},
		"patched":         {one(small("a", flags(1<<5))), `"a" is a patch`},
		"bzip2":           {one(small("a", method(12))), `"a" is compressed by bzip2`},
		"unknown method":  {one(small("a", method(77))), `"a" is compressed by an unknown method`},
		"climbs":          {one(small("../a")), `"../a" has the component ".."`},
		"climbs inside":   {one(small("b/../../a")), `has the component ".."`},
		"climbs at end":   {one(file("b/..", nil)), `has the component ".."`},
		"dot":             {one(small("b/./a")), `has the component "."`},
		"absolute":        {one(small("/etc/passwd")), `"/etc/passwd" has an absolute path`},
		"root":            {one(file("/", nil)), `"/" has an absolute path`},
		"drive":           {one(small("C:/a")), `"C:/a" has a path with a drive letter`},
		"drive alone":     {one(small("c:a")), `has a path with a drive letter`},
		"backslash":       {one(small(`b\a`)), `has a backslash`},
		"network":         {one(small(`\\host\a`)), `has a backslash`},
		"NUL":             {one(small("a\x00.md")), `"a\x00.md" has a control character`},
		"newline":         {one(small("a\n.md")), `"a\n.md" has a control character`},
		"escape":          {one(small("a\x1b[31m")), `"a\x1b[31m" has a control character`},
		"delete":          {one(small("a\x7f")), `has a control character`},
		"C1":              {one(small("a\u0085")), `has a control character`},
		"line separator":  {one(small("a\u2028")), `has a control character`},
		"bidi override":   {one(small("a\u202egnp.md")), `"a\u202egnp.md" has an invisible character`},
		"bidi embedding":  {one(small("a\u202a")), `has an invisible character`},
		"bidi isolate":    {one(small("a\u2066")), `has an invisible character`},
		"bidi end":        {one(small("a\u2069")), `has an invisible character`},
		"bidi mark":       {one(small("a\u200e")), `has an invisible character`},
		"bidi mark 2":     {one(small("a\u200f")), `has an invisible character`},
		"Arabic mark":     {one(small("a\u061c")), `has an invisible character`},
		"empty component": {one(small("a//b")), `has an empty component`},
		"two slashes":     {one(file("a//", nil)), `has an empty component`},
		"no name":         {one(small("")), `without a name`},
		"flag lies":       {one(small("gr\x94sse.md", flags(1<<11))), `is not UTF-8`},
		"bad field name": {one(small("a.md", both(func(h *head) {
			h.extra = unicodePath(h.name, "../b")
		}))), `"../b" has the component ".."`},
		"two field names": {one(small("a.md", both(func(h *head) {
			h.extra = unicodePath(h.name, "b") + unicodePath(h.name, "c")
		}))), "contradictory"},
		"local field name": {one(small("a.md", local(func(h *head) {
			h.extra = unicodePath(h.name, "b")
		}))), "(its name)"},
		"deep":             {one(small(strings.Repeat("d/", 32) + "a")), "more than 32 folders deep"},
		"long name":        {one(small(strings.Repeat("n", 256))), "name of more than 255 bytes"},
		"long path":        {one(small(strings.Repeat("nnnnnnn/", 127) + strings.Repeat("n", 9))), "path of more than 1024 bytes"},
		"twice":            {archive([]item{small("a"), small("a")}), `entry "a" twice`},
		"folder twice":     {archive([]item{file("a/", nil), file("a/", nil)}), `entry "a" twice`},
		"twice by dot":     {archive([]item{small("a"), small("./a")}), `entry "a" twice`},
		"twice by form":    {archive([]item{small("\u00e9"), small("e\u0301")}), "entry \"e\u0301\" twice"},
		"folders by form":  {archive([]item{small("\u00e9/a"), small("e\u0301/b")}), "entry \"e\u0301\" twice"},
		"file then folder": {archive([]item{small("a"), small("a/b")}), `"a" is a file in one place and a folder in another`},
		"folder then file": {archive([]item{small("a/b"), small("a")}), `"a" is a file in one place and a folder in another`},
		"file and folder":  {archive([]item{small("a"), file("a/", nil)}), `"a" is a file in one place and a folder in another`},
		"link then folder": {archive([]item{small("a", mode(0o120777)), small("a/b")}), `symbolic link`},
		"checksum":         {one(small("a", both(func(h *head) { h.crc++ }))), `"a" is damaged: its checksum`},
		"zero checksum":    {one(small("a", both(func(h *head) { h.crc = 0 }))), `"a" is damaged: its checksum`},
		"corrupt":          {one(small("a", packed, func(i *item) { i.body[0] = 7 })), `"a" is damaged`},
		"cut data": {one(small("a", packed, func(i *item) {
			i.body = i.body[:len(i.body)-4]
			both(func(h *head) { h.packed -= 4 })(i)
		})), `"a" is truncated`},
		"says less": {one(small("a", packed, both(func(h *head) { h.size-- }))), `"a" unpacks to more than its stated size`},
		"says more": {one(small("a", packed, both(func(h *head) { h.size++ }))), `"a" is truncated`},
		"more data": {one(small("a", packed, func(i *item) {
			i.body = append(i.body, 0)
			both(func(h *head) { h.packed++ })(i)
		})), `"a" has extra bytes after its data`},
		"stored lies":          {one(small("a", both(func(h *head) { h.size++ }))), "(its size)"},
		"other local name":     {one(small("a", local(func(h *head) { h.name = "b" }))), `"a" are contradictory (its name)`},
		"longer local name":    {one(small("a", local(func(h *head) { h.name = "ab" }))), `"a" are contradictory (its name)`},
		"other local method":   {one(small("a", local(func(h *head) { h.method = 8 }))), `"a" are contradictory (its method)`},
		"other local flags":    {one(small("a", local(func(h *head) { h.flags = 1 }))), `"a" are contradictory (its flags)`},
		"other UTF-8 flag":     {one(small("a", local(func(h *head) { h.flags = 1 << 11 }))), `"a" are contradictory (its flags)`},
		"other local size":     {one(small("a", packed, local(func(h *head) { h.size++ }))), `"a" are contradictory (its size)`},
		"other local packed":   {one(small("a", local(func(h *head) { h.packed-- }))), `"a" are contradictory (its size)`},
		"other local checksum": {one(small("a", local(func(h *head) { h.crc++ }))), `"a" are contradictory (its checksum)`},
		"no local size": {
			one(small("a", packed, local(func(h *head) { h.size, h.packed, h.crc = 0, 0, 0 }))),
			`"a" are contradictory (its size)`,
		},
		"described size": {one(small("a", packed, described(true, false),
			local(func(h *head) { h.size = 3 }))), `"a" are contradictory (its size)`},
		"no descriptor": {one(small("a", flags(8))), `"a" are contradictory (what follows its data)`},
		"descriptor lies": {
			one(small("a", described(true, false), func(i *item) { i.tail[4]++ })),
			`"a" are contradictory (what follows its data)`,
		},
		"descriptor size lies": {
			one(small("a", described(true, false), func(i *item) { i.tail[8]++ })),
			`"a" are contradictory (what follows its data)`,
		},
		"no local header": {
			one(small("a", local(func(h *head) { h.magic = "PK\x03\x05" }))),
			`"a" are contradictory (where it begins)`,
		},
		"points nowhere":        {one(small("a", func(i *item) { i.offset = 7 })), `"a" are contradictory (where it begins)`},
		"points outside":        {one(small("a", func(i *item) { i.offset = 1 << 31 })), `"a" is outside`},
		"reaches outside":       {one(small("a", both(func(h *head) { h.packed, h.size = 1<<30, 1<<30 }))), `"a" is outside`},
		"points into directory": {archive([]item{small("a"), {central: head{name: "b"}, bare: true, offset: 50}}), `"b" is outside`},
		"overlap bomb":          {overlapBomb(t, 100, 1<<20, false), "share the same bytes"},
		"bomb of many names":    {overlapBomb(t, 100, 1<<20, true), "(its name)"},
		"quoted bomb":           {quotedBomb(t, 20, 1<<20), "share the same bytes"},
		"overlap by one": {archive([]item{small("a", func(i *item) {
			both(func(h *head) { h.packed, h.size = 7, 7 })(i)
		}), small("b")}), `"a" and "b" share`},
		"ratio": {archive([]item{file("a", bytes.Repeat(zeros, 17), packed)}), "more than 200 times its size"},
		"unpacked": {archive([]item{
			small("a", packed, both(func(h *head) { h.size = 1<<32 - 2 })),
			small("b", packed, both(func(h *head) { h.size = 99 })),
		}), "more than 4.0 GiB"},
		"disk":              {archive([]item{small("a")}, func(f *finish) { f.disk = 1 }), "one part of a split archive"},
		"directory's disk":  {archive([]item{small("a")}, func(f *finish) { f.first = 1 }), "one part of a split archive"},
		"entries elsewhere": {archive([]item{small("a")}, func(f *finish) { f.count = 2 }), "one part of a split archive"},
		"entry's disk":      {one(small("a", func(i *item) { i.disk = 1 })), "one part of a split archive"},
		"zip64 disk":        {archive([]item{small("a")}, wideEnd(func(record, _ []byte) { record[16] = 1 })), "damaged"},
		"zip64 disks": {
			archive([]item{small("a")}, wideEnd(func(_, locator []byte) { locator[16] = 2 })),
			"one part of a split archive",
		},
		"fewer entries":   {archive([]item{small("a"), small("b")}, func(f *finish) { f.here, f.count = 1, 1 }), "damaged"},
		"more entries":    {archive([]item{small("a"), small("b")}, func(f *finish) { f.here, f.count = 3, 3 }), "damaged"},
		"short directory": {archive([]item{small("a")}, func(f *finish) { f.length-- }), "damaged"},
		"other directory": {archive([]item{small("a")}, func(f *finish) { f.start-- }), "damaged"},
		"central magic":   {one(small("a", central(func(h *head) { h.magic = "PK\x01\x03" }))), "damaged"},
		"bytes before":    {append([]byte("#!/bin/sh\n"), one(small("a"))...), "damaged"},
		"bytes behind":    {archive([]item{small("a")}, func(f *finish) { f.behind = []byte("\n") }), "damaged"},
		"gap before end":  {archive([]item{small("a")}, func(f *finish) { f.gap = []byte("gap") }), "damaged"},
		"end in comment":  {archive([]item{small("a")}, func(f *finish) { f.comment = string(archive(nil)) + "more" }), "damaged"},
		"two end records": {archive([]item{small("a")},
			func(f *finish) { f.comment = string(archive([]item{small("b")})) }), "two end records"},
		"two archives":      {append(one(small("a")), one(small("a"))...), "damaged"},
		"zip64 without end": {archive([]item{small("a")}, wideEnd(func(record, _ []byte) { record[0] = 'Q' })), "damaged"},
		"zip64 record size": {archive([]item{small("a")}, wideEnd(func(record, _ []byte) { record[4]++ })), "damaged"},
		"zip64 elsewhere":   {archive([]item{small("a")}, wideEnd(func(_, locator []byte) { locator[14] = 1 })), "damaged"},
		"zip64 count":       {archive([]item{small("a")}, wideEnd(func(record, _ []byte) { record[39] = 1; record[31] = 1 })), "damaged"},
		"zip64 disagrees":   {archive([]item{small("a")}, wideEnd(), func(f *finish) { f.here, f.count = 2, 2 }), "damaged"},
		"zip64 field short": {one(small("a", central(func(h *head) { h.extra, h.size = field(1, "123"), 1<<32-1 }))), "(its zip64 field)"},
		"zip64 field twice": {one(small("a", central(func(h *head) {
			h.extra = field(1, numbers(1)) + field(1,
				numbers(2))
		}))), "(its zip64 field)"},
		"zip64 size is huge": {one(small("a", central(func(h *head) {
			h.extra, h.size = field(1, numbers(1<<63)),
				1<<32-1
		}))), "(its sizes)"},
		"zip64 local short": {one(small("a", local(func(h *head) { h.extra, h.size = field(1, "123"), 1<<32-1 }))), "(its zip64 field)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, files, err := unpack(t, c.archive, options())
			if got := public(err); !strings.Contains(got, c.want) || strings.ContainsAny(got, "\x00\n\x1b\u202e") {
				t.Errorf("said %q, want %q", got, c.want)
			}
			if err != nil && fault.CodeOf(err) != fault.Input {
				t.Errorf("code %s", fault.CodeOf(err))
			}
			wantFiles(t, files)
		})
	}
	t.Run("entries", func(t *testing.T) {
		t.Parallel()
		opts := options()
		opts.Limits.Entries = 100
		_, files, err := unpack(t, archive(many), opts)
		if got := public(err); !strings.Contains(got, "more than 100 files") {
			t.Error(got)
		}
		wantFiles(t, files)
		_, files, err = unpack(t, archive(many[:100]), opts)
		if err != nil || len(files) != 100 {
			t.Errorf("%d files, %v", len(files), err)
		}
		// Folders count although the archive has no entries for them.
		opts.Limits.Entries = 3
		if _, _, err = unpack(t, archive([]item{small("a/b/c/d")}), opts); !strings.Contains(public(err), "more than 3 files") {
			t.Error(err)
		}
	})
	t.Run("archive", func(t *testing.T) {
		t.Parallel()
		opts := options()
		b := archive(many[:9])
		opts.Limits.Archive = int64(len(b)) - 1
		if _, _, err := unpack(t, b, opts); !strings.Contains(public(err), "larger than") {
			t.Error(err)
		}
		opts.Limits.Archive++
		if _, _, err := unpack(t, b, opts); err != nil {
			t.Error(err)
		}
	})
	t.Run("long names are shortened", func(t *testing.T) {
		t.Parallel()
		_, _, err := unpack(t, one(small(strings.Repeat("ü", 600)+".md")), options())
		if got := public(err); len(got) > 200 || !strings.Contains(got, "ü…ü") || !strings.Contains(got, `.md"`) {
			t.Error(got)
		}
	})
}

// TestBombsAreBombs checks that the test's bombs work: the standard library would unpack them.
func TestBombsAreBombs(t *testing.T) {
	t.Parallel()
	for name, b := range map[string][]byte{
		"overlap":  overlapBomb(t, 100, 1<<20, true),
		"one name": overlapBomb(t, 100, 1<<20, false), "quoted": quotedBomb(t, 20, 1<<20),
	} {
		r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(name, err)
		}
		total := int64(0)
		for _, f := range r.File {
			rc, err := f.Open()
			if err != nil {
				t.Fatal(name, err)
			}
			n, err := io.Copy(io.Discard, rc)
			if err != nil {
				t.Fatal(name, f.Name, err)
			}
			total += n
		}
		if total < int64(len(b))*1000 {
			t.Errorf("%s: %d bytes unpack to %d", name, len(b), total)
		}
	}
}

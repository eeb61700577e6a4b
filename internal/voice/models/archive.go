package models

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path"
	"strings"

	"mynah/internal/fault"
	"mynah/internal/pending"
)

// installFromArchive installs the only voice of an archive, in any folder of it.
func (i *Installer) installFromArchive(ctx context.Context, file, shownName string) (Installed, error) {
	bad := func(err error) (Installed, error) {
		if f, ok := fault.As(err); ok {
			return Installed{}, f
		}
		return Installed{}, fault.New(fault.Input, err, "the archive %s cannot be used", shownName)
	}
	var name string
	var part *pending.File
	var description []byte
	defer func() {
		if part != nil {
			part.Discard()
		}
	}()
	err := forEachArchivedFile(file, shownName, func(entry string, r io.Reader) error {
		base := path.Base(entry)
		switch {
		case strings.HasPrefix(base, "."):
		case strings.HasSuffix(base, configEnding):
			if description != nil {
				return errors.New("it contains several voices")
			}
			b, err := io.ReadAll(io.LimitReader(r, maxConfig+1))
			description = b
			return err
		case strings.HasSuffix(base, modelEnding):
			if part != nil {
				return errors.New("it contains several voices")
			}
			if name = strings.TrimSuffix(base, modelEnding); !isValidName(name) {
				return errors.New("the voice in it has a name that cannot be used")
			}
			var err error
			part, err = i.copyModelToFolder(ctx, name, r)
			return err
		}
		return nil
	})
	switch {
	case err != nil:
		return bad(err)
	case part == nil || description == nil:
		return bad(errors.New("it contains no .onnx file with its .onnx.json"))
	}
	return i.installFiles(name, part.Name(), newPublisher(part), description)
}

// forEachArchivedFile calls each for every file of an archive. It does not use the entries' names as paths on the disk.
func forEachArchivedFile(file, name string, each func(string, io.Reader) error) error {
	if strings.HasSuffix(name, ".zip") {
		z, err := zip.OpenReader(file)
		if err != nil {
			return err
		}
		defer func() { _ = z.Close() }()
		for _, f := range z.File {
			if f.FileInfo().IsDir() {
				continue
			}
			r, err := f.Open()
			if err != nil {
				return err
			}
			err = each(f.Name, r)
			_ = r.Close()
			if err != nil {
				return err
			}
		}
		return nil
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	g, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	t := tar.NewReader(g)
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if h.Typeflag == tar.TypeReg {
			if err := each(h.Name, t); err != nil {
				return err
			}
		}
	}
}

package httpapi

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"path"
	"strings"
	"unicode/utf8"

	"mynah/api"
	"mynah/internal/objects"
	"mynah/internal/record"
)

// readForm reads a project from a form: a zip named project, or named files.
func (s *Server) readForm(r *http.Request, parts *multipart.Reader, b *record.Build, wrong *invalid) error {
	id := newID()
	if err := s.o.Records.AddUpload(r.Context(), b.Tenant, id); err != nil {
		return err
	}
	b.Spec.Type, b.Spec.Repository = api.ZipUpload, id
	files := &bundle{limit: s.cfg.MaxUpload}
	defer files.close()
	const mostParts = 10_000
	project, fields, seen := false, newBuildFields{b, wrong}, map[string]bool{}
	for n := 0; ; n++ {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if _, long := errors.AsType[*http.MaxBytesError](err); long {
			return objects.ErrTooLarge
		}
		if err != nil {
			return &bodyError{http.StatusBadRequest, "The multipart/form-data body is incomplete or damaged"}
		}
		if n == mostParts {
			return &bodyError{http.StatusRequestEntityTooLarge, fmt.Sprintf("The form has more than %d parts: send a zip", mostParts)}
		}
		// Read errors are the client's fault, all others the server's.
		p, name := &sender{r: part}, part.FormName()
		switch {
		case name == "project" && part.FileName() == "":
			wrong.addError("/project", "must be a file, a zip")
		case name == "project" && !project && files.zip == nil && isZip(part.FileName()):
			project = true
			_, err = s.o.Objects.Put(r.Context(), record.MakeUploadKey(id), p, s.cfg.MaxUpload)
		case part.FileName() != "":
			file := readPartFilePath(part)
			switch {
			case project:
				return &bodyError{http.StatusBadRequest, "A form must contain either one zip named project, or files"}
			case len(file) > mostName || strings.HasSuffix(file, "/") || !utf8.ValidString(file):
				return &bodyError{http.StatusBadRequest, fmt.Sprintf("%q is not a valid file name", shortenForAnswer(file))}
			}
			err = files.addFile(file, p)
		default:
			var text []byte
			text, err = io.ReadAll(io.LimitReader(p, mostText+1))
			switch {
			case err != nil:
			case len(text) > mostText:
				return &bodyError{
					http.StatusRequestEntityTooLarge,
					fmt.Sprintf("The field %q is larger than %d bytes; send a large script as a file", shortenForAnswer(name),
						mostText),
				}
			case seen[name] && name != "tags":
				wrong.addError("/"+shortenForAnswer(name), "is given twice")
			default:
				seen[name] = true
				fields.setFormField(name, string(text))
			}
		}
		if _, long := errors.AsType[*http.MaxBytesError](p.err); long {
			return objects.ErrTooLarge
		}
		if p.err != nil {
			return &bodyError{http.StatusBadRequest, "The form is incomplete"}
		}
		if err != nil {
			return err
		}
	}
	if b.Spec.Text != "" && b.Spec.Source != "" {
		wrong.addError("/source", "cannot be combined with script: a form names a script of its project or contains one")
	}
	if files.names["script.md"] && b.Spec.Text != "" {
		wrong.addError("/script", "cannot be combined with a file script.md: they are the same")
		return nil
	}
	if b.Spec.Text != "" && !project {
		if err := files.addFile("script.md", strings.NewReader(b.Spec.Text)); err != nil {
			return err
		}
		b.Spec.Text, b.Spec.Source = "", "script.md"
	}
	switch {
	case project && b.Spec.Text != "":
		wrong.addError("/script", "cannot be combined with a zip: name the script in it as source")
	case project || len(*wrong) > 0:
	case files.zip == nil:
		return &bodyError{http.StatusBadRequest, "The form contains no project: send a zip as project, files, or a script"}
	}
	if project || files.zip == nil {
		return nil
	}
	f, err := files.finish()
	if err == nil {
		_, err = s.o.Objects.Put(r.Context(), record.MakeUploadKey(id), f, 0)
	}
	return err
}

// mostName is the maximum length of a file name in bytes.
const mostName = 1024

func isZip(name string) bool { return path.Ext(name) == ".zip" }

// readPartFilePath returns the name of a file with its folders, which Part.FileName removes.
func readPartFilePath(p *multipart.Part) string {
	_, params, err := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
	if err != nil || params["filename"] == "" {
		return p.FileName()
	}
	return params["filename"]
}

// bundle collects files in an archive on disk.
type bundle struct {
	file  *os.File
	zip   *zip.Writer
	names map[string]bool
	limit int64
}

func (u *bundle) addFile(name string, r io.Reader) error {
	if u.zip == nil {
		f, err := os.CreateTemp("", "mynah-form-*")
		if err != nil {
			return err
		}
		_ = os.Remove(f.Name()) // on Unix the file exists until it is closed
		u.file, u.zip, u.names = f, zip.NewWriter(f), map[string]bool{}
	}
	u.names[name] = true
	w, err := u.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
	if err != nil {
		return err
	}
	n, err := io.Copy(w, io.LimitReader(r, u.limit+1))
	if u.limit -= n; u.limit < 0 && err == nil {
		err = objects.ErrTooLarge
	}
	return err
}

// finish completes the archive and returns a reader from its beginning.
func (u *bundle) finish() (io.Reader, error) {
	if err := u.zip.Close(); err != nil {
		return nil, err
	}
	_, err := u.file.Seek(0, io.SeekStart)
	return u.file, err
}

func (u *bundle) close() {
	if u.file != nil {
		_ = u.file.Close()
	}
}

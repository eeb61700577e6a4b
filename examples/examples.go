// Package examples contains the example projects. Command mynah init writes the one in the folder
// tour, or one of those in the folder templates, as a starter project.
package examples

import (
	"embed"
	"io/fs"
)

//go:embed tour all:templates
var files embed.FS

// Template is a starter project. Help is a sentence without a full stop; Options are those of mynah build that it needs,
// each after a blank.
type Template struct{ Name, Help, Options string }

// ListTemplates returns the starter projects. The first one is the default.
func ListTemplates() []Template {
	return []Template{
		{Name: "tour", Help: "what Mynah can do, in 25 seconds"},
		{Name: "course", Help: "a lesson with chapters, a diagram and a question"},
		{Name: "slides", Help: "a talk of slides alone"},
		{Name: "upright", Help: "a video for phones, and the same one square"},
		{Name: "translation", Help: "one video in two languages", Options: " --all-languages"},
		{Name: "ci", Help: "a video that GitHub builds at every push", Options: " --var version=1.0"},
	}
}

// OpenTemplate returns the files of a starter project.
func OpenTemplate(name string) (fs.FS, error) {
	if name == "tour" {
		return fs.Sub(files, "tour")
	}
	return fs.Sub(files, "templates/"+name)
}

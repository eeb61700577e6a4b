//go:build unix

package onnx

import "github.com/ebitengine/purego"

func load(path string) (handle uintptr, err error) {
	return purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
}

func lookUp(handle uintptr, function string) (at uintptr, err error) {
	return purego.Dlsym(handle, function)
}

// cpath returns a path as a zero-terminated string for the library.
func cpath(path string) []byte { return cstring(path) }

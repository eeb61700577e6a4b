//go:build unix

package onnx

import "github.com/ebitengine/purego"

func loadLibrary(path string) (handle uintptr, err error) {
	return purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
}

func findFunction(handle uintptr, function string) (at uintptr, err error) {
	return purego.Dlsym(handle, function)
}

// newCPath returns a path as a zero-terminated string for the library.
func newCPath(path string) []byte { return newCString(path) }

package onnx

import (
	"unicode/utf16"

	"golang.org/x/sys/windows"
)

// listLibraryNames returns the library names that the system's loader is asked for.
func listLibraryNames() []string { return []string{"onnxruntime.dll"} }

// listFilePatterns returns the patterns of the library's file names.
func listFilePatterns() []string { return []string{"onnxruntime.dll"} }

// loadLibrary loads a library by its name or path. With a path, dependencies may be in the same folder.
func loadLibrary(path string) (handle uintptr, err error) {
	h, err := windows.LoadLibraryEx(path, 0, windows.LOAD_LIBRARY_SEARCH_DEFAULT_DIRS)
	if err != nil {
		h, err = windows.LoadLibraryEx(path, 0, windows.LOAD_WITH_ALTERED_SEARCH_PATH)
	}
	return uintptr(h), err
}

func findFunction(handle uintptr, function string) (at uintptr, err error) {
	return windows.GetProcAddress(windows.Handle(handle), function)
}

// newCPath returns a path for the library: UTF-16 with a final zero.
func newCPath(path string) []byte {
	var b []byte
	for _, u := range append(utf16.Encode([]rune(path)), 0) {
		b = append(b, byte(u), byte(u>>8))
	}
	return b
}

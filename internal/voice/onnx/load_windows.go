package onnx

import (
	"unicode/utf16"

	"golang.org/x/sys/windows"
)

// names returns the library names that the system's loader is asked for.
func names() []string { return []string{"onnxruntime.dll"} }

// files returns the patterns of the library's file names.
func files() []string { return []string{"onnxruntime.dll"} }

// load loads a library by its name or path. With a path, dependencies may be in the same folder.
func load(path string) (handle uintptr, err error) {
	h, err := windows.LoadLibraryEx(path, 0, windows.LOAD_LIBRARY_SEARCH_DEFAULT_DIRS)
	if err != nil {
		h, err = windows.LoadLibraryEx(path, 0, windows.LOAD_WITH_ALTERED_SEARCH_PATH)
	}
	return uintptr(h), err
}

func lookUp(handle uintptr, function string) (at uintptr, err error) {
	return windows.GetProcAddress(windows.Handle(handle), function)
}

// cpath returns a path for the library: UTF-16 with a final zero.
func cpath(path string) []byte {
	var b []byte
	for _, u := range append(utf16.Encode([]rune(path)), 0) {
		b = append(b, byte(u), byte(u>>8))
	}
	return b
}

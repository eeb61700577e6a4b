package onnx

import (
	"unicode/utf16"

	"golang.org/x/sys/windows"
)

// names are those under which the library is looked for, as the loader knows them.
func names() []string { return []string{"onnxruntime.dll"} }

// files are the patterns of the library's file.
func files() []string { return []string{"onnxruntime.dll"} }

// load loads the library, and what it needs from its own folder where it is named by one.
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

// cpath returns memory with a path as the library reads it: UTF-16 with a zero at its end.
func cpath(path string) []byte {
	var b []byte
	for _, u := range append(utf16.Encode([]rune(path)), 0) {
		b = append(b, byte(u), byte(u>>8))
	}
	return b
}

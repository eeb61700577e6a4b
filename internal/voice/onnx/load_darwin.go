package onnx

// names returns the library names that the system's loader is asked for.
func names() []string { return []string{"libonnxruntime.dylib"} }

// files returns the patterns of the library's file names.
func files() []string { return []string{"libonnxruntime*.dylib"} }

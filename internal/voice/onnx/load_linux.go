package onnx

// names are those under which the library is looked for, as the loader knows them.
func names() []string { return []string{"libonnxruntime.so.1", "libonnxruntime.so"} }

// files are the patterns of the library's file.
func files() []string {
	return []string{"libonnxruntime.so", "libonnxruntime.so.1", "libonnxruntime.so.1.*"}
}

package onnx

// names returns the library names that the system's loader is asked for.
func names() []string { return []string{"libonnxruntime.so.1", "libonnxruntime.so"} }

// files returns the patterns of the library's file names.
func files() []string {
	return []string{"libonnxruntime.so", "libonnxruntime.so.1", "libonnxruntime.so.1.*"}
}

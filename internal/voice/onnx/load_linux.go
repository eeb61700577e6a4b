package onnx

// listLibraryNames returns the library names that the system's loader is asked for.
func listLibraryNames() []string { return []string{"libonnxruntime.so.1", "libonnxruntime.so"} }

// listFilePatterns returns the patterns of the library's file names.
func listFilePatterns() []string {
	return []string{"libonnxruntime.so", "libonnxruntime.so.1", "libonnxruntime.so.1.*"}
}

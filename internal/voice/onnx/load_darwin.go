package onnx

// listLibraryNames returns the library names that the system's loader is asked for.
func listLibraryNames() []string { return []string{"libonnxruntime.dylib"} }

// listFilePatterns returns the patterns of the library's file names.
func listFilePatterns() []string { return []string{"libonnxruntime*.dylib"} }

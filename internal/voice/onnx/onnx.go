// Package onnx runs neural models with ONNX Runtime. It loads the library at the first use instead of linking
// it, so that Mynah can be built and run without it. The package uses the part of the library's C interface
// that has not changed since version 11. It is independent of the purpose of a model.
package onnx

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"unsafe"

	"github.com/ebitengine/purego"
)

// MissingError means that the library is not on this machine. Err may be nil.
type MissingError struct{ Err error }

// Error implements error.
func (e *MissingError) Error() string { return "ONNX Runtime's library is not installed" }

// Unwrap returns the error of the loader, which may be nil.
func (e *MissingError) Unwrap() error { return e.Err }

// FindLibrary returns the path of the library in the first folder that contains it, or "".
func FindLibrary(dirs ...string) string {
	for _, dir := range dirs {
		for _, pattern := range listFilePatterns() {
			if found, _ := filepath.Glob(filepath.Join(dir, pattern)); len(found) > 0 {
				return slices.Max(found)
			}
		}
	}
	return ""
}

// Indexes of functions in the library's table, OrtApi in onnxruntime_c_api.h. New versions only append to the
// table.
const (
	fnGetErrorMessage          = 2
	fnCreateEnv                = 3
	fnDisableTelemetry         = 6
	fnCreateSession            = 7
	fnCreateSessionFromArray   = 8
	fnRun                      = 9
	fnCreateSessionOptions     = 10
	fnSetIntraOpNumThreads     = 24
	fnSetInterOpNumThreads     = 25
	fnSessionGetInputCount     = 30
	fnSessionGetOutputCount    = 31
	fnSessionGetInputName      = 36
	fnSessionGetOutputName     = 37
	fnCreateRunOptions         = 39
	fnRunOptionsSetTerminate   = 46
	fnCreateTensorWithData     = 49
	fnGetTensorMutableData     = 51
	fnGetTensorElementType     = 60
	fnGetTensorElementCount    = 64
	fnGetTensorTypeAndShape    = 65
	fnCreateCPUMemoryInfo      = 69
	fnAllocatorFree            = 76
	fnGetDefaultAllocator      = 78
	fnReleaseEnv               = 92
	fnReleaseStatus            = 93
	fnReleaseMemoryInfo        = 94
	fnReleaseSession           = 95
	fnReleaseValue             = 96
	fnReleaseRunOptions        = 97
	fnReleaseTensorTypeAndInfo = 99
	fnReleaseSessionOptions    = 100
	fnCount                    = 101
)

// The values of the interface's enumerations.
const (
	apiVersion   = 11
	logErrors    = 3
	typeFloat    = 1
	typeInt64    = 7
	arena        = 1
	memoryOfType = 0
)

// Library is the loaded ONNX Runtime. It stays loaded until the process ends.
type Library struct {
	api     *[fnCount]uintptr
	version string
	env     uintptr
	memory  uintptr
	alloc   uintptr
}

// apiBase mirrors the struct OrtApiBase.
type apiBase struct{ getAPI, getVersion uintptr }

// LoadLibrary loads the library from a path; with an empty path, the system's loader searches for it. The error is a
// *MissingError if the library is missing.
func LoadLibrary(path string) (*Library, error) {
	candidates := []string{path}
	if path == "" {
		candidates = listLibraryNames()
	} else if _, err := os.Stat(path); err != nil {
		return nil, &MissingError{err}
	}
	var handle uintptr
	var err error
	for _, c := range candidates {
		if handle, err = loadLibrary(c); err == nil {
			break
		}
	}
	if err != nil {
		return nil, &MissingError{err}
	}
	entry, err := findFunction(handle, "OrtGetApiBase")
	if err != nil {
		return nil, fmt.Errorf("the library is not ONNX Runtime: %w", err)
	}
	at, _, _ := purego.SyscallN(entry)
	if at == 0 {
		return nil, errors.New("ONNX Runtime returned no interface")
	}
	base := (*apiBase)(toPointer(at))
	version, _, _ := purego.SyscallN(base.getVersion)
	api, _, _ := purego.SyscallN(base.getAPI, apiVersion)
	l := &Library{version: copyString(version)}
	if api == 0 {
		return nil, fmt.Errorf("ONNX Runtime %s is too old; version 1.11 or newer is needed", l.version)
	}
	l.api = (*[fnCount]uintptr)(toPointer(api))
	id := newCString("mynah")
	if err := l.callFunction(fnCreateEnv, logErrors, addressOfSlice(id), addressOfCell(&l.env)); err != nil {
		return nil, err
	}
	runtime.KeepAlive(id)
	_ = l.callFunction(fnDisableTelemetry, l.env)
	if err := l.callFunction(fnCreateCPUMemoryInfo, arena, memoryOfType, addressOfCell(&l.memory)); err != nil {
		return nil, err
	}
	return l, l.callFunction(fnGetDefaultAllocator, addressOfCell(&l.alloc))
}

// Version returns the version of the library, such as 1.20.1.
func (l *Library) Version() string { return l.version }

// toPointer converts an address from the library to a pointer. Go's garbage collector does not manage that
// memory.
func toPointer(at uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&at)) }

// addressOfSlice returns the address of a slice's memory.
func addressOfSlice(b []byte) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(b))) }

func addressOfCell(p *uintptr) uintptr { return uintptr(unsafe.Pointer(p)) }

// newCString and cell return heap memory, because the library accesses it by its address, and Go may move stacks.
// cstring returns a zero-terminated copy.
//
//go:noinline
func newCString(s string) []byte { return append([]byte(s), 0) }

//go:noinline
func newCell() *uintptr { return new(uintptr) }

// copyString copies a zero-terminated string of the library.
func copyString(at uintptr) string {
	if at == 0 {
		return ""
	}
	var b strings.Builder
	for p := toPointer(at); *(*byte)(p) != 0; p = unsafe.Add(p, 1) {
		b.WriteByte(*(*byte)(p))
	}
	return b.String()
}

// callFunction calls a function of the table that returns a status, and converts the status to an error.
func (l *Library) callFunction(fn int, args ...uintptr) error {
	status, _, _ := purego.SyscallN(l.api[fn], args...)
	if status == 0 {
		return nil
	}
	message, _, _ := purego.SyscallN(l.api[fnGetErrorMessage], status)
	err := errors.New(copyString(message))
	purego.SyscallN(l.api[fnReleaseStatus], status)
	return err
}

// freeObject frees an object of the library with the function fn.
func (l *Library) freeObject(fn int, object uintptr) {
	if object != 0 {
		purego.SyscallN(l.api[fn], object)
	}
}

// Session is a loaded model. It is safe for concurrent use.
type Session struct {
	lib             *Library
	handle          uintptr
	inputs, outputs []string
}

// OpenModel loads a model from a file. The model runs on one thread, so that results do not depend on the number of
// cores.
func (l *Library) OpenModel(path string) (*Session, error) {
	name := newCPath(path)
	return l.newSession(func(options uintptr, handle *uintptr) error {
		defer runtime.KeepAlive(name)
		return l.callFunction(fnCreateSession, l.env, addressOfSlice(name), options, addressOfCell(handle))
	})
}

// OpenModelBytes is like OpenModel, for a model in memory.
func (l *Library) OpenModelBytes(model []byte) (*Session, error) {
	return l.newSession(func(options uintptr, handle *uintptr) error {
		defer runtime.KeepAlive(model)
		return l.callFunction(fnCreateSessionFromArray, l.env, addressOfSlice(model), uintptr(len(model)), options,
			addressOfCell(handle))
	})
}

// newSession creates a session with create and reads the names of its inputs and outputs.
func (l *Library) newSession(create func(options uintptr, handle *uintptr) error) (*Session, error) {
	s := &Session{lib: l}
	opts, handle := newCell(), newCell()
	if err := l.callFunction(fnCreateSessionOptions, addressOfCell(opts)); err != nil {
		return nil, err
	}
	defer l.freeObject(fnReleaseSessionOptions, *opts)
	err := errors.Join(l.callFunction(fnSetIntraOpNumThreads, *opts, 1), l.callFunction(fnSetInterOpNumThreads, *opts, 1))
	if err != nil {
		return nil, err
	}
	err = create(*opts, handle)
	if err != nil {
		return nil, err
	}
	s.handle = *handle
	if s.inputs, err = s.listNames(fnSessionGetInputCount, fnSessionGetInputName); err == nil {
		s.outputs, err = s.listNames(fnSessionGetOutputCount, fnSessionGetOutputName)
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// listNames returns the names of the inputs or outputs. The functions are those of the table.
func (s *Session) listNames(countFunction, nameFunction int) ([]string, error) {
	n := newCell()
	if err := s.lib.callFunction(countFunction, s.handle, addressOfCell(n)); err != nil {
		return nil, err
	}
	var list []string
	for i := range *n {
		at := newCell()
		if err := s.lib.callFunction(nameFunction, s.handle, i, s.lib.alloc, addressOfCell(at)); err != nil {
			return nil, err
		}
		list = append(list, copyString(*at))
		if err := s.lib.callFunction(fnAllocatorFree, s.lib.alloc, *at); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Inputs returns the names of the model's inputs.
func (s *Session) Inputs() []string { return slices.Clone(s.inputs) }

// Outputs returns the names of the model's outputs.
func (s *Session) Outputs() []string { return slices.Clone(s.outputs) }

// Close frees the model's memory.
func (s *Session) Close() {
	s.lib.freeObject(fnReleaseSession, s.handle)
	s.handle = 0
}

// Tensor is an input: integers or floats, with the size of each dimension.
type Tensor struct {
	Name   string
	Shape  []int64
	Ints   []int64
	Floats []float32
}

// Run runs the model and returns its first output, which must consist of floats. It stops with the error of ctx
// when ctx ends.
func (s *Session) Run(ctx context.Context, inputs ...Tensor) ([]float32, error) {
	all, err := s.RunForOutputs(ctx, s.outputs[:1], inputs...)
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// RunForOutputs runs the model and returns outputs by name, which must consist of floats. It stops with the error of
// ctx when ctx ends.
func (s *Session) RunForOutputs(ctx context.Context, outputs []string, inputs ...Tensor) ([][]float32, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	l := s.lib
	var pin runtime.Pinner
	defer pin.Unpin()
	values, named := make([]uintptr, len(inputs)), make([]uintptr, len(inputs))
	defer func() {
		for _, v := range values {
			l.freeObject(fnReleaseValue, v)
		}
	}()
	for i, t := range inputs {
		if err := s.newTensor(t, &pin, &values[i], &named[i]); err != nil {
			return nil, fmt.Errorf("input %s: %w", t.Name, err)
		}
	}
	outNames, results := make([]uintptr, len(outputs)), make([]uintptr, len(outputs))
	defer func() {
		for _, v := range results {
			l.freeObject(fnReleaseValue, v)
		}
	}()
	for i, o := range outputs {
		name := newCString(o)
		pin.Pin(unsafe.SliceData(name))
		outNames[i] = addressOfSlice(name)
	}
	opts := newCell()
	for _, p := range [][]uintptr{values, named, outNames, results} {
		pin.Pin(unsafe.SliceData(p))
	}
	if err := l.callFunction(fnCreateRunOptions, addressOfCell(opts)); err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = l.callFunction(fnRunOptionsSetTerminate, *opts) })
	err := l.callFunction(fnRun, s.handle, *opts,
		uintptr(unsafe.Pointer(unsafe.SliceData(named))), uintptr(unsafe.Pointer(unsafe.SliceData(values))),
		uintptr(len(inputs)), uintptr(unsafe.Pointer(unsafe.SliceData(outNames))), uintptr(len(outputs)),
		uintptr(unsafe.Pointer(unsafe.SliceData(results))))
	if stop() { // if stop returns false, the callback may still use opts
		l.freeObject(fnReleaseRunOptions, *opts)
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	given := make([][]float32, len(outputs))
	for i, r := range results {
		if given[i], err = l.copyFloats(r); err != nil {
			return nil, fmt.Errorf("output %s: %w", outputs[i], err)
		}
	}
	return given, nil
}

// newTensor creates a tensor of the library that uses t's memory. pin keeps that memory in place.
func (s *Session) newTensor(t Tensor, pin *runtime.Pinner, value, name *uintptr) error {
	var data unsafe.Pointer
	var size, kind, n int
	if t.Ints != nil {
		data, size, kind, n = unsafe.Pointer(unsafe.SliceData(t.Ints)), 8, typeInt64, len(t.Ints)
	} else {
		data, size, kind, n = unsafe.Pointer(unsafe.SliceData(t.Floats)), 4, typeFloat, len(t.Floats)
	}
	want := 1
	for _, d := range t.Shape {
		want *= int(d)
	}
	if n == 0 || n != want {
		return fmt.Errorf("%d values for the shape %v", n, t.Shape)
	}
	label := newCString(t.Name)
	pin.Pin(data)
	pin.Pin(unsafe.SliceData(label))
	pin.Pin(unsafe.SliceData(t.Shape))
	*name = addressOfSlice(label)
	return s.lib.callFunction(fnCreateTensorWithData, s.lib.memory, uintptr(data), uintptr(n*size),
		uintptr(unsafe.Pointer(unsafe.SliceData(t.Shape))), uintptr(len(t.Shape)), uintptr(kind), addressOfCell(value))
}

// copyFloats copies the values of a tensor.
func (l *Library) copyFloats(value uintptr) ([]float32, error) {
	info, count, data, kind := newCell(), newCell(), newCell(), newCell()
	if err := l.callFunction(fnGetTensorTypeAndShape, value, addressOfCell(info)); err != nil {
		return nil, err
	}
	defer l.freeObject(fnReleaseTensorTypeAndInfo, *info)
	err := errors.Join(
		l.callFunction(fnGetTensorElementCount, *info, addressOfCell(count)),
		l.callFunction(fnGetTensorElementType, *info, addressOfCell(kind)))
	if err != nil {
		return nil, err
	}
	if uint32(*kind) != typeFloat {
		return nil, errors.New("the model's output is not in floats")
	}
	if *count == 0 {
		return nil, nil
	}
	if err := l.callFunction(fnGetTensorMutableData, value, addressOfCell(data)); err != nil {
		return nil, err
	}
	return slices.Clone(unsafe.Slice((*float32)(toPointer(*data)), int(*count))), nil
}

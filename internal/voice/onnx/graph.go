package onnx

import (
	"errors"

	"google.golang.org/protobuf/encoding/protowire"
)

// Field numbers of the messages in onnx.proto.
const (
	modelGraph  = 7
	graphNode   = 1
	graphOutput = 12
	nodeOutput  = 2
	nodeOp      = 4
	valueName   = 1
)

// FindResultsOfOperation returns the names of the results of all operations of a kind in a model, such as "Ceil". The
// values report whether a result is already an output of the model. It does not look into graphs that are nested in
// operations.
func FindResultsOfOperation(model []byte, operation string) (map[string]bool, error) {
	found := map[string]bool{}
	var outputs []string
	err := forEachField(model, modelGraph, func(graph []byte) error {
		err := forEachField(graph, graphNode, func(node []byte) error {
			kind, results := "", []string{}
			err := errors.Join(
				forEachField(node, nodeOp, func(b []byte) error { kind = string(b); return nil }),
				forEachField(node, nodeOutput, func(b []byte) error { results = append(results, string(b)); return nil }))
			if kind == operation {
				for _, r := range results {
					found[r] = false
				}
			}
			return err
		})
		return errors.Join(err, forEachField(graph, graphOutput, func(value []byte) error {
			return forEachField(value, valueName, func(b []byte) error {
				outputs = append(outputs,
					string(b))
				return nil
			})
		}))
	})
	for _, o := range outputs {
		if _, ok := found[o]; ok {
			found[o] = true
		}
	}
	return found, err
}

// forEachField calls f with the bytes of each field that has a number.
func forEachField(message []byte, number protowire.Number, f func([]byte) error) error {
	for len(message) > 0 {
		n, kind, size := protowire.ConsumeTag(message)
		if size < 0 {
			return protowire.ParseError(size)
		}
		message = message[size:]
		if n != number || kind != protowire.BytesType {
			if size = protowire.ConsumeFieldValue(n, kind, message); size < 0 {
				return protowire.ParseError(size)
			}
			message = message[size:]
			continue
		}
		body, size := protowire.ConsumeBytes(message)
		if size < 0 {
			return protowire.ParseError(size)
		}
		if err := f(body); err != nil {
			return err
		}
		message = message[size:]
	}
	return nil
}

// AddOutput returns the model with a result of an operation as an additional, last output. It may write to the
// capacity after the end of model. It does not set the output's type, which the library infers. The second
// graph that it appends is merged with the first, as protobuf defines
// (https://protobuf.dev/programming-guides/encoding/#last-one-wins).
func AddOutput(model []byte, name string) []byte {
	value := protowire.AppendString(protowire.AppendTag(nil, valueName, protowire.BytesType), name)
	graph := protowire.AppendBytes(protowire.AppendTag(nil, graphOutput, protowire.BytesType), value)
	return protowire.AppendBytes(protowire.AppendTag(model, modelGraph, protowire.BytesType), graph)
}

package main

import "context"

func (s *side) serve(context.Context, string) ([]artifact, error) { return nil, nil }

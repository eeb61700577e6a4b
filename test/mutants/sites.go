package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
)

// site is a place in a file that can be changed: the bytes between the offsets from and to are
// replaced by other.
type site struct {
	file       string
	line       int
	from, to   int // byte offsets in the file
	was, other string
}

// String describes the change.
func (s site) String() string {
	return fmt.Sprintf("%s:%d: %s becomes %s", s.file, s.line, s.was, s.other)
}

// findSites finds all places of a file that can be changed.
func findSites(file string) ([]site, error) {
	src, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	files := token.NewFileSet()
	tree, err := parser.ParseFile(files, file, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var out []site
	add := func(at token.Pos, was, other string) {
		p := files.Position(at)
		out = append(out, site{file: file, line: p.Line, from: p.Offset, to: p.Offset + len(was), was: was, other: other})
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.BinaryExpr:
			for _, other := range confusableOperators(n.Op) {
				add(n.OpPos, n.Op.String(), other)
			}
		case *ast.UnaryExpr:
			if n.Op == token.NOT {
				add(n.OpPos, "!", "!!")
			}
		case *ast.IncDecStmt:
			if n.Tok == token.INC {
				add(n.TokPos, "++", "--")
			} else {
				add(n.TokPos, "--", "++")
			}
		case *ast.BasicLit:
			if v, err := strconv.Atoi(n.Value); err == nil && n.Kind == token.INT {
				add(n.Pos(), n.Value, strconv.Itoa(v+1))
			}
		}
		return true
	})
	return out, nil
}

// confusableOperators returns the operators that a programmer may confuse with op.
func confusableOperators(op token.Token) []string {
	switch op {
	case token.EQL:
		return []string{"!="}
	case token.NEQ:
		return []string{"=="}
	case token.LSS:
		return []string{"<=", ">="}
	case token.LEQ:
		return []string{"<", ">"}
	case token.GTR:
		return []string{">=", "<="}
	case token.GEQ:
		return []string{">", "<"}
	case token.LAND:
		return []string{"||"}
	case token.LOR:
		return []string{"&&"}
	default:
		return nil
	}
}

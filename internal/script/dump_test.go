package script

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"mynah/internal/diag"
	"mynah/internal/frame"
	"mynah/internal/utter"
)

// dump formats a script compactly for comparison in tests: one line per node, "---" between scenes.
func dump(s *Script) string {
	var b strings.Builder
	if h := dumpProperties(s.Header.Properties); h != "" {
		b.WriteString("header" + h + "\n")
	}
	for i, sc := range s.Scenes {
		if i > 0 {
			b.WriteString("---\n")
		}
		for _, n := range sc.Nodes {
			b.WriteString(dumpNode(n) + "\n")
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func dumpNode(n Node) string {
	switch n := n.(type) {
	case *Narration:
		return "say " + dumpRuns(n.Runs)
	case *SSML:
		return "ssml " + dumpElement(n.Root)
	case *Quote:
		return fmt.Sprintf("quote %q", n.Text)
	case *Fence:
		return strings.TrimRight(fmt.Sprintf("fence %s %s %q", n.Kind, n.Language, n.Text), " ")
	case *Picture:
		return dumpPicture(n)
	case *Pause:
		return "pause " + n.Length.String()
	case *Audio:
		return "audio " + n.File
	case *Set:
		return "set " + n.Name + dumpProperties(n.Properties)
	case *Callout:
		return dumpCallout(n)
	case *Chapter:
		return fmt.Sprintf("chapter %q", n.Title)
	case *Reveal:
		return fmt.Sprintf("reveal %v %v", n.Items, n.Ranges)
	case *Highlight:
		return fmt.Sprintf("highlight %v", n.Ranges)
	case *Include:
		return "include " + n.File
	}
	return fmt.Sprintf("unexpected %T", n)
}

func dumpRuns(runs []utter.Run) string {
	var out []string
	for _, r := range runs {
		if r.Style == utter.Plain {
			out = append(out, fmt.Sprintf("%q", r.Text))
		} else {
			out = append(out, fmt.Sprintf("%s%q", r.Style, r.Text))
		}
	}
	return strings.Join(out, " ")
}

func dumpElement(e *Element) string {
	var b strings.Builder
	b.WriteString("<" + e.Name)
	var names []string
	for n := range e.Attributes {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		fmt.Fprintf(&b, " %s=%q", n, e.Attributes[n])
	}
	b.WriteString(">")
	for _, c := range e.Content {
		if c.Child != nil {
			b.WriteString(dumpElement(c.Child))
		} else {
			b.WriteString(c.Text)
		}
	}
	return b.String() + "</" + e.Name + ">"
}

func dumpPicture(p *Picture) string {
	kind := "image"
	if p.Video {
		kind = "video"
	}
	out := []string{kind, p.File}
	for _, w := range []string{string(p.Fit), p.Edge, string(p.Motion), string(p.Sync), string(p.Still)} {
		if w != "" {
			out = append(out, w)
		}
	}
	if p.Position != (frame.Position{}) {
		out = append(out, fmt.Sprintf("at(%s,%s)", p.Position.X, p.Position.Y))
	}
	if p.Segment != nil {
		out = append(out, p.Segment.From.String()+".."+p.Segment.To.String())
	}
	if p.Mute {
		out = append(out, "mute")
	}
	if p.Volume != nil {
		out = append(out, fmt.Sprint("volume=", *p.Volume))
	}
	return strings.Join(out, " ")
}

func dumpCallout(c *Callout) string {
	s := fmt.Sprintf("callout circle %v,%v r%v", c.CX, c.CY, c.Size)
	if c.Shape == Rectangle {
		s = fmt.Sprintf("callout rectangle %v,%v-%v,%v", c.Left, c.Top, c.Right, c.Bottom)
	}
	s += fmt.Sprintf(" alpha=%v", c.Alpha)
	if c.Style != "" {
		s += " " + string(c.Style)
	}
	if c.Label != "" {
		s += fmt.Sprintf(" label=%q", c.Label)
	}
	return s
}

// dumpProperties formats the names and values of the properties that are set.
func dumpProperties(p Properties) string {
	var b strings.Builder
	v := reflect.ValueOf(p)
	for i := range v.NumField() {
		f := v.Field(i)
		if f.Kind() == reflect.Pointer && !f.IsNil() {
			fmt.Fprintf(&b, " %s=%s", v.Type().Field(i).Name, dumpValue(f.Interface()))
		}
	}
	return b.String()
}

func dumpValue(v any) string {
	switch v := v.(type) {
	case *string:
		return fmt.Sprintf("%q", *v)
	case *frame.Fit:
		return string(*v)
	case *time.Duration:
		return v.String()
	case *frame.Size:
		return fmt.Sprintf("%dx%d", v.Width, v.Height)
	case *frame.Rate:
		return fmt.Sprintf("%d/%d", v.Num, v.Den)
	case *frame.Color:
		return fmt.Sprintf("#%02x%02x%02x%02x", v.R, v.G, v.B, v.A)
	case *File:
		if v.Literal {
			return "[" + v.Name + "]"
		}
		return v.Name
	case *Background:
		return fmt.Sprintf("{%s %v in=%v out=%v}", v.Name, v.Volume, v.FadeIn, v.FadeOut)
	case *Transition:
		return fmt.Sprintf("{%s %s}", v.Type, v.Duration)
	case *Poster:
		return fmt.Sprintf("{%s %s}", v.Word, v.At)
	case *Level:
		return fmt.Sprintf("{%v %v}", v.None, v.Value)
	case *Subtitles:
		return dumpSubtitles(v)
	case *Watermark:
		return fmt.Sprintf("{%s %v %v}", v.File.Name, v.Position, v.Strength)
	case *[]frame.Size:
		var out []string
		for _, size := range *v {
			out = append(out, size.String())
		}
		return strings.Join(out, "+")
	}
	return fmt.Sprint(reflect.ValueOf(v).Elem())
}

func dumpSubtitles(s *Subtitles) string {
	out := []string{string(s.Mode)}
	add := func(name string, set bool, v any) {
		if set {
			out = append(out, fmt.Sprint(name, "=", v))
		}
	}
	add("break", s.Break != 0, s.Break)
	add("size", s.Size != 0, s.Size)
	add("scale", s.Scale != 0, s.Scale)
	for _, c := range []struct {
		name  string
		color *frame.Color
	}{{"color", s.Color}, {"background", s.Background}, {"outline", s.Outline}, {"highlight", s.Highlight}} {
		if c.color != nil {
			out = append(out, c.name+"="+dumpValue(c.color))
		}
	}
	if s.Font != nil {
		out = append(out, "font="+dumpValue(s.Font))
	}
	add("position", s.Position != "", s.Position)
	add("karaoke", s.Karaoke, true)
	add("box", s.Box, true)
	add("words", s.Words, true)
	return "{" + strings.Join(out, " ") + "}"
}

// brief formats findings, one per line: place, severity and summary.
func brief(list diag.List) string {
	var out []string
	for _, d := range list {
		s := fmt.Sprintf("%d:%d %s: %s", d.Range.Start.Line, d.Range.Start.Column, d.Severity, d.Summary)
		if d.Hint != "" && strings.HasPrefix(d.Hint, "did you mean") {
			s += " | " + d.Hint
		}
		out = append(out, s)
	}
	return strings.Join(out, "\n")
}

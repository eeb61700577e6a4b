package remotetest

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"mynah/internal/utter"
	"mynah/internal/voice"
	"mynah/internal/voice/tone"
)

// Heard is a word that was spoken.
type Heard struct {
	Start, End int // bytes of the markup
	Value      string
	Time       time.Duration
}

// Performance is the result of speaking markup.
type Performance struct {
	Clip  voice.Clip
	Words []Heard
	Marks map[string]time.Duration
	Tags  []string // the tags of the markup, each once, in order
	Text  string   // the text that was spoken
}

// Perform speaks markup as tones. Like a real service, it fails if the markup is not well-formed or has a tag
// that is not in allowed ("speak prosody@rate,volume …").
func (s *Server) Perform(ctx context.Context, markup string, speed float64, allowed string) (Performance, error) {
	p := &performer{ctx: ctx, s: s, allowed: map[string][]string{}, speed: speed, pitch: 1}
	p.out.Marks = map[string]time.Duration{}
	p.out.Clip.Rate = 24000
	for part := range strings.FieldsSeq(allowed) {
		tag, attributes, _ := strings.Cut(part, "@")
		p.allowed[tag] = strings.Split(attributes, ",")
	}
	d := xml.NewDecoder(strings.NewReader(markup))
	depth := 0
	for {
		from := d.InputOffset()
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return p.out, fmt.Errorf("not well formed: %w", err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			if depth == 0 && t.Name.Local != "speak" {
				return p.out, errors.New("the root is not speak")
			}
			depth++
			err = p.openElement(t)
		case xml.EndElement:
			depth--
			err = p.closeElement(t)
		case xml.CharData:
			if depth == 0 && strings.TrimSpace(string(t)) != "" {
				return p.out, errors.New("text outside of the root")
			}
			err = p.sayText(markup[from:d.InputOffset()], int(from))
		default:
			err = errors.New("neither element nor text")
		}
		if err != nil {
			return p.out, err
		}
	}
	if depth != 0 || len(p.stack) != 0 {
		return p.out, errors.New("not closed")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.alter) > 0 {
		p.out.Clip.PCM = s.alter[0](p.out.Clip.PCM)
		s.alter = s.alter[1:]
	}
	return p.out, nil
}

type performer struct {
	ctx          context.Context
	s            *Server
	allowed      map[string][]string
	out          Performance
	stack        []frame
	speed, pitch float64
}

type frame struct {
	tag          string
	speed, pitch float64
}

func (p *performer) openElement(t xml.StartElement) error {
	name := t.Name.Local
	attributes, ok := p.allowed[name]
	if !ok {
		return fmt.Errorf("unsupported tag %s", name)
	}
	if !slices.Contains(p.out.Tags, name) {
		p.out.Tags = append(p.out.Tags, name)
	}
	p.stack = append(p.stack, frame{name, p.speed, p.pitch})
	for _, a := range t.Attr {
		key := a.Name.Local
		if a.Name.Space != "" {
			key = a.Name.Space + ":" + key
		}
		if !slices.Contains(attributes, key) {
			return fmt.Errorf("unsupported attribute %s of %s", key, name)
		}
		if err := p.readAttribute(name, key, a.Value); err != nil {
			return fmt.Errorf("%s of %s: %w", key, name, err)
		}
	}
	return nil
}

func (p *performer) readAttribute(tag, key, value string) error {
	switch tag + "@" + key {
	case "prosody@rate":
		text, percent := strings.CutSuffix(value, "%")
		f, err := strconv.ParseFloat(text, 64)
		if percent {
			f /= 100
		}
		if err != nil || f <= 0.1 || f > 5 {
			return fmt.Errorf("%q", value)
		}
		p.speed *= f
	case "prosody@pitch":
		f, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSuffix(value, "st"), "%"), 64)
		if err != nil || value[0] != '+' && value[0] != '-' {
			return fmt.Errorf("%q", value)
		}
		p.pitch *= 1 + f/100
	case "prosody@volume":
		if strings.TrimRight(value, "dB%") == value || value[0] != '+' && value[0] != '-' {
			return fmt.Errorf("%q", value)
		}
	case "break@time":
		d, err := time.ParseDuration(value)
		if err != nil || d < 0 || d > 20*time.Second {
			return fmt.Errorf("%q", value)
		}
		p.addSilence(d)
	case "mark@name":
		p.out.Marks[value] = p.out.Clip.Length()
	case "phoneme@alphabet":
		if value != "ipa" {
			return fmt.Errorf("%q", value)
		}
	}
	return nil
}

func (p *performer) closeElement(t xml.EndElement) error {
	n := len(p.stack)
	if n == 0 || p.stack[n-1].tag != t.Name.Local {
		return fmt.Errorf("</%s> has no start tag", t.Name.Local)
	}
	p.speed, p.pitch = p.stack[n-1].speed, p.stack[n-1].pitch
	p.stack = p.stack[:n-1]
	return nil
}

func (p *performer) addSilence(d time.Duration) {
	p.out.Clip.PCM = append(p.out.Clip.PCM, make([]int16, int(d.Seconds()*float64(p.out.Clip.Rate)))...)
}

// sayText speaks raw text word by word. at is its position in the markup.
func (p *performer) sayText(raw string, at int) error {
	for raw != "" {
		word := strings.TrimLeft(raw, " ")
		at += len(raw) - len(word)
		if len(raw) > len(word) {
			p.addSilence(40 * time.Millisecond)
			p.out.Text += " "
		}
		end := strings.IndexByte(word, ' ')
		if end < 0 {
			end = len(word)
		}
		word, raw = word[:end], word[end:]
		if word == "" {
			continue
		}
		var plain string
		if err := xml.Unmarshal([]byte("<a>"+word+"</a>"), &plain); err != nil {
			return err
		}
		p.out.Text += plain
		for _, span := range voice.SplitWords(plain) {
			start := p.out.Clip.Length()
			text := plain[span.Start:span.End]
			clip, err := tone.New().Speak(p.ctx, voice.Request{
				Voice: "high", Runs: []utter.Run{{Text: text}}, Speed: utter.NewFactor(p.speed),
				Pitch: utter.NewFactor(p.pitch),
			})
			if err != nil {
				return err
			}
			p.out.Clip.PCM = append(p.out.Clip.PCM, clip.PCM...)
			p.out.Words = append(p.out.Words, Heard{at, at + len(word), text, start})
		}
		if strings.ContainsAny(plain[len(plain)-1:], ".,;:!?") {
			p.addSilence(100 * time.Millisecond)
		}
		at += len(word)
	}
	return nil
}

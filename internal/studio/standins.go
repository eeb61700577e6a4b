package studio

import (
	"context"
	"errors"
	"maps"
	"slices"

	"mynah/internal/diag"
	"mynah/internal/fault"
	"mynah/internal/storyboard"
	"mynah/internal/voice"
)

// unableError is a sentence that a voice could not say, though another may stand in.
type unableError struct {
	error
	part    storyboard.Part
	instead voice.Voice
	cause   string
}

// voiceOf is who says a part: its voice, or the one that stands in for it in this build.
func (j *job) voiceOf(ctx context.Context, p storyboard.Part) voice.Voice {
	v, ok := j.standIns[p.Voice]
	if !ok {
		v, _ = j.studio.booth.Resolve(ctx, p.Voice, j.board.Film.Language)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.voices == nil {
		j.voices = map[string]voice.Voice{}
	}
	j.voices[p.Voice] = v
	return v
}

// unable says what it means that a voice failed on a part of a scene, counted from 0.
func (j *job) unable(ctx context.Context, v voice.Voice, p storyboard.Part, scene int, err error) error {
	blamed := j.blameSentence(err, p, scene)
	if ctx.Err() != nil {
		return blamed
	}
	if instead, ok := j.studio.booth.Instead(ctx, v, err); ok {
		return &unableError{blamed, p, instead, fault.From(err).Public}
	}
	return blamed
}

// withStandIns has sentences said. Where the settings allow it and a voice's engine fails,
// all that the voice says in this build is said anew by another: no film changes its voice
// from one sentence to the next. What other voices said lies in the cache.
func (j *job) withStandIns(ctx context.Context, say func(context.Context) error) error {
	for {
		before := j.ledger
		before.recipes, before.order, before.made = maps.Clone(before.recipes), slices.Clone(before.order), maps.Clone(before.made)
		err := say(ctx)
		u, ok := errors.AsType[*unableError](err)
		if !ok || ctx.Err() != nil {
			return err
		}
		j.ledger = before
		if j.standIns == nil {
			j.standIns = map[string]voice.Voice{}
		}
		j.standIns[u.part.Voice] = u.instead
		d := diag.Diagnostic{Range: u.part.Range, Severity: diag.Warning, Code: diag.MissingVoice}
		d.Summary = u.cause + "; " + u.instead.Name + " speaks all of " + u.part.Voice + " instead"
		d.Hint = "with fallback: false in mynah.yaml this is an error"
		if err := j.report(diag.List{d}); err != nil {
			return err
		}
	}
}

// voiceUses lists which voices of which engines spoke in which scenes.
func (j *job) voiceUses() []VoiceUse {
	var out []VoiceUse
	for i, s := range j.board.Scenes {
		for _, p := range s.Parts {
			v, ok := j.voices[p.Voice]
			if p.Kind != storyboard.Speech || !ok {
				continue
			}
			k := slices.IndexFunc(out, func(u VoiceUse) bool { return u.Name == v.Name && u.Engine == v.Engine })
			if k < 0 {
				k, out = len(out), append(out, VoiceUse{Name: v.Name, Engine: v.Engine})
			}
			if n := len(out[k].Scenes); n == 0 || out[k].Scenes[n-1] != i+1 {
				out[k].Scenes = append(out[k].Scenes, i+1)
			}
		}
	}
	return out
}

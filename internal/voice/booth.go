package voice

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"golang.org/x/sync/singleflight"

	"mynah/internal/cache"
	"mynah/internal/fault"
	"mynah/internal/part"
	"mynah/internal/utter"
)

// Rate is that of everything the Booth gives, in samples a second.
const Rate = 48000

// Config are the settings of a Booth.
type Config struct {
	Language string  // BCP 47, of scripts that name none
	Volume   float64 // factor on everything, 0 to 4
	// Extra are voices that have names of their own, which hide those of the catalogue.
	Extra []Voice
	// Defaults are the voices that speak a language, by BCP 47 tag, when none is named.
	Defaults map[string]Voice
	// Fallback: where the engine of a voice fails, another voice may stand in; see Instead.
	Fallback bool
}

// DefaultConfig speaks American English as loud as the engines do.
func DefaultConfig() Config { return Config{Language: "en-US", Volume: 1} }

// Validate reports all mistakes at once.
func (c Config) Validate() error {
	var errs []error
	if c.Language == "" {
		errs = append(errs, errors.New("language: empty, must be a tag such as en-US"))
	}
	if !(c.Volume > 0 && c.Volume <= 4) {
		errs = append(errs, fmt.Errorf("volume: %g, must be above 0 and at most 4", c.Volume))
	}
	return errors.Join(errs...)
}

// Booth speaks sentences with the voices of the catalogue, and keeps what was spoken.
// It is safe for many goroutines; how many engines work at once is up to what runs
// them.
type Booth struct {
	cfg       Config
	engines   map[string]Engine
	catalogue *Catalogue
	store     *cache.Store
	calls     singleflight.Group

	mu         sync.Mutex
	versions   map[string]string
	resamplers map[int]*resampler
	references map[string]string // espeak-ng's voices by language: see referenceVoice
}

// NewBooth makes a booth over engines; engines of the catalogue that are not among
// them count as missing.
func NewBooth(cfg Config, engines []Engine, store *cache.Store) (*Booth, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	b := &Booth{
		cfg: cfg, engines: map[string]Engine{}, store: store,
		versions: map[string]string{}, resamplers: map[int]*resampler{}, references: map[string]string{},
	}
	for _, e := range engines {
		b.engines[e.Name()] = e
	}
	b.catalogue = NewCatalogue().with(b.withLanguages(cfg.Extra), cfg.Defaults)
	return b, nil
}

// Spoken is a sentence that is in the cache.
type Spoken struct {
	Key     cache.Key // of the recipe
	Recipe  Narration
	Samples int64  // at Rate; 0 when there was nothing to say
	Heard   bool   // its loudest sample is above -60 dB of full scale
	Words   []Word // of the line's plain text, in order; times from its first sample
	New     bool   // it was not in the cache before
}

// Resolve finds a voice by name, as the catalogue does, that can be used here: where
// the engine of a voice is missing, another of the same language and gender stands in,
// and Match.Warning says so. A name may also be ENGINE/ID, for any voice of an engine that
// is here.
func (b *Booth) Resolve(ctx context.Context, name, language string) (Voice, Match) {
	if language == "" {
		language = b.cfg.Language
	}
	v, ok := b.reference(name, language)
	m := Match{Kind: Named}
	if !ok {
		v, ok = b.installed(ctx, name)
	}
	if !ok {
		v, m = b.catalogue.Resolve(name, language)
		v, m = b.better(ctx, v, m)
	}
	if m.Kind == Unspoken {
		return v, m
	}
	if b.usable(ctx, v) {
		return v, m
	}
	if other, ok := b.likeOthers(ctx, v); ok {
		m.StandIn = true
		if v.Engine == EngineEspeak || v.Engine == EngineFlite || !b.present(ctx, v.Engine) {
			m.warn("the voice %s needs %s, which is not installed; %s speaks instead", v.Name, v.Engine, other.Name)
		} else {
			m.warn("%s has no installed voice %q; %s speaks instead", v.Engine, v.EngineVoice, other.Name)
		}
		return other, m
	}
	return v, m // speaking will tell what is missing
}

// IsRemote reports whether a voice is that of a service, for which this machine waits.
func (b *Booth) IsRemote(v Voice) bool {
	e, ok := b.engines[v.Engine]
	return ok && e.Abilities().Remote
}

func (b *Booth) usable(ctx context.Context, v Voice) bool {
	if !b.present(ctx, v.Engine) {
		return false
	}
	_, has := AboutVoice(b.engines[v.Engine], v.EngineVoice)
	return has
}

// present reports whether an engine is here.
func (b *Booth) present(ctx context.Context, engine string) bool {
	e, ok := b.engines[engine]
	if !ok {
		return false
	}
	_, err := b.version(ctx, e)
	return fault.CodeOf(err) != fault.ToolMissing
}

// Voices are the voices that can be used here: those of the catalogue and of the settings,
// then those that other engines list, named ENGINE/ID.
func (b *Booth) Voices(ctx context.Context) []Voice {
	var out []Voice
	seen := map[[2]string]bool{}
	for _, v := range append(b.catalogue.Voices(), b.configured(ctx)...) {
		id := [2]string{v.Engine, v.EngineVoice}
		if v.Name == v.Engine+"/"+v.EngineVoice && seen[id] || !b.usable(ctx, v) {
			continue
		}
		seen[id] = true
		v.Phonemes = b.engines[v.Engine].Abilities().Phonemes
		out = append(out, v)
	}
	return out
}

// version asks an engine once; failures are asked again.
func (b *Booth) version(ctx context.Context, e Engine) (string, error) {
	b.mu.Lock()
	v, ok := b.versions[e.Name()]
	b.mu.Unlock()
	if ok {
		return v, nil
	}
	v, err := e.Version(ctx)
	if err != nil {
		return "", err
	}
	b.mu.Lock()
	b.versions[e.Name()] = v
	b.mu.Unlock()
	return v, nil
}

// Speak has a voice say a line, or finds it said before. Equal lines at the same time are said
// once. When ctx ends while the engine speaks, the line may still reach the cache: New and Key are
// then set beside the error.
func (b *Booth) Speak(ctx context.Context, v Voice, l utter.Line) (Spoken, error) {
	e, ok := b.engines[v.Engine]
	if !ok {
		return Spoken{}, fault.New(fault.ToolMissing, nil,
			"the voice %s needs the speech engine %s, which is not installed", v.Name, v.Engine)
	}
	version, err := b.version(ctx, e)
	if err != nil {
		return Spoken{}, err
	}
	req := request(v, l)
	volume := l.Volume.Within(0, 10) * b.cfg.Volume
	if own, err := VersionOf(ctx, e, req.Voice); err != nil {
		return Spoken{}, err
	} else if own != "" {
		version += " " + own
	}
	as := recipes{untimed: narration(version, v, l, volume)}
	as.whole = as.untimed
	if reference := b.referenceVersion(ctx, e, req); reference != "" {
		as.whole.TimedBy = reference
	}
	for {
		if s, ok := b.find(as.whole); ok {
			return s, nil
		}
		key := part.KeyOf(as.whole)
		ch := b.calls.DoChan(key.String(), func() (any, error) { // in a goroutine of its own
			var s Spoken
			err := fault.Guard("speaking", func() (err error) {
				s, err = b.speak(ctx, e, req, levels{volume, l.Level}, as)
				return err
			})
			return s, err
		})
		select {
		case <-ctx.Done():
			return Spoken{Key: key, New: true}, ctx.Err() // the engine may still answer
		case res := <-ch:
			if s, ok := res.Val.(Spoken); ok && res.Err == nil {
				s.Words = slices.Clone(s.Words) // shared with others
				return s, nil
			}
			if errors.Is(res.Err, context.Canceled) || errors.Is(res.Err, context.DeadlineExceeded) {
				if ctx.Err() == nil && res.Shared {
					continue // it was another caller who gave up
				}
			}
			return Spoken{}, res.Err
		}
	}
}

func request(v Voice, l utter.Line) Request {
	return Request{
		Voice: v.EngineVoice, Language: v.Language, Runs: l.Runs,
		Speed:    utter.Times(l.Speed.Within(MinSpeed, MaxSpeed) * v.Speed.Within(MinSpeed, MaxSpeed)),
		Pitch:    utter.Times(l.Pitch.Within(minPitch, maxPitch) * v.Pitch.Within(minPitch, maxPitch)),
		Emphasis: l.Emphasis, Fragment: l.Fragment,
	}.Normal()
}

// levels are how loud a sentence is wanted: see utter.Line.
type levels struct{ volume, level float64 }

// recipes are those of a sentence: whole with all that it depends on, untimed as if there were no
// reference for the times of its words.
type recipes struct{ whole, untimed Narration }

// speak has a sentence said and stores it. Where the reference failed, the next call for the
// sentence does not find it: the reference may work again by then.
func (b *Booth) speak(ctx context.Context, e Engine, req Request, want levels, as recipes) (Spoken, error) {
	var clip Clip
	req, volume := hoistProsody(lowerEmphasis(req))
	want.volume *= volume
	if len(Words(utter.Text(saidRuns(req.Runs)))) > 0 {
		var err error
		if clip, err = b.perform(ctx, e, req, want); err != nil {
			return Spoken{}, err
		}
	}
	recipe := as.whole
	if clip.untimed {
		recipe = as.untimed
	}
	s := Spoken{Key: part.KeyOf(recipe), Recipe: recipe, Samples: int64(len(clip.PCM)), Heard: isHeard(clip.PCM), Words: clip.Words, New: true}
	if err := b.keep(s, clip.PCM); err != nil {
		return Spoken{}, fault.New(fault.Disk, err, "cannot keep narration in the cache")
	}
	return s, nil
}

// atRate brings a clip to Rate.
func (b *Booth) atRate(c Clip) (Clip, error) {
	if c.Rate != Rate && len(c.PCM) > 0 {
		r, err := b.resampler(c.Rate)
		if err != nil {
			return Clip{}, err
		}
		c.PCM = r.run(c.PCM)
	}
	c.Rate = Rate
	c.Words = slices.Clone(c.Words)
	return c, nil
}

func (b *Booth) resampler(from int) (*resampler, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if r, ok := b.resamplers[from]; ok {
		return r, nil
	}
	r, err := newResampler(from, Rate)
	if err == nil {
		b.resamplers[from] = r
	}
	return r, err
}

// sentenceHead is what is known about a sentence. It is apart from the samples, which a build
// needs only where its sound is mixed again.
type sentenceHead struct {
	Samples int64  `json:"samples"`
	Heard   bool   `json:"heard"`
	Words   []Word `json:"words"`
}

// isHeard reports whether any sample is above -60 dB of full scale.
func isHeard(pcm []int16) bool {
	const floor = 33 // 32768 / 1000
	return slices.ContainsFunc(pcm, func(v int16) bool { return v > floor || v < -floor })
}

// samplesKey addresses the samples of a sentence: 16 bits each, the lower byte first.
func samplesKey(key cache.Key) cache.Key {
	return cache.NewHasher("samples").Bytes(key[:]).Key()
}

func (b *Booth) keep(s Spoken, pcm []int16) error {
	meta, err := json.Marshal(sentenceHead{Samples: s.Samples, Heard: s.Heard, Words: s.Words})
	if err != nil {
		return err
	}
	buf := make([]byte, 0, 2*len(pcm))
	for _, v := range pcm {
		buf = binary.LittleEndian.AppendUint16(buf, uint16(v))
	}
	// The head last: where it is, the samples are.
	if err := b.store.PutBytes(cache.Narration, samplesKey(s.Key), buf); err != nil {
		return err
	}
	return b.store.PutBytes(cache.Narration, s.Key, meta)
}

func (b *Booth) find(recipe Narration) (Spoken, bool) {
	key := part.KeyOf(recipe)
	meta, ok := b.store.Get(cache.Narration, key)
	if !ok || !b.store.Has(cache.Narration, samplesKey(key)) {
		return Spoken{}, false
	}
	var h sentenceHead
	err := json.Unmarshal(meta, &h)
	return Spoken{Key: key, Recipe: recipe, Samples: h.Samples, Heard: h.Heard, Words: h.Words}, err == nil
}

// Open returns the samples of a sentence from a given one on, to be read as bytes: mono,
// 16 bits, the lower byte first, at Rate. The caller closes it.
func (b *Booth) Open(key cache.Key, from int64) (io.ReadCloser, error) {
	e, ok := b.store.Open(cache.Narration, samplesKey(key))
	if !ok {
		return nil, fault.New(fault.Disk, nil, "narration is no longer in the cache")
	}
	if _, err := e.Seek(2*from, io.SeekStart); err != nil {
		_ = e.Close()
		return nil, fault.New(fault.Disk, err, "narration in the cache is damaged")
	}
	return e, nil
}

// PCM returns the samples of a sentence: mono, at Rate.
func (b *Booth) PCM(key cache.Key) ([]int16, error) {
	whole, ok := b.store.Get(cache.Narration, samplesKey(key))
	if !ok {
		return nil, fault.New(fault.Disk, nil, "narration is no longer in the cache")
	}
	out := make([]int16, len(whole)/2)
	for i := range out {
		out[i] = int16(binary.LittleEndian.Uint16(whole[2*i:]))
	}
	return out, nil
}

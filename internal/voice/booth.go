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

// Rate is the sample rate of all clips that the Booth returns, in Hz.
const Rate = 48000

// Config contains the settings of a Booth.
type Config struct {
	Language string  // BCP 47; for scripts that name no language
	Volume   float64 // factor for all narration, above 0 and up to 4
	// Extra contains the voices of the settings. They replace voices of the catalogue with equal names.
	Extra []Voice
	// Defaults contains the default voice of each language, by BCP 47 tag.
	Defaults map[string]Voice
	// Fallback allows another voice to speak if a voice's engine fails; see FindFallbackVoice.
	Fallback bool
}

// DefaultConfig returns the default settings: American English at the engines' own volume.
func DefaultConfig() Config { return Config{Language: "en-US", Volume: 1} }

// Validate reports all mistakes in the settings at once.
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

// Booth speaks sentences with the voices of the catalogue and stores the sound in the cache. It is safe for
// concurrent use. It does not limit how many engines run at once; its callers do.
type Booth struct {
	cfg       Config
	engines   map[string]Engine
	catalogue *Catalogue
	store     *cache.Store
	calls     singleflight.Group

	mu         sync.Mutex
	versions   map[string]string
	resamplers map[int]*resampler
	references map[string]string // espeak-ng's voice per language; see chooseReferenceVoice
}

// NewBooth returns a booth that uses the given engines. Engines of the catalogue that are not in the list count
// as missing.
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
	b.catalogue = NewCatalogue().addConfiguredVoices(b.fillMissingLanguages(cfg.Extra), cfg.Defaults)
	return b, nil
}

// Spoken is a spoken sentence that is in the cache.
type Spoken struct {
	Key     cache.Key // of the recipe
	Recipe  Narration
	Samples int64  // at Rate; 0 if the text contains nothing to say
	Heard   bool   // the loudest sample is above -60 dB of full scale
	Words   []Word // words of the line's plain text, in order; times count from the first sample
	New     bool   // the sentence was not in the cache before
}

// Resolve finds a voice by name, as Catalogue.Resolve does, that this machine can use. If the engine of the
// voice is missing, it returns another voice of the same language and gender and sets Match.Warning. A name may
// also be ENGINE/ID for any voice of an installed engine.
func (b *Booth) Resolve(ctx context.Context, name, language string) (Voice, Match) {
	if language == "" {
		language = b.cfg.Language
	}
	v, ok := b.resolveEngineVoiceName(name, language)
	m := Match{Kind: Named}
	if !ok {
		v, ok = b.findInstalled(ctx, name)
	}
	if !ok {
		v, m = b.catalogue.Resolve(name, language)
		v, m = b.preferInstalledVoice(ctx, v, m)
	}
	if m.Kind == Unspoken {
		return v, m
	}
	if b.canUseVoice(ctx, v) {
		return v, m
	}
	if other, ok := b.findLocalReplacement(ctx, v); ok {
		m.StandIn = true
		if v.Engine == EngineEspeak || v.Engine == EngineFlite || !b.isEngineInstalled(ctx, v.Engine) {
			m.addWarning("the voice %s needs %s, which is not installed; %s speaks instead", v.Name, v.Engine, other.Name)
		} else {
			m.addWarning("%s has no installed voice %q; %s speaks instead", v.Engine, v.EngineVoice, other.Name)
		}
		return other, m
	}
	return v, m // Speak returns an error that names what is missing
}

// IsRemote reports whether a voice is spoken by a remote service.
func (b *Booth) IsRemote(v Voice) bool {
	e, ok := b.engines[v.Engine]
	return ok && e.Abilities().Remote
}

// canUseVoice reports whether the engine of a voice is installed and has the voice.
func (b *Booth) canUseVoice(ctx context.Context, v Voice) bool {
	if !b.isEngineInstalled(ctx, v.Engine) {
		return false
	}
	_, has := DescribeVoice(b.engines[v.Engine], v.EngineVoice)
	return has
}

// isEngineInstalled reports whether an engine is installed.
func (b *Booth) isEngineInstalled(ctx context.Context, engine string) bool {
	e, ok := b.engines[engine]
	if !ok {
		return false
	}
	_, err := b.findEngineVersion(ctx, e)
	return fault.CodeOf(err) != fault.ToolMissing
}

// ListVoices returns the voices that this machine can use: those of the catalogue and the settings, then those that
// other engines list, named ENGINE/ID.
func (b *Booth) ListVoices(ctx context.Context) []Voice {
	var out []Voice
	seen := map[[2]string]bool{}
	for _, v := range append(b.catalogue.ListVoices(), b.listEngineVoices(ctx)...) {
		id := [2]string{v.Engine, v.EngineVoice}
		if v.Name == v.Engine+"/"+v.EngineVoice && seen[id] || !b.canUseVoice(ctx, v) {
			continue
		}
		seen[id] = true
		v.Phonemes = b.engines[v.Engine].Abilities().Phonemes
		out = append(out, v)
	}
	return out
}

// findEngineVersion returns the version of an engine. It remembers versions, but not failures.
func (b *Booth) findEngineVersion(ctx context.Context, e Engine) (string, error) {
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

// Speak returns a line that a voice speaks, from the cache if it is there. Concurrent calls with equal lines
// run the engine once. If ctx ends while the engine speaks, the line may still reach the cache; Speak then
// returns an error and a Spoken in which only New and Key are set.
func (b *Booth) Speak(ctx context.Context, v Voice, l utter.Line) (Spoken, error) {
	e, ok := b.engines[v.Engine]
	if !ok {
		return Spoken{}, fault.New(fault.ToolMissing, nil,
			"the voice %s needs the speech engine %s, which is not installed", v.Name, v.Engine)
	}
	version, err := b.findEngineVersion(ctx, e)
	if err != nil {
		return Spoken{}, err
	}
	req := newRequest(v, l)
	volume := l.Volume.ClampTo(0, 10) * b.cfg.Volume
	if own, err := FindVoiceVersion(ctx, e, req.Voice); err != nil {
		return Spoken{}, err
	} else if own != "" {
		version += " " + own
	}
	as := recipes{untimed: newNarration(version, v, l, volume)}
	as.whole = as.untimed
	if reference := b.findReferenceVersion(ctx, e, req); reference != "" {
		as.whole.TimedBy = reference
	}
	for {
		if s, ok := b.findSentenceInCache(as.whole); ok {
			return s, nil
		}
		key := part.ComputeKey(as.whole)
		ch := b.calls.DoChan(key.String(), func() (any, error) { // runs in a separate goroutine
			var s Spoken
			err := fault.Guard("speaking", func() (err error) {
				s, err = b.speakAndStore(ctx, e, req, levels{volume, l.Level}, as)
				return err
			})
			return s, err
		})
		select {
		case <-ctx.Done():
			return Spoken{Key: key, New: true}, ctx.Err() // the engine may still finish
		case res := <-ch:
			if s, ok := res.Val.(Spoken); ok && res.Err == nil {
				s.Words = slices.Clone(s.Words) // other callers receive the same slice
				return s, nil
			}
			if errors.Is(res.Err, context.Canceled) || errors.Is(res.Err, context.DeadlineExceeded) {
				if ctx.Err() == nil && res.Shared {
					continue // a different caller canceled
				}
			}
			return Spoken{}, res.Err
		}
	}
}

func newRequest(v Voice, l utter.Line) Request {
	return Request{
		Voice: v.EngineVoice, Language: v.Language, Runs: l.Runs,
		Speed:    utter.NewFactor(l.Speed.ClampTo(MinSpeed, MaxSpeed) * v.Speed.ClampTo(MinSpeed, MaxSpeed)),
		Pitch:    utter.NewFactor(l.Pitch.ClampTo(minPitch, maxPitch) * v.Pitch.ClampTo(minPitch, maxPitch)),
		Emphasis: l.Emphasis, Fragment: l.Fragment,
	}.ClampSpeedAndPitch()
}

// levels contains the volume factor and the loudness in LUFS of a sentence; see utter.Line.
type levels struct{ volume, level float64 }

// recipes contains two recipes of a sentence: whole with everything that it depends on, and untimed without the
// reference engine that times its words.
type recipes struct{ whole, untimed Narration }

// speakAndStore runs the engine and stores the sentence. If the reference engine failed, speak stores the sentence
// under the untimed recipe, so that the next call tries the reference again.
func (b *Booth) speakAndStore(ctx context.Context, e Engine, req Request, want levels, as recipes) (Spoken, error) {
	var clip Clip
	req, volume := hoistProsody(convertEmphasisToFactors(req))
	want.volume *= volume
	if len(SplitWords(utter.JoinTexts(replaceBySpokenText(req.Runs)))) > 0 {
		var err error
		if clip, err = b.produceClip(ctx, e, req, want); err != nil {
			return Spoken{}, err
		}
	}
	recipe := as.whole
	if clip.untimed {
		recipe = as.untimed
	}
	s := Spoken{
		Key: part.ComputeKey(recipe), Recipe: recipe, Samples: int64(len(clip.PCM)), Heard: isHeard(clip.PCM),
		Words: clip.Words, New: true,
	}
	if err := b.writeSentenceToCache(s, clip.PCM); err != nil {
		return Spoken{}, fault.New(fault.Disk, err, "cannot write narration to the cache")
	}
	return s, nil
}

// resampleToRate converts a clip to the sample rate Rate.
func (b *Booth) resampleToRate(c Clip) (Clip, error) {
	if c.Rate != Rate && len(c.PCM) > 0 {
		r, err := b.recallOrMakeResampler(c.Rate)
		if err != nil {
			return Clip{}, err
		}
		c.PCM = r.resample(c.PCM)
	}
	c.Rate = Rate
	c.Words = slices.Clone(c.Words)
	return c, nil
}

func (b *Booth) recallOrMakeResampler(from int) (*resampler, error) {
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

// sentenceHead contains the metadata of a cached sentence. The samples are a separate cache entry, because a
// build reads them only if it mixes the soundtrack again.
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

// newSamplesKey returns the cache key of a sentence's samples, which are 16-bit little-endian.
func newSamplesKey(key cache.Key) cache.Key {
	return cache.NewHasher("samples").AddBytes(key[:]).Key()
}

// writeSentenceToCache writes the samples and the metadata of a sentence to the cache.
func (b *Booth) writeSentenceToCache(s Spoken, pcm []int16) error {
	meta, err := json.Marshal(sentenceHead{Samples: s.Samples, Heard: s.Heard, Words: s.Words})
	if err != nil {
		return err
	}
	buf := make([]byte, 0, 2*len(pcm))
	for _, v := range pcm {
		buf = binary.LittleEndian.AppendUint16(buf, uint16(v))
	}
	// Write the metadata last: where it exists, the samples exist.
	if err := b.store.PutBytes(cache.Narration, newSamplesKey(s.Key), buf); err != nil {
		return err
	}
	return b.store.PutBytes(cache.Narration, s.Key, meta)
}

// findSentenceInCache looks up a sentence in the cache.
func (b *Booth) findSentenceInCache(recipe Narration) (Spoken, bool) {
	key := part.ComputeKey(recipe)
	meta, ok := b.store.ReadEntry(cache.Narration, key)
	if !ok || !b.store.HasEntry(cache.Narration, newSamplesKey(key)) {
		return Spoken{}, false
	}
	var h sentenceHead
	err := json.Unmarshal(meta, &h)
	return Spoken{Key: key, Recipe: recipe, Samples: h.Samples, Heard: h.Heard, Words: h.Words}, err == nil
}

// OpenSamples returns a reader of a sentence's samples, beginning at the sample from: mono, 16 bits, little-endian, at
// Rate. The caller closes it.
func (b *Booth) OpenSamples(key cache.Key, from int64) (io.ReadCloser, error) {
	e, ok := b.store.OpenEntry(cache.Narration, newSamplesKey(key))
	if !ok {
		return nil, fault.New(fault.Disk, cache.ErrLost, "narration is no longer in the cache")
	}
	if _, err := e.Seek(2*from, io.SeekStart); err != nil {
		_ = e.Close()
		return nil, fault.New(fault.Disk, err, "narration in the cache is damaged")
	}
	return e, nil
}

// ReadSamples returns the samples of a sentence: mono, at Rate.
func (b *Booth) ReadSamples(key cache.Key) ([]int16, error) {
	whole, ok := b.store.ReadEntry(cache.Narration, newSamplesKey(key))
	if !ok {
		return nil, fault.New(fault.Disk, cache.ErrLost, "narration is no longer in the cache")
	}
	out := make([]int16, len(whole)/2)
	for i := range out {
		out[i] = int16(binary.LittleEndian.Uint16(whole[2*i:]))
	}
	return out, nil
}

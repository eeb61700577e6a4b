package voicetest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// NewDescription returns the description of a Model: espeak-ng's phonemes with their IDs. change may modify it.
func NewDescription(tb testing.TB, speakers int, change func(map[string]any)) []byte {
	tb.Helper()
	ids := map[string][]int64{}
	n := int64(0)
	for _, r := range "_^$ !'(),-.:;?abcdefhijklmnopqrstuvwxyzæçðøħŋœǀǁǂǃɐɑɒɓ" +
		"ɔɕɖɗɘəɚɛɜɞɟɠɡɢɣɤɥɦɧɨɪɫɬɭɮɯɰɱɲɳɴɵɶɸɹɺɻɽɾʀʁʂʃʄʈʉʊʋʌʍʎʏʐʑʒʔʕʘʙʛʜʝʟʡʢʲˈˌːˑ˞βθχᵻⱱ0123456789\u0327\u0303\u032a\u0329" {
		ids[string(r)] = []int64{n}
		n++
	}
	c := map[string]any{
		"audio": map[string]any{"sample_rate": 22050, "quality": "medium"}, "espeak": map[string]any{"voice": "en-us"},
		"inference":    map[string]any{"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
		"phoneme_type": "espeak", "phoneme_id_map": ids, "num_symbols": 256, "num_speakers": max(speakers, 1),
		"language": map[string]any{"code": "en_US"}, "dataset": "test",
	}
	if speakers > 1 {
		names := map[string]int64{}
		for i := range speakers {
			names[string(rune('a'+i))] = int64(i)
		}
		c["speaker_id_map"] = names
	}
	if change != nil {
		change(c)
	}
	b, err := json.Marshal(c)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// InstallModel writes a Model and its Description to a folder.
func InstallModel(tb testing.TB, dir, name string, speakers int, change func(map[string]any)) {
	tb.Helper()
	for ending, b := range map[string][]byte{
		".onnx":      NewPiperModel(speakers > 1),
		".onnx.json": NewDescription(tb, speakers, change),
	} {
		if err := os.WriteFile(filepath.Join(dir, name+ending), b, 0o600); err != nil {
			tb.Fatal(err)
		}
	}
}

package music

// newUkulele returns the sound of the ukulele. soft is the cutoff frequency of the pluck, in Hz.
func (s *stage) newUkulele(soft float64) instrument {
	pluck := s.newPluck(stringTone{bright: 0.35, seconds: 2.2, soft: soft})
	return func(hz, seconds float64) []float64 {
		out := pluck(hz, seconds)
		newBandBoost(420, 1.2, 4).filterSound(out) // resonance of the body
		return newBandBoost(1250, 1, -2).filterSound(out)
	}
}

// strumChord plays a chord as one stroke: down from the first string, or up from the last, which is softer and omits
// the last string that it would reach.
func (s *stage) strumChord(chord []int, beat, beats float64, up bool, v instrument) {
	gain := 0.30 * s.newRandomFactor(0.12)
	for i := range chord {
		k := i
		if up {
			if k = len(chord) - 1 - i; i == len(chord)-1 {
				return
			}
		}
		p := spot{gain: gain * s.newRandomFactor(0.1), pan: -0.22 + 0.06*float64(k), room: 0.22}
		if up {
			p.gain *= 0.62
		}
		// 11 ms between strings
		s.addNote(v(toHertz(chord[k]), s.toSeconds(beats)), s.toSampleFrame(beat)+i*530, p)
	}
}

// playUkulele1 is cheerful: a strummed ukulele with a glockenspiel melody.
func playUkulele1(s *stage) {
	bars := parseFrets("0003 0232 2000 2010  0003 0232 2010 0003  2010 0232 0432 2000  2010 0003 0232 0003")
	uke := s.newUkulele(2600)
	// The pattern of strokes: down, down up, up down up.
	strokes := []struct {
		at, beats float64
		up        bool
	}{{0, 1, false}, {1, 0.5, false}, {1.5, 1, true}, {2.5, 0.5, true}, {3, 0.5, false}, {3.5, 0.5, true}}
	for bar, chord := range bars {
		for _, k := range strokes {
			s.strumChord(chord, float64(4*bar)+k.at, k.beats, k.up, uke)
		}
	}
	low := "C2:1.5 C2:.5 G2:1 C2:1 | G2:1.5 G2:.5 D2:1 B2:1 | A2:1.5 A2:.5 E2:1 A2:1 | F2:1.5 F2:.5 C2:1 F2:1 | " +
		"C2:1.5 C2:.5 G2:1 C2:1 | G2:1.5 G2:.5 D2:1 G2:1 | F2:1.5 F2:.5 C2:1 F2:1 | C2:1.5 C2:.5 G2:1 E2:1 | " +
		"F2:1.5 F2:.5 C2:1 F2:1 | G2:1.5 G2:.5 D2:1 G2:1 | E2:1.5 E2:.5 B2:1 E2:1 | A2:1.5 A2:.5 E2:1 A2:1 | " +
		"F2:1.5 F2:.5 C2:1 F2:1 | C2:1.5 C2:.5 G2:1 C2:1 | G2:1.5 G2:.5 D2:1 G2:1 | C2:2 G2:1 B2:1"
	s.playNotes(parseMelody(low), 0, newBassSound, spot{gain: 0.34})
	tune := "E5:1 G5:1 E5:.5 D5:.5 C5:1 | D5:1.5 B4:.5 D5:2 | C5:1 E5:1 C5:.5 B4:.5 A4:1 | A4:1.5 C5:.5 A4:2 | " +
		"-:1 G4:.5 C5:.5 E5:1 G5:1 | G5:.5 F5:.5 D5:1 B4:2 | A4:.5 C5:.5 F5:1 E5:1 D5:1 | C5:3 -:1 | " +
		"F5:1.5 E5:.5 C5:2 | D5:1.5 E5:.5 G5:2 | G5:1 E5:1 B4:2 | C5:1 D5:.5 E5:.5 A4:2 | " +
		"A4:1 C5:1 F5:1 A5:1 | G5:1.5 E5:.5 C5:2 | D5:1 E5:.5 D5:.5 B4:1 G4:1 | C5:2 -:2"
	s.playNotes(parseMelody(tune), 0, newBellSound, spot{gain: 0.17, pan: 0.3, room: 0.5})
	for beat := range s.beats {
		b := float64(beat)
		if beat%4 == 0 || beat%8 == 6 {
			s.addNote(newKickSound(), s.toSampleFrame(b), spot{gain: 0.34 * s.newRandomFactor(0.1)})
		}
		if beat%4 == 2 {
			s.addNote(s.newFingerSnap(), s.toSampleFrame(b), spot{gain: 0.13 * s.newRandomFactor(0.15), pan: 0.2, room: 0.5})
		}
		s.addNote(s.newNoiseBurst(5200, 11000, 0.02, 0.018), s.toSampleFrame(b)-900,
			spot{gain: 0.05 * s.newRandomFactor(0.3), pan: 0.45, room: 0.1})
		s.addNote(s.newNoiseBurst(5200, 11000, 0.025, 0.025), s.toSampleFrame(b+0.5)-1100,
			spot{gain: 0.08 * s.newRandomFactor(0.3), pan: 0.45, room: 0.1})
	}
}

// playUkulele2 is calm, in 3/4 time: a picked ukulele with a marimba melody.
func playUkulele2(s *stage) {
	bars := parseFrets("2010 2000 2210 3211  2010 0231 0001 0001  3211 0003 2000 2210  0231 0001 2010 0001")
	uke := s.newUkulele(1900)
	for bar, chord := range bars {
		// Strings c, e, a, g, a, e in eighths.
		for i, k := range []int{1, 2, 3, 0, 3, 2} {
			gain := 0.40
			if i == 0 {
				gain = 0.5
			}
			at := float64(3*bar) + float64(i)/2
			s.addNote(uke(toHertz(chord[k]), s.toSeconds(2)), s.toSampleFrame(at)+s.rand.IntN(300),
				spot{gain: gain * s.newRandomFactor(0.12), pan: -0.3 + 0.1*float64(k), room: 0.35})
		}
	}
	low := "F2:2 C3:1 | A2:2 E3:1 | D3:2 A2:1 | Bb2:2 F2:1 | F2:2 C3:1 | G2:2 D3:1 | C3:2 G2:1 | C3:2 E2:1 | " +
		"Bb2:2 F2:1 | C3:2 G2:1 | A2:2 E3:1 | D3:2 A2:1 | G2:2 D3:1 | C3:2 G2:1 | F2:2 C3:1 | C3:2 E2:1"
	s.playNotes(parseMelody(low), 0, newBassSound, spot{gain: 0.28, room: 0.05})
	tune := "C5:2 A4:1 | E5:2 C5:1 | D5:1.5 E5:.5 F5:1 | D5:3 | A5:2 F5:1 | G5:1 F5:1 D5:1 | E5:2 G5:1 | E5:3 | " +
		"D5:1 F5:1 Bb5:1 | G5:2 E5:1 | C5:1 E5:1 A5:1 | F5:2 D5:1 | Bb4:1 D5:1 G5:1 | E5:1.5 D5:.5 C5:1 | F5:3 | " +
		"-:1 G4:1 Bb4:1"
	s.playNotes(parseMelody(tune), 0, newMarimbaSound, spot{gain: 0.24, pan: 0.28, room: 0.6})
	warm := parseChords("A3 C4, A3 C4, A3 D4, Bb3 D4, A3 C4, Bb3 D4, Bb3 E4, G3 C4, Bb3 F4, G3 E4, A3 E4, A3 F4, " +
		"Bb3 D4, Bb3 E4, A3 C4, G3 Bb3")
	for bar, chord := range warm {
		s.playPads(chord, float64(3*bar), 3, spot{gain: 0.022, room: 0.4})
		for _, beat := range []float64{1, 2} {
			s.addNote(s.newNoiseBurst(3000, 7500, 0.03, 0.04), s.toSampleFrame(float64(3*bar)+beat)-1400,
				spot{gain: 0.035 * s.newRandomFactor(0.25), pan: -0.35, room: 0.3})
		}
	}
}

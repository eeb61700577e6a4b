package music

// playCorporate1 is bright and energetic: muted strings in eighths, a piano, and a marimba melody.
func playCorporate1(s *stage) {
	bars := parseChords("D3 A3 D4 F#4, A2 E3 C#4 E4, B2 F#3 D4 F#4, G2 D3 B3 D4, D3 A3 D4 F#4, A2 E3 C#4 E4, G2 D3 B3 E4, A2 E3 C#4 E4, " +
		"B2 F#3 D4 F#4, G2 D3 B3 D4, D3 A3 D4 F#4, A2 E3 C#4 E4, B2 F#3 D4 F#4, G2 D3 B3 D4, E3 B3 D4 G4, A2 E3 D4 E4")
	muted := s.newPluck(stringTone{bright: 0.3, seconds: 0.45, soft: 2400})
	shape := []int{1, 2, 3, 2, 1, 3, 2, 3}
	for bar, chord := range bars {
		from := float64(4 * bar)
		for i, k := range shape {
			gain := 0.26
			if i%4 == 0 {
				gain = 0.34
			}
			s.addNote(muted(toHertz(chord[k]), s.toSeconds(0.5)), s.toSampleFrame(from+float64(i)/2),
				spot{gain: gain * s.newRandomFactor(0.1), pan: -0.45, room: 0.2})
			// A second player, one octave higher and from the other side.
			s.addNote(muted(toHertz(chord[shape[(i+3)%8]]+12), s.toSeconds(0.5)), s.toSampleFrame(from+float64(i)/2),
				spot{gain: 0.12 * s.newRandomFactor(0.15), pan: 0.5, room: 0.25})
		}
		s.playChord(chord[1:], from, 3.5, newPianoSound, spot{gain: 0.16, pan: 0.1, room: 0.35})
		s.playChord(chord[2:], from+2.5, 1.5, newPianoSound, spot{gain: 0.1, pan: 0.1, room: 0.35})
		s.playPads(chord[1:], from, 4, spot{gain: 0.03, room: 0.4})
		root := chord[0] - 12
		if root < 31 {
			root += 12
		}
		for i, beats := range []float64{1.5, 0.5, 1, 1} {
			at := []float64{0, 1.5, 2, 3}[i]
			s.addNote(newBassSound(toHertz(root), s.toSeconds(beats)), s.toSampleFrame(from+at),
				spot{gain: 0.3 * s.newRandomFactor(0.08)})
		}
	}
	tune := "A5:1 F#5:.5 A5:.5 -:2 | E5:1 C#5:.5 E5:.5 -:2 | F#5:1 D5:.5 F#5:.5 -:1 D5:.5 E5:.5 | D5:2 -:2 | " +
		"A5:1 F#5:.5 A5:.5 -:2 | E5:1 A5:.5 E5:.5 -:2 | B4:.5 E5:.5 G5:1 F#5:1 E5:1 | E5:2 -:2 | " +
		"D5:.5 F#5:.5 B5:1 A5:.5 F#5:.5 D5:1 | G5:1 D5:.5 G5:.5 -:2 | F#5:.5 A5:.5 D5:1 -:2 | E5:1.5 C#5:.5 A4:2 | " +
		"D5:.5 F#5:.5 B5:1 A5:.5 F#5:.5 D5:1 | B4:.5 D5:.5 G5:1 F#5:.5 E5:.5 D5:1 | E5:1 G5:1 F#5:1 D5:1 | E5:2 -:2"
	s.playNotes(parseMelody(tune), 0, newMarimbaSound, spot{gain: 0.3, pan: 0.2, room: 0.45})
	for beat := range s.beats {
		b := float64(beat)
		if beat%2 == 0 {
			s.addNote(newKickSound(), s.toSampleFrame(b), spot{gain: 0.42 * s.newRandomFactor(0.06)})
		} else {
			s.addNote(s.newFingerSnap(), s.toSampleFrame(b), spot{gain: 0.11 * s.newRandomFactor(0.12), pan: -0.1, room: 0.55})
		}
		s.addNote(s.newNoiseBurst(6500, 12500, 0.006, 0.02), s.toSampleFrame(b+0.5)-200,
			spot{gain: 0.05 * s.newRandomFactor(0.2), pan: 0.35, room: 0.1})
	}
}

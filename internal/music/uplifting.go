package music

// playUplifting1 is energetic: arpeggios with echoes, bells and a steady beat.
func playUplifting1(s *stage) {
	bars := parseChords("Ab2 Eb3 C4 Eb4, Eb3 Bb3 Eb4 G4, Bb2 F3 D4 F4, C3 G3 C4 Eb4, " +
		"Ab2 Eb3 C4 Eb4, Eb3 Bb3 Eb4 G4, Bb2 F3 D4 F4, Bb2 F3 D4 F4, " +
		"C3 G3 Eb4 G4, Ab2 Eb3 C4 Eb4, Eb3 Bb3 Eb4 G4, Bb2 F3 D4 F4, " +
		"C3 G3 Eb4 G4, Ab2 Eb3 C4 F4, F3 C4 Eb4 Ab4, Bb2 F3 Eb4 F4")
	pick := s.newPluck(stringTone{bright: 0.55, seconds: 0.9, soft: 3400})
	for bar, chord := range bars {
		from := float64(4 * bar)
		// Groups of three in sixteenths: the pattern repeats every three quarters of a beat.
		for i := range 16 {
			k, up := []int{1, 2, 3}[i%3], 12
			at := s.toSampleFrame(from + float64(i)/4)
			gain := 0.15 * s.newRandomFactor(0.12)
			note := pick(toHertz(chord[k]+up), s.toSeconds(0.5))
			s.addNote(note, at, spot{gain: gain, pan: -0.3, room: 0.4})
			s.addNote(note, at+s.beat*3/4, spot{gain: gain * 0.4, pan: 0.6, room: 0.6}) // the echo
		}
		s.playPads(chord[1:], from, 4, spot{gain: 0.045, room: 0.45})
		s.playChord(chord[1:], from, 2, newPianoSound, spot{gain: 0.15, room: 0.4})
		s.playChord(chord[1:], from+1.5, 1, newPianoSound, spot{gain: 0.1, room: 0.4})
		s.playChord(chord[1:], from+3, 1, newPianoSound, spot{gain: 0.12, room: 0.4})
		root := chord[0] - 12
		if root < 31 {
			root += 12
		}
		for i := range 4 {
			// between the beats of the drum
			s.addNote(newBassSound(toHertz(root), s.toSeconds(0.5)), s.toSampleFrame(from+float64(i)+0.5),
				spot{gain: 0.26 * s.newRandomFactor(0.08)})
		}
		s.addNote(newBassSound(toHertz(root), s.toSeconds(1)), s.toSampleFrame(from), spot{gain: 0.2})
	}
	tune := "-:8 | -:1 F5:1 Bb5:1 F5:1 | G5:2 Eb5:2 | -:1 C5:1 Eb5:1 Ab5:1 | G5:3 Bb5:1 | F5:3 -:1 | -:4 | " +
		"Eb6:1.5 D6:.5 C6:1 G5:1 | Ab5:2 C6:1 Eb6:1 | Bb5:3 G5:1 | F5:2 Bb5:1 D6:1 | " +
		"Eb6:1.5 D6:.5 C6:1 G5:1 | Ab5:2 C6:2 | Ab5:1 G5:1 F5:1 Eb5:1 | F5:3 -:1"
	s.playNotes(parseMelody(tune), 0, newBellSound, spot{gain: 0.16, pan: 0.15, room: 0.7})
	for beat := range s.beats {
		b := float64(beat)
		s.addNote(newKickSound(), s.toSampleFrame(b), spot{gain: 0.42 * s.newRandomFactor(0.05)})
		if beat%2 == 1 {
			s.addNote(s.newFingerSnap(), s.toSampleFrame(b), spot{gain: 0.12 * s.newRandomFactor(0.1), room: 0.6})
		}
		s.addNote(s.newNoiseBurst(6000, 12000, 0.004, 0.022), s.toSampleFrame(b+0.5),
			spot{gain: 0.055 * s.newRandomFactor(0.15), pan: -0.25, room: 0.15})
	}
}

// playUplifting2 is slow: a piano, swelling strings and a melody that rises in the second half.
func playUplifting2(s *stage) {
	bars := parseChords("G2 D3 B3 D4, F#2 D3 A3 D4, E3 B3 D4 G4, C3 G3 C4 E4, G2 D3 B3 D4, F#2 D3 A3 D4, C3 G3 C4 E4, D3 A3 D4 F#4, " +
		"E3 B3 E4 G4, C3 G3 C4 E4, G2 D3 B3 D4, D3 A3 D4 F#4, E3 B3 E4 G4, C3 G3 C4 E4, A2 E3 C4 E4, D3 A3 C4 F#4")
	for bar, chord := range bars {
		from := float64(4 * bar)
		// The chord's notes up and down in eighths, each held to the end of the bar.
		for i, k := range []int{0, 1, 2, 3, 2, 1, 2, 1} {
			gain := 0.26
			if i == 0 {
				gain = 0.34
			}
			at := from + float64(i)/2
			s.addNote(newPianoSound(toHertz(chord[k]), s.toSeconds(4-float64(i)/2)),
				s.toSampleFrame(at)+s.rand.IntN(350),
				spot{gain: gain * s.newRandomFactor(0.12), pan: -0.25 + 0.1*float64(k), room: 0.4})
		}
		swell := 0.034
		if bar >= 8 {
			swell = 0.052
		}
		s.playPads(append([]int{chord[1] + 12}, chord[1:]...), from, 4, spot{gain: swell, room: 0.6})
		root := chord[0] - 12
		if root < 31 {
			root += 12
		}
		s.addNote(newBassSound(toHertz(root), s.toSeconds(2.5)), s.toSampleFrame(from),
			spot{gain: 0.28 * s.newRandomFactor(0.06)})
		s.addNote(newBassSound(toHertz(root), s.toSeconds(1.5)), s.toSampleFrame(from+2.5),
			spot{gain: 0.2 * s.newRandomFactor(0.06)})
	}
	tune := "-:1 B4:1 D5:1 G5:1 | F#5:3 D5:1 | E5:1.5 D5:.5 B4:2 | C5:2 E5:2 | " +
		"-:1 B4:1 D5:1 G5:1 | A5:3 F#5:1 | G5:1 E5:1 C5:2 | D5:3 -:1 | " +
		"G5:1.5 A5:.5 B5:2 | A5:1 G5:1 E5:2 | D5:1 G5:1 B5:1 D6:1 | A5:3 F#5:1 | " +
		"G5:1.5 A5:.5 B5:2 | C6:1 B5:1 G5:2 | E5:1 A5:1 G5:1 E5:1 | F#5:2 -:2"
	s.playNotes(parseMelody(tune), 0, newPianoSound, spot{gain: 0.36, pan: 0.15, room: 0.6})
	for _, n := range parseMelody(tune) {
		if n.pitch > 0 && n.at >= 32 { // in the second half, bells double the melody an octave higher
			s.addNote(newBellSound(2*toHertz(n.pitch), s.toSeconds(n.beats)), s.toSampleFrame(n.at),
				spot{gain: 0.055, pan: 0.4, room: 0.9})
		}
	}
	for beat := range s.beats {
		b := float64(beat)
		if beat%4 == 0 || beat%8 == 5 {
			s.addNote(newKickSound(), s.toSampleFrame(b), spot{gain: 0.3 * s.newRandomFactor(0.08)})
		}
		if beat%4 == 2 && beat >= 32 {
			s.addNote(s.newFingerSnap(), s.toSampleFrame(b), spot{gain: 0.08 * s.newRandomFactor(0.1), room: 0.8})
		}
		if beat >= 32 {
			s.addNote(s.newNoiseBurst(6000, 11500, 0.01, 0.025), s.toSampleFrame(b+0.5)-400,
				spot{gain: 0.035 * s.newRandomFactor(0.25), pan: -0.3, room: 0.3})
		}
	}
}

package script

// clickMarker replaces <!-- click --> in narration while it is parsed. Like the other markers, it cannot occur in a
// script.
const clickMarker = "\ufdd4"

// addUnusedClicks adds a node for each click of a line that is not inside narration.
func (p *parser) addUnusedClicks(l *line) {
	for ; l.used < len(l.clicks); l.used++ {
		at := l.clicks[l.used]
		p.appendNode(&Click{At: At{Range: l.newByteRange(at, at)}})
	}
}

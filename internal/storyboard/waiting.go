package storyboard

// waiting are the directions about a T, a picture or a slide. Each is about the nearest one above it in
// its scene, else about the next one below it.
type waiting[T any] struct{ directions []waitingDirection[T] }

// waitingDirection is one that has found no T yet.
type waitingDirection[T any] struct {
	do     func(*T)
	missed func() // in a scene that has no T
}

// tell does what a direction says to the last one above it, or keeps it for the next.
func (w *waiting[T]) tell(above []T, do func(*T), missed func()) {
	if k := len(above); k > 0 {
		do(&above[k-1])
		return
	}
	w.directions = append(w.directions, waitingDirection[T]{do, missed})
}

// found does to a T what all directions above it say.
func (w *waiting[T]) found(next *T) {
	for _, d := range w.directions {
		d.do(next)
	}
	w.directions = nil
}

// end ends the scene: what has waited in vain is missed.
func (w *waiting[T]) end() {
	for _, d := range w.directions {
		d.missed()
	}
	w.directions = nil
}

package storyboard

// waiting collects the directions for elements of type T, pictures or slides. A direction belongs to
// the nearest T above it in its scene, or, if none exists, to the next T below it.
type waiting[T any] struct{ directions []waitingDirection[T] }

// waitingDirection is a direction that has no T above it.
type waitingDirection[T any] struct {
	do     func(*T)
	missed func() // called if the scene has no T
}

// applyOrKeep applies a direction to the last T above it, or keeps it for the next one.
func (w *waiting[T]) applyOrKeep(above []T, do func(*T), missed func()) {
	if k := len(above); k > 0 {
		do(&above[k-1])
		return
	}
	w.directions = append(w.directions, waitingDirection[T]{do, missed})
}

// applyTo applies the waiting directions to a new T.
func (w *waiting[T]) applyTo(next *T) {
	for _, d := range w.directions {
		d.do(next)
	}
	w.directions = nil
}

// reportMissed calls missed for the directions that found no T in the scene.
func (w *waiting[T]) reportMissed() {
	for _, d := range w.directions {
		d.missed()
	}
	w.directions = nil
}

package frame

// Mount is how a picture is shown whole, on the ground of the theme.
type Mount string

// The mounts; the empty one means that the picture itself fills its area.
const (
	NoMount      Mount = ""
	ScreenMount  Mount = "screen"  // rounded corners and a shadow
	BrowserMount Mount = "browser" // below the bar of a window
	PhoneMount   Mount = "phone"   // within the edge of a phone
)

// Layout is how the slide and the pictures of a scene share the frame.
type Layout string

// The layouts. The empty one draws the slide over a picture that fills the frame.
const (
	NoLayout    Layout = ""
	Split       Layout = "split"       // text on the left, picture on the right
	SplitLeft   Layout = "split-left"  // the other way round
	LowerThird  Layout = "lower-third" // text on a plate in the lower third
	QuoteLayout Layout = "quote"       // large text with its source below
	Stat        Layout = "stat"        // a large first line
	Columns     Layout = "columns"     // a column for each heading
	Grid        Layout = "grid"        // all pictures at the same time
	Corner      Layout = "corner"      // the last picture small in a corner
	TitleLayout Layout = "title"       // a large heading
)

// MostOfGrid is the maximum number of pictures that Grid shows.
const MostOfGrid = 9

// ListLayouts returns the names of all layouts, without the empty one.
func ListLayouts() []Layout {
	return []Layout{Split, SplitLeft, LowerThird, QuoteLayout, Stat, Columns, Grid, Corner, TitleLayout}
}

// ShowsAllPictures reports whether a layout shows several pictures of a scene at the same time.
func (l Layout) ShowsAllPictures() bool { return l == Grid || l == Corner }

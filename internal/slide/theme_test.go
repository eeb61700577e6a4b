package slide_test

import (
	"errors"
	"fmt"
	"image/color"
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"mynah/internal/fault"
	"mynah/internal/proc"
	"mynah/internal/slide"
	"mynah/internal/testrun"
)

func TestProjectTheme(t *testing.T) {
	t.Parallel()
	testrun.SkipShort(t)
	d := drawer(t, nil)
	files := fstest.MapFS{
		"themes/blue.css": {
			Data: []byte("body{background:#00f url(../pics/dot.svg) 0 0/100px no-repeat;color:#ff0}\n" +
				".backdrop{color:#0f0}"),
		},
		"pics/dot.svg": {
			Data: []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10">` +
				`<rect width="10" height="10" fill="#f00"/></svg>`),
		},
		"blur.css": {Data: []byte(".backdrop{backdrop-filter:blur(8px) brightness(60%);background:rgba(255,0,0,.2)}")},
		"spin.css": {
			Data: []byte("@keyframes s{to{transform:rotate(360deg)}} *{animation:s 1s infinite linear " +
				"!important;transition:all 1s} h1{color:red}"),
		},
		"a pic (1).svg": {
			Data: []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200">` +
				`<rect width="300" height="200" fill="#0a0"/></svg>`),
		},
		"fonts.css": {
			Data: []byte("@font-face{font-family:Broken;src:url(broken.woff2)} h1{font-family:NoSuchFont,serif} " +
				"p{font-family:Broken}"),
		},
		"broken.woff2":      {Data: []byte("no font")},
		"import.css":        {Data: []byte("@import 'sub/more.css';")},
		"sub/more.css":      {Data: []byte("h1{color:#00f}")},
		"other-project.css": {Data: []byte("h1{background:url(/1/secret.png)}")},
	}
	with := func(r slide.Request, theme string) slide.Request {
		r.Theme, r.Files = theme, files
		return r
	}
	t.Run("its own colours", func(t *testing.T) {
		t.Parallel()
		got := drawOne(t, d, with(request(text("Hello")), "themes/blue.css"))
		if slidePixel(got, 1200, 700) != (color.NRGBA{0, 0, 255, 255}) || slidePixel(got, 50, 50) != (color.NRGBA{255, 0, 0, 255}) {
			t.Errorf("background %v, its picture %v; %s", slidePixel(got, 1200, 700), slidePixel(got, 50, 50), warnings(got))
		}
		if inkedBox(got, func(c color.NRGBA) bool { return c == color.NRGBA{0, 255, 0, 255} }).Empty() {
			t.Error("the text is not green")
		}
	})
	t.Run("its background does not hide a picture", func(t *testing.T) {
		t.Parallel()
		got := drawOne(t, d, with(over(text("Hello")), "themes/blue.css"))
		if got.Rest.A != 0 || slidePixel(got, 50, 50).A != 0 {
			t.Errorf("rest %v, %v", got.Rest, slidePixel(got, 50, 50))
		}
	})
	t.Run("backdrop filters are told", func(t *testing.T) {
		t.Parallel()
		r := with(over(text("Hello")), "blur.css")
		r.Width, r.Height = 1920, 1080
		got := drawOne(t, d, r)
		want := "[{Bounds:(0,0)-(1920,1080) Filters:[{Name:blur Value:12 Text:blur(8px)} {Name:brightness Value:0.6 Text:brightness(0.6)}]}]"
		if s := fmt.Sprintf("%+v", got.Backdrops); s != want {
			t.Errorf("%s, want %s", s, want)
		}
		if got.Rest.R < 250 || got.Rest.A != 51 {
			t.Errorf("rest %v", got.Rest)
		}
	})
	t.Run("a backdrop filter over a picture that stands", func(t *testing.T) {
		t.Parallel()
		r := with(over(text("Hello")), "blur.css")
		r.Behind = pngOf(t, picture(1280, 720, false))
		got := drawOne(t, d, r)
		if !got.Opaque || len(got.Backdrops) != 0 {
			t.Errorf("opaque %v, %v", got.Opaque, got.Backdrops)
		}
		if c := slidePixel(got, 20, 20); c.R < 60 || c.R > 220 {
			t.Errorf("the picture is not seen: %v", c)
		}
	})
	t.Run("animations without end", func(t *testing.T) {
		t.Parallel()
		a, b := drawOne(t, d, with(request(md("# Hello")), "spin.css")), drawOne(t, d, with(request(md("# Hello")), "spin.css"))
		if !sameSlide(a, b) {
			t.Error("two drawings differ")
		}
	})
	t.Run("images", func(t *testing.T) {
		t.Parallel()
		got := drawOne(t, d, with(request(md("![](<a pic (1).svg>)")), ""))
		box := inkedBox(got, func(c color.NRGBA) bool { return c == color.NRGBA{0, 0xaa, 0, 255} })
		if box.Dx() < 290 || len(got.Warnings) > 0 {
			t.Errorf("the image is %v; %s", box, warnings(got))
		}
	})
	t.Run("fonts", func(t *testing.T) {
		t.Parallel()
		got := drawOne(t, d, with(request(md("# One\n\ntwo")), "fonts.css"))
		if !warned(got, `"NoSuchFont"`) || !warned(got, `"Broken" cannot be read`) {
			t.Errorf("warnings %s", warnings(got))
		}
	})
	t.Run("imports", func(t *testing.T) {
		t.Parallel()
		got := drawOne(t, d, with(request(md("# One")), "import.css"))
		if inkedBox(got, func(c color.NRGBA) bool { return c == color.NRGBA{0, 0, 255, 255} }).Empty() || len(got.Warnings) > 0 {
			t.Errorf("the heading is not blue; %s", warnings(got))
		}
	})
	t.Run("a theme that is not there", func(t *testing.T) {
		t.Parallel()
		if got := drawOne(t, d, with(request(md("# One")), "nothing.css")); !warned(got, "theme nothing.css") {
			t.Errorf("warnings %s", warnings(got))
		}
	})
	t.Run("another slide's files", func(t *testing.T) {
		t.Parallel()
		if got := drawOne(t, d, with(request(md("# One")), "other-project.css")); !warned(got, "/1/secret.png") {
			t.Errorf("warnings %s", warnings(got))
		}
	})
}

func TestKey(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{
		"t.css": {Data: []byte(`@import "u.css"; h1{background:u\72l(a.png)}`)},
		"u.css": {Data: []byte(`p{background:image-set("b.png" 1x)}`)},
		"a.png": {Data: []byte("a")}, "b.png": {Data: []byte("b")}, "c.png": {Data: []byte("c")}, "d.png": {Data: []byte("d")},
	}
	base := request(md("# T\n\n![](c.png)\n\n- a"))
	base.Theme, base.Files = "t.css", files
	key := base.ComputeKey("1")
	if base.ComputeKey("1") != key {
		t.Error("not the same twice")
	}
	if base.ComputeKey("2") == key {
		t.Error("the version is not in it")
	}
	for name, matters := range map[string]bool{"t.css": true, "u.css": true, "a.png": true, "b.png": true, "c.png": true, "d.png": false} {
		changed := fstest.MapFS{}
		maps.Copy(changed, files)
		changed[name] = &fstest.MapFile{Data: append([]byte(" "), files[name].Data...)}
		r := base
		r.Files = changed
		if (r.ComputeKey("1") != key) != matters {
			t.Errorf("%s: changes the key: %v, want %v", name, !matters, matters)
		}
	}
	moved := base
	moved.Blocks = append([]slide.Block(nil), base.Blocks...)
	moved.Blocks[0].Range.Start.Line = 99
	if moved.ComputeKey("1") != key {
		t.Error("the place of the slide is in it")
	}
	bigger := base
	bigger.Width = 1282
	if bigger.ComputeKey("1") == key {
		t.Error("the size is not in it")
	}
	later := base
	later.State = 5
	if later.ComputeKey("1") != key {
		t.Error("a state that is not there is in it")
	}
}

func TestWithoutBrowser(t *testing.T) {
	t.Parallel()
	run, err := proc.New(proc.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	cfg := slide.DefaultConfig()
	cfg.Program = "no-such-browser"
	d, err := slide.New(cfg, run, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	_, drawErr := d.Draw(t.Context(), request(text("a")))
	_, versionErr := d.ReadVersion(t.Context(), "slides")
	for _, err := range []error{drawErr, versionErr} {
		if f, ok := fault.As(err); !ok || f.Code != fault.ToolMissing ||
			!strings.Contains(f.Hint, "apt-get install") || !errors.As(err, new(*proc.NotFoundError)) {
			t.Errorf("%v", err)
		}
	}
}

func TestConfig(t *testing.T) {
	t.Parallel()
	err := slide.Config{Pages: -1}.Validate()
	if err == nil || !strings.Contains(err.Error(), "pages") || !strings.Contains(err.Error(), "timeout") {
		t.Errorf("%v", err)
	}
	if err := slide.DefaultConfig().Validate(); err != nil {
		t.Error(err)
	}
}

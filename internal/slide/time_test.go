package slide_test
import ("testing";"time";"mynah/internal/slide")
func TestT(t *testing.T){ d:=drawer(t,nil)
for i:=range 4 { t0:=time.Now(); _,err:=d.Draw(t.Context(), slide.Request{Width:1920,Height:1080,Blocks:samples()[i].blocks,Over:true}); t.Log(time.Since(t0),err)}}

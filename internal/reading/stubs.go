package reading

func (g *grammar) italian()      {}
func (g *grammar) portuguese()   {}
func (g *grammar) dutch()        {}
func (g *grammar) scandinavian() {}
func (g *grammar) polish()       {}

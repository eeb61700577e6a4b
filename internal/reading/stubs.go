package reading

func (g *grammar) german()       {}
func (g *grammar) french()       {}
func (g *grammar) spanish()      {}
func (g *grammar) italian()      {}
func (g *grammar) portuguese()   {}
func (g *grammar) dutch()        {}
func (g *grammar) scandinavian() {}
func (g *grammar) polish()       {}

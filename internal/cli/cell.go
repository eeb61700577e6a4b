package cli

import (
	"github.com/spf13/cobra"

	"mynah/internal/house"
)

// newCellCommand returns the command of the processes that mynah serve starts for its work.
func (a *app) newCellCommand() *cobra.Command {
	return &cobra.Command{
		Use: "cell", Short: "Does work for mynah serve, which starts this command", Hidden: true,
		Args: withUsageErrors(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return house.RunCell(cmd.Context()) },
	}
}
